/**
 * CONTRIBUTING.md, taken at its word: makes the changes that it shows, and no others, in a copy of the sources, builds the
 * copy, types included, and holds the new activation, loss, optimizer and layer against the reference.
 */
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as Library from "../src/index.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);

/** A block of code and the file that the text before it names last. */
interface Change {
  readonly kind: "ts" | "diff";
  readonly file: string;
  readonly code: string;
}

/** The changes under one heading of CONTRIBUTING.md. */
function changesUnder(heading: string, text: string): Change[] {
  const section = text.split(/^## /m).find((part) => part.startsWith(heading));
  if (section === undefined) throw new Error(`CONTRIBUTING.md: expected a heading "${heading}", got none`);
  const changes: Change[] = [];
  for (const { 1: prose, 2: kind, 3: code } of section.matchAll(/([^]*?)^```(ts|diff)\n([^]*?)^```$/gm)) {
    const named = [...prose!.matchAll(/`((?:assembly|src)\/[\w./-]+)`/g)].at(-1)?.[1];
    const file = named ?? changes.at(-1)!.file;
    changes.push({ kind: kind as Change["kind"], file, code: code! });
  }
  return changes;
}

/** A new file, or the lines of a diff in place of those that it expects. */
async function apply({ kind, file, code }: Change, folder: string): Promise<void> {
  const path = join(folder, file);
  if (kind === "ts") return writeFile(path, code, { flag: "wx" });
  const lines = code.split("\n").slice(0, -1);
  const side = (sign: string) => lines.filter((line) => !line.startsWith(sign)).map((line) => `${line.slice(1)}\n`);
  const [before, after] = [side("+").join(""), side("-").join("")];
  const parts = (await readFile(path, "utf8")).split(before);
  if (parts.length !== 2)
    throw new Error(`CONTRIBUTING.md: expected once in ${file}, got ${parts.length - 1}:\n${before}`);
  return writeFile(path, parts.join(after));
}

const kinds = ["activation", "loss", "optimizer", "layer"] as const;

/** The page's own way for an activation that the page does not show: one that needs s for its backward pass. */
const mish: Change[] = [
  {
    kind: "ts",
    file: "assembly/activations/mish.ts",
    code: `/** x = s t, t = tanh(ln(1 + e^s)); dx/ds = t + s (1 - t^2) sigma(s). */
import { exp, log1p, sigmoid, tanh } from "../math";
import { Op, Pass } from "../tables";
import { backwardEach, forwardEach } from "./elementwise";

function gate(s: v128): v128 {
  return tanh(f32x4.add(f32x4.pmax(s, f32x4.splat(0)), log1p(exp(f32x4.neg(f32x4.abs(s))))));
}

@unmanaged
class Mish {
  forward(s: v128): v128 {
    return f32x4.mul(s, gate(s));
  }

  backward(dx: v128, s: v128): v128 {
    const t = gate(s);
    const bent = f32x4.mul(f32x4.sub(f32x4.splat(1), f32x4.mul(t, t)), sigmoid(s));
    return f32x4.mul(dx, f32x4.add(t, f32x4.mul(s, bent)));
  }
}

export function forward(op: Op, pass: Pass, begin: i32, end: i32): void {
  forwardEach<Mish>(op, begin, end);
}

export function backward(op: Op, pass: Pass, begin: i32, end: i32): void {
  backwardEach<Mish>(op, begin, end);
}
`,
  },
  {
    kind: "diff",
    file: "assembly/index.ts",
    code: `+export { forward as mishForward, backward as mishBackward } from "./activations/mish";
 export { update as sgdUpdate } from "./optimizers/sgd";
`,
  },
  {
    kind: "ts",
    file: "src/kinds/activations/mish.ts",
    code: `import type { Activation } from "./activation.ts";

const gate = (s: number) => Math.tanh(Math.max(s, 0) + Math.log1p(Math.exp(-Math.abs(s))));

export const mish: Activation = {
  range: [-0.31, Infinity],
  keeps: "preActivation",
  falls: true,
  forward(x, s, units, rows) {
    for (let i = 0; i < rows * units; i++) x[i] = s[i]! * gate(s[i]!);
  },
  backward(ds, dx, s, units, rows) {
    for (let i = 0; i < rows * units; i++) {
      const t = gate(s[i]!);
      ds[i] = dx[i]! * (t + (s[i]! * (1 - t * t)) / (1 + Math.exp(-s[i]!)));
    }
  },
};
`,
  },
  {
    kind: "diff",
    file: "src/kinds/activations/index.ts",
    code: ` import { softmax } from "./softmax.ts";
+import { mish } from "./mish.ts";
`,
  },
  {
    kind: "diff",
    file: "src/kinds/activations/index.ts",
    code: `   softmax,
+  mish,
`,
  },
];

describe("CONTRIBUTING.md", () => {
  let folder: string;
  /** Of the copy; its unions of names have become longer than those of the types here. */
  let library: typeof Library & { adamax: typeof Library.adam };
  let changes: Record<(typeof kinds)[number], Change[]>;

  beforeAll(async () => {
    const text = await readFile(join(root, "CONTRIBUTING.md"), "utf8");
    changes = Object.fromEntries(kinds.map((kind) => [kind, changesUnder(`A new ${kind}`, text)])) as typeof changes;
    folder = await mkdtemp(join(tmpdir(), "lanegrad-contributing-"));
    const copied = ["assembly", "src", "asconfig.json", "package.json", "tsconfig.json", "tsconfig.build.json"];
    await Promise.all(copied.map((name) => cp(join(root, name), join(folder, name), { recursive: true })));
    await symlink(join(root, "node_modules"), join(folder, "node_modules"), "junction");
    for (const change of [...kinds.flatMap((kind) => changes[kind]), ...mish]) await apply(change, folder);
    await run(process.execPath, ["assembly/build.mjs"], { cwd: folder });
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    await run(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: folder }).catch(({ stdout }) => {
      throw new Error(`CONTRIBUTING.md: expected a copy without errors of types, got\n${stdout}`);
    });
    library = (await import(pathToFileURL(join(folder, "dist/index.js")).href)) as typeof library;
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("needs a kernel, its export, its twin and a row of a table, and for an optimizer its name among types and exports", () => {
    const places = kinds.map((kind) => [...new Set(changes[kind].map(({ file }) => file))]);
    expect(places).toEqual([
      [
        "assembly/activations/softsign.ts",
        "assembly/index.ts",
        "src/kinds/activations/softsign.ts",
        "src/kinds/activations/index.ts",
      ],
      ["assembly/losses/logCosh.ts", "assembly/index.ts", "src/kinds/losses/logCosh.ts", "src/kinds/losses/index.ts"],
      [
        "assembly/optimizers/adamax.ts",
        "assembly/index.ts",
        "src/kinds/optimizers/adamax.ts",
        "src/kinds/optimizers/index.ts",
        "src/index.ts",
      ],
      [
        "assembly/ops/rmsNorm.ts",
        "assembly/index.ts",
        "src/kinds/ops/rmsNorm.ts",
        "src/kinds/ops/index.ts",
        "src/kinds/layers/rmsNorm.ts",
        "src/kinds/layers/index.ts",
      ],
    ]);
  });

  const create = (engine: Library.EngineName, activation = "softsign") =>
    library.Network.create({
      inputs: 3,
      layers: [
        { units: 19, activation: activation as Library.ActivationName },
        { units: 5, activation: activation as Library.ActivationName },
        { units: 2, activation: "identity" },
      ],
      loss: "logCosh" as Library.LossName,
      seed: 5,
      engine,
    });

  /** 37 rows of a smooth function, some with targets far away, where the loss is all but linear. */
  const rows = () => {
    const inputs = Array.from({ length: 37 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(5 * i + 1)]);
    return library.Dataset.from({ inputs, targets: inputs.map(([a, b, c]) => [a! * b!, 4 * c!]) });
  };

  it.each(["strict", "fused"] as const)("computes the right gradients on the %s tier", async (engine) => {
    const network = await create(engine);
    const { maxRelativeError, engineError, checked } = await network.checkGradients(rows());
    expect(checked).toBe(network.parameterCount);
    expect(maxRelativeError).toBeLessThan(1e-7);
    expect(engineError).toBeLessThan(1e-3);
  });

  it.each(["strict", "fused"] as const)(
    "trains with the new layer, the first of a network too, on %s",
    async (engine) => {
      const layer = { layer: "rmsNorm" } as unknown as Library.LayerDescription;
      const network = await library.Network.create({
        inputs: 3,
        layers: [layer, { units: 19, activation: "tanh" }, layer, { units: 2, activation: "identity" }],
        loss: "meanSquaredError",
        seed: 5,
        engine,
      });
      const { maxRelativeError, engineError, checked } = await network.checkGradients(rows());
      expect(checked).toBe(network.parameterCount);
      expect(maxRelativeError).toBeLessThan(1e-7);
      expect(engineError).toBeLessThan(1e-3);
      expect([...network.weights[2]!]).toEqual(Array(19).fill(1));
      const { loss } = await network.fit(rows(), { epochs: 50, batchSize: 8, optimizer: library.adam() });
      expect(loss.at(-1)).toBeLessThan(0.9 * loss[0]!);
      const restored = await library.Network.fromJSON(JSON.stringify(network), { engine });
      expect(restored.predict([[0.1, 0.2, 0.3]])).toEqual(network.predict([[0.1, 0.2, 0.3]]));
    },
  );

  it.each(["strict", "fused"] as const)("gives an activation its sums again, if it says so, on %s", async (engine) => {
    const [network, oracle] = [await create(engine, "mish"), await create("float64", "mish")];
    const { maxRelativeError, engineError } = await network.checkGradients(rows());
    expect(maxRelativeError).toBeLessThan(1e-7);
    expect(engineError).toBeLessThan(1e-3);
    const options = { epochs: 50, batchSize: 8, optimizer: library.adam() };
    const [found, expected] = [await network.fit(rows(), options), await oracle.fit(rows(), options)];
    found.loss.forEach((loss, epoch) => {
      expect(Math.abs(loss - expected.loss[epoch]!)).toBeLessThan(1e-3 * expected.loss[epoch]!);
    });
  });

  it("lowers the loss with the new optimizer, kernels and reference alike", async () => {
    const optimizer = () => library.adamax({ learningRate: 0.002 });
    const losses = async (engine: Library.EngineName) => {
      const network = await create(engine);
      const { loss } = await network.fit(rows(), { epochs: 100, batchSize: 8, optimizer: optimizer() });
      return loss;
    };
    const [strict, fused, float64] = [await losses("strict"), await losses("fused"), await losses("float64")];
    expect(float64.at(-1)).toBeLessThan(0.5 * float64[0]!);
    for (const trained of [strict, fused]) {
      trained.forEach((loss, epoch) => expect(Math.abs(loss - float64[epoch]!)).toBeLessThan(1e-3 * float64[epoch]!));
    }
  });

  it("does not take a network with the new loss for a classifier", async () => {
    const network = await create("strict");
    expect(Object.keys(await network.evaluate(rows()))).toEqual(["loss", "count"]);
  });

  it("saves and restores a network of the new kinds", async () => {
    const network = await create("strict");
    const restored = await library.Network.fromJSON(JSON.stringify(network), { engine: "strict" });
    expect(restored.predict([[0.1, 0.2, 0.3]])).toEqual(network.predict([[0.1, 0.2, 0.3]]));
  });
});
