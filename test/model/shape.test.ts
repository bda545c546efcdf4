import { describe, expect, it } from "vitest";
import { networkShape } from "../../src/model/shape.ts";

describe("the shape of a network", () => {
  it("lays weights, then biases, layer after layer, without gaps", () => {
    const shape = networkShape({
      inputs: 3,
      layers: [
        { units: 4, activation: "tanh" },
        { units: 2, activation: "softmax" },
      ],
      loss: "categoricalCrossEntropy",
    });
    expect(shape.layers.map(({ weights, biases, end }) => [weights, biases, end])).toEqual([
      [0, 12, 16],
      [16, 24, 26],
    ]);
    expect(shape).toMatchObject({ inputs: 3, outputs: 2, fusedLoss: true, parameterCount: 26 });
    expect(shape.layers.map(({ op }) => shape.ops[op]!.name)).toEqual(["tanh", "softmax"]);
  });

  it("fuses a loss with its own activation alone", () => {
    const fuses = (activation: "sigmoid" | "tanh", loss: "binaryCrossEntropy" | "meanSquaredError") =>
      networkShape({ inputs: 1, layers: [{ units: 1, activation }], loss }).fusedLoss;
    expect(fuses("sigmoid", "binaryCrossEntropy")).toBe(true);
    expect(fuses("sigmoid", "meanSquaredError")).toBe(false);
  });

  it("keeps statistics in an arena of their own, and units as wide as they come", () => {
    const { layers, statisticsCount, parameterCount } = networkShape({
      inputs: 3,
      layers: [
        { units: 4, activation: "tanh" },
        { layer: "batchNorm", epsilon: 1e-5, momentum: 0.1 },
        { layer: "dropout", rate: 0.5 },
        { units: 1, activation: "identity" },
      ],
      loss: "meanSquaredError",
    });
    expect(layers.map(({ fanIn, fanOut }) => [fanIn, fanOut])).toEqual([
      [3, 4],
      [4, 4],
      [4, 4],
      [4, 1],
    ]);
    expect(layers.map(({ weights, biases, end }) => [weights, biases, end])).toEqual([
      [0, 12, 16],
      [16, 20, 24],
      [24, 24, 24],
      [24, 28, 29],
    ]);
    expect(layers.map(({ statistics: { begin, end } }) => end - begin)).toEqual([0, statisticsCount, 0, 0]);
    expect(statisticsCount).toBe(8);
    expect(parameterCount).toBe(29);
  });

  it("packs rows first for a layer that cannot read them", () => {
    const first = (layer: "dropout" | "layerNorm") =>
      networkShape({
        inputs: 3,
        layers: [
          layer === "dropout" ? { layer, rate: 0.5 } : { layer, epsilon: 1e-5 },
          { units: 1, activation: "identity" },
        ],
        loss: "meanSquaredError",
      }).ops[0];
    for (const layer of ["dropout", "layerNorm"] as const) {
      expect(first(layer)).toMatchObject({ name: "panels", fanIn: 3, fanOut: 3, parameterCount: 0 });
    }
  });
});
