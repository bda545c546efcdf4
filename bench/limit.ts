/** The machine's limit in a tier: floating-point operations a second of multiply-adds that never leave the registers. */
import type { Tier } from "../src/engine/wasm/modules.ts";
import { kernelExports, kernelMemory } from "./kernel-exports.ts";

/** Where the kernel's 24 sums, and a and b behind them, lie. */
const SUMS = 512;
const SUMS_COUNT = 112;
const TURNS = 20_000;
const SECONDS = 0.2;

/** The best of many short runs. The first of them also bring the kernel to V8's optimizing compiler. */
export async function multiplyAddLimit(tier: Tier): Promise<number> {
  const memory = kernelMemory(1);
  const { multiplyAdds } = await kernelExports(tier, memory);
  // Strict computes c a + b, which with these stays at 1; fused c + a b, which grows, but not to infinity.
  new Float32Array(memory.buffer, SUMS, SUMS_COUNT).fill(0.5);
  const flopsPerTurn = tier === "wide" ? 192 : 96;
  const end = performance.now() + SECONDS * 1000;
  let best = Infinity;
  while (performance.now() < end) {
    const start = performance.now();
    multiplyAdds(SUMS, TURNS);
    best = Math.min(best, performance.now() - start);
  }
  return (flopsPerTurn * TURNS) / (best / 1000);
}
