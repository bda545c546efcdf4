/** What a training tells: epochs, one after another, and in the end a history of them. */
import type { Evaluation } from "../kinds/metrics/evaluation.ts";

/** What an epoch of training came to. */
export interface Epoch {
  /** From 1. */
  readonly epoch: number;
  /** The mean over the epoch's rows, each row's loss taken just before the step it was part of; for lbfgs, after it. */
  readonly loss: number;
  /** Updates of the parameters since training began. */
  readonly steps: number;
  /** Since training began, pauses aside. */
  readonly seconds: number;
  /** How long the epochs that are left would take, if all are taken and last as long as those so far. */
  readonly secondsLeft: number;
  /** Of the epoch's last step; for lbfgs, none. */
  readonly learningRate?: number;
  readonly validation?: Evaluation;
}

/** How far a training is, told while it works. */
export interface Progress {
  /** The one under way, from 1. */
  readonly epoch: number;
  /** How many there are to be. */
  readonly epochs: number;
  /** The part of all epochs that is done, from 0 to 1. */
  readonly share: number;
  /** Updates of the parameters since training began. */
  readonly steps: number;
  /** The mean over the rows of the epoch under way so far; of the last epoch, where it has had none. */
  readonly loss: number;
  readonly rowsPerSecond: number;
  /** As an epoch has them. */
  readonly seconds: number;
  readonly secondsLeft: number;
  /** Of the last step of the last epoch; undefined before. */
  readonly learningRate?: number;
}

/** The epoch with the best value of what is monitored, the first of equals. */
export interface Best {
  readonly epoch: number;
  readonly value: number;
  /** A path into what an epoch came to, such as "validation.loss". */
  readonly monitor: string;
}

export interface History {
  /** loss[e - 1] is that of epoch e. */
  readonly loss: Float64Array;
  /** Of the last step of each epoch; empty for lbfgs. */
  readonly learningRate: Float64Array;
  /** Of each epoch, where there was a validation set. */
  readonly validation: readonly Evaluation[];
  /** By what early stopping monitors, or else by the validation's loss, or where there is none by `loss`. */
  readonly best: Best;
  readonly epochs: number;
  readonly steps: number;
  readonly seconds: number;
  /**
   * Why it ended: all epochs done; nothing left to gain; `onEpoch` returned false; early stopping had no patience left; lbfgs has
   * asked for its `maxEvaluations`; or it found no step that goes down, at a point that is not flat to its `tolerance`: in
   * float32 that is often as near to the optimum as rounding lets it come.
   */
  readonly stopReason: "epochs" | "converged" | "callback" | "earlyStopping" | "lineSearch" | "evaluations";
}
