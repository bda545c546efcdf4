/**
 * A training as its user sees it: options, checked at the door; the session that they start; the history that it leaves.
 * The loop itself is in `training.ts`.
 */
import { Dataset } from "./dataset.ts";
import type { UpdateRule } from "./engine/engine.ts";
import { checkNumber, refuse, show } from "./errors.ts";
import type { Evaluation } from "./metrics.ts";
import { lbfgs, type Optimizer } from "./optimizers.ts";
import { type Run, Slices } from "./training.ts";
import { type Update, updates } from "./updates.ts";

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
  readonly validation?: Dataset;
  /** Aborting it rejects with its reason within a slice of work; the parameters stay as they are by then. */
  readonly signal?: AbortSignal;
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
  /** Why it ended: all epochs done, nothing left to gain, or `onEpoch` returned false. */
  readonly stopped: "epochs" | "converged" | "callback";
}

export const trainingOptions = ["epochs", "optimizer", "batchSize", "shuffle", "seed", "validation", "signal"];

/** A training under way. */
export class Session {
  readonly run: Run;
  readonly epochs: number;
  readonly validation: Dataset | undefined;
  readonly signal: AbortSignal | undefined;
  readonly slices = new Slices();
  readonly #start = performance.now();

  constructor({ epochs, validation, signal }: CheckedTraining, run: Run) {
    this.run = run;
    this.epochs = epochs;
    this.validation = validation;
    this.signal = signal;
  }

  get seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }

  report(history: HistoryKeeper): Epoch {
    const { epochs: epoch, lastLoss: loss, lastValidation: validation } = history;
    return { epoch, loss, steps: this.run.steps, seconds: this.seconds, ...(validation && { validation }) };
  }
}

/** What the epochs so far have come to. */
export class HistoryKeeper {
  readonly #loss: number[] = [];
  readonly #validation: Evaluation[] = [];

  get epochs(): number {
    return this.#loss.length;
  }

  get lastLoss(): number {
    return this.#loss.at(-1)!;
  }

  get lastValidation(): Evaluation | undefined {
    return this.#validation.at(-1);
  }

  add(loss: number, validation: Evaluation | undefined): void {
    this.#loss.push(loss);
    if (validation) this.#validation.push(validation);
  }

  close({ run, seconds }: Session, stopped: History["stopped"]): History {
    const loss = Float64Array.from(this.#loss);
    return { loss, validation: this.#validation, epochs: this.epochs, steps: run.steps, seconds, stopped };
  }
}

export interface CheckedTraining {
  readonly epochs: number;
  readonly optimizer: Optimizer;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly validation: Dataset | undefined;
  readonly signal: AbortSignal | undefined;
}

/** @throws InvalidInputError naming the option that is wrong. */
export function checkTraining(where: string, dataset: Dataset, options: TrainingOptions): CheckedTraining {
  const { shuffle = true, validation, signal } = options;
  const optimizer = checkOptimizer(where, options.optimizer);
  if (typeof shuffle !== "boolean") refuse(`${where}: shuffle`, "true or false", show(shuffle));
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    refuse(`${where}: signal`, "an AbortSignal", show(signal));
  }
  const size = options.batchSize ?? 32;
  const isFull = size === "full" || optimizer.rule === undefined;
  return {
    epochs: checkNumber(`${where}: epochs`, options.epochs, { integer: true, min: 1, max: 1e8 }),
    optimizer,
    batchSize: isFull
      ? dataset.count
      : Math.min(checkNumber(`${where}: batchSize`, size, { integer: true, min: 1 }), dataset.count),
    shuffle,
    seed: checkNumber(`${where}: seed`, options.seed ?? 0, { integer: true, min: 0 }),
    validation,
    signal,
  };
}

function checkOptimizer(where: string, given: Optimizer): Optimizer {
  if (given?.rule === undefined) {
    if (given?.name !== "lbfgs") refuse(`${where}: optimizer`, "one made by sgd(), adam() or lbfgs()", show(given));
    return lbfgs({ memory: given.memory, tolerance: given.tolerance });
  }
  if (!isRule(given.rule)) refuse(`${where}: optimizer`, "one made by sgd(), adam() or lbfgs()", show(given));
  return given;
}

/**
 * Kernels trust their slots and numbers, so an object of another origin must not reach them: a trial of the slow twin on
 * one parameter shows whether they are what the rule counts on.
 */
function isRule(rule: UpdateRule): boolean {
  if (typeof rule !== "object" || rule === null) return false;
  const { kernel, slots, state } = rule;
  if (typeof kernel !== "string" || !Object.hasOwn(updates, kernel)) return false;
  if (![0, 1, 2].includes(slots) || !Array.isArray(state) || state.length > 8 || !state.every(Number.isFinite))
    return false;
  const { advance, update }: Update = updates[kernel as keyof typeof updates];
  const [parameter, numbers] = [Float64Array.of(0), Float64Array.from(state)];
  try {
    advance?.(numbers);
    update(
      parameter,
      Float64Array.of(1),
      Array.from({ length: slots }, () => new Float64Array(1)),
      numbers,
    );
  } catch {
    return false;
  }
  return !Number.isNaN(parameter[0]);
}
