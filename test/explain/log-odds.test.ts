import { describe, expect, it } from "vitest";
import { logistic, logSumExp, softplus } from "../../src/explain/log-odds.ts";

describe("functions of log-odds", () => {
  it("are what they say where that is easy", () => {
    expect(softplus(0)).toBe(Math.LN2);
    expect(logistic(0)).toBe(0.5);
    expect(logistic(Math.log(3))).toBeCloseTo(0.75, 15);
    expect(logSumExp(Float64Array.of(9, Math.log(1), Math.log(2), Math.log(5), 9), 1, 4)).toBeCloseTo(Math.log(8), 14);
  });

  it("neither overflow nor lose their digits far from 0", () => {
    expect([softplus(1000), softplus(-1000), logistic(1000), logistic(-1000)]).toEqual([1000, 0, 1, 0]);
    expect(softplus(-50)).toBe(Math.exp(-50));
    expect(logistic(-50)).toBeCloseTo(Math.exp(-50), 35);
    expect(logSumExp(Float64Array.of(1000, 1000), 0, 2)).toBeCloseTo(1000 + Math.LN2, 12);
    expect(logSumExp(Float64Array.of(-1000, -1000), 0, 2)).toBeCloseTo(-1000 + Math.LN2, 12);
  });

  it("scale, and leave one out", () => {
    const z = Float64Array.of(Math.log(2), 1e6, Math.log(3));
    expect(logSumExp(z, 0, 3, 2, 1)).toBeCloseTo(Math.log(4 + 9), 14);
    expect(logSumExp(z, 0, 1, 1, 0)).toBe(-Infinity);
  });
});
