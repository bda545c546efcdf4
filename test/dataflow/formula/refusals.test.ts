/** What is wrong with a formula, and where. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dataflow, type Point } from "../../../src/dataflow/formula/formula.ts";
import type { Value } from "../../../src/dataflow/graph.ts";
import { toText } from "../../../src/dataflow/label.ts";
import { InvalidInputError } from "../../../src/ground/errors.ts";

import { refusal, pointedAt } from "./oracles.ts";

describe("what is wrong with a formula", () => {
  it.each([
    ["cos(x^2 * y", 'expected ",", ")" or an operator, got the end of the formula', ""],
    ["(x + 1", 'expected ")" or an operator, got the end of the formula', ""],
    ["", 'expected a number, a name or "(", got the end of the formula', ""],
    ["x + ", 'expected a number, a name or "("', ""],
    ["x + * y", 'expected a number, a name or "(", got "*"', "* y"],
    ["x )", 'expected an operator or the end of the formula, got ")"', ")"],
    ["x $ y", 'got "$"', "$ y"],
    ["x 😀 y", 'got "😀"', "😀 y"],
    ["2 3", 'expected an operator or the end of the formula, got "3"', "3"],
    ["x = 3 = y", 'got "="', "= y"],
    ["x + coss(y)", "one of cos, sin, tan", "coss(y)"],
    ["x + coss(y)", '(did you mean "cos"?)', "coss(y)"],
    ["1 + x(y + 1)", "(for a product: x * (...))", "x(y + 1)"],
    ["1 + cos x", 'expected "(" behind cos', "cos x"],
    ["1 + max(x)", "expected 2 arguments in max(...), got 1", "max(x)"],
    ["cos(x, y)", "expected one argument in cos(...), got 2", "cos(x, y)"],
    ["x + 1/2 y", "expected parentheses, as in (a/b) c or a/(b c)", "y"],
    ["x/0", "expected a divisor other than 0", "0"],
    ["x + 0^-1", "expected a divisor other than 0", "0^-1"],
    ["x + 1e999", "expected numbers that float64 can hold, got Infinity", "1e999"],
    ["x 1e300 * 1e300".replace(" 1", " * 1"), "expected numbers that float64 can hold", "x * 1e300 * 1e300"],
    ["e = 3; e x", "expected a name that is free, got e", "e = 3; e x"],
    ["cos = 3; x", "expected a name that is free, got cos", "cos = 3; x"],
    ["u = x; u = y; u", "expected one definition of a name, got another of u", "u = y; u"],
    ["v = u; u = x; v", "expected a name that is defined before it is used, got u", "u = x; v"],
    ["u = u + 1; u", "defined before it is used", "u = u + 1; u"],
    ["u = x y; v = x; v", "expected a use of u behind its definition, got none", "u = x y; v = x; v"],
    [
      "dot(2*x, y)",
      "expected the name of a vector in dot(...), got an operation; only leaves can be vectors",
      "2*x, y)",
    ],
    ["dot(x, 3)", "expected the name of a vector", "3)"],
    ["u = 2 x; dot(u, y)", "got u, which is no input; only leaves can be vectors", "u, y)"],
    ["dot(c, x) + x", "expected a number, got the vector x; only leaves can be vectors", "x"],
    ["x^2 + norm(x)", "expected a number, got the vector x", "x^2 + norm(x)"],
    ["dot(c, pi)", "got pi, which is no input", "pi)"],
  ])("%s", (formula, message, rest) => {
    expect(refusal(formula).message).toContain(message);
    expect(pointedAt(formula)).toBe(rest);
  });

  it.each<[string, Point, string, string]>([
    ["x + y z", { x: 1 }, "expected a value for each of x, y, z, got none for y, z", "y z"],
    [
      "dot(c, x) + y",
      { c: [1, 2], x: [1], y: 1 },
      "vectors of the same length in dot, got c of 2 and x of 1",
      "dot(c, x) + y",
    ],
    ["x y", { x: 1, y: [1, 2] }, "value of y: expected a finite number, got an array of 2; only leaves", "y"],
    ["dot(c, x)", { c: [1], x: 1 }, "value of x: expected a vector: an array of one or more numbers, got 1", "x)"],
    ["dot(c, x)", { c: [1], x: [] }, "got an array of 0", "x)"],
    ["dot(c, x)", { c: [1, 2], x: [1, NaN] }, "value of x: expected finite numbers, got NaN at index 1", "x)"],
    ["x + y", { x: 1, y: Infinity }, "value of y: expected a finite number, got Infinity", "y"],
    ["x + sqrt(z)", { x: 1, z: -4 }, "expected a finite value of sqrt(z), got NaN at z = −4", "sqrt(z)"],
    ["x + ln(y)", { x: 1, y: 0 }, "expected a finite value of ln(y), got −∞ at y = 0", "ln(y)"],
    ["x/(y - 1)", { x: 1, y: 1 }, "expected a finite value of x/(y - 1), got ∞ at x = 1, y - 1 = 0", "x/(y - 1)"],
    ["1 + sqrt(x)", { x: 0 }, "expected a finite derivative of sqrt(x) by x, got ∞ at x = 0", "sqrt(x)"],
    ["1e200 * (1e200 + x)^2", { x: 1 }, "expected a finite", "(1e200 + x)^2"],
    ["(x^(1/2))^3", { x: -1 }, "expected a finite value of x^(1/2), got NaN", "x^(1/2))^3"],
  ])("%s at %j", (formula, point, message, rest) => {
    expect(refusal(formula, point).message).toContain(message);
    expect(pointedAt(formula, point)).toBe(rest);
  });

  it("says which names there are", () => {
    expect(() => dataflow("alpha + x", { alpha: 1, x: 1, alpah: 2 })).toThrow(
      'inputs alpha, x, got "alpah" (did you mean "alpha"?)',
    );
    expect(() => dataflow("pi", { x: 1 })).toThrow("(there are none)");
    const inherited = Object.create({ x: 1 }) as Point;
    expect(() => dataflow("x", inherited)).toThrow("got none for x");
    expect(dataflow("constructor", { constructor: 2 } as unknown as Point).output.value).toBe(2);
    for (const name of ["constructor", "valueOf", "toString", "hasOwnProperty"]) {
      const diagram = dataflow(`${name} + x`);
      expect(toText(diagram.circle("x").label)).toBe("x");
      const written = [
        diagram.toSvg(),
        diagram.toDot(),
        `${diagram.derivative("x")}`,
        diagram.derivative(name).toTex(),
      ];
      expect(written.join(), name).not.toContain("native code");
    }
  });

  it("cuts a window around the place in a long formula", () => {
    const sum = (length: number) => Array.from({ length }, (_, i) => `x${i}`).join(" + ");
    const { line, caret } = refusal(`${sum(30)} + $ + ${sum(30)}`);
    expect(line).toMatch(/^ {2}…[^…]*\$[^…]*…$/);
    expect([...line].length).toBeLessThan(80);
    expect([...line][caret.length - 1]).toBe("$");
    expect(pointedAt("x +\n\t$")).toBe("$");
  });

  it("refuses what is no formula and no point", () => {
    for (const formula of [undefined, null, 3, {}, ["x"]]) {
      expect(() => dataflow(formula as unknown as string)).toThrow(InvalidInputError);
    }
    for (const point of [null, 3, [1], "x", new Float64Array(1)]) {
      expect(() => dataflow("x", point as unknown as Point)).toThrow(InvalidInputError);
    }
    expect(() => dataflow("x".repeat(200_000))).toThrow("at most 100000 characters");
  });

  it("never throws anything else, whatever the text", () => {
    const pieces = fc.constantFrom(
      ..."xyze0123.+-*/^()√·−,;= π".split(""),
      "cos",
      "dot(",
      "norm(",
      "max(",
      "sqrt(",
      "1e3",
      "**",
    );
    const texts = fc.oneof(
      fc.array(pieces, { maxLength: 24 }).map((some) => some.join("")),
      fc.string({ unit: "binary", maxLength: 30 }),
    );
    fc.assert(
      fc.property(texts, fc.double({ min: -3, max: 3, noNaN: true }), (text, x) => {
        try {
          const graph = dataflow(text);
          const inputs = graph.circles.filter(({ formula }) => formula.expression.kind === "variable");
          const values = inputs.map(({ id, formula }): [string, Value] => [
            id,
            formula.expression.isVector ? [x, 1] : x,
          ]);
          for (const name of Object.keys(graph.gradient())) String(graph.derivative(name));
          graph.at(Object.fromEntries(values));
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInputError);
        }
      }),
      { numRuns: 3000, seed: 20_241 },
    );
  });
});
