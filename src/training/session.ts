/**
 * A training as its user sees it: options, checked at the door; the session that they start; the history that it leaves.
 * The loop itself is in `training.ts`.
 */
import { Dataset } from "../data/dataset.ts";
import { checkNumber, refuse, show } from "../ground/errors.ts";
import type { Evaluation } from "../kinds/metrics/evaluation.ts";
import { checkOptimizer, type Optimizer, ruleOf } from "../kinds/optimizers/index.ts";
import { sliceEnd } from "../ground/scheduler.ts";
import { checkSignal, type Signal } from "../ground/signal.ts";
import type { Run, Step } from "./descent.ts";

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
  /**
   * Called in every step of descent, between its gradient and its update, so that `step.trace()` opens just this step. It may
   * not return a promise. Steps are then taken one by one, to the same bits, which for small networks takes longer. Not for lbfgs.
   */
  readonly onStep?: (step: Step) => unknown;
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

export const trainingOptions = [
  "epochs",
  "optimizer",
  "batchSize",
  "shuffle",
  "seed",
  "validation",
  "signal",
  "onStep",
];

/** A training under way. */
export class Session {
  readonly run: Run;
  readonly options: CheckedTraining;
  /** Whether it waits for its iterator to be asked for more, and another training may take its place. */
  idle = false;
  readonly #start = performance.now();
  /** The losses of all epochs, and what validation came to, if they are asked for. */
  readonly #loss: number[] = [];
  readonly #validation: Evaluation[] = [];
  #lastValidation: Evaluation | undefined;

  constructor(options: CheckedTraining, run: Run) {
    this.options = options;
    this.run = run;
  }

  get epochs(): number {
    return this.#loss.length;
  }

  /** Whether there is nothing left to do. */
  get done(): boolean {
    return this.epochs === this.options.epochs || this.run.converged;
  }

  get #seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }

  /** Works until an epoch has ended or its slice of time is over: whether one has ended. */
  advance(): boolean {
    const loss = this.run.advance(sliceEnd());
    if (loss === undefined) return false;
    this.#loss.push(loss);
    return true;
  }

  addValidation(evaluation: Evaluation): void {
    this.#lastValidation = evaluation;
    if (this.options.keepsValidation) this.#validation.push(evaluation);
  }

  /** What the last epoch came to. */
  report(): Epoch {
    const validation = this.#lastValidation;
    return {
      epoch: this.epochs,
      loss: this.#loss.at(-1)!,
      steps: this.run.steps,
      seconds: this.#seconds,
      ...(validation && { validation }),
    };
  }

  history(stopped: History["stopped"]): History {
    const loss = Float64Array.from(this.#loss);
    const { epochs } = this;
    return { loss, validation: this.#validation, epochs, steps: this.run.steps, seconds: this.#seconds, stopped };
  }
}

/** Checked options, with what was left out. */
export interface CheckedTraining {
  readonly epochs: number;
  readonly optimizer: Optimizer;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly validation: Dataset | undefined;
  readonly signal: Signal | undefined;
  readonly onStep: ((step: Step) => unknown) | undefined;
  /** Whether somebody looks at the network after each epoch. */
  readonly watched: boolean;
  /** Whether the evaluations of all epochs are wanted in the end. */
  readonly keepsValidation: boolean;
}

/** @throws InvalidInputError naming the option that is wrong. */
export function checkTraining(
  where: string,
  dataset: Dataset,
  options: TrainingOptions,
  watched: boolean,
  keepsValidation: boolean,
): CheckedTraining {
  const { shuffle = true, validation, signal, onStep } = options;
  const optimizer = checkOptimizer(where, options.optimizer);
  const rule = ruleOf(optimizer);
  if (typeof shuffle !== "boolean") refuse(`${where}: shuffle`, "true or false", show(shuffle));
  if (onStep !== undefined && typeof onStep !== "function") refuse(`${where}: onStep`, "a function", show(onStep));
  if (onStep && rule === undefined) {
    refuse(`${where}: onStep`, "an optimizer that descends step by step", "lbfgs (onEpoch sees its iterations)");
  }
  const size = options.batchSize ?? 32;
  const isFull = size === "full" || rule === undefined;
  return {
    epochs: checkNumber(`${where}: epochs`, options.epochs, { integer: true, min: 1, max: 1e8 }),
    optimizer,
    batchSize: isFull
      ? dataset.count
      : Math.min(
          checkNumber(`${where}: batchSize ("full", or a number)`, size, { integer: true, min: 1 }),
          dataset.count,
        ),
    shuffle,
    seed: checkNumber(`${where}: seed`, options.seed ?? 0, { integer: true, min: 0 }),
    validation,
    signal: checkSignal(`${where}: signal`, signal),
    onStep,
    watched: watched || validation !== undefined,
    keepsValidation,
  };
}
