/**
 * Where a training stands, as plain data that survive `structuredClone`: whoever goes on from it, on any engine of the same
 * precision and tier, comes to the same bits as a training that was never left. Descent and L-BFGS keep different things.
 */
import type { Evaluation } from "../kinds/metrics/evaluation.ts";
import type { Floats } from "../ground/floats.ts";
import type { RandomState } from "../ground/random.ts";
import type { Lbfgs, StepOptimizer } from "../kinds/optimizers/index.ts";
import type { CheckedRegularization } from "../kinds/regularizers/regularization.ts";
import type { ScheduleState } from "../kinds/schedules/schedule.ts";
import type { ClassWeight } from "./class-weights.ts";
import type { StopperState } from "./stopper.ts";
import type { GuardState } from "./guard.ts";
import type { MinimizerState } from "./lbfgs.ts";

interface Progress {
  /** Updates of the parameters so far. */
  readonly steps: number;
  /** Those of the epochs that have ended: as many as there are. */
  readonly losses: Float64Array;
  /** The flat arena. */
  readonly parameters: Floats;
  /** What is learned without a gradient; empty for most networks. */
  readonly statistics: Floats;
}

export interface DescentState extends Progress {
  readonly optimizer: StepOptimizer;
  /** Of the last step of each epoch that has ended. */
  readonly learningRates: Float64Array;
  /** The place of the window that is next, and the sum of the epoch's losses before it, by their weights. */
  readonly at: number;
  readonly sum: number;
  /** The sum of those weights. */
  readonly weight: number;
  /** Which of the epoch's windows it is, from 0, and whether it has been begun and so shuffled. */
  readonly window: number;
  readonly hasWindow: boolean;
  /** [rows of the window]: which row is at which place; empty before it is in memory. */
  readonly order: Uint32Array;
  /** Of the shuffling; null where there is none. */
  readonly random: RandomState | null;
  /** What the rule keeps: its numbers, and its slots, each of the parameters' shape. */
  readonly numbers: Float64Array;
  readonly slots: readonly Floats[];
  /** Whether the network has the average of the parameters in their place, which is the last of the slots. */
  readonly showsAverage: boolean;
  /** What the schedule of the learning rate has seen; null for one that is a function of the step. */
  readonly schedule: ScheduleState | null;
  /** Loss and gradient of the passes of a long step so far; null between two steps. */
  readonly partial: { readonly loss: number; readonly gradients: Floats } | null;
  readonly guard: GuardState;
}

/** As it was when the last iteration ended: a line search that was under way begins anew, and goes the same way. */
export interface LbfgsState extends Progress {
  readonly optimizer: Lbfgs;
  /** Null before the first iteration has ended. */
  readonly minimizer: MinimizerState | null;
  /** Why further iterations would change nothing; null as long as they may. */
  readonly ended: "converged" | "lineSearch" | "evaluations" | null;
}

/** Of the run alone: the steps. */
export type RunState = DescentState | LbfgsState;

/** What a training has been asked for, besides its optimizer, that must be so again; null for what it has not. */
export interface Terms {
  /** Times `accumulate`. */
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly classWeight: ClassWeight | null;
  readonly clipNorm: number | null;
  readonly clipValue: number | null;
  readonly regularization: CheckedRegularization | readonly (CheckedRegularization | null)[] | null;
  readonly averageWeights: { readonly decay: number } | null;
}

/** Besides what it has been asked for, which layers it leaves alone, and what it has told of its epochs. */
export interface SessionState extends Terms {
  /** From 0. */
  readonly frozen: readonly number[];
  /** Since it began, pauses aside. */
  readonly seconds: number;
  /** How many of the epochs that have ended have been validated and told. */
  readonly told: number;
  /** Of each epoch that was told, or where no history is kept of the last one. */
  readonly validation: readonly Evaluation[];
  /** Of early stopping. */
  readonly stopper: StopperState | null;
}

export type TrainingState = RunState & { readonly session: SessionState };
