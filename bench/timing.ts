/** Times a function by tinybench: samples of many calls, each long enough for the clock. `python/child.py` does alike. */
import { Bench } from "tinybench";

export interface Effort {
  /** Milliseconds of warming up, and of measuring. */
  readonly warmup: number;
  readonly time: number;
  /** The fewest samples, however long they take. */
  readonly samples: number;
}

export interface Timing {
  /** Microseconds a call. */
  readonly median: number;
  readonly best: number;
  readonly samples: number;
  readonly callsPerSample: number;
}

/** Milliseconds that a sample takes at least: thousands of times what reading the clock costs. */
const SAMPLE_TIME = 0.5;
/** From this many milliseconds a call on, the calls that came before are measurement enough. */
const SLOW = 2000;

/** `first`: how many milliseconds the first calls took. If the function returns promises, they are awaited one by one. */
export async function timeCalls(call: () => unknown, first: readonly number[], effort: Effort): Promise<Timing> {
  const best = Math.min(...first);
  if (best >= SLOW) return { median: best * 1000, best: best * 1000, samples: first.length, callsPerSample: 1 };
  const isAsync = call() instanceof Promise;
  const run = isAsync ? repeatAsync : repeat;
  const callsPerSample = await warmUp((calls) => run(call, calls), effort.warmup);
  const bench = new Bench({ time: effort.time, iterations: effort.samples, warmup: false, throws: true });
  if (isAsync) bench.add("calls", () => repeatAsync(call, callsPerSample));
  else bench.add("calls", () => repeat(call, callsPerSample));
  const { result } = (isAsync ? await bench.run() : bench.runSync())[0]!;
  if (result.state !== "completed") throw new Error(`bench: expected a completed task, got one ${result.state}`);
  const { p50, min, samplesCount } = result.latency;
  const toCall = 1000 / callsPerSample;
  return { median: p50 * toCall, best: min * toCall, samples: samplesCount, callsPerSample };
}

function repeat(call: () => unknown, calls: number): void {
  for (let i = 0; i < calls; i++) call();
}

async function repeatAsync(call: () => unknown, calls: number): Promise<void> {
  for (let i = 0; i < calls; i++) await call();
}

/** Runs for that many milliseconds; returns how many calls make a sample, by the speed at the end. */
async function warmUp(run: (calls: number) => unknown, milliseconds: number): Promise<number> {
  const end = performance.now() + milliseconds;
  let calls = 1;
  for (;;) {
    const start = performance.now();
    await run(calls);
    const now = performance.now();
    if (now - start < SAMPLE_TIME) calls *= 2;
    else if (now >= end) return calls;
  }
}
