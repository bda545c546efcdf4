/**
 * What training does to memory: neither linear memory nor V8's heap may grow with the number of steps. It is not about
 * how much a network needs; the planner knows that.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { loadKernels, type Tier } from "../src/engine/kernels.ts";
import { WasmEngine } from "../src/engine/wasm.ts";
import { loadProblem } from "./contender.ts";
import { drawProblem } from "./problem.ts";
import { machine, machineLine, table } from "./report.ts";
import { describeWorkload, type Workload } from "./shapes.ts";

export interface MemoryFigures {
  readonly steps: number;
  /** Bytes of linear memory. */
  readonly linearBefore: number;
  readonly linearAfter: number;
  /** Bytes that the steps have left behind on V8's heap, after a collection. May be negative. */
  readonly heapGrowth: number;
}

/** Steps before the first look: by then V8 has compiled what it wants to compile. */
const WARMUP_STEPS = 1000;
/** V8 keeps house on its heap meanwhile, so the middle one of some tries is looked at. */
const TRIES = 3;
/** Bytes of heap that its housekeeping may take. If each of 2,000 steps left one object behind, it would be more. */
export const HEAP_NOISE = 16_384;

export async function measureMemory(tier: Tier, workload: Workload, steps: number): Promise<MemoryFigures> {
  const problem = drawProblem(workload);
  const engine = new WasmEngine(await loadKernels(tier), problem.shape);
  const samples = loadProblem(engine, problem);
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

const cases: readonly { workload: Workload; steps: number }[] = [
  { workload: { name: "titanic", widths: [2, 2, 1], batch: 32 }, steps: 100_000 },
  { workload: { name: "mnist-128", widths: [784, 128, 10], batch: 32 }, steps: 2000 },
];

export async function printMemory(): Promise<void> {
  console.log(machineLine(machine()));
  const rows: string[][] = [];
  for (const { workload, steps } of cases) {
    for (const tier of ["strict", "fused"] as const) {
      const { linearBefore, linearAfter, heapGrowth } = await measureMemory(tier, workload, steps);
      const growth = linearAfter - linearBefore;
      const numbers = [steps, linearBefore, growth, heapGrowth];
      rows.push([describeWorkload(workload), tier, ...numbers.map((number) => number.toLocaleString("en"))]);
      if (growth > 0 || heapGrowth > HEAP_NOISE) process.exitCode = 1;
    }
  }
  console.log("bytes, before and after the steps");
  console.log(table(["training", "tier", "steps", "linear memory", "its growth", "growth of V8's heap"], rows, 2));
}
