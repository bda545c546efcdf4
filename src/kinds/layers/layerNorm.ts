import { checkNumber, checkOptions } from "../../ground/errors.ts";
import type { LayerKind } from "./layer.ts";

/**
 * The units of each sample, brought to mean 0 and variance 1, then scaled and shifted: w (x - mean) / sqrt(variance + epsilon) + b
 * (Ba, Kiros and Hinton 2016; PyTorch's nn.LayerNorm).
 */
export interface LayerNormDescription {
  readonly layer: "layerNorm";
  /** Above 0. Default 1e-5. */
  readonly epsilon?: number;
}

/** weights: the scale w [units], from 1; biases: the shift b [units], from 0. */
export const layerNorm: LayerKind<LayerNormDescription> = {
  drawn: "normalized",
  couples: true,
  derivatives: ["(1 − (1 + s²)/n)/σ", "−(1 + s s′)/(n σ)"],
  check(where, given) {
    checkOptions(where, given, ["layer", "epsilon"]);
    const { epsilon = 1e-5 } = given;
    return Object.freeze({
      layer: "layerNorm",
      epsilon: checkNumber(`${where}: epsilon`, epsilon, { min: 1e-30, max: 1 }),
    });
  },
  units: (_, fanIn) => fanIn,
  ops: ({ epsilon }, units) => [
    { name: "layerNorm", fanIn: units, fanOut: units, numbers: [epsilon!] },
    { name: "scale", fanIn: units, fanOut: units },
  ],
  tensors: (_, units) => ({ weights: { dimensions: [units], start: 1 }, biases: { dimensions: [units], start: 0 } }),
};
