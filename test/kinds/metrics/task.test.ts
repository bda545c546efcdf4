import { describe, expect, it } from "vitest";
import { atOnce } from "../../../src/ground/pieces.ts";
import { taskOf } from "../../../src/kinds/metrics/task.ts";

describe("what outputs say", () => {
  const yesOrNo = Float64Array.of(0, 1, 1, 0);
  const tooMany = Float64Array.of(1, 1, 1, 0);

  it.each([
    ["categoricalCrossEntropy", "softmax", 2, yesOrNo, "classes"],
    ["categoricalCrossEntropy", "softmax", 2, Float64Array.of(0.5, 0.5), "classes"],
    ["binaryCrossEntropy", "sigmoid", 1, yesOrNo, "binary"],
    ["binaryCrossEntropy", "sigmoid", 1, Float64Array.of(0.5), "binary"],
    ["binaryCrossEntropy", "sigmoid", 2, yesOrNo, "labels"],
    ["meanSquaredError", "identity", 1, yesOrNo, "numbers"],
    ["meanSquaredError", "tanh", 1, yesOrNo, "numbers"],
    ["meanSquaredError", "sigmoid", 1, yesOrNo, "binary"],
    ["meanSquaredError", "sigmoid", 1, Float64Array.of(0, 1, 0.5), "numbers"],
    ["meanSquaredError", "sigmoid", 2, yesOrNo, "classes"],
    ["meanSquaredError", "sigmoid", 2, tooMany, "labels"],
    ["meanSquaredError", "softmax", 1, Float64Array.of(1, 1), "binary"],
  ] as const)("of %s after %s, %i wide, is known", (loss, activation, units, targets, kind) => {
    expect(atOnce(taskOf(loss, activation, units, targets))).toEqual({ kind, units });
  });

  it("is found out in pieces", () => {
    const work = taskOf("meanSquaredError", "sigmoid", 3, new Float64Array(3 * 2 ** 20));
    let pieces = 0;
    while (!work.next().done) pieces++;
    expect(pieces).toBeGreaterThan(40);
  });
});
