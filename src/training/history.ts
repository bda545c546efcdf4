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
