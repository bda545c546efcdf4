/** The machine's limit in a tier: floating-point operations a second of multiply-adds that never leave the registers. */
import type { Tier } from "../src/engine/kernels.ts";
import { kernelExports, kernelMemory } from "./kernel-exports.ts";

const FLOPS_PER_TURN = 96;
const TURNS = 20_000;
const SECONDS = 0.2;

/** The best of many short runs. The first of them also bring the kernel to V8's optimizing compiler. */
export async function multiplyAddLimit(tier: Tier): Promise<number> {
  const { multiplyAdds } = await kernelExports(tier, kernelMemory(1));
  const end = performance.now() + SECONDS * 1000;
  let best = Infinity;
  while (performance.now() < end) {
    const start = performance.now();
    multiplyAdds(TURNS);
    best = Math.min(best, performance.now() - start);
  }
  return (FLOPS_PER_TURN * TURNS) / (best / 1000);
}
