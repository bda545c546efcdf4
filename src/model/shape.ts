/**
 * The shape of a network, derived from its description: widths, kinds, and where each tensor lies in the flat arena of
 * parameters. Pure. The gradients and the optimizer's slots are arenas of the same shape.
 */
import type { ActivationDescription } from "../kinds/activations/index.ts";
import {
  countOf,
  type LayerDescription,
  layerKindOf,
  type LayerName,
  layerNameOf,
  type LayerOp,
  type LayerTensors,
} from "../kinds/layers/index.ts";
import { ops as kinds } from "../kinds/ops/index.ts";
import { type LossDescription, lossOf } from "../kinds/losses/index.ts";
import { nameOf } from "../kinds/named.ts";

/** What lies between layer k and layer k + 1 of the notes. */
export interface LayerShape {
  readonly name: LayerName;
  readonly fanIn: number;
  readonly fanOut: number;
  /** By which s^(k+1) becomes x^(k+1); undefined for layers without one. */
  readonly activation: ActivationDescription | undefined;
  /** Where in the arena its weights start, its biases, and what is behind these, in elements. */
  readonly weights: number;
  readonly biases: number;
  readonly end: number;
  readonly tensors: LayerTensors;
  /** The last of its ops, whose input is s^(k+1) and whose output is x^(k+1). */
  readonly op: number;
}

/** A step of the way from inputs to outputs. */
export interface OpShape extends LayerOp {
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
  /** What engines do, in order: the ops of one layer after the other. */
  readonly ops: readonly OpShape[];
  /** Of the outputs. */
  readonly activation: ActivationDescription;
  readonly loss: LossDescription;
  /** Whether loss and last activation are computed together, from the logits. */
  readonly fusedLoss: boolean;
  readonly parameterCount: number;
}

/** Lays the arena out: layer after layer, weights then biases, without gaps. */
export function networkShape(description: {
  inputs: number;
  layers: readonly LayerDescription[];
  loss: LossDescription;
}): NetworkShape {
  const layers: LayerShape[] = [];
  const ops: OpShape[] = [];
  let parameterCount = 0;
  const add = (op: LayerOp) => {
    const count = kinds[op.name].parameterCount(op.fanIn, op.fanOut);
    ops.push({ ...op, parameters: parameterCount, parameterCount: count });
    parameterCount += count;
  };
  let fanIn = description.inputs;
  for (const layer of description.layers) {
    const kind = layerKindOf(layer);
    const [fanOut, tensors, weights] = [kind.units(layer, fanIn), kind.tensors(layer, fanIn), parameterCount];
    const layerOps = kind.ops(layer, fanIn);
    if (ops.length === 0 && !kinds[layerOps[0]!.name].readsRows) add({ name: "panels", fanIn, fanOut: fanIn });
    layerOps.forEach(add);
    layers.push({
      name: layerNameOf(layer),
      fanIn,
      fanOut,
      activation: kind.activation?.(layer),
      weights,
      biases: weights + countOf(tensors.weights),
      end: parameterCount,
      tensors,
      op: ops.length - 1,
    });
    fanIn = fanOut;
  }
  const activation = layers.at(-1)!.activation!;
  return {
    inputs: description.inputs,
    outputs: fanIn,
    layers,
    ops,
    activation,
    loss: description.loss,
    fusedLoss: lossOf(description.loss).fusesWith === nameOf(activation),
    parameterCount,
  };
}
