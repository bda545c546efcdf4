import { describe, expect, it } from "vitest";
import { checkClassWeight } from "../../src/training/class-weights.ts";

describe("weights by class", () => {
  it("are copied when they are checked", () => {
    const given = { cat: 2 };
    const checked = checkClassWeight("fit", given);
    given.cat = 3;
    expect(checked).toEqual({ cat: 2 });
    expect([checkClassWeight("fit", "balanced"), checkClassWeight("fit", undefined)]).toEqual(["balanced", undefined]);
  });

  it.each([[null], [[1, 2]], ["balance"], [new Float32Array(2)], [2]])("are no %s", (given) => {
    expect(() => checkClassWeight("fit", given)).toThrow(
      /^fit: expected "balanced" or an object with a weight for each class, got /,
    );
  });

  it("are at least 0", () => {
    expect(() => checkClassWeight("fit", { cat: -1 })).toThrow(/^fit, class "cat": expected .*, got -1$/);
  });
});
