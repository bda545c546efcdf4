/**
 * What training does to memory: neither linear memory nor V8's heap may grow with the number of steps. It is not about
 * how much a network needs; the planner knows that.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { loadKernels, type Tier } from "../src/engine/wasm/modules.ts";
import { WasmEngine } from "../src/engine/wasm/wasm-engine.ts";
import { loadProblem } from "./contenders/lanegrad.ts";
import { drawProblem } from "./problem.ts";
import type { Workload } from "./shapes.ts";
import type { MemoryFigures } from "./task.ts";

/** Steps before the first look: by then V8 has compiled what it wants to compile. */
const WARMUP_STEPS = 1000;
/** V8 keeps house on its heap meanwhile, so the middle one of some tries is looked at. */
const TRIES = 3;
/** Bytes of heap that its housekeeping may take. If each of 2,000 steps left one object behind, it would be more. */
export const HEAP_NOISE = 16_384;

export async function measureMemory(tier: Tier, workload: Workload, steps: number): Promise<MemoryFigures> {
  const problem = drawProblem(workload);
  const engine = new WasmEngine(await loadKernels(tier), problem.shape);
  const samples = loadProblem(engine, problem, "sgd");
  const run = (count: number) => {
    for (let i = 0; i < count; i++) engine.step(samples, 0, workload.batch);
  };
  run(Math.min(WARMUP_STEPS, steps));
  const linearBefore = engine.memory.buffer.byteLength;
  const growths = Array.from({ length: TRIES }, () => {
    const before = heapInUse();
    run(steps);
    return heapInUse() - before;
  });
  const heapGrowth = growths.sort((a, b) => a - b)[TRIES >> 1]!;
  return { steps, linearBefore, linearAfter: engine.memory.buffer.byteLength, heapGrowth };
}

/** Bytes in use after a full collection. */
function heapInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

let collector: (() => void) | undefined;

function collectGarbage(): void {
  if (collector === undefined) {
    setFlagsFromString("--expose-gc");
    collector = runInNewContext("gc") as () => void;
  }
  collector();
}
