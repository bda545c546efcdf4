/** The types of schedules, one file a name. There is no table of the schedules themselves: `schedule.ts` says why. */
import type { Constant } from "./constant.ts";
import type { Cosine } from "./cosine.ts";
import type { Exponential } from "./exponential.ts";
import type { OneCycle } from "./oneCycle.ts";
import type { Polynomial } from "./polynomial.ts";
import type { ReduceOnPlateau } from "./reduceOnPlateau.ts";
import type { StepDecay } from "./step.ts";
import type { WarmUp } from "./warmUp.ts";

/** A schedule as data. */
export type Schedule = Constant | StepDecay | Exponential | Polynomial | Cosine | OneCycle | WarmUp | ReduceOnPlateau;

/**
 * A learning rate: a number, a schedule, or a function of one's own from the step, counted from 0 over the whole training, to
 * its rate. A function is called once a step; optimizers that have one do not survive `structuredClone`.
 */
export type LearningRate = number | Schedule | ((step: number) => number);
