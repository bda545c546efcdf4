import { describe, expect, it } from "vitest";
import { HEAP_NOISE, measureMemory } from "../../bench/memory.ts";

const small = { name: "titanic", widths: [2, 2, 1], batch: 32 };
const steps = 100_000;

describe.each(["strict", "fused"] as const)("100,000 steps of the %s engine", (tier) => {
  it("leave linear memory and the heap as they were", { timeout: 60_000 }, async () => {
    const { linearBefore, linearAfter, heapGrowth } = await measureMemory(tier, small, steps);
    expect(linearAfter).toBe(linearBefore);
    expect(heapGrowth).toBeLessThan(HEAP_NOISE);
  });
});
