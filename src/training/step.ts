/** One step of descent, shown to whoever watches while it is being taken. */
import type { Engine, Samples } from "../engine/engine.ts";
import { LanegradError, refuse } from "../ground/errors.ts";
import { tracing, type View } from "../inspect/traces.ts";

/** One step of a training, while it is being taken: the gradient is there, the parameters are those before the update. */
export interface Step {
  /** From 1. */
  readonly epoch: number;
  /** Of the whole training, from 1. */
  readonly step: number;
  /** The mean over the step's rows. */
  readonly loss: number;
  /** Which rows of the data set it takes, from 0. */
  readonly rows: Uint32Array;
  /**
   * The step opened: the dataflow diagrams of its rows. `import "lanegrad/dataflow"` brings them.
   * @throws LanegradError if that has not been imported, or the step is over.
   */
  trace(): View;
}

export type OnStep = (step: Step) => unknown;

/** Shows the step over places [begin, end); what is asked of the engine meanwhile does not change its gradient. */
export function showStep(
  onStep: OnStep,
  engine: Engine,
  samples: Samples,
  [begin, end]: readonly [number, number],
  step: number,
  { isStandardized, ...facts }: Pick<Step, "epoch" | "step" | "loss"> & { readonly isStandardized: boolean },
): void {
  const gradients = engine.gradients.slice();
  let isOver = false;
  const trace = () => {
    const { Recorder, open } = tracing();
    if (samples.weights)
      throw new LanegradError("trace: expected a training whose rows all weigh 1, got one with weights");
    if (isOver) throw new LanegradError("trace: expected a step that is being taken, got one that is over");
    const recorder = new Recorder(engine, end - begin);
    recorder.add(samples, begin, end, { step, place: 0 });
    return open(recorder.finish(isStandardized));
  };
  try {
    const result = onStep({ ...facts, rows: samples.order.slice(begin, end), trace });
    if (isThenable(result)) {
      result.then(undefined, () => {}); // it is answered by this error
      refuse("onStep", "a function that is done when it returns", "one that returns a promise");
    }
  } finally {
    isOver = true;
    engine.gradients.set(gradients);
  }
}

/** A promise of any realm or make. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
