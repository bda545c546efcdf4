import { describe, expect, it } from "vitest";
import { TaskOf } from "../../../src/kinds/metrics/task.ts";

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
    const found = new TaskOf(loss, activation, units);
    found.add(targets);
    expect(found.task).toEqual({ kind, units });
  });

  it("is found out in pieces", () => {
    const found = new TaskOf("meanSquaredError", "sigmoid", 2);
    found.add(yesOrNo);
    found.add(tooMany);
    found.add(yesOrNo);
    expect(found.task.kind).toBe("labels");
    found.add(Float64Array.of(0.5, 0));
    found.add(yesOrNo);
    expect(found.task.kind).toBe("numbers");
  });

  it("asks for targets only where they have a say", () => {
    expect(new TaskOf("meanSquaredError", "sigmoid", 1).isOpen).toBe(true);
    expect(new TaskOf("meanSquaredError", "tanh", 1).isOpen).toBe(false);
    expect(new TaskOf("binaryCrossEntropy", "sigmoid", 1).isOpen).toBe(false);
  });
});
