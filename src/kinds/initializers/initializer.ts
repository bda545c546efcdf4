/**
 * What an initializer is: named data, such as `{ name: "uniform", limit: 0.7 }`, or the bare name of one that needs no
 * options. Its file, beside this one, states how its options are checked and how a layer's numbers are drawn.
 *
 * Numbers are rounded to float32 in every engine, so that all start from the same.
 */
import { checkOptions } from "../../ground/errors.ts";
import type { Floats } from "../../ground/floats.ts";
import type { Pieces } from "../../ground/pieces.ts";
import type { Random } from "../../ground/random.ts";

/** A layer whose numbers are drawn. */
export interface InitializedLayer {
  readonly fanIn: number;
  readonly fanOut: number;
}

export interface InitializerKind<I extends { readonly name: string }> {
  /** Whatever the given data say, checked and copied: each option is read once. */
  readonly check: (options: Omit<I, "name">) => I;
  /** What other libraries call it, in small letters and digits, for the error that answers such a name. */
  readonly synonyms?: readonly string[];
  /** Writes w: [fanOut, fanIn], row-major. */
  readonly weights: (w: Floats, layer: InitializedLayer, random: Random, initializer: I) => Pieces<void>;
  /** Writes b: [fanOut]. Where it is left out, biases start as 0. */
  readonly biases?: (b: Floats, layer: InitializedLayer, random: Random, initializer: I) => Pieces<void>;
}

/** The largest number that may be asked for: its products stay finite in float32. */
export const LARGEST = 1e6;

const PIECE = 2 ** 13;

/** Each number by itself. */
export function* each(values: Floats, draw: () => number): Pieces<void> {
  for (let i = 0; i < values.length; i++) {
    values[i] = Math.fround(draw());
    if (i % PIECE === PIECE - 1) yield;
  }
}

/** The kind of an initializer without options. */
export function plain<Name extends string>(name: Name): Pick<InitializerKind<{ readonly name: Name }>, "check"> {
  return {
    check(options) {
      checkOptions(`network: initialization, ${name}`, options, []);
      return Object.freeze({ name });
    },
  };
}

/** Weights uniform within `limit`, biases 0. */
export function uniformWithin<Name extends string>(
  name: Name,
  limit: (fanIn: number, fanOut: number) => number,
): InitializerKind<{ readonly name: Name }> {
  return {
    ...plain(name),
    weights(w, { fanIn, fanOut }, random) {
      const most = limit(fanIn, fanOut);
      return each(w, () => random.uniform(-most, most));
    },
  };
}

/** Weights normal around 0, biases 0. */
export function normalWith<Name extends string>(
  name: Name,
  deviation: (fanIn: number, fanOut: number) => number,
): InitializerKind<{ readonly name: Name }> {
  return {
    ...plain(name),
    weights(w, { fanIn, fanOut }, random) {
      const scale = deviation(fanIn, fanOut);
      return each(w, () => scale * random.normal());
    },
  };
}
