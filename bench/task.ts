/** What the parent asks of a child process and what it is told: lines of JSON, for children in any language. */
import type { Tier } from "../src/engine/wasm/modules.ts";
import type { Mnist, Recipe } from "./mnist.ts";
import type { OptimizerName } from "./problem.ts";
import type { Workload } from "./shapes.ts";
import type { Effort, Timing } from "./timing.ts";

/** A row of some table: what everybody is asked. */
export interface Exercise {
  readonly question: "steps" | "inference";
  readonly workload: Workload;
  /** Of steps. */
  readonly optimizer?: OptimizerName;
}

export type Task =
  | { readonly question: "version" }
  | { readonly question: "limit"; readonly tier: Tier }
  | {
      readonly question: "steps";
      readonly workload: Workload;
      readonly optimizer: OptimizerName;
      readonly effort: Effort;
      /** float32: parameters, inputs, targets; for children that cannot draw them themselves. */
      readonly numbers?: string;
    }
  | {
      readonly question: "inference";
      readonly workload: Workload;
      readonly effort: Effort;
      readonly numbers?: string;
    }
  | {
      readonly question: "accuracy";
      readonly mnist: Mnist;
      readonly recipe: Recipe;
      /** It ends when this share is reached, or that many seconds have passed. */
      readonly until: number;
      readonly seconds: number;
    }
  | { readonly question: "memory"; readonly tier: Tier; readonly workload: Workload; readonly steps: number };

/** After an epoch: seconds since the files were opened, and the share of test images that are right. */
export interface Milestone {
  readonly seconds: number;
  readonly accuracy: number;
}

export interface MemoryFigures {
  readonly steps: number;
  /** Bytes of linear memory. */
  readonly linearBefore: number;
  readonly linearAfter: number;
  /** Bytes that the steps have left behind on V8's heap, after a collection. May be negative. */
  readonly heapGrowth: number;
}

/** The outputs that show whether a contender has done the same work: of the first row, after `CHECKED_STEPS` steps. */
export interface Timed {
  readonly timing: Timing;
  readonly outputs: readonly number[];
  /** Of lanegrad's tiers: the machine's limit right after, floating-point operations a second. */
  readonly limit?: number;
}

export interface Answers {
  readonly version: { readonly version: string };
  /** Floating-point operations a second. */
  readonly limit: { readonly limit: number };
  readonly steps: Timed;
  readonly inference: Timed;
  readonly accuracy: { readonly milestones: readonly Milestone[] };
  readonly memory: MemoryFigures;
}

export type Answer<T extends Task> = Answers[T["question"]];

/** A child's line on its standard output starts with this; anything else there is chatter. */
export const ANSWER_MARK = "@bench ";

/** How many steps are taken before outputs are compared. */
export const CHECKED_STEPS = 3;
