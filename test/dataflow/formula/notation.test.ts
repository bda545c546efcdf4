/** How expressions are written. */
import { describe, expect, it } from "vitest";
import type { Expression } from "../../../src/dataflow/formula/expression.ts";
import { toText } from "../../../src/dataflow/label.ts";
import { Formula } from "../../../src/dataflow/formula/notation.ts";
import { a, x, y, z, v, two } from "./fixtures.ts";

describe("notation", () => {
  const texts = (of: Expression) => {
    const formula = new Formula(of, new Map());
    return [formula.text, toText(formula.label), formula.tex];
  };

  it.each<[Expression, string, string, string]>([
    [a.times(two, x, a.call("sqrt", y)), "2 x sqrt(y)", "2 x √y", "2 \\, x \\, \\sqrt{y}"],
    [a.over(x, a.times(y, z)), "x/(y z)", "x/(y z)", "\\frac{x}{y \\, z}"],
    [a.over(a.plus(x, y), z), "(x + y)/z", "(x + y)/z", "\\frac{x + y}{z}"],
    [a.whole(a.plus(x, y), 2), "(x + y)^2", "(x + y)^2", "\\left(x + y\\right)^{2}"],
    [a.call("exp", a.negative(x)), "e^(-x)", "e^(−x)", "e^{-x}"],
    [a.whole(a.call("exp", x), 2), "(e^x)^2", "(e^x)^2", "\\left(e^{x}\\right)^{2}"],
    [a.times(x, a.call("^", two, y)), "x*2^y", "x · 2^y", "x \\cdot 2^{y}"],
    [a.call("sigmoid", x), "sigmoid(x)", "σ(x)", "\\sigma\\left(x\\right)"],
    [a.whole(a.call("abs", x), 3), "abs(x)^3", "|x|^3", "\\left|x\\right|^{3}"],
    [a.call("norm", v), "norm(v)", "‖v‖", "\\left\\|\\mathbf{v}\\right\\|"],
    [a.call("max", a.number(0), x), "max(0, x)", "max(0, x)", "\\max\\left(0, x\\right)"],
    [a.times(a.constant("pi"), a.whole(x, 2)), "pi x^2", "π x^2", "\\pi \\, x^{2}"],
    [a.variable("x_1_2"), "x_1_2", "x_(1,2)", "x_{1,2}"],
    [a.variable("alpha_max"), "alpha_max", "α_(max)", "\\alpha_{\\mathrm{max}}"],
    [a.variable("rate"), "rate", "rate", "\\mathit{rate}"],
    [a.number(1e-7), "1e-7", "1e−7", "1 \\cdot 10^{-7}"],
    [a.plus(x, a.number(-0.1)), "x - 0.1", "x − 0.1", "x - 0.1"],
  ])("%#", (of, text, label, tex) => {
    expect(texts(of)).toEqual([text, label, tex]);
  });

  it("hides in labels what rounding left", () => {
    const left = a.plus(a.number(1.1), a.number(-1), x);
    expect(texts(left).slice(0, 2)).toEqual(["x + 0.10000000000000009", "x + 0.1"]);
  });

  it("abbreviates what is too long", () => {
    let node: Expression = x;
    for (let i = 0; i < 200; i++) node = a.plus(a.call("sin", node), a.call("cos", node));
    const [text, label, tex] = texts(node);
    for (const written of [text!, tex!]) {
      expect(written).toMatch(/…|\\ldots/);
      expect(written.length).toBeLessThan(10_000);
    }
    expect([...label!].length).toBeLessThan(400);
    expect(JSON.stringify({ node: new Formula(x, new Map()) })).toBe('{"node":"x"}');
  });
});
