/**
 * What a training is asked for, checked at the door and copied: each option is read once, so whoever changes what was given
 * changes nothing here. An option is a field of the interface, with its default; a row of the table, which checks it; and a
 * row of the README's table. What options demand of each other stands below the table.
 */
import type { Dataset } from "../data/dataset.ts";
import type { RowSource } from "../data/source.ts";
import { checkNumber, checkOptions, type NumberBounds, refuse, show } from "../ground/errors.ts";
import { checkSignal, type Signal } from "../ground/signal.ts";
import type { OnWarning } from "../inspect/guard-rails.ts";
import type { Metrics } from "../kinds/metrics/values.ts";
import { checkOptimizer, type Optimizer, ruleOf } from "../kinds/optimizers/index.ts";
import { monitorOf } from "../kinds/schedules/schedule.ts";
import { checkRegularization, type Regularizations } from "../kinds/regularizers/regularization.ts";
import { checkCheckpointOptions, type CheckpointOptions } from "./checkpoint-options.ts";
import { checkClassWeight, type ClassWeight } from "./class-weights.ts";
import { checkEarlyStopping, type EarlyStopping, type EarlyStoppingOptions } from "./early-stopping.ts";
import type { Epoch, Progress } from "./history.ts";
import { checkMonitor } from "./monitor.ts";
import type { OnStep } from "./step.ts";
import { checkValidationSplit, type ValidationSplit, type ValidationSplitOptions } from "./validation-split.ts";

export interface TrainingOptions {
  /** How often every row is seen; for lbfgs, the most iterations. */
  readonly epochs: number;
  readonly optimizer: Optimizer;
  /** Rows in a step, or "full" for all of them. Default 32; lbfgs always takes all. */
  readonly batchSize?: number | "full";
  /**
   * How many batches an update is made from: by the mean over their rows, as if a batch had so many times the
   * rows; to batchNorm too. Default 1.
   */
  readonly accumulate?: number;
  /** Scales the gradient of each step down to this norm, over all parameters, where it is larger; as PyTorch's clip_grad_norm_. */
  readonly clipNorm?: number;
  /** Instead, the largest size of a partial derivative. */
  readonly clipValue?: number;
  /**
   * What keeps weights small, of all layers or as a list with an entry for each. Penalties are descended, not reported:
   * losses are the rows'. They are added to a gradient after it has been clipped. Default: nothing.
   */
  readonly regularization?: Regularizations;
  /**
   * An exponential moving average of the parameters goes along: a = decay a + (1 - decay) w after each step, starting as w after
   * the first (Polyak and Juditsky 1992; Keras's use_ema). Between epochs the network has the average: validation, early
   * stopping and `onEpoch` see it, and it is what is left in the end. Default: none; without a decay 0.99.
   */
  readonly averageWeights?: { readonly decay?: number };
  /**
   * Of a source: if it has more rows, they are in memory in two windows of so many each, steps running on the one while the other
   * is filled. No batch has rows of two windows. Default: as many as 64 MiB hold, whole batches.
   */
  readonly windowRows?: number;
  /** Whether mini-batches are drawn anew for each epoch. Default true. */
  readonly shuffle?: boolean;
  /** Of the shuffling; a whole number. Default 0. */
  readonly seed?: number;
  /** What the loss of a row counts by its class, besides its own weight; in training only. By default all classes alike. */
  readonly classWeight?: ClassWeight;
  /** Evaluated after each epoch. */
  readonly validationData?: Dataset | RowSource;
  /**
   * Instead of validation data, a share of the rows that is set aside before the training and evaluated after each epoch: a
   * fraction, of rows that are drawn at random, or `{ fraction, shuffle, stratify, seed }`.
   */
  readonly validationSplit?: ValidationSplit;
  /** What the validation's outputs are judged by, besides the loss. */
  readonly metrics?: Metrics;
  /** When to end before the last epoch, and whether to go back to the best one. Default: not. */
  readonly earlyStopping?: EarlyStoppingOptions;
  /**
   * Whether to go on with the last training of this network, from the state of its optimizer, its batches and its schedule, to
   * the same bits as if it had never been left, from its last epoch also where the network has been given the best one's
   * parameters; but from parameters that it has been given since then, and leaving alone the layers that are frozen now.
   * Optimizer, rows, batchSize times accumulate, shuffle, seed, classWeight, clipNorm, clipValue, regularization,
   * averageWeights and what early stopping goes by are to be the same; all else may be asked for anew. `epochs` then
   * counts those that there have been, and the history has them. Default false.
   */
  readonly continue?: boolean;
  /** A file that the training is written to from time to time: `Network.resume` reads it. Default: none. */
  readonly checkpoint?: CheckpointOptions;
  /** Aborting it rejects with its reason within a slice of work; the parameters stay as they are by then. */
  readonly signal?: AbortSignal;
  /**
   * Called in every step of descent, between its gradient and its update, so that `step.trace()` opens just this step. It may
   * not return a promise. Steps are then taken one by one, to the same bits, which for small networks takes longer. Not for lbfgs.
   */
  readonly onStep?: OnStep;
  /** Called while the training works, at most every `progressInterval`, and once more when it has ended. */
  readonly onProgress?: (progress: Progress) => unknown;
  /** In milliseconds, at least 0. Default 100. */
  readonly progressInterval?: number;
  /**
   * Called with each warning of a training that is likely to disappoint: before it starts, after its first epoch, and where it
   * diverges. Nothing is said twice of a network. By default the network's.
   */
  readonly onWarning?: OnWarning;
}

export interface FitOptions extends TrainingOptions {
  /** Called after each epoch; returning false ends the training. */
  readonly onEpoch?: (epoch: Epoch) => unknown;
}

/** What is to be known of the rows. */
type Counted = { readonly count: number };

interface Option<T> {
  /** What it is where it is left out. */
  readonly byDefault?: unknown;
  /** What is made of it, by itself. `where` names it, as in "fit: epochs". */
  check(this: void, where: string, given: unknown, rows: Counted): T;
}

const whole = (bounds: NumberBounds, byDefault?: number): Option<number> => ({
  byDefault,
  check: (where, given) => checkNumber(where, given, { integer: true, ...bounds }),
});

const truth = (byDefault: boolean): Option<boolean> => ({
  byDefault,
  check: (where, given) => (typeof given === "boolean" ? given : refuse(where, "true or false", show(given))),
});

/** Of a gradient. */
const limit = (): Option<number | undefined> => ({
  check: (where, given) => (given === undefined ? undefined : checkNumber(where, given, { above: 0, max: 1e30 })),
});

function checkAverage(where: string, given: unknown): { readonly decay: number } | undefined {
  if (given === undefined) return undefined;
  checkOptions(where, given, ["decay"]);
  const { decay = 0.99 } = { ...(given as { decay?: unknown }) };
  return Object.freeze({ decay: checkNumber(`${where}: decay`, decay, { min: 0, below: 1 }) });
}

const callback = <F>(): Option<F | undefined> => ({ check: checkFunction<F> });

export function checkFunction<F>(where: string, given: unknown): F | undefined {
  if (given === undefined || typeof given === "function") return given as F | undefined;
  return refuse(where, "a function", show(given));
}

/** The options that `fit` and `train` share. */
const shared = {
  epochs: whole({ min: 1, max: 1e8 }),
  optimizer: { check: checkOptimizer } as Option<Optimizer>,
  batchSize: {
    byDefault: 32,
    check(where, given, { count }) {
      if (given === "full") return count;
      return Math.min(checkNumber(`${where} ("full", or a number)`, given, { integer: true, min: 1 }), count);
    },
  } as Option<number>,
  accumulate: whole({ min: 1, max: 1e6 }, 1),
  clipNorm: limit(),
  clipValue: limit(),
  regularization: { check: checkRegularization } as Option<ReturnType<typeof checkRegularization>>,
  averageWeights: { check: checkAverage } as Option<{ readonly decay: number } | undefined>,
  windowRows: {
    check: (where, given) => (given === undefined ? undefined : checkNumber(where, given, { integer: true, min: 1 })),
  } as Option<number | undefined>,
  shuffle: truth(true),
  seed: whole({ min: 0 }, 0),
  classWeight: { check: checkClassWeight } as Option<ClassWeight | undefined>,
  /** Looked at once the columns are known that the network will have learned. */
  validationData: { check: (_where, given) => given } as Option<Dataset | RowSource | undefined>,
  validationSplit: {
    check: (where, given) => (given === undefined ? undefined : checkValidationSplit(where, given)),
  } as Option<ValidationSplitOptions | undefined>,
  /** Lists are copied; what is in them is checked once it is known what the outputs say. */
  metrics: { check: (_where, given) => copyOfMetrics(given) } as Option<Metrics | undefined>,
  earlyStopping: {
    check: (where, given) => (given === undefined ? undefined : checkEarlyStopping(where, given)),
  } as Option<EarlyStopping | undefined>,
  continue: truth(false),
  checkpoint: { check: checkCheckpointOptions } as Option<CheckpointOptions | undefined>,
  signal: { check: checkSignal } as Option<Signal | undefined>,
  onStep: callback<OnStep>(),
  onProgress: callback<(progress: Progress) => unknown>(),
  progressInterval: {
    byDefault: 100,
    check: (where, given) => checkNumber(where, given, { min: 0, max: 1e9 }),
  } as Option<number>,
  onWarning: callback<OnWarning>(),
};

/** All options of `fit`. */
export const options = { ...shared, onEpoch: callback<(epoch: Epoch) => unknown>() };

type Table = Readonly<Record<string, Option<unknown>>>;
type CheckedBy<T extends Table> = { readonly [Name in keyof T]: ReturnType<T[Name]["check"]> };

/** Checked options, with what was left out. */
export type CheckedTraining = CheckedBy<typeof shared> & {
  /** Whether each epoch is looked at: by somebody, by a validation, or by what goes by losses. */
  readonly watched: boolean;
};

export type CheckedFit = CheckedTraining & CheckedBy<typeof options>;

/** @throws InvalidInputError naming the option that is wrong; the validation data are for others to check. */
export function checkTraining(rows: Counted, given: TrainingOptions): CheckedTraining {
  return { ...together("train", rows, checkEach("train", shared, given, rows)), watched: true };
}

/** @throws as `checkTraining` does. */
export function checkFit(rows: Counted, given: FitOptions): CheckedFit {
  const { onEpoch, ...checked } = checkEach("fit", options, given, rows);
  const training = together("fit", rows, checked);
  return { ...training, onEpoch, watched: training.watched || onEpoch !== undefined };
}

function checkEach<T extends Table>(where: string, table: T, given: object, rows: Counted): CheckedBy<T> {
  checkOptions(where, given, Object.keys(table));
  const read: Readonly<Record<string, unknown>> = { ...given };
  const checked = Object.entries(table).map(([name, { byDefault, check }]) => [
    name,
    check(`${where}: ${name}`, read[name] === undefined ? byDefault : read[name], rows),
  ]);
  return Object.fromEntries(checked) as CheckedBy<T>;
}

/** What options demand of each other, and what follows from several. */
function together(where: string, rows: Counted, checked: CheckedBy<typeof shared>): CheckedTraining {
  const { optimizer, onStep, metrics, validationData, validationSplit, earlyStopping } = checked;
  const isStepwise = ruleOf(optimizer) !== undefined;
  if (validationData !== undefined && validationSplit !== undefined) {
    refuse(`${where}: validationSplit`, "either this or validationData", "both");
  }
  const validation = validationData ?? validationSplit;
  const monitored = "learningRate" in optimizer ? monitorOf(optimizer.learningRate) : undefined;
  if (monitored) checkMonitor(`${where}: learningRate: monitor`, monitored.path, validation);
  if (earlyStopping) checkMonitor(`${where}: earlyStopping: monitor`, earlyStopping.monitor, validation);
  if (onStep && !isStepwise) {
    refuse(`${where}: onStep`, "an optimizer that descends step by step", "lbfgs (onEpoch sees its iterations)");
  }
  if (metrics !== undefined && validation === undefined) {
    refuse(`${where}: metrics`, "validation data that they are about", "none (`evaluate` measures any data set)");
  }
  checkRefining(where, checked, isStepwise);
  return {
    ...checked,
    batchSize: isStepwise ? Math.min(checked.batchSize * checked.accumulate, rows.count) : rows.count,
    watched: validation !== undefined || monitored !== undefined || earlyStopping !== undefined,
  };
}

/** A gradient is clipped by one of two; and what is done step by step is nothing to L-BFGS, but for penalties. */
function checkRefining(where: string, checked: CheckedBy<typeof shared>, isStepwise: boolean): void {
  const { accumulate, clipNorm, clipValue, averageWeights, regularization } = checked;
  if (clipNorm !== undefined && clipValue !== undefined)
    refuse(`${where}: clipValue`, "either this or clipNorm", "both");
  if (isStepwise) return;
  const asked = { clipNorm, clipValue, averageWeights, accumulate: accumulate === 1 ? undefined : accumulate };
  for (const [name, given] of Object.entries(asked)) {
    if (given !== undefined) refuse(`${where}: ${name}`, "an optimizer that descends step by step", "lbfgs");
  }
  const all = Array.isArray(regularization) ? regularization : [regularization];
  if (all.some((one) => one && one.maxNorm < Infinity)) {
    refuse(
      `${where}: regularization: maxNorm`,
      "an optimizer that descends step by step",
      "lbfgs (l1 and l2 it takes)",
    );
  }
}

function copyOfMetrics(given: unknown): unknown {
  const copyOf = (list: unknown) => (Array.isArray(list) ? [...(list as unknown[])] : list);
  if (typeof given !== "object" || given === null || Array.isArray(given)) return copyOf(given);
  return Object.fromEntries(Object.entries(given).map(([head, list]) => [head, copyOf(list)]));
}
