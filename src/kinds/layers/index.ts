/** The table of layers: one file a name. */
import { checkOptions, lookUp } from "../../ground/errors.ts";
import { batchNorm, type BatchNormDescription } from "./batchNorm.ts";
import { dense, type DenseDescription } from "./dense.ts";
import { dropout, type DropoutDescription } from "./dropout.ts";
import { heads, type HeadsDescription } from "./heads.ts";
import { layerNorm, type LayerNormDescription } from "./layerNorm.ts";
import type { LayerKind } from "./layer.ts";

export { checkHeads, type Heads, type HeadDescription, headOf, headsOf } from "./heads.ts";
export { countOf, type LayerKind, type LayerOp, type LayerTensors, type TensorShape } from "./layer.ts";

/** A layer as its user writes it: a dense one, or one with its name. Heads stand beside the layers. */
export type LayerDescription = DenseDescription | DropoutDescription | LayerNormDescription | BatchNormDescription;

/** Those that a description's `layers` may name. */
const layers = {
  dense,
  dropout,
  layerNorm,
  batchNorm,
};
const all = { ...layers, heads };

export type LayerName = keyof typeof all;

/** A layer of a network. */
export type AnyLayer = LayerDescription | HeadsDescription;

export function layerKind(name: LayerName): LayerKind<AnyLayer> {
  return all[name] as unknown as LayerKind<AnyLayer>;
}

export function layerNameOf({ layer = "dense" }: AnyLayer): LayerName {
  return layer;
}

export function layerKindOf(description: AnyLayer): LayerKind<AnyLayer> {
  return layerKind(layerNameOf(description));
}

/**
 * A copy of what describes a layer, checked and complete.
 * @throws InvalidInputError naming what is wrong.
 */
export function checkLayer(where: string, given: unknown): LayerDescription {
  checkOptions(where, given, Object.keys(Object(given)));
  const description = { ...(given as LayerDescription) };
  const { layer = "dense" } = description;
  lookUp(where, "layer", layer, layers);
  return layerKindOf(description).check(where, description) as LayerDescription;
}
