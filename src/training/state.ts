/**
 * Where a training stands, as plain data that survive `structuredClone`: whoever goes on from it, on any engine of the same
 * precision and tier, comes to the same bits as a training that was never left. Descent and L-BFGS keep different things.
 */
import type { Floats } from "../ground/floats.ts";
import type { RandomState } from "../ground/random.ts";
import type { Lbfgs, StepOptimizer } from "../kinds/optimizers/index.ts";
import type { ScheduleState } from "../kinds/schedules/schedule.ts";
import type { GuardState } from "./guard.ts";
import type { MinimizerState } from "./lbfgs.ts";

interface Progress {
  /** Updates of the parameters so far. */
  readonly steps: number;
  /** Those of the epochs that have ended: as many as there are. */
  readonly losses: readonly number[];
  /** The flat arena. */
  readonly parameters: Floats;
}

export interface DescentState extends Progress {
  readonly optimizer: StepOptimizer;
  /** Of the last step of each epoch that has ended. */
  readonly learningRates: readonly number[];
  /** The place of the order that is next, and the sum of the losses of the places before it. */
  readonly at: number;
  readonly sum: number;
  /** [rows]: which row is at which place in this epoch. */
  readonly order: Uint32Array;
  /** Of the shuffling; null where there is none. */
  readonly random: RandomState | null;
  /** What the rule keeps: its numbers, and its slots, each of the parameters' shape. */
  readonly numbers: Float64Array;
  readonly slots: readonly Floats[];
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
}

export type TrainingState = DescentState | LbfgsState;
