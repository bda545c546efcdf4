import { describe, expect, it } from "vitest";
import { checkWeight, totalOf, TotalWeight } from "../../src/data/weights.ts";

describe("the weight of a row", () => {
  it("is 0, or within what float32 can add and divide", () => {
    for (const weight of [0, 1e-12, 1, 1e12]) expect(checkWeight("w", weight)).toBe(weight);
    expect(() => checkWeight("w", 1e-13)).toThrow("w: expected 0, or at least 1e-12, got 1e-13");
    for (const bad of [-1, 1e13, NaN, Infinity, "1", null, undefined]) {
      expect(() => checkWeight("w", bad)).toThrow(/^w: expected .*, got /);
    }
  });
});

describe("the total weight", () => {
  it("counts rows without weights as 1, and adds up over parts", () => {
    const total = new TotalWeight();
    total.add(undefined, 3);
    expect([total.isWeighted, total.result("fit")]).toEqual([false, 3]);
    total.add(Float32Array.of(0.5, 2, 100), 2);
    expect([total.isWeighted, total.result("fit")]).toEqual([true, 5.5]);
  });

  it("is above 0, for a mean divides by it", () => {
    expect(() => totalOf("fit", new Float32Array(4), 4)).toThrow(
      "fit: sampleWeight: expected at least one row with a weight above 0, got none",
    );
  });
});
