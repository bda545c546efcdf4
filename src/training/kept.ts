/**
 * What a training leaves to whoever goes on with it: where it stands, and by which rows it got there. It is written to a file
 * and read from one.
 */
import type { Floats } from "../ground/floats.ts";
import type { Pieces } from "../ground/pieces.ts";
import type { Learned } from "../model/learned.ts";
import type { Feed } from "./feed.ts";
import type { CheckedTraining } from "./options.ts";
import type { Terms, TrainingState } from "./state.ts";

/** By which rows are known again: how many, how wide, and a hash of their numbers as float32 has them. */
export interface Fingerprint {
  readonly rows: number;
  /** Rows in memory at a time: all, or a window of a source, whose numbers are taken for the same. */
  readonly window: number;
  readonly inputs: number;
  readonly targets: number;
  readonly numbers: string;
  readonly weights: string;
}

/** Of a run's feed: how many rows an epoch has, and a window. */
export type RowsOfEpoch = Pick<Feed, "rows" | "size">;

export interface Kept {
  /** Its arrays may be those that the engine works in. */
  state(): TrainingState;
  fingerprint(): Promise<Fingerprint>;
}

/** Numbers that are copied at a time: well below a millisecond. */
const PIECE = 2 ** 16;

/** A copy with arrays of its own. */
export function* copyState(state: TrainingState): Pieces<TrainingState> {
  return (yield* copyOf(state)) as TrainingState;
}

function* copyOf(value: unknown): Pieces<unknown> {
  if (typeof value !== "object" || value === null) return value;
  if (ArrayBuffer.isView(value)) {
    const from = value as Floats;
    const copy = new (from.constructor as new (length: number) => Floats)(from.length);
    for (let at = 0; at < from.length; at += PIECE) {
      copy.set(from.subarray(at, at + PIECE), at);
      yield;
    }
    return copy;
  }
  const parts: [string, unknown][] = [];
  for (const [name, part] of Object.entries(value)) parts.push([name, yield* copyOf(part)]);
  return Array.isArray(value) ? parts.map(([, part]) => part) : Object.fromEntries(parts);
}

export function termsOf(asked: CheckedTraining): Terms {
  const { batchSize, shuffle, seed, classWeight = null } = asked;
  const { clipNorm = null, clipValue = null, regularization = null, averageWeights = null } = asked;
  return { batchSize, shuffle, seed, classWeight, clipNorm, clipValue, regularization, averageWeights };
}

/** What the network has, which need not be what the training goes on from. */
export function shownOf(state: TrainingState): Learned {
  const { session, statistics } = state;
  if (session.stopper?.isRestored) return session.stopper.learned!;
  const isAverage = "showsAverage" in state && state.showsAverage;
  return { parameters: isAverage ? state.slots[state.slots.length - 1]! : state.parameters, statistics };
}
