/** Sweeps the ranges that its parent, `ulp.ts`, sends. */
import { type FunctionName, UlpSweep } from "./ulp-sweep.ts";

export interface SweepTask {
  readonly name: FunctionName;
  readonly first: number;
  readonly end: number;
}

const sweep = await UlpSweep.create();
process.on("message", ({ name, first, end }: SweepTask) => process.send?.(sweep.range(name, first, end)));
