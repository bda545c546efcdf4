/** What a training has left, held against what is asked of the one that is to go on: loaded where one is. */
import type { Engine, Samples } from "../engine/engine.ts";
import { refuse } from "../ground/errors.ts";
import { type Floats, isFloat32, isFloats, typedArrayName } from "../ground/floats.ts";
import { inSlices } from "../ground/pieces.ts";
import type { Signal } from "../ground/signal.ts";
import type { Learned } from "../model/learned.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { copyState, type Fingerprint, type RowsOfEpoch, shownOf, termsOf } from "./kept.ts";
import type { Learner } from "./learner.ts";
import type { CheckedTraining } from "./options.ts";
import type { Terms, TrainingState } from "./state.ts";

/** What a training goes on from: a copy. */
export interface Before {
  readonly state: TrainingState;
  readonly fingerprint: Fingerprint;
}

/**
 * A copy of what the last training has left, with the parameters that the network has now.
 * @throws InvalidInputError where there is none, or one of other options.
 */
export async function takeUp(where: string, { kept, engine }: Learner, asked: CheckedTraining): Promise<Before> {
  if (!kept) return refuse(where, "a network with a training to go on with", "one without");
  checkTerms(where, kept.state(), asked);
  const fingerprint = await kept.fingerprint();
  const state = await inSlices(copyState(kept.state()), asked.signal);
  return { fingerprint, state: withParameters(state, engine.parameters) };
}

/**
 * The same with the parameters that the network has been given since then, if so; what L-BFGS has learned at its own point is
 * of no use at another.
 */
function withParameters(state: TrainingState, given: Floats): TrainingState {
  const isAtItsPoint = "minimizer" in state && state.minimizer !== null && !state.session.stopper?.isRestored;
  // The parameters of a state may be the network's own, which have changed with them.
  const left = isAtItsPoint ? state.minimizer.at : shownOf(state).parameters;
  const as = isFloat32(given) ? Math.fround : Number;
  if (given.every((value: number, i: number) => value === as(left[i]!))) return state;
  const parameters = given.slice();
  return "minimizer" in state ? { ...state, parameters, minimizer: null, ended: null } : { ...state, parameters };
}

/** @throws InvalidInputError for other rows than those before, and for numbers that cannot be those of such a training. */
export async function checkBefore(
  where: string,
  { state, fingerprint }: Before,
  engine: Engine,
  samples: Samples,
  of: RowsOfEpoch,
  signal: Signal | undefined,
): Promise<void> {
  checkSameRows(where, fingerprint, await inSlices(fingerprintOf(samples, of), signal));
  checkState(where, state, engine, of);
}

/**
 * Whether a training that is asked for so can go on from there.
 * @throws InvalidInputError naming what differs.
 */
function checkTerms(where: string, { optimizer, session }: TrainingState, asked: CheckedTraining): void {
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

/** @throws InvalidInputError naming what differs. */
function checkSameRows(where: string, before: Fingerprint, now: Fingerprint): void {
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
function checkState(where: string, state: TrainingState, engine: Engine, of: RowsOfEpoch): void {
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
