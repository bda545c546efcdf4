/** What a training is asked for, checked at the door and copied; and what it tells: epochs, and in the end a history. */
import type { Dataset } from "../data/dataset.ts";
import { checkNumber, checkOptions, refuse, show } from "../ground/errors.ts";
import { checkSignal, type Signal } from "../ground/signal.ts";
import type { Evaluation } from "../kinds/metrics/evaluation.ts";
import type { Metric } from "../kinds/metrics/values.ts";
import { checkOptimizer, type Optimizer, ruleOf } from "../kinds/optimizers/index.ts";
import { monitorOf } from "../kinds/schedules/schedule.ts";
import { checkMonitor } from "./monitor.ts";
import type { OnStep } from "./step.ts";

export interface TrainingOptions {
  /** How often every row is seen; for lbfgs, the most iterations. */
  readonly epochs: number;
  readonly optimizer: Optimizer;
  /** Rows in a step, or "full" for all of them. Default 32; lbfgs always takes all. */
  readonly batchSize?: number | "full";
  /** Whether mini-batches are drawn anew for each epoch. Default true. */
  readonly shuffle?: boolean;
  /** Of the shuffling; a whole number. Default 0. */
  readonly seed?: number;
  /** Evaluated after each epoch. */
  readonly validationData?: Dataset;
  /** What the validation's outputs are judged by, besides the loss. */
  readonly metrics?: readonly Metric[];
  /** Aborting it rejects with its reason within a slice of work; the parameters stay as they are by then. */
  readonly signal?: AbortSignal;
  /**
   * Called in every step of descent, between its gradient and its update, so that `step.trace()` opens just this step. It may
   * not return a promise. Steps are then taken one by one, to the same bits, which for small networks takes longer. Not for lbfgs.
   */
  readonly onStep?: OnStep;
}

export interface FitOptions extends TrainingOptions {
  /** Called after each epoch; returning false ends the training. */
  readonly onEpoch?: (epoch: Epoch) => unknown;
}

/** What an epoch of training came to. */
export interface Epoch {
  /** From 1. */
  readonly epoch: number;
  /** The mean over the epoch's rows, each row's loss taken just before the step it was part of; for lbfgs, after it. */
  readonly loss: number;
  /** Updates of the parameters since training began. */
  readonly steps: number;
  /** Since training began. */
  readonly seconds: number;
  readonly validation?: Evaluation;
}

export interface History {
  /** loss[e - 1] is that of epoch e. */
  readonly loss: Float64Array;
  /** Of each epoch, where there was a validation set. */
  readonly validation: readonly Evaluation[];
  readonly epochs: number;
  readonly steps: number;
  readonly seconds: number;
  /**
   * Why it ended: all epochs done; nothing left to gain; `onEpoch` returned false; or lbfgs found no step that goes down, at
   * a point that is not flat to its `tolerance`: in float32 that is often as near to the optimum as rounding lets it come.
   */
  readonly stopReason: "epochs" | "converged" | "callback" | "lineSearch";
}

const trainingOptions = [
  "epochs",
  "optimizer",
  "batchSize",
  "shuffle",
  "seed",
  "validationData",
  "metrics",
  "signal",
  "onStep",
];

/** Checked options, with what was left out: each was read once, so whoever changes what was given changes nothing here. */
export interface CheckedTraining {
  readonly epochs: number;
  readonly optimizer: Optimizer;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly validation: Dataset | undefined;
  readonly metrics: readonly Metric[] | undefined;
  readonly signal: Signal | undefined;
  readonly onStep: OnStep | undefined;
  /** Whether each epoch is looked at: by somebody, by a validation, or by a schedule that goes by losses. */
  readonly watched: boolean;
}

/** What is to be known of the rows. */
type Counted = { readonly count: number };

/** @throws InvalidInputError naming the option that is wrong; the validation data are for others to check. */
export function checkTraining(dataset: Counted, given: TrainingOptions): CheckedTraining {
  checkOptions("train", given, trainingOptions);
  return { ...checkShared("train", dataset, { ...given }), watched: true };
}

export interface CheckedFit extends CheckedTraining {
  readonly onEpoch: ((epoch: Epoch) => unknown) | undefined;
}

export function checkFit(dataset: Counted, given: FitOptions): CheckedFit {
  checkOptions("fit", given, [...trainingOptions, "onEpoch"]);
  const options = { ...given };
  const { onEpoch } = options;
  checkFunction("fit: onEpoch", onEpoch);
  const checked = checkShared("fit", dataset, options);
  return { ...checked, onEpoch, watched: checked.watched || onEpoch !== undefined };
}

function checkShared(where: string, dataset: Counted, options: TrainingOptions): CheckedTraining {
  const { shuffle = true, validationData: validation, metrics, onStep, batchSize = 32, seed = 0 } = options;
  const optimizer = checkOptimizer(where, options.optimizer);
  const isStepwise = ruleOf(optimizer) !== undefined;
  const monitor = "learningRate" in optimizer ? monitorOf(optimizer.learningRate) : undefined;
  if (monitor !== undefined) checkMonitor(`${where}: learningRate: monitor`, monitor, validation);
  if (typeof shuffle !== "boolean") refuse(`${where}: shuffle`, "true or false", show(shuffle));
  checkFunction(`${where}: onStep`, onStep);
  if (onStep && !isStepwise) {
    refuse(`${where}: onStep`, "an optimizer that descends step by step", "lbfgs (onEpoch sees its iterations)");
  }
  if (metrics !== undefined && validation === undefined) {
    refuse(`${where}: metrics`, "validation data that they are about", "none (`evaluate` measures any data set)");
  }
  const size = batchSize === "full" ? dataset.count : checkBatchSize(where, batchSize);
  return {
    epochs: checkNumber(`${where}: epochs`, options.epochs, { integer: true, min: 1, max: 1e8 }),
    optimizer,
    batchSize: isStepwise ? Math.min(size, dataset.count) : dataset.count,
    shuffle,
    seed: checkNumber(`${where}: seed`, seed, { integer: true, min: 0 }),
    validation,
    metrics: Array.isArray(metrics) ? [...metrics] : metrics,
    signal: checkSignal(`${where}: signal`, options.signal),
    onStep,
    watched: validation !== undefined || monitor !== undefined,
  };
}

function checkBatchSize(where: string, size: number): number {
  return checkNumber(`${where}: batchSize ("full", or a number)`, size, { integer: true, min: 1 });
}

function checkFunction(where: string, given: unknown): void {
  if (given !== undefined && typeof given !== "function") refuse(where, "a function", show(given));
}
