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
  /** What it learns without a gradient, in an arena of its own: vectors of one number a unit. */
  readonly statistics: { readonly begin: number; readonly end: number };
  /** The last of its ops, whose input is s^(k+1) and whose output is x^(k+1). */
  readonly op: number;
}

/** A step of the way from inputs to outputs. */
export interface OpShape extends LayerOp {
  /** Where in the arena its parameters start, and how many it has, in elements. */
  readonly parameters: number;
  readonly parameterCount: number;
  readonly numbers: readonly number[];
  /** Likewise what it learns without a gradient, and keeps of the last batch, in arenas of their own. */
  readonly statistics: number;
  readonly statisticsCount: number;
  readonly batch: number;
  readonly batchCount: number;
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
  readonly statisticsCount: number;
  readonly batchCount: number;
}

/** Lays the arena out: layer after layer, weights then biases, without gaps. */
export function networkShape(description: {
  inputs: number;
  layers: readonly LayerDescription[];
  loss: LossDescription;
}): NetworkShape {
  const layers: LayerShape[] = [];
  const ops: OpShape[] = [];
  let [parameters, statistics, batch] = [0, 0, 0];
  const add = ({ name, fanIn, fanOut, numbers = [] }: LayerOp) => {
    const kind = kinds[name];
    const parameterCount = kind.parameterCount(fanIn, fanOut);
    const statisticsCount = (kind.statistics?.length ?? 0) * fanOut;
    const batchCount = kind.batchNumbers?.(fanOut) ?? 0;
    const places = { parameters, parameterCount, statistics, statisticsCount, batch, batchCount };
    ops.push({ name, fanIn, fanOut, numbers, ...places });
    parameters += parameterCount;
    statistics += statisticsCount;
    batch += batchCount;
  };
  let fanIn = description.inputs;
  for (const layer of description.layers) {
    const kind = layerKindOf(layer);
    const [fanOut, tensors, weights] = [kind.units(layer, fanIn), kind.tensors(layer, fanIn), parameters];
    const layerOps = kind.ops(layer, fanIn);
    const statisticsBefore = statistics;
    if (ops.length === 0 && !kinds[layerOps[0]!.name].readsRows) add({ name: "panels", fanIn, fanOut: fanIn });
    layerOps.forEach(add);
    layers.push({
      name: layerNameOf(layer),
      fanIn,
      fanOut,
      activation: kind.activation?.(layer),
      weights,
      biases: weights + countOf(tensors.weights),
      end: parameters,
      statistics: { begin: statisticsBefore, end: statistics },
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
    parameterCount: parameters,
    statisticsCount: statistics,
    batchCount: batch,
  };
}
