/** Expressions: equal ones are one, simplifying changes no value, and each row of the table of functions is right. */
import katex from "katex";
import { describe, expect, it } from "vitest";
import { Algebra } from "../../../src/dataflow/formula/algebra.ts";
import { evaluate } from "../../../src/dataflow/formula/evaluate.ts";
import { type Expression, isPower, partsOf } from "../../../src/dataflow/formula/expression.ts";
import {
  constants,
  functionNames,
  functions,
  isFunctionName,
  standardName,
} from "../../../src/dataflow/formula/functions.ts";
import { toText } from "../../../src/dataflow/label.ts";
import { Formula } from "../../../src/dataflow/formula/notation.ts";
import type { Value } from "../../../src/dataflow/graph.ts";
import { rational } from "../../../src/dataflow/formula/rational.ts";

const a = new Algebra();
const [x, y, z] = ["x", "y", "z"].map((name) => a.variable(name)) as [Expression, Expression, Expression];
const [c, v] = [a.variable("c", true), a.variable("v", true)];
const one = a.number(1);
const two = a.number(2);
const point = new Map<Expression, Value>([
  [x, 1.5],
  [y, 0.75],
  [z, 2],
  [c, [1, 2]],
  [v, [3, -4]],
]);

function print(of: Expression): string {
  return new Formula(of, new Map()).text;
}

function valueOf(of: Expression): Value {
  return evaluate(of, new Map(point));
}

describe("equal expressions", () => {
  it("are one, in whatever order", () => {
    expect(a.plus(x, y)).toBe(a.plus(y, x));
    expect(a.times(x, y, z)).toBe(a.times(a.times(z, y), x));
    expect(a.call("sin", x)).toBe(a.call("sin", x));
    expect(a.number(2, 4)).toBe(a.number(1, 2));
    expect(a.call("^", x, y)).not.toBe(a.call("^", y, x));
    expect(a.plus(x, y)).not.toBe(a.times(x, y));
  });

  it("come after their parts", () => {
    const all = [a.plus(x, a.call("sin", a.times(x, y))), a.power(a.plus(x, one), y)];
    for (const node of all) for (const part of partsOf(node)) expect(part.index).toBeLessThan(node.index);
  });
});

describe("simplifying", () => {
  it.each<[string, () => Expression, string]>([
    ["constants", () => a.plus(one, two, a.times(two, two)), "7"],
    ["fractions", () => a.plus(a.number(1, 3), a.number(1, 6)), "1/2"],
    ["0 in sums", () => a.plus(x, a.number(0)), "x"],
    ["0 in products", () => a.times(a.number(0), x, y), "0"],
    ["1 in products", () => a.times(one, x), "x"],
    ["the power of 0", () => a.whole(x, 0), "1"],
    ["the power of 1", () => a.power(x, one), "x"],
    ["like terms", () => a.plus(a.times(two, x), y, x), "3 x + y"],
    ["like terms that vanish", () => a.minus(a.plus(x, y), x), "y"],
    ["like powers", () => a.times(x, a.whole(x, 2), y), "x^3 y"],
    ["like powers that vanish", () => a.over(a.times(x, y), x), "y"],
    ["powers of powers", () => a.whole(a.whole(x, 2), 3), "x^6"],
    ["roots of squares, which are no letters", () => a.power(a.whole(x, 2), a.number(1, 2)), "(x^2)^(1/2)"],
    ["squares of roots", () => a.whole(a.call("sqrt", x), 2), "x"],
    ["powers of products", () => a.whole(a.times(two, x, y), 2), "4 x^2 y^2"],
    ["signs", () => a.times(a.negative(x), a.call("sin", y), a.negative(z)), "x z sin(y)"],
    ["a sign in front", () => a.times(x, a.negative(a.call("sin", y))), "-x sin(y)"],
    ["the opposite of a difference", () => a.negative(a.minus(x, y)), "y - x"],
    ["a positive term first", () => a.plus(a.negative(x), y), "y - x"],
    ["nothing where there is no positive term", () => a.negative(a.plus(x, y)), "-x - y"],
    ["exponentials", () => a.power(a.constant("e"), x), "e^x"],
    ["sums in products, which are left alone", () => a.times(two, a.plus(x, y)), "2 (x + y)"],
    ["thirds", () => a.times(a.number(1, 3), a.number(3), x), "x"],
    ["numbers that are no fractions", () => a.times(a.number(0.5), x, a.number(0.25)), "0.125 x"],
    ["powers of numbers", () => a.whole(two, -3), "1/8"],
    ["powers of 0, which have no value", () => a.whole(a.number(0), -1), "1/0"],
    ["roots of numbers, which are no fractions", () => a.power(two, a.number(1, 2)), "2^(1/2)"],
    ["vectors behind numbers", () => a.times(v, two, a.call("dot", c, v)), "2 dot(c, v) v"],
    ["no vector to a number", () => a.minus(v, v), "0 v"],
  ])("%s", (_, make, text) => {
    expect(print(make())).toBe(text);
  });

  it("leaves parts with names whole", () => {
    const algebra = new Algebra();
    const [p, q] = [algebra.variable("p"), algebra.variable("q")];
    const [sum, product] = [algebra.plus(p, q), algebra.times(p, q)];
    algebra.named.add(sum).add(product);
    const names = new Map([
      [sum, "s"],
      [product, "t"],
    ]);
    expect(new Formula(algebra.plus(sum, p), names).text).toBe("s + p");
    expect(new Formula(algebra.times(product, p), names).text).toBe("t p");
    expect(new Formula(algebra.negative(sum), names).text).toBe("-s");
    expect(new Formula(sum, names).text).toBe("s");
  });
});

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

describe("partials", () => {
  it("count all appearances of a part", () => {
    const product = a.product(
      rational(2),
      [x, y, x].map((base) => ({ base, exponent: rational(1) })),
    );
    expect(print(a.partial(product, x))).toBe("4 x y");
    expect(print(a.partial(a.call("^", x, x), x))).toBe("x x^(x - 1) + x^x ln(x)");
    expect(print(a.partial(a.whole(x, -2), x))).toBe("-2/x^3");
    expect(print(a.partial(a.power(x, a.number(1, 3)), x))).toBe("1/(3 x^(2/3))");
  });

  it("hold fast all that is given a value", () => {
    const inner = a.times(x, y);
    expect(evaluate(a.call("sin", inner), new Map<Expression, Value>([[inner, 0]]))).toBe(0);
  });

  it("are powers where there is a base and an exponent only", () => {
    expect(isPower(a.whole(x, 2))).toBe(true);
    expect([x, a.times(two, x), a.times(x, y), a.scaled(rational(2), a.whole(x, 2))].some(isPower)).toBe(false);
  });
});

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
