import { checkNumber, checkOptions } from "../../ground/errors.ts";
import type { Floats } from "../../ground/floats.ts";
import type { Pieces } from "../../ground/pieces.ts";
import type { Random } from "../../ground/random.ts";
import { type InitializerKind, LARGEST } from "./initializer.ts";

export interface Orthogonal {
  readonly name: "orthogonal";
  /** The length of each row, or of each column where there are more rows. Default 1. */
  readonly gain: number;
}

/**
 * W W^T = gain^2 I, or W^T W where fanOut > fanIn; biases 0 (Saxe, McClelland and Ganguli 2014). Drawn evenly from all such
 * matrices: normal numbers, made orthogonal one vector after the other.
 */
export const orthogonalKind: InitializerKind<Orthogonal> = {
  check(options) {
    checkOptions("network: initialization, orthogonal", options, ["gain"]);
    const { gain = 1 } = options;
    const checked = checkNumber("network: initialization, orthogonal: gain", gain, { above: 0, max: LARGEST });
    return Object.freeze({ name: "orthogonal", gain: checked });
  },
  *weights(w, { fanIn, fanOut }, random, { gain }) {
    const [count, length] = fanOut <= fanIn ? [fanOut, fanIn] : [fanIn, fanOut];
    const vectors = yield* orthonormal(count, length, random);
    // Vector i is row i of w, or its column i.
    const [along, across] = fanOut <= fanIn ? [1, fanIn] : [fanIn, 1];
    for (const [i, vector] of vectors.entries()) write(w, vector, gain, i * across, along);
  },
};

function write(w: Floats, vector: Float64Array, gain: number, begin: number, stride: number): void {
  for (let j = 0; j < vector.length; j++) w[begin + j * stride] = Math.fround(gain * vector[j]!);
}

/** Gram and Schmidt, each vector twice: once leaves what rounding has kept (Giraud et al. 2005). */
function* orthonormal(count: number, length: number, random: Random): Pieces<Float64Array[]> {
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const vector = Float64Array.from({ length }, () => random.normal());
    for (let pass = 0; pass < 2; pass++) {
      for (const other of vectors) {
        add(vector, other, -dot(vector, other));
        yield;
      }
      scale(vector, 1 / Math.sqrt(dot(vector, vector)));
    }
    vectors.push(vector);
  }
  return vectors;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function add(to: Float64Array, from: Float64Array, times: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += times * from[i]!;
}

function scale(vector: Float64Array, by: number): void {
  for (let i = 0; i < vector.length; i++) vector[i]! *= by;
}
