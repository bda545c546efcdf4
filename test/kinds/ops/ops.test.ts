/** Each op by itself, in float64: its backward pass against central differences of its forward pass, and what it does to rows. */
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/ground/random.ts";
import { activationOf, type ActivationName, activations } from "../../../src/kinds/activations/index.ts";
import { dropoutNumbers } from "../../../src/kinds/ops/dropout.ts";
import { type OpBuffers, type OpKind, type OpName, ops, type Part } from "../../../src/kinds/ops/index.ts";

const ROWS = 6;
const use: Part = { mode: "use", step: 0, seed: 0, place: 0 };
const training: Part = { mode: "training", step: 3, seed: 11, place: 0 };

const random = new Random(17);
const draw = (count: number) => Float64Array.from({ length: count }, () => random.uniform(-1.5, 1.5));

interface Case {
  readonly fanIn: number;
  readonly fanOut: number;
  readonly numbers?: readonly number[];
  readonly part?: Part;
  readonly frozen?: boolean;
}

/** An op with buffers of its own for all of its ends, whatever it may share. */
function buffersOf(kind: OpKind, { fanIn, fanOut, numbers = [], frozen = false }: Case): OpBuffers {
  const parameterCount = kind.parameterCount(fanIn, fanOut);
  const [input, output] = [draw(ROWS * fanIn), new Float64Array(ROWS * fanOut)];
  return {
    ...{ fanIn, fanOut, numbers, frozen, index: 2, input, output },
    dInput: new Float64Array(ROWS * fanIn).fill(NaN),
    dOutput: draw(ROWS * fanOut),
    kept: kind.keeps === "input" ? input : output,
    parameters: draw(parameterCount),
    gradients: draw(parameterCount),
    statistics: Float64Array.from({ length: (kind.statistics?.length ?? 0) * fanOut }, () => random.uniform(0.2, 2)),
    batch: new Float64Array(kind.batchNumbers?.(fanOut) ?? 0),
  };
}

/** Of l = the sum of dOutput x output, by each of `values`, which the forward pass reads. */
function differences(kind: OpKind, op: OpBuffers, part: Part, values: Float64Array): Float64Array {
  const h = 1e-3;
  const lossAt = (i: number, value: number) => {
    const before = values[i]!;
    values[i] = value;
    const output = Float64Array.from(op.output);
    kind.forward({ ...op, output }, ROWS, part);
    values[i] = before;
    return output.reduce((sum, x, at) => sum + x * op.dOutput[at]!, 0);
  };
  return values.map((value, i) => {
    const slope = (step: number) => (lossAt(i, value + step) - lossAt(i, value - step)) / (2 * step);
    return (4 * slope(h) - slope(2 * h)) / 3;
  });
}

const same = { fanIn: 5, fanOut: 5 };
const cases: [what: string, name: OpName, Case][] = [
  ["dense", "dense", { fanIn: 3, fanOut: 5 }],
  ["scale", "scale", same],
  ["layerNorm", "layerNorm", { ...same, numbers: [1e-3] }],
  ["layerNorm of one unit", "layerNorm", { fanIn: 1, fanOut: 1, numbers: [1e-3] }],
  ["batchNorm in training", "batchNorm", { ...same, numbers: [1e-3, 0.1], part: training }],
  ["batchNorm in use", "batchNorm", { ...same, numbers: [1e-3, 0.1] }],
  ["batchNorm frozen", "batchNorm", { ...same, numbers: [1e-3, 0.1], part: training, frozen: true }],
  ["dropout in training", "dropout", { ...same, numbers: dropoutNumbers(0.4), part: training }],
  ["dropout in use", "dropout", { ...same, numbers: dropoutNumbers(0.4) }],
  ...(Object.keys(activations) as ActivationName[]).map((name): [string, OpName, Case] => [
    name,
    name,
    { ...same, numbers: activationOf(name).numbers ?? [] },
  ]),
];

describe.each(cases)("%s", (_, name, drawn) => {
  const kind = ops[name];
  const { part = use } = drawn;

  it("goes backward by the derivatives that central differences find", () => {
    const op = buffersOf(kind, drawn);
    kind.forward(op, ROWS, part);
    kind.backward!(op, ROWS, part);
    const expected = differences(kind, op, part, op.input as Float64Array);
    op.dInput!.forEach((found, i) => expect(Math.abs(found - expected[i]!), `number ${i}`).toBeLessThan(1e-8));
  });

  it("adds the derivatives by its parameters to what is there, if it has any", () => {
    const op = buffersOf(kind, drawn);
    expect(kind.parameterGradient === undefined).toBe(op.parameters.length === 0);
    const before = op.gradients.slice();
    kind.forward(op, ROWS, part);
    kind.parameterGradient?.(op, ROWS);
    const expected = differences(kind, op, part, op.parameters as Float64Array);
    op.gradients.forEach((found, i) => {
      expect(Math.abs(found - before[i]! - expected[i]!), `parameter ${i}`).toBeLessThan(1e-8);
    });
  });

  it("reads nothing of the forward pass but what it keeps", () => {
    const op = buffersOf(kind, drawn);
    kind.forward(op, ROWS, part);
    kind.backward!(op, ROWS, part);
    const expected = op.dInput!.slice();
    const kept = op.kept.slice();
    op.output.fill(NaN);
    op.input.fill(NaN);
    kind.backward!({ ...op, kept }, ROWS, part);
    expect(op.dInput).toEqual(expected);
  });
});

describe.each(cases.filter(([, name]) => ops[name].inPlace))("%s in place", (_, name, drawn) => {
  it("does what it does with a buffer for each end", () => {
    const { part = use } = drawn;
    const kind = ops[name];
    const apart = buffersOf(kind, drawn);
    kind.forward(apart, ROWS, part);
    kind.backward!(apart, ROWS, part);
    const [x, d] = [apart.input.slice(), apart.dOutput.slice()];
    const kept = kind.keeps === "input" ? x.slice() : x;
    const op = { ...apart, input: x, output: x, dInput: d, dOutput: d, kept };
    kind.forward(op, ROWS, part);
    kind.backward!(op, ROWS, part);
    expect(x).toEqual(apart.output);
    expect(d).toEqual(apart.dInput);
  });
});

describe("panels", () => {
  it("hand on rows as they are, derivatives too", () => {
    const op = buffersOf(ops.panels, same);
    ops.panels.forward(op, ROWS, use);
    expect(op.output).toEqual(op.input);
    expect(ops.panels.backward).toBeUndefined();
  });
});

describe("layerNorm", () => {
  it("makes mean 0 and, but for epsilon, variance 1 of every row", () => {
    const op = buffersOf(ops.layerNorm, { ...same, numbers: [1e-12] });
    ops.layerNorm.forward(op, ROWS, use);
    for (let row = 0; row < ROWS; row++) {
      const own = Float64Array.from(op.output.subarray(row * 5, (row + 1) * 5));
      expect(own.reduce((sum, n) => sum + n, 0)).toBeCloseTo(0, 12);
      expect(own.reduce((sum, n) => sum + n * n, 0) / 5).toBeCloseTo(1, 9);
    }
  });
});

describe("batchNorm", () => {
  const settled = (frozen: boolean) => {
    const op = buffersOf(ops.batchNorm, { ...same, numbers: [1e-12, 0.25], frozen });
    const before = op.statistics.slice();
    ops.batchNorm.forward(op, ROWS, training);
    ops.batchNorm.settle!(op);
    return { op, before };
  };

  it("moves its statistics to those of the batch, variance by count - 1, by `momentum`", () => {
    const { op, before } = settled(false);
    for (let u = 0; u < 5; u++) {
      const column = Array.from({ length: ROWS }, (_, row) => op.input[row * 5 + u]!);
      const mean = column.reduce((sum, x) => sum + x, 0) / ROWS;
      const variance = column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (ROWS - 1);
      expect(op.statistics[u]).toBeCloseTo(0.75 * before[u]! + 0.25 * mean, 12);
      expect(op.statistics[5 + u]).toBeCloseTo(0.75 * before[5 + u]! + 0.25 * variance, 12);
    }
  });

  it("leaves them where its layer is frozen", () => {
    const { op, before } = settled(true);
    expect(op.statistics).toEqual(before);
  });

  it("looks at rows again by the statistics of their batch", () => {
    const { op } = settled(false);
    const output = op.output.slice();
    ops.batchNorm.forward({ ...op, output: output.fill(0) }, ROWS - 1, { ...training, mode: "again" });
    expect(output.subarray(0, (ROWS - 1) * 5)).toEqual(op.output.subarray(0, (ROWS - 1) * 5));
  });
});

describe("dropout", () => {
  const op = buffersOf(ops.dropout, { ...same, numbers: dropoutNumbers(0.5) });
  const outputAt = (part: Part, rows = ROWS, begin = 0) => {
    const output = new Float64Array(rows * 5);
    ops.dropout.forward({ ...op, input: op.input.subarray(begin * 5), output }, rows, part);
    return output;
  };

  it("drops units or scales them, by nothing but seed, step, op, place and unit", () => {
    const whole = outputAt(training);
    whole.forEach((x, i) => expect([0, 2 * op.input[i]!]).toContain(x));
    expect(outputAt(training)).toEqual(whole);
    expect(outputAt({ ...training, place: 2 }, 3, 2)).toEqual(whole.subarray(10, 25));
    expect(outputAt({ ...training, step: 4 })).not.toEqual(whole);
    expect(outputAt({ ...training, seed: 12 })).not.toEqual(whole);
  });

  it("drops all but about a share of many units", () => {
    const [units, rows] = [100, 300];
    for (const rate of [0, 0.1, 0.8]) {
      const output = new Float64Array(units * rows);
      const input = output.slice().fill(1);
      ops.dropout.forward({ ...op, numbers: dropoutNumbers(rate), fanOut: units, input, output }, rows, training);
      const dropped = output.filter((x) => x === 0).length / output.length;
      // Five standard deviations of a binomial.
      expect(Math.abs(dropped - rate)).toBeLessThanOrEqual(5 * Math.sqrt((rate * (1 - rate)) / output.length));
    }
  });
});
