/**
 * Where a run takes its rows from, window by window. Rows that fit into memory are one window, which is there as long as the
 * run; of more rows two windows are there at a time: steps run on one of them while the next one is filled.
 */
import type { Samples } from "../engine/engine.ts";

/** Rows `first` to `end` - 1 of the samples, and the places of the order of the same numbers. */
export interface Window {
  /** Their `capacity` is the window's end. */
  readonly samples: Samples;
  readonly first: number;
  readonly end: number;
}

export interface Feed {
  /** Rows of an epoch; of each of its windows but the last one, which has what is left; and how many windows these are. */
  readonly rows: number;
  readonly size: number;
  readonly windows: number;
  /** Which window of the epoch steps are to run on, from 0; undefined while that is being filled. */
  readonly index: number;
  readonly window: Window | undefined;
  /** Resolves when it is there; rejects if it cannot be. */
  ready(): Promise<void>;
  /** On to the next window, after the last one of an epoch to the first of the next. */
  next(): void;
  /** Nobody asks for more, and nothing more is written to memory. */
  close(): void;
}

/** All rows at once. */
export function wholeFeed(samples: Samples): Feed {
  const window = { samples, first: 0, end: samples.capacity };
  const rows = samples.capacity;
  return { rows, size: rows, windows: 1, index: 0, window, ready: async () => {}, next() {}, close() {} };
}
