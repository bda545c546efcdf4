import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../../src/ground/errors.ts";
import { Network } from "../../../src/index.ts";
import "../../../src/dataflow/index.ts";

const layers = [
  { units: 2, activation: "tanh" },
  { units: 1, activation: "sigmoid" },
] as const;
const network = await Network.create({ inputs: 2, layers, loss: "binaryCrossEntropy", engine: "float64" });
const [w1, w2] = [[[0.5, -1], [0.25, 2]], [[1.5, -0.5]]]; // prettier-ignore
const [b1, b2] = [[0.1, -0.2], [0.3]];
network.setParameters(0, { weights: w1!, biases: b1! });
network.setParameters(1, { weights: w2!, biases: b2! });
const rows = [[1, 2], [-0.5, 0.75]]; // prettier-ignore
const targets = [[1], [0]];
const trace = network.trace(rows, targets);

/** By hand. */
const at = rows.map(([a, b], n) => {
  const s = w1!.map(([u, v], i) => u! * a! + v! * b! + b1![i]!);
  const x = s.map(Math.tanh);
  const z = w2![0]![0]! * x[0]! + w2![0]![1]! * x[1]! + b2![0]!;
  const p = 1 / (1 + Math.exp(-z));
  const y = targets[n]![0]!;
  return { s, x, z, p, y, loss: -(y * Math.log(p) + (1 - y) * Math.log(1 - p)), dz: (p - y) / 2 };
});

describe("the values of a recording, by the names of the notes", () => {
  it("are those of the equations", () => {
    expect([trace.depth, trace.count, [...trace.widths]]).toEqual([3, 2, [2, 2, 1]]);
    for (const [n, row] of at.entries()) {
      expect(trace.x(1, 1, n + 1)).toBe(rows[n]![0]);
      expect(trace.x(1, 3, n + 1)).toBe(1);
      [1, 2].forEach((i) => {
        expect(trace.s(2, i, n + 1)).toBeCloseTo(row.s[i - 1]!, 12);
        expect(trace.x(2, i, n + 1)).toBeCloseTo(row.x[i - 1]!, 12);
        expect(trace.dx(2, i, n + 1)).toBeCloseTo(row.dz * w2![0]![i - 1]!, 12);
        expect(trace.ds(2, i, n + 1)).toBeCloseTo(row.dz * w2![0]![i - 1]! * (1 - row.x[i - 1]! ** 2), 12);
        expect(trace.slope(2, i, i, n + 1)).toBeCloseTo(1 - row.x[i - 1]! ** 2, 12);
      });
      expect(trace.ds(3, 1, n + 1)).toBeCloseTo(row.dz, 12);
      expect(trace.y(1, n + 1)).toBe(row.y);
      expect(trace.sampleLoss(n + 1)).toBeCloseTo(row.loss, 12);
      expect(trace.lossPartial(1, n + 1)).toBeCloseTo((row.p - row.y) / (row.p * (1 - row.p)), 10);
    }
    expect(trace.loss).toBeCloseTo((at[0]!.loss + at[1]!.loss) / 2, 12);
    expect([trace.w(1, 2, 1), trace.w(1, 2, 3), trace.w(2, 1, 2)]).toEqual([0.25, -0.2, -0.5]);
    expect(trace.dw(2, 1, 1)).toBeCloseTo(at[0]!.dz * at[0]!.x[0]! + at[1]!.dz * at[1]!.x[0]!, 12);
    expect(trace.dw(2, 1, 3)).toBeCloseTo(at[0]!.dz + at[1]!.dz, 12);
  });

  it.each([
    ["a layer", () => trace.x(4, 1)],
    ["a unit", () => trace.x(2, 4)],
    ["a sample", () => trace.x(2, 1, 3)],
    ["sums of the inputs", () => trace.s(1, 1)],
    ["weights behind the last layer", () => trace.w(3, 1, 1)],
  ])("are refused where there are none: %s", (_, ask) => {
    expect(ask).toThrow(InvalidInputError);
  });
});
