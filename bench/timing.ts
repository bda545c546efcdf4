/** Times a step by tinybench: samples of many steps, each long enough for the clock. */
import { Bench } from "tinybench";

export interface Effort {
  /** Milliseconds of warming up, and of measuring. */
  readonly warmup: number;
  readonly time: number;
  /** The fewest samples, however long they take. */
  readonly samples: number;
}

export interface Timing {
  /** Microseconds a step. */
  readonly median: number;
  readonly best: number;
  readonly samples: number;
  readonly stepsPerSample: number;
}

/** Milliseconds that a sample takes at least: thousands of times what reading the clock costs. */
const SAMPLE_TIME = 0.5;

export function timeStep(step: () => unknown, { warmup, time, samples }: Effort): Timing {
  const stepsPerSample = warmUp(step, warmup);
  const bench = new Bench({ time, iterations: samples, warmup: false, throws: true });
  bench.add("step", () => {
    for (let i = 0; i < stepsPerSample; i++) step();
  });
  const { result } = bench.runSync()[0]!;
  if (result.state !== "completed") throw new Error(`bench: expected a completed task, got one ${result.state}`);
  const { p50, min, samplesCount } = result.latency;
  const toStep = 1000 / stepsPerSample;
  return { median: p50 * toStep, best: min * toStep, samples: samplesCount, stepsPerSample };
}

/** Runs for that many milliseconds; returns how many steps make a sample, by the speed at the end. */
function warmUp(step: () => unknown, milliseconds: number): number {
  const end = performance.now() + milliseconds;
  let steps = 1;
  for (;;) {
    const start = performance.now();
    for (let i = 0; i < steps; i++) step();
    const now = performance.now();
    if (now - start < SAMPLE_TIME) steps *= 2;
    else if (now >= end) return steps;
  }
}
