/** A run of training on an engine that holds its rows: work done piece by piece, whatever the method. */
import type { Samples } from "../engine/engine.ts";
import type { Direction } from "../kinds/metrics/metric.ts";
import type { Optimizer } from "../kinds/optimizers/index.ts";
import type { UpdateRule } from "../kinds/optimizers/optimizer.ts";
import type { Learned } from "../model/learned.ts";
import type { Feed } from "./feed.ts";
import type { Epoch } from "./history.ts";
import type { RunState } from "./state.ts";
import type { OnStep } from "./step.ts";

/** What a run learns from, and how. */
export interface RunPlan<O extends Optimizer = Optimizer> {
  readonly samples: Samples;
  /** Where descent takes its rows from; unless given, all of the samples at once. */
  readonly feed?: Feed;
  readonly batchSize: number;
  readonly epochs: number;
  readonly optimizer: O;
  /** The optimizer's, with what updates do besides; by default the plain one. */
  readonly rule?: UpdateRule;
  /** Whether batches are drawn anew for each epoch; of no use where one batch holds all rows. */
  readonly shuffle: boolean;
  readonly seed: number;
  /** Whether somebody looks at the network after each epoch: if not, short epochs may be worked off in one call. */
  readonly watched: boolean;
  /** Whether the rows have been standardized. */
  readonly isStandardized?: boolean;
  /** Which value of what the learning rate goes by is better, where it goes by one; by default the lower. */
  readonly direction?: Direction | undefined;
  /** Shown every step of descent before its update. */
  readonly onStep?: OnStep | undefined;
}

export interface Run {
  /**
   * Works until an epoch has ended, the clock has passed `deadline` or there are no rows to go on with: whether an epoch has
   * ended, or several.
   */
  advance(deadline: number): boolean;
  /** What to wait for before it can go on, if anything. */
  readonly waitsFor?: Promise<void> | undefined;
  /** Called after the last epoch: throws if its last update has made parameters that are not finite. */
  finish(): void;
  /** Called where the training is left early: puts the last good parameters back if need be. */
  settle(): void;
  /**
   * Where it stands, between two calls of `advance`, whose next one changes the arrays in it. last: what it came to, where
   * the engine has something else by now.
   */
  state(last?: Learned): RunState;
  /** Shown what an epoch came to, where the learning rate goes by that. */
  observe?(epoch: Epoch): void;
  /** Of the epochs that have ended. */
  readonly losses: readonly number[];
  /** Those of the last steps of these epochs; none where steps have no rate. */
  readonly learningRates: readonly number[];
  /** The mean over the rows that the epoch under way has had so far, or of the last epoch; NaN before the first step. */
  readonly loss: number;
  /** How many rows the epoch under way has had so far. */
  readonly rowsOfEpoch: number;
  /** Updates of the parameters so far. */
  readonly steps: number;
  /** Why further epochs would change nothing, if so. */
  readonly ended: "converged" | "lineSearch" | "evaluations" | undefined;
  /** Whether the network is not any more what it was before. */
  readonly hasMoved: boolean;
  /** Whether it goes on from parameters of its own, whatever the engine holds. */
  readonly keepsParameters: boolean;
}
