/**
 * The shape of a network, derived from its description: widths, kinds, and where each tensor lies in the flat arena of
 * parameters. Pure. The gradients and the optimizer's slots are arenas of the same shape.
 */
import type { ActivationName } from "../kinds/activations/index.ts";
import { type OpName, ops as kinds } from "../kinds/layers/index.ts";
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
  /** Which of the ops computes its sums; its activation is the next one. */
  readonly op: number;
}

/** A step of the way from inputs to outputs. */
export interface OpShape {
  readonly name: OpName;
  readonly fanIn: number;
  readonly fanOut: number;
  /** Where in the arena its parameters start, and how many it has, in elements. */
  readonly parameters: number;
  readonly parameterCount: number;
}

export interface NetworkShape {
  /** n_1 */
  readonly inputs: number;
  /** n_m */
  readonly outputs: number;
  readonly layers: readonly LayerShape[];
  /** What engines do, in order: of each layer the sums, then the activation. */
  readonly ops: readonly OpShape[];
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
  const ops: OpShape[] = [];
  let parameterCount = 0;
  const add = (name: OpName, fanIn: number, fanOut: number) => {
    const count = kinds[name].parameterCount(fanIn, fanOut);
    ops.push({ name, fanIn, fanOut, parameters: parameterCount, parameterCount: count });
    parameterCount += count;
  };
  let fanIn = description.inputs;
  for (const { units, activation } of description.layers) {
    const [weights, biases] = [parameterCount, parameterCount + fanIn * units];
    layers.push({ fanIn, fanOut: units, activation, weights, biases, op: ops.length });
    add("dense", fanIn, units);
    add(activation, units, units);
    fanIn = units;
  }
  return {
    inputs: description.inputs,
    outputs: fanIn,
    layers,
    ops,
    loss: description.loss,
    fusedLoss: losses[description.loss].fusesWith === layers.at(-1)?.activation,
    parameterCount,
  };
}
