import { describe, expect, it } from "vitest";
import type { ActivationName } from "../../../src/kinds/activations/index.ts";
import { type LossName, lossOf } from "../../../src/kinds/losses/index.ts";
import { Tally } from "../../../src/kinds/metrics/evaluation.ts";

function evaluated(
  loss: LossName,
  units: number,
  outputs: number[],
  targets: number[],
  activation: ActivationName = lossOf(loss).fusesWith ?? "identity",
) {
  const tally = new Tally(loss, activation, units);
  tally.add(Float32Array.from(outputs), Float32Array.from(targets), undefined, outputs.length / units);
  return tally.evaluation(0.5, outputs.length / units);
}

describe("an evaluation", () => {
  it("of one yes-or-no output says yes above 0.5, as scikit-learn does", () => {
    const found = evaluated("binaryCrossEntropy", 1, [0.5, 0.51, 0.9, 0.1, 1], [1, 1, 1, 0, 0]);
    expect(found).toEqual({
      loss: 0.5,
      count: 5,
      correct: 3,
      accuracy: 0.6,
      confusion: [
        [1, 1],
        [1, 2],
      ],
    });
  });

  it("of classes takes the largest output, the first of equals", () => {
    const outputs = [0.2, 0.5, 0.3, 0.4, 0.4, 0.2, 0.1, 0.1, 0.8];
    const targets = [0, 1, 0, 0, 1, 0, 0, 0, 1];
    expect(evaluated("categoricalCrossEntropy", 3, outputs, targets)).toMatchObject({
      correct: 2,
      confusion: [
        [0, 0, 0],
        [1, 1, 0],
        [0, 0, 1],
      ],
    });
  });

  it("of several yes-or-no outputs counts rows that are right in all", () => {
    const found = evaluated("binaryCrossEntropy", 2, [0.9, 0.1, 0.6, 0.6, 0.5, 0.5], [1, 0, 1, 0, 0, 0]);
    expect(found).toEqual({ loss: 0.5, count: 3, correct: 2, accuracy: 2 / 3 });
  });

  it("of measurements is the loss alone", () => {
    expect(evaluated("meanSquaredError", 1, [1, 2], [1, 3])).toEqual({ loss: 0.5, count: 2 });
  });

  it("of a mean squared error has an accuracy where outputs lie in [0, 1] and targets are classes", () => {
    const one = evaluated("meanSquaredError", 1, [0.5, 0.9, 0.6], [0, 1, 0], "sigmoid");
    expect(one).toMatchObject({
      correct: 2,
      confusion: [
        [1, 1],
        [0, 1],
      ],
    });
    const hot = evaluated("meanSquaredError", 2, [0.4, 0.3, 0.2, 0.1], [1, 0, 0, 1], "softmax");
    expect(hot).toMatchObject({
      correct: 1,
      accuracy: 0.5,
      confusion: [
        [1, 0],
        [1, 0],
      ],
    });
    const sides = evaluated("meanSquaredError", 2, [0.9, 0.8, 0.2, 0.1], [1, 1, 0, 1], "sigmoid");
    expect(sides).toEqual({ loss: 0.5, count: 2, correct: 1, accuracy: 0.5 });
    const numbers = evaluated("meanSquaredError", 1, [0.5, 0.9], [0.25, 1], "sigmoid");
    expect(numbers).toEqual({ loss: 0.5, count: 2 });
    expect(evaluated("meanSquaredError", 1, [0.5, 0.9], [0, 1], "tanh")).toEqual({ loss: 0.5, count: 2 });
  });

  it("of a single class is right everywhere", () => {
    expect(evaluated("categoricalCrossEntropy", 1, [0.1, 0.9], [1, 1])).toEqual({
      loss: 0.5,
      count: 2,
      correct: 2,
      accuracy: 1,
      confusion: [[2]],
    });
  });

  it("adds up over batches", () => {
    const tally = new Tally("binaryCrossEntropy", "sigmoid", 1);
    tally.add(Float64Array.of(1, 0), Float64Array.of(1, 1), undefined, 2);
    tally.add(Float64Array.of(1, 0), Float64Array.of(0, 0), undefined, 1);
    expect(tally.evaluation(1, 3)).toMatchObject({
      correct: 1,
      confusion: [
        [0, 1],
        [1, 1],
      ],
    });
  });

  it("of very many classes goes without the table, which would be their number squared", () => {
    const classes = 100_000;
    const outputs = new Float32Array(classes);
    outputs[70_000] = 1;
    const tally = new Tally("categoricalCrossEntropy", "softmax", classes);
    tally.add(outputs, outputs, undefined, 1);
    expect(tally.evaluation(0, 1)).toEqual({ loss: 0, count: 1, correct: 1, accuracy: 1 });
  });
});
