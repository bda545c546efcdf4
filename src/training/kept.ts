/**
 * What a training leaves to whoever goes on with it: where it stands, and by which rows it got there. It is written to a file
 * and read from one, and held against what is asked of the training that is to go on.
 */
import type { Preprocessing } from "../data/preprocess/pipeline.ts";
import type { Engine, Samples } from "../engine/engine.ts";
import { refuse, show } from "../ground/errors.ts";
import { type Floats, isFloats, typedArrayName } from "../ground/floats.ts";
import { Hash } from "../ground/hash.ts";
import type { Pieces } from "../ground/pieces.ts";
import type { NetworkDescription } from "../model/description.ts";
import { readHead } from "../model/formats/json.ts";
import type { Learned } from "../model/learned.ts";
import { networkShape } from "../model/shape.ts";
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

/** Numbers that are hashed or copied at a time: well below a millisecond. */
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

/**
 * Whether a training that is asked for so can go on from there.
 * @throws InvalidInputError naming what differs.
 */
export function checkTerms(where: string, { optimizer, session }: TrainingState, asked: CheckedTraining): void {
  const { batchSize, ...terms } = termsOf(asked);
  const pairs: [string, unknown, unknown][] = [
    ["optimizer", optimizer, asked.optimizer],
    ["batchSize (times accumulate)", session.batchSize, batchSize],
    ...Object.entries(terms).map(
      ([name, now]) => [name, session[name as keyof Terms], now] as [string, unknown, unknown],
    ),
  ];
  const { stopper } = session;
  if (stopper && asked.earlyStopping) {
    const { monitor, mode = null } = asked.earlyStopping;
    pairs.push(["earlyStopping: monitor", stopper.monitor, monitor], ["earlyStopping: mode", stopper.mode, mode]);
  }
  for (const [name, before, now] of pairs) {
    const [was, is] = [asText(before), asText(now)];
    if (was !== is) refuse(where, `the ${name} of the training that goes on, ${was}`, is);
  }
}

/** Functions are all alike: what they do, nobody can say. */
function asText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    const isFunction = typeof part === "function" || (typeof part === "object" && part !== null && "$function" in part);
    return isFunction ? "a function" : part === Infinity ? "Infinity" : part;
  });
}

/** What the network has, which need not be what the training goes on from. */
export function shownOf(state: TrainingState): Learned {
  const { session, statistics } = state;
  if (session.stopper?.isRestored) return session.stopper.learned!;
  const isAverage = "showsAverage" in state && state.showsAverage;
  return { parameters: isAverage ? state.slots[state.slots.length - 1]! : state.parameters, statistics };
}

/** @throws InvalidInputError naming what differs. */
export function checkSameRows(where: string, before: Fingerprint, now: Fingerprint): void {
  const facts = [
    ["rows", "rows", "as many rows as the training that goes on"],
    ["window", "rows a window", "as many rows in memory at a time"],
    ["inputs", "inputs a row", "as many inputs a row"],
    ["targets", "targets a row", "as many targets a row"],
    ["numbers", "", "the rows of the training that goes on"],
    ["weights", "", "the weights of the training that goes on"],
  ] as const;
  for (const [name, unit, expected] of facts) {
    if (before[name] === now[name]) continue;
    if (unit === "") refuse(where, expected, "others");
    refuse(where, `${expected}, ${before[name]}`, `${now[name]} ${unit}`);
  }
}

/**
 * Looks at what is in a state, for an engine that has been prepared for the training.
 * @throws InvalidInputError for numbers that cannot be those of such a training.
 */
export function checkState(where: string, state: TrainingState, engine: Engine, of: RowsOfEpoch): void {
  let isRight = false;
  try {
    isRight = isSound(state, engine, of);
  } catch {
    // Something that is looked into is not there.
  }
  if (!isRight) refuse(where, "what a training of such a network has left", "other numbers");
}

function isSound(
  state: TrainingState,
  { parameters, statistics, slots, ruleState }: Engine,
  { rows, size }: RowsOfEpoch,
): boolean {
  const isArena = (values: unknown): boolean => isFloats(values) && values.length === parameters.length;
  const isOfStatistics = (values: unknown): boolean => isFloats(values) && values.length === statistics.length;
  const isLearned = (values: Learned): boolean => isArena(values.parameters) && isOfStatistics(values.statistics);
  const isCount = (value: unknown, limit = 2 ** 53): boolean =>
    Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < limit;
  const { session, losses, steps } = state;
  if (!isLearned(state) || !isCount(steps) || typedArrayName(losses) !== "Float64Array") return false;
  if (!Array.isArray(session.validation) || !isCount(session.told, losses.length + 1)) return false;
  if (session.stopper?.learned && !isLearned(session.stopper.learned)) return false;
  if ("minimizer" in state) {
    const { minimizer } = state;
    if (minimizer === null) return true;
    const { at, gradient, pairs } = minimizer;
    return [at, gradient, ...pairs.flatMap(({ step, change }) => [step, change])].every(isArena);
  }
  return (
    isCount(state.window, Math.ceil(rows / size)) &&
    isCount(state.at, size) &&
    isOrder(state.order, { rows, size }) &&
    typedArrayName(state.numbers) === "Float64Array" &&
    state.numbers.length === ruleState.length &&
    state.slots.length === slots.length &&
    [...state.slots, state.guard.good].every(isArena) &&
    isOfStatistics(state.guard.statistics) &&
    (state.partial === null || isArena(state.partial.gradients))
  );
}

/** Whether each row of the window has its place; before a window of several is in memory, there is none. */
function isOrder(order: unknown, { rows, size }: RowsOfEpoch): boolean {
  if (typedArrayName(order) !== "Uint32Array") return false;
  const { length } = order as Uint32Array;
  if (size < rows && length === 0) return true;
  // Windows come in an order of their own: any may be the last one, which has what is left.
  if (length !== size && length !== rows % size) return false;
  const seen = new Uint8Array(length);
  for (const row of order as Uint32Array) if (row < length) seen[row] = 1;
  return !seen.includes(0);
}

/** What is in a file: what a network is, what it has learned of columns, and what its training has left. */
export interface Checkpoint {
  readonly description: NetworkDescription;
  readonly preprocessing: Preprocessing | null;
  readonly kept: Kept;
  /** What the network had learned, and the layers, from 0, that its training leaves alone. */
  readonly learned: Learned;
  readonly frozen: readonly number[];
}

/**
 * From what a file holds.
 * @throws InvalidInputError naming the part that is missing or wrong. What only a training can judge is for it to look at.
 */
export function checkCheckpoint(name: string, content: unknown): Checkpoint {
  const { description: given, preprocessing: known, state, fingerprint } = Object(content) as Record<string, unknown>;
  const head = { format: "lanegrad", version: 1, description: given, preprocessing: known };
  const { description, preprocessing } = readHead(head, name);
  const { session } = Object(state) as Partial<TrainingState>;
  if (Object(session) !== session || Object(fingerprint) !== fingerprint)
    refuse(name, "the state of a training", "none");
  const left = state as TrainingState;
  checkArenas(name, description, left);
  const learned = shownOf(left);
  checkArenas(name, description, learned);
  const frozen = checkFrozen(name, description, left.session.frozen);
  const kept: Kept = {
    state: () => left,
    fingerprint: async () => fingerprint as Fingerprint,
  };
  return { description, preprocessing, kept, learned, frozen };
}

function checkArenas(name: string, description: NetworkDescription, of: Learned): void {
  const { parameters, statistics } = Object(of) as Partial<Learned>;
  const { parameterCount, statisticsCount } = networkShape(description);
  if (!isFloats(parameters) || parameters.length !== parameterCount) {
    refuse(name, `${parameterCount} parameters, as described`, show(parameters));
  }
  if (!isFloats(statistics) || statistics.length !== statisticsCount) {
    refuse(name, `${statisticsCount} statistics, as described`, show(statistics));
  }
}

function checkFrozen(name: string, { layers }: NetworkDescription, frozen: unknown): readonly number[] {
  const isLayer = (k: unknown) => Number.isSafeInteger(k) && (k as number) >= 0 && (k as number) < layers.length;
  return Array.isArray(frozen) && frozen.every(isLayer)
    ? frozen
    : refuse(name, "a list of frozen layers", show(frozen));
}
