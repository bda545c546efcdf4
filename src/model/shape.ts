/**
 * The shape of a network, derived from its description: widths, kinds, and where each tensor lies in the flat arena of
 * parameters. Pure. The gradients and the optimizer's slots are arenas of the same shape.
 */
import type { ActivationName } from "../kinds/activations/index.ts";
import { losses } from "../kinds/losses/index.ts";
import type { LossName } from "../kinds/losses/index.ts";

/** The dense layer w^(k) from layer k to layer k + 1 of the notes. */
export interface LayerShape {
  readonly fanIn: number;
  readonly fanOut: number;
  readonly activation: ActivationName;
  /** Where in the arena the weights [fanOut, fanIn] start, in elements. */
  readonly weights: number;
  /** Where in the arena the biases [fanOut] start, in elements. */
  readonly biases: number;
}

export interface NetworkShape {
  /** n_1 */
  readonly inputs: number;
  /** n_m */
  readonly outputs: number;
  readonly layers: readonly LayerShape[];
  readonly loss: LossName;
  /** Whether loss and last activation are computed together, from the logits. */
  readonly fusedLoss: boolean;
  readonly parameterCount: number;
}

/** Lays the arena out: layer after layer, weights then biases, without gaps. */
export function networkShape(description: {
  inputs: number;
  layers: readonly { units: number; activation: ActivationName }[];
  loss: LossName;
}): NetworkShape {
  const layers: LayerShape[] = [];
  let fanIn = description.inputs;
  let parameterCount = 0;
  for (const { units, activation } of description.layers) {
    const biases = parameterCount + units * fanIn;
    layers.push({ fanIn, fanOut: units, activation, weights: parameterCount, biases });
    parameterCount = biases + units;
    fanIn = units;
  }
  return {
    inputs: description.inputs,
    outputs: fanIn,
    layers,
    loss: description.loss,
    fusedLoss: losses[description.loss].fusesWith === layers.at(-1)?.activation,
    parameterCount,
  };
}
