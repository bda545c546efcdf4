/**
 * Work in pieces, each of a millisecond or less: a generator that yields between them. The same work is done at once, or in
 * slices between which the host has its turn.
 */
import { breathe, sliceIsOver } from "./scheduler.ts";
import type { Signal } from "./signal.ts";

export type Pieces<T> = Generator<void, T, void>;

export function atOnce<T>(work: Pieces<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** @throws the signal's reason within a slice of its being aborted. */
export async function inSlices<T>(work: Pieces<T>, signal?: Signal): Promise<T> {
  for (;;) {
    if (sliceIsOver()) await breathe(signal);
    const { done, value } = work.next();
    if (done) return value;
  }
}
