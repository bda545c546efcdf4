import { describe, expect, it } from "vitest";
import {
  DESCENT_MEDIAN,
  methods,
  type SeedResult,
  seedTable,
  shortfalls,
  standardizedPassengers,
  summary,
  trainFrom,
} from "../../bench/seed-runs.ts";

const [lbfgs, descent] = [methods[0]!, methods.at(-1)!];

describe("the 2-2-1 network from random starts", () => {
  it("descends to the known optimum from most of them, in 100,000 steps", async () => {
    const passengers = await standardizedPassengers();
    expect(passengers.count).toBe(714);
    const losses: number[] = [];
    for (let seed = 0; seed < 5; seed++) losses.push(await trainFrom(seed, descent, passengers));
    expect(summary(losses).median, `${losses}`).toBeLessThanOrEqual(DESCENT_MEDIAN);
    expect(Math.min(...losses)).toBeGreaterThan(0.49);
  });

  it("is summed up by count, best and median", () => {
    expect(summary([0.52, 0.5, 0.49996, 0.4950001])).toEqual({ good: 2, best: 0.4950001, median: 0.5 });
    const shown = seedTable([{ ...lbfgs, losses: [0.5, 0.49996, 0.4950001] }]);
    expect(shown).toMatch(/L-BFGS \| strict \| +± 0.7 \| +3 \| +2 \| 0.495000 \| 0.499960 \|$/);
  });

  it("says what falls short", () => {
    const results = (bad: number): SeedResult[] => [
      { ...lbfgs, losses: Array.from({ length: 100 }, (_, i) => (i < bad ? 0.51 : 0.498)) },
      { ...descent, losses: Array.from({ length: 100 }, (_, i) => (i < bad ? 0.51 : 0.498)) },
    ];
    expect(shortfalls(results(30))).toEqual([]);
    expect(shortfalls(results(60))).toEqual(["gradient descent, fused: expected a median of at most 0.5001, got 0.51"]);
    expect(shortfalls(results(66))[0]).toBe(
      "L-BFGS, strict: expected 35 of 100 at 0.49996 and the best at 0.4985, got 34 and 0.498",
    );
  });
});
