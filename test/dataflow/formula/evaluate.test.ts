/** The numbers that expressions come to. */
import { describe, expect, it } from "vitest";
import { evaluate } from "../../../src/dataflow/formula/evaluate.ts";
import type { Expression } from "../../../src/dataflow/formula/expression.ts";
import { a, x, y, c, v, two, valueOf } from "./fixtures.ts";

describe("evaluation", () => {
  it("takes each part once, however often it is used", () => {
    let node: Expression = x;
    for (let i = 0; i < 100; i++) node = a.plus(a.call("sin", node), a.call("cos", node));
    expect(Number.isFinite(valueOf(node))).toBe(true);
  });

  it("works with vectors in sums and products", () => {
    expect(valueOf(a.plus(a.times(two, v), c))).toEqual([7, -6]);
    expect(valueOf(a.over(v, two))).toEqual([1.5, -2]);
  });

  it("asks for values of all variables", () => {
    expect(() => evaluate(a.plus(x, y), new Map([[x, 1]]))).toThrow("no value was given for y");
  });
});
