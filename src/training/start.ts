/** From a plan to the run of the method that it names. */
import type { Engine } from "../engine/engine.ts";
import { type Lbfgs, ruleOf, type StepOptimizer } from "../kinds/optimizers/index.ts";
import { copyLearned } from "../model/learned.ts";
import { Descent } from "./descent.ts";
import type { Run, RunPlan } from "./run.ts";
import type { DescentState, LbfgsState, RunState } from "./state.ts";

/**
 * Starts a run, or goes on with one from its state. The engine has been prepared for the plan's rule, and `plan.samples`
 * hold the rows. L-BFGS is loaded when it is asked for.
 */
export async function startRun(engine: Engine, plan: RunPlan, state?: RunState): Promise<Run> {
  const isStepwise = ruleOf(plan.optimizer) !== undefined;
  const LbfgsRun = isStepwise ? undefined : (await import("./lbfgs-run.ts")).LbfgsRun;
  if (state) copyLearned(engine, state);
  return LbfgsRun
    ? new LbfgsRun(engine, plan as RunPlan<Lbfgs>, state as LbfgsState | undefined)
    : new Descent(engine, plan as RunPlan<StepOptimizer>, state as DescentState | undefined);
}
