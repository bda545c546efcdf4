/**
 * Throws rubbish at everything that is public. Whatever a caller passes, the answer is a success or a LanegradError that
 * says what was expected; never a trap, a TypeError out of the depths, a hang, or a network changed by half.
 *
 * Rubbish comes in two kinds: values of any type where an argument should be, and good arguments in which one part, at any
 * depth, has been replaced, removed or added. The second kind passes the first checks and finds what is behind them.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  adam,
  Dataset,
  lbfgs,
  LanegradError,
  loadCsv,
  logisticRegression,
  Network,
  type NetworkOptions,
  parseCsv,
  sgd,
} from "../../src/index.ts";
import { bitsOf } from "../support/engines.ts";

const SEED = 20_121;
const cyclic: Record<string, unknown> = { inputs: 1 };
cyclic.self = cyclic;
cyclic.layers = [cyclic];
class Odd {
  units = 1;
}

const oddities: unknown[] = [
  undefined,
  null,
  NaN,
  Infinity,
  -Infinity,
  -0,
  -1,
  0.5,
  2,
  7,
  1e9,
  1e39,
  1e308,
  Number.MIN_VALUE,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  10n,
  true,
  false,
  "",
  "2",
  "relu",
  "full",
  "__proto__",
  "constructor",
  "toString",
  "x".repeat(5000),
  "\0",
  Symbol("s"),
  Symbol.iterator,
  () => 1,
  async () => 1,
  [],
  [[]],
  [[1], [2, 3]],
  [1, [2]],
  [[1, "2"]],
  [[null, undefined]],
  [{}],
  [{ 0: 1, length: 1 }],
  [1n],
  [Symbol("s")],
  Object.assign([], { 1: 1 }),
  [Object.assign([], { 1: 1 })],
  Object.assign([1, 2], { length: 4e9 }),
  Object.assign([[1, 2]], { length: 1e9 }),
  new Array(4e9),
  {},
  { length: 2, 0: 1, 1: 2 },
  { length: -1 },
  { inputs: 1 },
  { constructor: 1 },
  { toString: 1, valueOf: null },
  JSON.parse('{"__proto__": {"units": 3}}'),
  Object.create(null),
  Object.create({ units: 3, inputs: 2 }),
  Object.freeze([Object.freeze([1, 2])]),
  cyclic,
  new Odd(),
  new Number(3),
  new String("tanh"),
  new Date(NaN),
  new Map([["units", 1]]),
  new Set([1]),
  new Error("e"),
  Promise.resolve(1),
  new WeakMap(),
  /x/,
  new Float32Array(0),
  Float32Array.of(NaN, 1),
  Float64Array.of(1e39, 1),
  Float64Array.of(1, 2, 3),
  Int8Array.of(1, 2),
  BigInt64Array.of(1n, 2n),
  new DataView(new ArrayBuffer(8)),
  new ArrayBuffer(8),
  new SharedArrayBuffer(8),
  Object.create(Dataset.prototype),
  await logisticRegression({ inputs: 2 }),
];

const rubbish: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...oddities) },
  {
    weight: 1,
    arbitrary: fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withSparseArray: true,
      withTypedArray: true,
    }),
  },
);

type Path = (string | number)[];

/** Every place in a value, itself included, down to the elements of its arrays and the properties of its objects. */
function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return [path];
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain) return [path];
  return [path, ...Object.entries(value).flatMap(([key, part]) => placesIn(part, [...path, key]))];
}

function changed(value: unknown, path: Path, change: (holder: any, key: string | number) => void): unknown {
  const [key, ...rest] = path;
  const copy: any = Array.isArray(value) ? [...value] : { ...(value as object) };
  if (rest.length === 0) change(copy, key!);
  else copy[key!] = changed(copy[key!], rest, change);
  return copy;
}

/** A list of good arguments of which one part is rubbish. */
function spoilt(good: readonly unknown[]): fc.Arbitrary<unknown[]> {
  const places = placesIn(good).filter((path) => path.length > 0);
  const change = fc.tuple(fc.constantFrom(...places), fc.constantFrom("replace", "replace", "remove", "add"), rubbish);
  return change.map(([path, kind, value]) => {
    const apply = (holder: any, key: string | number) => {
      if (kind === "replace") holder[key] = value;
      else if (kind === "remove") delete holder[key];
      else Object.defineProperty(holder, typeof value === "string" ? value : "extra", { value, enumerable: true });
    };
    return changed(good, path, apply) as unknown[];
  });
}

const argumentsLike = (good: readonly unknown[]): fc.Arbitrary<unknown[]> =>
  fc.oneof({ weight: 4, arbitrary: spoilt(good) }, { weight: 1, arbitrary: fc.array(rubbish, { maxLength: 3 }) });

/** What a call comes to; anything but a success or a LanegradError fails. */
async function outcome(call: () => unknown): Promise<"done" | "refused"> {
  try {
    await call();
    return "done";
  } catch (error) {
    expect(error, `${(error as Error)?.stack}`).toBeInstanceOf(LanegradError);
    return "refused";
  }
}

function throwAt(
  name: string,
  good: readonly unknown[],
  call: (...args: any[]) => unknown,
  { runs = 1500, after }: { runs?: number; after?: () => void } = {},
) {
  it(`${name} stands rubbish`, async () => {
    expect(await outcome(() => call(...good)), "the good arguments themselves").toBe("done");
    after?.();
    let refused = 0;
    const property = fc.asyncProperty(argumentsLike(good), async (args) => {
      if ((await outcome(() => call(...args))) === "refused") refused++;
      after?.();
    });
    await fc.assert(property, { numRuns: runs, seed: SEED });
    expect(refused, "calls refused").toBeGreaterThan(runs / 4);
  });
}

const description: NetworkOptions = {
  inputs: 2,
  layers: [
    { units: 3, activation: "tanh" },
    { units: 2, activation: "softmax" },
  ],
  loss: "categoricalCrossEntropy",
};
const rows = { inputs: [[1, 2], [3, 4], [5, 6], [7, 8]], targets: [[0, 1], [1, 0], [0, 1], [1, 0]] }; // prettier-ignore
const csv = "a,b,kind,y\n1,2,x,0\n3,4,y,1\n5,6,x,1\n";

describe("makers", () => {
  throwAt("sgd", [{ learningRate: 0.1, momentum: 0.9 }], sgd);
  throwAt("adam", [{ learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8 }], adam);
  throwAt("lbfgs", [{ memory: 10, tolerance: 1e-6 }], lbfgs);
  throwAt("Dataset.from", [{ ...rows, inputNames: ["a", "b"], standardize: ["a"] }], Dataset.from);
  throwAt(
    "Dataset.from with labels",
    [{ inputs: Float32Array.of(1, 2, 3, 4), inputWidth: 2, labels: [0, 2] }],
    Dataset.from,
  );
  throwAt(
    "parseCsv",
    [csv, { inputs: ["a", "kind"], targets: ["y"], categorical: ["kind"], standardize: ["a"] }],
    parseCsv,
  );
  throwAt(
    "Network.create",
    [{ ...description, seed: 1, initialization: { name: "uniform", limit: 0.5 }, engine: "strict" }],
    Network.create,
  );
  throwAt("Network.create in JavaScript", [{ ...description, engine: "float64" }], Network.create);
  throwAt("logisticRegression", [{ inputs: 2, classes: 3, engine: "float32" }], logisticRegression);
});

describe("data sets", () => {
  const dataset = Dataset.from(rows);
  throwAt("select", [[0, 2, 1]], (...args: [any]) => dataset.select(...args));
  throwAt("split", [{ test: 0.5, seed: 1, stratify: true }], (...args: [any]) => dataset.split(...args));
});

describe.each(["strict", "fused", "float64"] as const)("a network in %s", async (engine) => {
  const network = await Network.create({ ...description, seed: 1, engine });
  const dataset = Dataset.from(rows);
  const state = () => [bitsOf(network.parameters), network.standardization, network.description];
  const before = structuredClone(state());
  const unchanged = { after: () => expect(state()).toEqual(before), runs: 600 };

  throwAt("predict", [rows.inputs], (...args: [any]) => network.predict(...args), unchanged);
  throwAt(
    "forward",
    [Float32Array.of(1, 2, 3, 4), new Float32Array(4)],
    (...args: [any]) => network.forward(...args),
    unchanged,
  );
  throwAt("activations", [rows.inputs], (...args: [any]) => network.activations(...args), unchanged);
  throwAt("evaluate", [dataset], (...args: [any]) => network.evaluate(...args), unchanged);
  throwAt("gradients", [rows], (...args: [any]) => network.gradients(...args), unchanged);
  throwAt(
    "checkGradients",
    [rows, { perTensor: 2, seed: 1 }],
    (...args: [any]) => network.checkGradients(...args),
    unchanged,
  );

  const start = network.parameters.slice();
  /** What changes a network when it succeeds, and must not when it is refused; each time from the same start. */
  const orUnchanged =
    (call: (...args: any[]) => unknown) =>
    async (...args: any[]) => {
      network.parameters.set(start);
      network.standardize({ mean: [1, 2], std: [3, 4] });
      const kept = structuredClone(state());
      try {
        return await call(...args);
      } catch (error) {
        expect(state()).toEqual(kept);
        throw error;
      }
    };
  const layer = { weights: [[1, 2], [3, 4], [5, 6]], biases: [7, 8, 9] }; // prettier-ignore
  throwAt(
    "setParameters",
    [0, layer],
    orUnchanged((...args) => network.setParameters(...(args as [any, any]))),
  );
  throwAt(
    "standardize",
    [{ mean: [1, 2], std: [3, 4] }],
    orUnchanged((...args) => network.standardize(...(args as [any]))),
  );
  const training = {
    epochs: 1,
    batchSize: 2,
    shuffle: true,
    seed: 1,
    validationData: dataset,
    onEpoch: () => false,
  };
  for (const optimizer of [sgd({ learningRate: 0.1, momentum: 0.9 }), adam(), lbfgs()]) {
    const { onEpoch: _, ...options } = training;
    throwAt(
      `fit by ${optimizer.name}`,
      [dataset, { ...training, optimizer }],
      orUnchanged((...args) => network.fit(...(args as [any, any]))),
    );
    throwAt(
      `train by ${optimizer.name}`,
      [dataset, { ...options, optimizer }],
      orUnchanged(async (...args) => {
        const epochs = network.train(...(args as [any, any]));
        await epochs.next();
        await epochs.return();
      }),
    );
  }
});

describe("saved networks", async () => {
  const network = await Network.create({ ...description, seed: 1 });
  network.standardize({ mean: [1, 2], std: [3, 4] });
  const saved = JSON.parse(JSON.stringify(network));
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "lanegrad-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  throwAt("fromJSON", [saved, { engine: "strict" }], Network.fromJSON, { runs: 4000 });

  it("fromJSON stands texts that were damaged", async () => {
    const text = JSON.stringify(saved);
    const at = fc.nat(text.length);
    const damage = fc.tuple(
      at,
      fc.nat(20),
      fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom("1e999", "-", "[", '"')),
    );
    const property = fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
      const damaged = damages.reduce(
        (kept, [begin, length, by]) => kept.slice(0, begin) + by + kept.slice(begin + length),
        text,
      );
      await outcome(() => Network.fromJSON(damaged));
    });
    await fc.assert(property, { numRuns: 2000, seed: SEED });
  });

  it("fromJSON stands what is deep", async () => {
    expect(await outcome(() => Network.fromJSON("[".repeat(1e6)))).toBe("refused");
    expect(await outcome(() => Network.fromJSON('{"layers":'.repeat(1e5)))).toBe("refused");
  });

  const notAPath = rubbish.filter((value) => typeof value !== "string");
  it("load and save stand what is no path", async () => {
    const property = fc.asyncProperty(notAPath, async (path: any) => {
      expect(await outcome(() => network.save(path))).toBe("refused");
      expect(await outcome(() => Network.load(path))).toBe("refused");
      expect(await outcome(() => loadCsv(path, { inputs: ["a"], targets: ["y"] }))).toBe("refused");
    });
    await fc.assert(property, { numRuns: 500, seed: SEED });
  });

  it("load and loadCsv stand files of any content", async () => {
    const path = join(folder, "file");
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      await writeFile(path, bytes);
      expect(await outcome(() => Network.load(path))).toBe("refused");
      await outcome(() => loadCsv(path, { inputs: ["a"], targets: ["y"] }));
    });
    await fc.assert(property, { numRuns: 100, seed: SEED });
  });
});

it("refuses what is too large at once, without the memory", async () => {
  const before = process.memoryUsage().rss;
  const start = performance.now();
  const sizes = [1e9, 2 ** 20, 2 ** 31, 2 ** 53 - 1];
  for (const engine of ["strict", "fused", "float32", "float64"] as const) {
    for (const inputs of sizes) {
      for (const units of sizes) {
        const layers = [{ units, activation: "tanh" as const }];
        expect(await outcome(() => Network.create({ inputs, layers, loss: "meanSquaredError", engine }))).toBe(
          "refused",
        );
      }
    }
  }
  expect(performance.now() - start).toBeLessThan(5000);
  expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
});
