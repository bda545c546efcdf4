import { describe, expect, it } from "vitest";
import { checkRegularization } from "../../../src/kinds/regularizers/regularization.ts";

const check = (given: unknown) => checkRegularization("regularization", given);

describe("regularization", () => {
  it("is nothing by default, and frozen when it is checked", () => {
    const checked = check({});
    expect(checked).toEqual({ l1: 0, l2: 0, maxNorm: Infinity, biases: false });
    expect(Object.isFrozen(checked)).toBe(true);
    expect(check(undefined)).toBeUndefined();
  });

  it("may be given for each layer, null for those that are left alone", () => {
    expect(check([null, { l1: 0.5, biases: true }])).toEqual([
      null,
      { l1: 0.5, l2: 0, maxNorm: Infinity, biases: true },
    ]);
    // A hole is no null.
    expect(() => check(Object.assign([{}], { 2: {} }))).toThrow(
      /^regularization: layer 2: expected .*, got undefined$/,
    );
  });

  it.each([
    [{ l1: -1 }, /^regularization: l1: expected .*, got -1$/],
    [{ l2: NaN }, /^regularization: l2: expected .*, got NaN$/],
    [{ l2: null }, /^regularization: l2: expected .*, got null$/],
    [{ maxNorm: 0 }, /^regularization: maxNorm: expected .*, got 0$/],
    [{ biases: 1 }, /^regularization: biases: expected true or false, got 1$/],
    [[{}, { l1: -1 }], /^regularization: layer 2: l1: expected .*, got -1$/],
    [{ maxnorm: 1 }, /maxnorm.*maxNorm/],
    [null, /^regularization: expected .*, got null$/],
  ])("is not %j", (given, message) => {
    expect(() => check(given)).toThrow(message);
  });
});
