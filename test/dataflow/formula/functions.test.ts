/** Each row of the table of functions is right. */
import katex from "katex";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../../src/dataflow/formula/evaluate.ts";
import type { Expression } from "../../../src/dataflow/formula/expression.ts";
import {
  constants,
  functionNames,
  functions,
  isFunctionName,
  standardName,
} from "../../../src/dataflow/formula/functions.ts";
import { toText } from "../../../src/dataflow/label.ts";
import { Formula } from "../../../src/dataflow/formula/notation.ts";
import { a, x, y, c, v, one, valueOf } from "./fixtures.ts";

/** A point inside the domain, and away from kinks. */
const inside: Readonly<Record<string, readonly number[]>> = {
  asin: [0.3],
  acos: [0.3],
  max: [0.7, 1.2],
  min: [0.7, 1.2],
  "^": [1.7, 0.6],
};

describe("functions", () => {
  const ofNumbers = Object.entries(functions).filter(([, { value }]) => value !== undefined);

  it.each(ofNumbers.map(([name]) => name))("%s has the derivative of its row", (name) => {
    const variables = [x, y].slice(0, functions[name]!.partials.length);
    const at = variables.map((_, i) => (inside[name] ?? [0.7])[i]!);
    for (const sign of inside[name] || ["ln", "sqrt"].includes(name) ? [1] : [1, -1]) {
      for (const [i, by] of variables.entries()) {
        const node = a.call(name, ...variables);
        const valueAt = (shift: number, of: Expression) =>
          evaluate(of, new Map(variables.map((each, j) => [each, sign * at[j]! + (j === i ? shift : 0)]))) as number;
        const difference = (valueAt(1e-5, node) - valueAt(-1e-5, node)) / 2e-5;
        expect(valueAt(0, a.partial(node, by)), `${name} by argument ${i + 1} at ${sign} ${at}`).toBeCloseTo(
          difference,
          8,
        );
      }
    }
  });

  it.each(Object.keys(functions))("%s can be written in all notations", (name) => {
    const { partials, valueOfVectors } = functions[name]!;
    const all = (valueOfVectors ? [c, v] : [a.plus(x, one), y]).slice(0, partials.length);
    const formula = new Formula(a.whole(a.call(name, ...all), 2), new Map());
    expect(formula.text).not.toContain("undefined");
    expect(toText(formula.label).length).toBeGreaterThan(3);
    expect(() => katex.renderToString(formula.tex, { throwOnError: true })).not.toThrow();
  });

  it("of vectors have gradients", () => {
    expect(valueOf(a.call("dot", c, v))).toBe(-5);
    expect(valueOf(a.partial(a.call("dot", c, v), v))).toEqual([1, 2]);
    expect(valueOf(a.partial(a.call("dot", v, v), v))).toEqual([6, -8]);
    expect(valueOf(a.call("norm", v))).toBe(5);
    const [first, second] = valueOf(a.partial(a.call("norm", v), v)) as number[];
    expect(first).toBeCloseTo(0.6, 15);
    expect(second).toBeCloseTo(-0.8, 15);
  });

  it("have other names too", () => {
    expect(["log", "σ", "arctan", "sin"].map(standardName)).toEqual(["ln", "sigmoid", "atan", "sin"]);
    expect(functionNames).toContain("square");
    expect(isFunctionName("^")).toBe(false);
    expect(isFunctionName("constructor")).toBe(false);
    expect(constants.pi).toBe(Math.PI);
  });
});
