import { describe, expect, it } from "vitest";
import { adam, lbfgs } from "../../src/kinds/optimizers/index.ts";
import type { LayerDescription } from "../../src/kinds/layers/index.ts";
import { networkShape } from "../../src/model/shape.ts";
import { checkLayers } from "../../src/training/layers.ts";

const withLayer = (layer: LayerDescription) =>
  networkShape({
    inputs: 3,
    layers: [{ units: 2, activation: "tanh" }, layer, { units: 1, activation: "identity" }],
    loss: "meanSquaredError",
  });
const dropout = withLayer({ layer: "dropout", rate: 0.5 });
const batchNorm = withLayer({ layer: "batchNorm", epsilon: 1e-5, momentum: 0.1 });

describe("what layers ask of a training", () => {
  it("is steps, of those that are not the same in each", () => {
    expect(() => checkLayers("fit", dropout, { optimizer: lbfgs(), batchSize: 4 }, 8)).toThrow(
      "fit: optimizer: expected one that descends step by step, for layer 2 (dropout) is not the same in each, got lbfgs",
    );
    expect(() => checkLayers("fit", dropout, { optimizer: adam(), batchSize: 1 }, 8)).not.toThrow();
    const norm = withLayer({ layer: "layerNorm", epsilon: 1e-5 });
    expect(() => checkLayers("fit", norm, { optimizer: lbfgs(), batchSize: 1 }, 8)).not.toThrow();
  });

  it("is more than one row a batch, the last one included, of those that look at batches", () => {
    const check = (batchSize: number, count: number) => () =>
      checkLayers("fit", batchNorm, { optimizer: adam(), batchSize }, count);
    const expected = "fit: batchSize: expected batches of at least 2 rows for layer 2 (batchNorm), got ";
    expect(check(1, 8)).toThrow(`${expected}8 rows in batches of 1`);
    expect(check(4, 9)).toThrow(`${expected}9 rows in batches of 4, the last one of 1`);
    expect(check(32, 1)).toThrow(`${expected}1 rows in batches of 1`);
    for (const [size, count] of [
      [4, 8],
      [4, 10],
      [32, 2],
    ] as const)
      expect(check(size, count)).not.toThrow();
    expect(() => checkLayers("fit", batchNorm, { optimizer: lbfgs(), batchSize: 1 }, 1, new Set([1]))).not.toThrow();
    expect(() => checkLayers("fit", dropout, { optimizer: lbfgs(), batchSize: 1 }, 1, new Set([1]))).toThrow("dropout");
  });
});
