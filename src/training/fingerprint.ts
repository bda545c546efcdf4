/** The fingerprint of a training's rows, taken in pieces. */
import type { Samples } from "../engine/engine.ts";
import type { Floats } from "../ground/floats.ts";
import { Hash } from "../ground/hash.ts";
import type { Pieces } from "../ground/pieces.ts";
import type { Fingerprint, RowsOfEpoch } from "./kept.ts";

/** Numbers that are hashed at a time: well below a millisecond. */
const PIECE = 2 ** 16;

export function* fingerprintOf(samples: Samples, { rows, size }: RowsOfEpoch): Pieces<Fingerprint> {
  const { capacity, inputs, targets, weights } = samples;
  const facts = { rows, window: size, inputs: inputs.length / capacity, targets: targets.length / capacity };
  if (size < rows) return { ...facts, numbers: "a source's", weights: weights ? "a source's" : "none" };
  const numbers = new Hash();
  yield* addTo(numbers, inputs);
  yield* addTo(numbers, targets);
  const own = new Hash();
  if (weights) yield* addTo(own, weights);
  return { ...facts, numbers: String(numbers), weights: weights ? String(own) : "none" };
}

function* addTo(hash: Hash, values: Floats): Pieces<void> {
  for (let at = 0; at < values.length; at += PIECE) {
    // In float64 too, so that a training can go on in another precision.
    const single = Float32Array.from(values.subarray(at, at + PIECE));
    hash.add(new Uint32Array(single.buffer));
    yield;
  }
}
