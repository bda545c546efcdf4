/**
 * The shape of a network, derived from its description: widths, kinds, and where each tensor lies in the flat arena of
 * parameters. Pure. The gradients and the optimizer's slots are arenas of the same shape.
 */
import type { ActivationName } from "./activations.ts";
import type { LossName } from "./losses.ts";

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
