import { checkNumber, checkOptions } from "../../ground/errors.ts";
import type { LayerKind } from "./layer.ts";

/**
 * Each unit over the samples of a batch, brought to mean 0 and variance 1, then scaled and shifted:
 * w (x - mean) / sqrt(variance + epsilon) + b (Ioffe and Szegedy 2015; PyTorch's nn.BatchNorm1d). Outside of training it goes by
 * moving statistics, which every step takes some of the way to its batch's: moving = (1 - momentum) moving + momentum batch.
 * Of batches that are accumulated, the batch is all of them together. Frozen, it goes by its moving statistics in training
 * too, and these stay as they are (Keras's; PyTorch's still move).
 * The variance that normalizes divides by the count of samples, the one that moves the statistics by one less.
 */
export interface BatchNormDescription {
  readonly layer: "batchNorm";
  /** Above 0. Default 1e-5. */
  readonly epsilon?: number;
  /** Above 0, at most 1. Default 0.1. (What Keras calls so is 1 less this.) */
  readonly momentum?: number;
}

/** weights: the scale w [units], from 1; biases: the shift b [units], from 0. */
export const batchNorm: LayerKind<BatchNormDescription> = {
  differsInTraining: true,
  leastBatch: 2,
  drawn: "normalized",
  derivatives: ["1/σ"],
  statistics: [{ name: "mean" }, { name: "variance", min: 0 }],
  check(where, given) {
    checkOptions(where, given, ["layer", "epsilon", "momentum"]);
    const { epsilon = 1e-5, momentum = 0.1 } = given;
    return Object.freeze({
      layer: "batchNorm",
      epsilon: checkNumber(`${where}: epsilon`, epsilon, { min: 1e-30, max: 1 }),
      momentum: checkNumber(`${where}: momentum`, momentum, { above: 0, max: 1 }),
    });
  },
  units: (_, fanIn) => fanIn,
  ops: ({ epsilon, momentum }, units) => [
    { name: "batchNorm", fanIn: units, fanOut: units, numbers: [epsilon!, momentum!] },
    { name: "scale", fanIn: units, fanOut: units },
  ],
  tensors: (_, units) => ({ weights: { dimensions: [units], start: 1 }, biases: { dimensions: [units], start: 0 } }),
};
