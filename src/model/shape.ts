/**
 * The shape of a network, derived from its description: widths, kinds, and where each tensor lies in the flat arena of
 * parameters. Pure. The gradients and the optimizer's slots are arenas of the same shape.
 */
import type { ActivationDescription } from "../kinds/activations/index.ts";
import { refuse } from "../ground/errors.ts";
import {
  type AnyLayer,
  countOf,
  headOf,
  type Heads,
  headsOf,
  type LayerDescription,
  layerKindOf,
  type LayerName,
  layerNameOf,
  type LayerOp,
  type LayerTensors,
} from "../kinds/layers/index.ts";
import { type Head, ops as kinds } from "../kinds/ops/index.ts";
import type { LossDescription } from "../kinds/losses/index.ts";

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
  /** Of the outputs, in order: activation and loss of some of them, or of all. */
  readonly heads: readonly Head[];
  /** Whether heads have names, and so an activation and a loss by themselves. */
  readonly hasHeads: boolean;
  /** Whether the loss is derived by the logits, as that of heads is. */
  readonly fusedLoss: boolean;
  readonly parameterCount: number;
  readonly statisticsCount: number;
  readonly batchCount: number;
}

/** Lays the arena out: layer after layer, weights then biases, without gaps. */
export function networkShape(description: {
  inputs: number;
  layers: readonly LayerDescription[];
  loss?: LossDescription;
  heads?: Heads;
}): NetworkShape {
  const { heads: given, loss } = description;
  const layers: LayerShape[] = [];
  const ops: OpShape[] = [];
  let [parameters, statistics, batch] = [0, 0, 0];
  const add = ({ name, fanIn, fanOut, numbers = [], ...rest }: LayerOp) => {
    const kind = kinds[name];
    const parameterCount = kind.parameterCount(fanIn, fanOut);
    const statisticsCount = (kind.statistics?.length ?? 0) * fanOut;
    const batchCount = kind.batchNumbers?.(fanOut) ?? 0;
    const places = { parameters, parameterCount, statistics, statisticsCount, batch, batchCount };
    ops.push({ name, fanIn, fanOut, numbers, ...rest, ...places });
    parameters += parameterCount;
    statistics += statisticsCount;
    batch += batchCount;
  };
  let fanIn = description.inputs;
  const all: readonly AnyLayer[] = [
    ...description.layers,
    ...(given ? [{ layer: "heads", heads: given } as const] : []),
  ];
  for (const layer of all) {
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
  const { activation } = layers.at(-1)!;
  const heads = given ? headsOf(given) : [headOf({ units: fanIn, activation: activation!, loss: loss!, weight: 1 })];
  return {
    inputs: description.inputs,
    outputs: fanIn,
    layers,
    ops,
    heads,
    hasHeads: given !== undefined,
    fusedLoss: given !== undefined || heads[0]!.fusedLoss,
    parameterCount: parameters,
    statisticsCount: statistics,
    batchCount: batch,
  };
}

/**
 * The head that all outputs are.
 * @throws InvalidInputError for a network with heads.
 */
export function soleHead(where: string, { heads, hasHeads }: NetworkShape): Head {
  const names = heads.map(({ name }) => name).join(", ");
  return hasHeads ? refuse(where, "a network without heads", `one with ${names}`) : heads[0]!;
}
