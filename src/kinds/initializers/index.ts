/** How parameters start: the table of initializers, one file a name. */
import { lookUp, refuse, show, synonymsOf } from "../../ground/errors.ts";
import type { Floats } from "../../ground/floats.ts";
import { inSlices, type Pieces } from "../../ground/pieces.ts";
import type { Random } from "../../ground/random.ts";
import { type Auto, autoKind } from "./auto.ts";
import { type Constant, constantKind } from "./constant.ts";
import { type GlorotNormal, glorotNormalKind } from "./glorotNormal.ts";
import { type GlorotUniform, glorotUniformKind } from "./glorotUniform.ts";
import { type HeNormal, heNormalKind } from "./heNormal.ts";
import { type HeUniform, heUniformKind } from "./heUniform.ts";
import type { InitializedLayer, InitializerKind } from "./initializer.ts";
import type { LayerTensors } from "../layers/index.ts";
import { type LecunNormal, lecunNormalKind } from "./lecunNormal.ts";
import { type LecunUniform, lecunUniformKind } from "./lecunUniform.ts";
import { type Normal, normalKind } from "./normal.ts";
import { type Orthogonal, orthogonalKind } from "./orthogonal.ts";
import { type TruncatedNormal, truncatedNormalKind } from "./truncatedNormal.ts";
import { type Uniform, uniformKind } from "./uniform.ts";
import { type Zeros, zerosKind } from "./zeros.ts";

/** An initializer as data, checked and complete. */
export type Initializer =
  | Auto
  | Zeros
  | Constant
  | Uniform
  | Normal
  | TruncatedNormal
  | GlorotUniform
  | GlorotNormal
  | HeUniform
  | HeNormal
  | LecunUniform
  | LecunNormal
  | Orthogonal;

type Named<Name extends Initializer["name"]> = Extract<Initializer, { readonly name: Name }>;
/** The names of those that need no options. */
type BareName = Exclude<Initializer["name"], "constant" | "uniform" | "normal" | "truncatedNormal">;

/** How parameters start: an initializer, or the bare name of one that needs no options. */
export type Initialization =
  Exclude<Initializer, Orthogonal> | { readonly name: "orthogonal"; readonly gain?: number } | BareName;

const kinds: { readonly [Name in Initializer["name"]]: InitializerKind<Named<Name>> } = {
  auto: autoKind,
  zeros: zerosKind,
  constant: constantKind,
  uniform: uniformKind,
  normal: normalKind,
  truncatedNormal: truncatedNormalKind,
  glorotUniform: glorotUniformKind,
  glorotNormal: glorotNormalKind,
  heUniform: heUniformKind,
  heNormal: heNormalKind,
  lecunUniform: lecunUniformKind,
  lecunNormal: lecunNormalKind,
  orthogonal: orthogonalKind,
};

const kindOf = (name: string) => kinds[name as Initializer["name"]] as InitializerKind<Initializer>;

/**
 * A checked copy of an initializer: `auto` where none is given.
 * @throws InvalidInputError for what is none, or has an option that is out of bounds.
 */
export function checkInitialization(given: Initialization = "auto"): Initializer {
  if (typeof given !== "string" && (typeof given !== "object" || given === null)) {
    refuse("network: initialization", 'a name, or an object such as { name: "uniform", limit: 0.5 }', show(given));
  }
  const { name, ...options } = typeof given === "string" ? { name: given } : given;
  lookUp("network: initialization", "name", name, kinds, synonymsOf(kinds));
  return kindOf(name).check(options as Omit<Initializer, "name">);
}

/** A layer, and where its tensors lie in the arena, one behind the other. */
export interface PlacedLayer extends InitializedLayer {
  readonly weights: number;
  readonly biases: number;
  readonly end: number;
  readonly tensors: LayerTensors;
}

/**
 * The first parameters of a network, layer after layer, weights, then biases, in slices of time: drawn, but for those of which
 * their layer says what they start as.
 */
export async function initialize(
  parameters: Floats,
  layers: readonly PlacedLayer[],
  initializer: Initializer,
  random: Random,
): Promise<void> {
  await inSlices(draw(parameters, layers, initializer, random));
}

function* draw(
  parameters: Floats,
  layers: readonly PlacedLayer[],
  initializer: Initializer,
  random: Random,
): Pieces<void> {
  const kind = kindOf(initializer.name);
  for (const layer of layers) {
    const { weights, biases, end, tensors } = layer;
    const [w, b] = [parameters.subarray(weights, biases), parameters.subarray(biases, end)];
    if (tensors.weights.start !== undefined) w.fill(tensors.weights.start);
    else yield* kind.weights(w, layer, random, initializer);
    if (tensors.biases.start !== undefined) b.fill(tensors.biases.start);
    else if (kind.biases) yield* kind.biases(b, layer, random, initializer);
    else b.fill(0);
  }
}
