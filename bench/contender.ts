/**
 * What takes part in the benchmark. A contender is a file of its own in `contenders/` that exports `contender`; it is
 * imported only in child processes that measure it and no other, so that neither the feedback that V8 has collected on
 * another one's code nor its garbage is in the way.
 */
import { type EngineName, engineMaker } from "../src/engine/create.ts";
import type { Engine, Samples } from "../src/engine/engine.ts";
import { sgd } from "../src/optimizers.ts";
import { LEARNING_RATE, type Problem } from "./problem.ts";

/** Ready to be timed. */
export interface Running {
  /** A whole training step, done when it returns: forward, backward, update. */
  step(): unknown;
  /** What runs here, and why: a sentence for people. */
  readonly why: string;
}

export interface Contender {
  open(problem: Problem): Promise<Running>;
  /** The most floating-point operations a second that the contender's kind of instructions could do here. */
  limit?(): Promise<number>;
}

/** The names of the files in `contenders/`, in the order of the table's rows. */
export const contenderNames = ["fused", "strict", "float32"] as const;

/** Ratios are against this one. */
export const BASELINE = "float32";

/** One of the library's own engines, driven without the public class around it. */
export async function openEngine(name: EngineName, problem: Problem): Promise<Running> {
  const engine = await engineMaker(name)(problem.shape);
  const samples = loadProblem(engine, problem);
  const { batch } = problem;
  const { tier, why } = engine.report;
  return { step: () => engine.step(samples, 0, batch), why: `${tier}: ${why}` };
}

/** The problem's rows and parameters in the engine's memory. */
export function loadProblem(engine: Engine, { batch, parameters, inputs, targets }: Problem): Samples {
  const samples = engine.prepare(batch, sgd({ learningRate: LEARNING_RATE }).rule);
  engine.parameters.set(parameters);
  samples.inputs.set(inputs);
  samples.targets.set(targets);
  return samples;
}
