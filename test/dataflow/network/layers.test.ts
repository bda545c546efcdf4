import { describe, expect, it } from "vitest";
import { Dataset, type LayerDescription, Network, sgd } from "../../../src/index.ts";
import type { Trace } from "../../../src/dataflow/index.ts";
import "../../../src/dataflow/index.ts";

const inputs = [[0.5, -1], [1, 2], [0.2, 0.7], [-1, 0.4]]; // prettier-ignore
const targets = [[1], [0], [0.5], [0.2]];

const create = (layer: LayerDescription) =>
  Network.create({
    inputs: 2,
    layers: [{ units: 3, activation: "tanh" }, layer, { units: 1, activation: "identity" }],
    loss: "meanSquaredError",
    seed: 3,
    engine: "strict",
  });

/** The trace of a step of training, and what `look` makes of it. */
async function inStep<T>(layer: LayerDescription, look: (trace: Trace) => T, isFrozen = false): Promise<T> {
  const network = await create(layer);
  if (isFrozen) network.freeze(1);
  let seen: T | undefined;
  await network.fit(Dataset.from({ inputs, targets }), {
    epochs: 1,
    batchSize: "full",
    shuffle: false,
    optimizer: sgd({ learningRate: 0.1 }),
    onStep: (step) => void (seen = look(step.trace() as Trace)),
  });
  return seen!;
}

/** dl/dx_j^(2) by the chain rule over the arrows of layer 3. */
const chained = (trace: Trace, j: number, sample: number) =>
  [1, 2, 3].reduce((sum, i) => {
    const behind = trace.drawn(2) === "passed" ? trace.dx(3, i, sample) : trace.ds(3, i, sample);
    return sum + behind * trace.passing(2, i, j, sample);
  }, 0);

describe.each([{ layer: "dropout", rate: 0.4 }, { layer: "layerNorm" }] as const)("a trace through %o", (layer) => {
  it("has the derivatives of the kernels as products of its partials, of a step and of a network in use", async () => {
    const check = (trace: Trace) => {
      for (const sample of [1, 2, 3, 4]) {
        for (const j of [1, 2, 3]) expect(chained(trace, j, sample)).toBeCloseTo(trace.dx(2, j, sample), 6);
      }
    };
    await inStep(layer, check);
    check((await create(layer)).trace(inputs, targets) as Trace);
  });
});

it("shows dropout as a factor, 0 or 1/(1 - rate) in a step, 1 in use", async () => {
  const layer = { layer: "dropout", rate: 0.4 } as const;
  const factors = await inStep(layer, (trace) =>
    [1, 2, 3, 4].flatMap((n) => [1, 2, 3].map((i) => trace.passing(2, i, i, n))),
  );
  expect(new Set(factors.map((factor) => Number(factor.toFixed(6))))).toEqual(new Set([0, 1.666667]));
  const used = (await create(layer)).trace(inputs, targets) as Trace;
  expect(used.passing(2, 1, 1)).toBe(1);
  expect(used.circle("x_1^(2)").outOf.map(({ to }) => to)).toEqual(["x_1^(3)"]);
  expect(() => used.circle("s_1^(3)")).toThrow("a layer that passes units on has no sums");
});

it("shows normalized units, scaled and shifted by w = [w, b]", async () => {
  const trace = (await create({ layer: "layerNorm" })).trace(inputs, targets) as Trace;
  const units = [1, 2, 3].map((i) => trace.s(3, i));
  expect(units.reduce((sum, n) => sum + n, 0)).toBeCloseTo(0, 6);
  expect(trace.circle("w_1^(2)")).toMatchObject({ value: [1, 0], outOf: [{ to: "x_1^(3)" }] });
  expect(trace.circle("s_1^(3)").into.map(({ from }) => from)).toEqual(["x_1^(2)", "x_2^(2)", "x_3^(2)"]);
  expect(() => trace.weightGradient(2, 1)).toThrow(
    "expected one that a layer of sums follows, got 2, behind which is layerNorm",
  );
});

it("shows batchNorm by the batch's deviation in a step, by the moving one in use", async () => {
  const layer = { layer: "batchNorm" } as const;
  const [slope, expected] = await inStep(layer, (trace) => {
    const x = [1, 2, 3, 4].map((n) => trace.x(2, 1, n));
    const mean = x.reduce((sum, value) => sum + value, 0) / 4;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4;
    return [trace.passing(2, 1, 1), 1 / Math.sqrt(variance + 1e-5)];
  });
  expect(slope! / expected!).toBeCloseTo(1, 5);
  const used = (await create(layer)).trace(inputs, targets) as Trace;
  const moving = 1 / Math.sqrt(1 + 1e-5);
  expect(used.passing(2, 1, 1)).toBeCloseTo(moving, 6);
  expect(await inStep(layer, (trace) => trace.passing(2, 1, 1), true)).toBeCloseTo(moving, 6);
});

it.each(["dropout", "layerNorm", "batchNorm"] as const)("draws %s, folded too", async (layer) => {
  const network = await Network.create({
    inputs: 2,
    layers: [{ units: 20, activation: "tanh" }, { layer }, { units: 1, activation: "identity" }],
    loss: "meanSquaredError",
  });
  for (const weights of ["vectors", "scalars", "none"] as const) {
    expect((network.trace(inputs, targets) as Trace).toSvg({ weights })).toContain("<svg");
  }
});
