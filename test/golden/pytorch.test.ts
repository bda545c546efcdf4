/**
 * Networks that PyTorch trained for 20 steps, trained here: the same losses, parameters and outputs, in float64 to 1e-12, in
 * each tier and in float32 to 1e-5, normwise for each tensor. `pytorch/make.py` writes the values.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as library from "../../src/index.ts";
import { Dataset, type EngineName, type FitOptions, Network, type NetworkDescription } from "../../src/index.ts";
import { normwiseError } from "../support/errors.ts";
import { tiers } from "../support/engines.ts";

type Named = { readonly name: string; readonly [option: string]: unknown };

/** Weights and biases of each layer, row-major. */
type Parts = readonly (readonly [weights: number[], biases: number[]])[];

interface Case {
  readonly name: string;
  readonly network: NetworkDescription;
  readonly start: string;
  readonly targets: string;
  readonly fit: { readonly optimizer: Named };
  readonly losses: number[];
  readonly parameters: Parts;
  readonly outputs: number[];
}

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`pytorch/${name}.json`, import.meta.url), "utf8")) as unknown;

const golden = read("data") as {
  batchSize: number;
  epochs: number;
  data: Readonly<Record<string, number[][]>> & { readonly inputs: number[][] };
  starts: Readonly<Record<string, Parts>>;
};

const factories = library as unknown as Readonly<Record<string, (...given: unknown[]) => unknown>>;

/** What is named in the values as its factory makes it: optimizers, and schedules within. */
function made({ name, ...options }: Named): unknown {
  const inner = Object.entries(options).map(([option, value]) => [option, isNamed(value) ? made(value) : value]);
  const { schedule, ...others } = Object.fromEntries(inner) as Record<string, unknown>;
  return schedule === undefined ? factories[name]!(others) : factories[name]!(schedule, others);
}

function isNamed(value: unknown): value is Named {
  return typeof value === "object" && value !== null && "name" in value;
}

async function trained(one: Case, engine: EngineName) {
  const network = await Network.create({ ...one.network, engine });
  golden.starts[one.start]!.forEach(([weights, biases], k) => {
    network.weights[k]!.set(weights);
    network.biases[k]!.set(biases);
  });
  const { inputs, [one.targets]: targets } = golden.data;
  const { epochs, batchSize } = golden;
  const { optimizer, ...options } = one.fit;
  const history = await network.fit(Dataset.from({ inputs, targets: targets! }), {
    epochs,
    batchSize,
    shuffle: false,
    ...options,
    optimizer: made(optimizer) as FitOptions["optimizer"],
  });
  return { network, history };
}

const engines = [["float64", 1e-12], ["float32", 1e-5], ...tiers.map((tier) => [tier, 1e-5] as const)] as const;

/** What is compared, by its name. */
type Pair = readonly [what: string, found: ArrayLike<number>, expected: ArrayLike<number>];

function ofParameters(network: Network, parameters: Parts): Pair[] {
  return parameters.flatMap(([weights, biases], k): Pair[] => [
    [`weights of layer ${k + 1}`, network.weights[k]!, weights],
    [`biases of layer ${k + 1}`, network.biases[k]!, biases],
  ]);
}

function expectNear(engine: string, pairs: readonly Pair[], bound: number): void {
  for (const [what, found, expected] of pairs) {
    expect(found.length, what).toBe(expected.length);
    expect(normwiseError(found, expected), `${engine}: ${what}`).toBeLessThan(bound);
  }
}

async function expectPyTorchs(one: Case): Promise<void> {
  for (const [engine, bound] of engines) {
    const { network, history } = await trained(one, engine);
    const inputs = golden.data.inputs.slice(0, one.outputs.length / network.widths.at(-1)!);
    const pairs = [
      ["losses", history.loss, one.losses],
      ["outputs", network.predict(inputs), one.outputs],
      ...ofParameters(network, one.parameters),
    ] as const;
    expectNear(engine, pairs, bound);
    network.dispose();
  }
}

describe.each(["optimizers", "clipping", "activations", "losses", "norms", "schedules"])("PyTorch's %s", (file) => {
  it.each(read(file) as Case[])("$name", expectPyTorchs);
});

interface HeadsCase {
  readonly name: string;
  readonly network: NetworkDescription;
  /** By heads: which of the data are their targets. */
  readonly targets: Readonly<Record<string, string>>;
  readonly start: Parts;
  readonly optimizer: Named;
  readonly losses: number[];
  readonly parameters: Parts;
  readonly outputs: Readonly<Record<string, number[]>>;
  readonly headLosses: Readonly<Record<string, number>>;
}

/** `pytorch/heads.py` writes the values: each head is a layer of its own there, and losses are added up by hand. */
describe("PyTorch's heads", () => {
  const { inputs } = golden.data;
  const places = (one: HeadsCase) =>
    Object.fromEntries(Object.entries(one.targets).map(([head, name]) => [head, { targets: golden.data[name]! }]));

  it.each(read("heads") as HeadsCase[])("$name", async (one) => {
    for (const [engine, bound] of engines) {
      const network = await Network.create({ ...one.network, engine, onWarning: () => {} });
      one.start.forEach(([weights, biases], k) => {
        network.weights[k]!.set(weights);
        network.biases[k]!.set(biases);
      });
      const rows = Dataset.from({ inputs, heads: places(one) });
      const { epochs, batchSize } = golden;
      const optimizer = made(one.optimizer) as FitOptions["optimizer"];
      const history = await network.fit(rows, { epochs, batchSize, shuffle: false, optimizer });
      const { heads } = await network.evaluate(rows);
      const shown = Object.entries(one.outputs);
      const predicted = network.predict(inputs.slice(0, 8)).heads;
      const pairs = [
        ["losses", history.loss, one.losses],
        ...shown.map(([head, expected]) => [`outputs of ${head}`, predicted[head]!, expected] as const),
        ...shown.map(([head]) => [`loss of ${head}`, [heads![head]!.loss], [one.headLosses[head]!]] as const),
        ...ofParameters(network, one.parameters),
      ] as const;
      expectNear(engine, pairs, bound);
      network.dispose();
    }
  });
});
