/** Diagrams of formulas: exercise 3 of the notes, derivatives against two oracles, and everything that is refused. */
import fc from "fast-check";
import katex from "katex";
import * as mathjs from "mathjs";
import { describe, expect, it } from "vitest";
import { layeredFormula } from "../../../src/dataflow/cost.ts";
import { evaluate } from "../../../src/dataflow/formula/evaluate.ts";
import { type Expression, partsOf } from "../../../src/dataflow/formula/expression.ts";
import { type Dataflow, dataflow, type Point } from "../../../src/dataflow/formula/formula.ts";
import type { Value } from "../../../src/dataflow/graph.ts";
import { toText } from "../../../src/dataflow/label.ts";
import { InvalidInputError } from "../../../src/ground/errors.ts";
import { Random } from "../../../src/ground/random.ts";
import { type RandomFormula, randomFormula } from "../../support/random-formula.ts";

const EXERCISE = "cos(x^2 * y) + x^2 * sqrt(z)";

describe("exercise 3, the first formula", () => {
  const graph = dataflow(EXERCISE, { x: 1, y: 2, z: 4 });
  const [x, y, z] = [1, 2, 4];

  it("has a circle for each part, and one for x^2, which is used twice", () => {
    expect(graph.circles.map(({ id }) => id)).toEqual([
      "x",
      "y",
      "z",
      "x^2",
      "x^2 y",
      "cos(x^2 y)",
      "sqrt(z)",
      "x^2 sqrt(z)",
      "cos(x^2 y) + x^2 sqrt(z)",
    ]);
    expect(graph.outOf("x^2").map(({ to }) => to)).toEqual(["x^2 y", "x^2 sqrt(z)"]);
    expect(graph.circles.map(({ role }) => role).join(" ")).toBe(
      "input input input operation operation operation operation operation output",
    );
    expect(toText(graph.output.label)).toBe("f = cos(x^2 y) + x^2 √z");
  });

  it("has its partials on the arrows as formulas and as numbers", () => {
    const partials = graph.arrows.map(({ from, partialFormula, partial }) => [from, partialFormula.text, partial]);
    expect(partials).toEqual([
      ["x", "2 x", 2],
      ["x^2", "y", 2],
      ["y", "x^2", 1],
      ["x^2 y", "-sin(x^2 y)", -Math.sin(2)],
      ["z", "1/(2 sqrt(z))", 0.25],
      ["x^2", "sqrt(z)", 2],
      ["sqrt(z)", "x^2", 1],
      ["cos(x^2 y)", "1", 1],
      ["x^2 sqrt(z)", "1", 1],
    ]);
    expect(toText(graph.into("cos(x^2 y)")[0]!.formula)).toBe("−sin(x^2 y)");
    expect(graph.into("sqrt(z)")[0]!.partialFormula.tex).toBe("\\frac{1}{2 \\, \\sqrt{z}}");
  });

  it("sums the products over the paths", () => {
    const { paths, sum, value, sweep } = graph.derivative("x");
    expect(
      paths.map(({ circles }) =>
        circles
          .map(({ id }) => id)
          .slice(0, -1)
          .join(" > "),
      ),
    ).toEqual(["x > x^2 > x^2 y > cos(x^2 y)", "x > x^2 > x^2 sqrt(z)"]);
    expect(paths.map(({ factors }) => factors.map(String))).toEqual([
      ["2 x", "y", "-sin(x^2 y)", "1"],
      ["2 x", "sqrt(z)", "1"],
    ]);
    expect(paths.map(({ product }) => product.text)).toEqual(["-2 x y sin(x^2 y)", "2 x sqrt(z)"]);
    expect(sum.text).toBe("2 x sqrt(z) - 2 x y sin(x^2 y)");
    expect(value).toBeCloseTo(-2 * x * y * Math.sin(x * x * y) + 2 * x * Math.sqrt(z), 14);
    expect(sweep).toBeCloseTo(value as number, 14);
    expect(paths[1]!.value).toBe(4);
    expect(graph.derivative("y").sum.text).toBe("-x^2 sin(x^2 y)");
    expect(graph.derivative("z").sum.text).toBe("x^2/(2 sqrt(z))");
  });

  it("finds the same for all inputs by one sweep", () => {
    const { x: byX, y: byY, z: byZ } = graph.gradient();
    expect([byX!.formula, byY!.formula, byZ!.formula].map(String)).toEqual([
      "2 x (sqrt(z) - y sin(x^2 y))",
      "-x^2 sin(x^2 y)",
      "x^2/(2 sqrt(z))",
    ]);
    expect(byX!.value).toBeCloseTo(4 - 4 * Math.sin(2), 14);
    expect(byY!.value).toBeCloseTo(-Math.sin(2), 14);
    expect(byZ!.value).toBe(0.25);
    expect(graph.circle("x").derivative).toBe(byX!.value);
    expect(graph.output).toMatchObject({ value: Math.cos(2) + 2, derivative: 1 });
  });

  it("writes a derivation out", () => {
    expect(String(graph.derivative("x"))).toBe(
      [
        "∂f/∂x: 2 paths",
        "  x → x^2 → x^2 y → cos(x^2 y) → f",
        "    2 x · y · (−sin(x^2 y)) · 1 = −2 x y sin(x^2 y) = −3.637",
        "  x → x^2 → x^2 √z → f",
        "    2 x · √z · 1 = 2 x √z = 4",
        "sum: 2 x √z − 2 x y sin(x^2 y) = 0.3628",
        "backward sweep: 0.3628",
      ].join("\n"),
    );
  });

  it("works without a point", () => {
    const plain = dataflow(EXERCISE);
    expect(plain.point).toBeUndefined();
    expect(plain.output.value).toBeUndefined();
    expect(plain.derivative("x")).toMatchObject({ value: undefined, sweep: undefined });
    expect(plain.derivative("x").sum.text).toBe("2 x sqrt(z) - 2 x y sin(x^2 y)");
    expect(plain.gradient().z).toMatchObject({ value: undefined });
    expect(String(plain.derivative("z"))).not.toContain("sweep");
    expect(plain.at({ x: 1, y: 2, z: 4 }).output.value).toBe(graph.output.value);
    expect(plain.arrows[0]!.partial).toBeUndefined();
  });
});

describe("exercise 3, the second formula", () => {
  const graph = dataflow("(dot(c, x))^2", { c: [1, -2, 3], x: new Float32Array([0.5, 1, 2]) });

  it("has gradients on the arrows out of vectors", () => {
    expect(graph.circles.map(({ id }) => id)).toEqual(["c", "x", "dot(c, x)", "dot(c, x)^2"]);
    expect(graph.outOf("x")[0]).toMatchObject({ partial: [1, -2, 3], formula: [{ text: "c", bold: true }] });
    expect(graph.outOf("c")[0]!.partialFormula.text).toBe("x");
    expect(toText(graph.output.label)).toBe("f = (c^T x)^2");
  });

  it("is 2 c^T x c", () => {
    const { name, sum, value, sweep, paths } = graph.derivative("x");
    expect(name).toBe("∇_x f");
    expect(sum.text).toBe("2 dot(c, x) c");
    expect(sum.tex).toBe("2 \\, \\mathbf{c}^\\top \\mathbf{x} \\, \\mathbf{c}");
    expect(value).toEqual([9, -18, 27]);
    expect(sweep).toEqual([9, -18, 27]);
    expect(paths[0]!.factors.map(String)).toEqual(["c", "2 dot(c, x)"]);
    expect(graph.gradient().c!.value).toEqual([4.5, 9, 18]);
    expect(dataflow("(dot(c, x))^2").derivative("x").name).toBe("∇_x f");
  });

  it("sums gradients, and knows the norm", () => {
    const twice = dataflow("dot(x, x) + norm(x)", { x: [3, 4] }).derivative("x");
    expect(twice.sum.text).toBe("2 x + x/norm(x)");
    expect(twice.value).toEqual([6.6, 8.8]);
    expect(twice.sweep).toEqual(twice.value);
    expect(dataflow("0 * dot(c, x)", { c: [1, 2], x: [1, 2] }).derivative("x")).toMatchObject({ value: [0, 0] });
  });

  it("copies the vectors it is given", () => {
    const x = [3, 4];
    const kept = dataflow("dot(x, x)", { x });
    x[0] = 100;
    expect(kept.circle("x").value).toEqual([3, 4]);
    expect(kept.derivative("x").value).toEqual([6, 8]);
  });
});

/** The circles and arrows, as far as they tell how a formula is drawn. */
function drawing(formula: string): string[] {
  return String(dataflow(formula)).split("\n");
}

describe("what is drawn", () => {
  it.each([
    ["a + b + c", ["a", "b", "c", "a + b + c <- a, b, c"]],
    ["a * b * c", ["a", "b", "c", "a b c <- a, b, c"]],
    ["a - (b + c)", ["a", "b", "c", "a - b - c <- a, b, c"]],
    [
      "(a + b) + c + sin(b + a)",
      ["a", "b", "c", "a + b <- a, b", "sin(a + b) <- a + b", "a + b + c + sin(a + b) <- a + b, c, sin(a + b)"],
    ],
    [
      "cos(x y z) + z y x",
      ["x", "y", "z", "x y z <- x, y, z", "cos(x y z) <- x y z", "cos(x y z) + x y z <- cos(x y z), x y z"],
    ],
    ["x * x", ["x", "x^2 <- x"]],
    ["x * x * x", ["x", "x^3 <- x"]],
    ["x * y * x", ["x", "y", "x y x <- x, y"]],
    ["2 * x * 3", ["x", "6 x <- x"]],
    ["x/2", ["x", "x/2 <- x"]],
    ["1/(1 + e^-x)", ["x", "-x <- x", "e^(-x) <- -x", "1 + e^(-x) <- e^(-x)", "1/(1 + e^(-x)) <- 1 + e^(-x)"]],
    ["y - x", ["y", "x", "y - x <- y, x"]],
    ["y + -x", ["y", "x", "y - x <- y, x"]],
    ["a/b*c", ["a", "b", "c", "a c/b <- a, b, c"]],
    ["max(0, x)", ["x", "max(0, x) <- x"]],
    ["x^2^3", ["x", "x^8 <- x"]],
    ["cos(pi/3) x", ["x", "cos(pi/3) x <- x"]],
    ["u = x y; v = sin(u); u + v", ["x", "y", "u <- x, y", "v <- u", "u + v <- u, v"]],
    ["k = 2; s = x; k s", ["x", "2 x <- x"]],
    ["x", ["x"]],
    ["pi / 3", ["pi/3"]],
    ["2 + 3", ["5"]],
    ["x + 1 - 1", ["x"]],
  ])("%s", (formula, expected) => {
    expect(drawing(formula)).toEqual(expected);
  });

  it("has one arrow for all appearances of a circle", () => {
    const partials = (formula: string) => dataflow(formula).arrows.map(({ partialFormula }) => partialFormula.text);
    expect(partials("x * x")).toEqual(["2 x"]);
    expect(partials("x * y * x")).toEqual(["2 x y", "x^2"]);
    expect(partials("x + x")).toEqual(["2"]);
    expect(partials("x - x")).toEqual(["0"]);
    expect(partials("x^x")).toEqual(["x x^(x - 1) + x^x ln(x)"]);
    expect(partials("max(x, x)")).toEqual(["1"]);
  });

  it("takes derivatives at kinks as the engines do, and where there is none though it looks so as they are", () => {
    const derivative = (formula: string, x: number) => dataflow(formula, { x }).gradient().x!.value;
    expect(derivative("relu(x)", 0)).toBe(0);
    expect(derivative("max(0, x)", 0)).toBe(0);
    expect(derivative("max(x, 0)", 0)).toBe(0);
    expect(derivative("abs(x)", 0)).toBe(0);
    expect(derivative("max(0, x)", 0.5)).toBe(1);
    expect(derivative("min(0, x)", 0.5)).toBe(0);
    expect(derivative("max(x, max(x, x - 1))", 3)).toBe(1);
    expect(derivative("min(x^2, min(x^2, x^2 + 1))", 3)).toBe(6);
  });

  it("does not simplify away where a formula has no value", () => {
    expect(dataflow("x/x", { x: 2 }).output.value).toBe(1);
    expect(() => dataflow("x/x", { x: 0 })).toThrow("a finite value of x/x, got NaN at x = 0");
  });

  it("is sensible for a constant, and for an input alone", () => {
    const constant = dataflow("pi/3", {});
    expect(constant.output).toMatchObject({ value: Math.PI / 3, derivative: 1, role: "output" });
    expect(constant.gradient()).toEqual({});
    expect(constant.cost()).toEqual({ paths: 1, sumOverPaths: 0, backwardSweep: 0 });
    const input = dataflow("x", { x: 3 });
    expect(input.derivative("x")).toMatchObject({ value: 1, sweep: 1, paths: [{ arrows: [], value: 1 }] });
    expect(input.gradient().x!.formula.text).toBe("1");
  });

  it("calls the output as the formula does, otherwise by a letter that is free", () => {
    const label = (formula: string) => toText(dataflow(formula).output.label);
    expect(label("l = (y - t)^2")).toBe("l = (y − t)^2");
    expect(label("f + 1")).toBe("g = f + 1");
    expect(label("f g h F G H f_1")).toMatch(/^f_2 = /);
    expect(dataflow("l = (y - t)^2").derivative("t").name).toBe("∂l/∂t");
    expect(dataflow("x^2 + 1").derivative("x^2").name).toBe("∂f/∂(x^2)");
  });

  it("finds circles however their formula is written", () => {
    const graph = dataflow(EXERCISE);
    expect(graph.circle("x^2*sqrt(z)").id).toBe("x^2 sqrt(z)");
    expect(graph.circle("x² √z".replace("²", "^2")).id).toBe("x^2 sqrt(z)");
    expect(graph.circle("f")).toBe(graph.output);
    expect(graph.paths("x * x")).toHaveLength(2);
    expect(() => graph.circle("x^3")).toThrow("one of the circles x, y, z, x^2, x^2 y, cos(x^2 y), sqrt(z)");
    expect(() => graph.derivative("w")).toThrow(InvalidInputError);
    expect(() => graph.derivative("(")).toThrow(InvalidInputError);
  });
});

describe("precedence", () => {
  const at = { x: 3, y: 5, z: 7 };
  it.each([
    ["-x^2", -9],
    ["2^-1", 0.5],
    ["2^-1^2", 0.5],
    ["2^3^2 x/x", 512],
    ["-2^2 + x", -1],
    ["x^2 y", 45],
    ["2x", 6],
    ["2(x+1)", 8],
    ["2 (x+1) (y - 1)", 32],
    ["x (y + 1)", 18],
    ["x/y*z", 4.2],
    ["x/y/z", 3 / 5 / 7],
    ["x - y - z", -9],
    ["x − y·z", -32],
    ["x**2", 9],
    ["√x^2", 3],
    ["√(x + 1)", 2],
    ["√√(x + 13)", 2],
    ["- - x", 3],
    ["x * -y", -15],
    ["2e x/e", 6],
    ["2e1 x", 60],
    [".5x", 1.5],
    ["2 π x/π", 6],
    ["x2 = 3; x2 x", 9],
  ])("%s is %d", (formula, expected) => {
    const graph = dataflow(formula);
    const point = Object.fromEntries(Object.keys(graph.gradient()).map((name) => [name, at[name as keyof typeof at]]));
    expect(graph.at(point).output.value).toBeCloseTo(expected, 13);
  });
});

/** A formula and a point at which its derivatives can be found by differences: not at a kink, and not huge. */
interface Drawn extends RandomFormula {
  readonly graph: Dataflow;
  readonly point: Readonly<Record<string, number>>;
}

/** The points that were thrown back. */
interface Count {
  refused: number;
  steep: number;
}

function drawn(random: Random, count: Count): Drawn {
  for (;;) {
    const formula = randomFormula(random);
    // Some divide by 0, say by (3 + (-3)).
    const plain = orUndefined(() => dataflow(formula.text));
    if (plain === undefined) continue;
    for (let i = 0; i < 3; i++) {
      const point = Object.fromEntries(Object.keys(plain.gradient()).map((name) => [name, random.uniform(-2, 2)]));
      const graph = orUndefined(() => plain.at(point));
      if (graph === undefined) count.refused++;
      else if (isSteep(graph)) count.steep++;
      else return { ...formula, graph, point };
    }
  }
}

function orUndefined(make: () => Dataflow): Dataflow | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}

/** Whether differences between float64 numbers could not tell the derivative. */
function isSteep(graph: Dataflow): boolean {
  const numbers = [...graph.circles, ...graph.arrows].flatMap((of) =>
    "partial" in of ? [of.partial] : "value" in of ? [of.value, of.derivative] : [],
  );
  if (numbers.some((value) => Math.abs(value as number) > 1e3)) return true;
  const isRough = ({ derivative, doubt }: Difference) => !(doubt <= 1e-6 * Math.max(1, Math.abs(derivative)));
  if (arrowDifferences(graph).some(isRough)) return true;
  return Object.keys(graph.gradient()).some((name) => isRough(differenceBy(graph, name)));
}

interface Difference {
  readonly derivative: number;
  /** How far differences of two sizes are apart; all where there is a kink. */
  readonly doubt: number;
}

/** Central differences of two sizes, put together so that the error is of the fourth order. */
function centralDifference(f: (x: number) => number, x: number): Difference {
  const size = 2e-4 * Math.max(0.1, Math.abs(x));
  const by = (h: number) => (f(x + h) - f(x - h)) / (2 * h);
  const [coarse, fine] = [by(size), by(size / 2)];
  // What the slopes on both sides differ by is halved with the size, but not where x is on a kink.
  const bend = (h: number) => Math.abs(f(x + h) - 2 * f(x) + f(x - h)) / h;
  const isKink = bend(size / 2) > 1e-5 && bend(size / 2) > 0.75 * bend(size);
  return { derivative: fine + (fine - coarse) / 3, doubt: isKink ? Infinity : Math.abs(fine - coarse) };
}

/** Of each arrow: of the circle it points to, as a function of the one it comes from, with all others held fast. */
function arrowDifferences(graph: Dataflow): Difference[] {
  return graph.arrows.map(({ from, to }) => {
    const [part, whole] = [graph.circle(from).formula.expression, graph.circle(to).formula.expression];
    const parts = new Map<Expression, Value>(
      graph.into(to).map((arrow) => [graph.circle(arrow.from).formula.expression, graph.circle(arrow.from).value!]),
    );
    const f = (x: number) => evaluate(whole, new Map([...parts, [part, x]])) as number;
    return centralDifference(f, parts.get(part) as number);
  });
}

/** Of the output by an input. */
function differenceBy(graph: Dataflow, name: string): Difference {
  return centralDifference((x) => valueAt(graph, { ...graph.point, [name]: x }), graph.point![name] as number);
}

function valueAt(graph: Dataflow, point: Point): number {
  const inputs = graph.circles.filter(({ formula }) => formula.expression.kind === "variable");
  const values = new Map<Expression, Value>(inputs.map(({ id, formula }) => [formula.expression, point[id]!]));
  return evaluate(graph.output.formula.expression, values) as number;
}

/** Within `tolerance`, relative for numbers above 1. */
function expectNear(got: unknown, wanted: number, tolerance: number, where: string): void {
  const error = Math.abs((got as number) - wanted) / Math.max(1, Math.abs(wanted));
  expect(error, `${where}: ${String(got)}, expected ${wanted}`).toBeLessThan(tolerance);
}

describe("1,000 random formulas", () => {
  const SEED = 20_240;
  const random = new Random(SEED);
  const count: Count = { refused: 0, steep: 0 };
  const cases = Array.from({ length: 1000 }, () => drawn(random, count));
  const where = ({ text, point }: Drawn, what: string) => `seed ${SEED}, ${text} at ${JSON.stringify(point)}, ${what}`;

  it("are not picked out of many more", () => {
    expect(count.steep).toBeLessThan(300);
    expect(new Set(cases.map(({ text }) => text)).size).toBeGreaterThan(800);
    const arrows = cases.reduce((sum, { graph }) => sum + graph.arrows.length, 0);
    expect(arrows).toBeGreaterThan(5000);
  });

  it("have partials on their arrows that agree with central differences", () => {
    for (const one of cases) {
      for (const [i, { derivative }] of arrowDifferences(one.graph).entries()) {
        const { from, to, partial } = one.graph.arrows[i]!;
        expectNear(partial, derivative, 1e-6, where(one, `${to} by ${from}`));
      }
    }
  });

  it("have derivatives, as sums over paths and by the sweep, that agree with central differences", () => {
    for (const one of cases) {
      const { graph } = one;
      for (const [name, { formula, value: swept }] of Object.entries(graph.gradient())) {
        const { value, sum, sweep } = graph.derivative(name);
        const { derivative } = differenceBy(graph, name);
        expectNear(value, derivative, 1e-6, where(one, `sum over paths by ${name}`));
        expectNear(sweep, value as number, 1e-11, where(one, `sweep by ${name}`));
        expect(swept).toBe(sweep);
        // The formulas of both, evaluated: the numbers above came from the arrows.
        const values = new Map(graph.circles.map((circle) => [circle.formula.expression, circle.value!]));
        expectNear(evaluate(sum.expression, values), value as number, 1e-10, where(one, `formula by ${name}`));
        expectNear(
          evaluate(formula.expression, values),
          value as number,
          1e-10,
          where(one, `swept formula by ${name}`),
        );
      }
    }
  });

  it("have the values and the derivatives that mathjs finds", () => {
    let compared = 0;
    for (const one of cases) {
      if (one.mathjs === undefined) continue;
      const value: unknown = mathjs.evaluate(one.mathjs, { ...one.point });
      expectNear(one.graph.output.value, realPart(value), 1e-10, where(one, "value"));
      for (const name of Object.keys(one.graph.gradient())) {
        const theirs: unknown = mathjs.derivative(one.mathjs, name, { simplify: false }).evaluate({ ...one.point });
        // Their derivative of a power has logarithms in it, which are NaN where ours has none: then there is nothing to say.
        if (Number.isNaN(realPart(theirs))) continue;
        compared++;
        expectNear(one.graph.derivative(name).value, realPart(theirs), 1e-9, where(one, `mathjs by ${name}`));
      }
    }
    expect(compared).toBeGreaterThan(1000);
  });

  it("are printed as text that reads back", () => {
    for (const one of cases) {
      const { graph } = one;
      const formulas = [
        ...graph.arrows.map(({ partialFormula }) => partialFormula),
        ...graph.circles.map(({ formula }) => formula),
        ...Object.values(graph.gradient()).map(({ formula }) => formula),
      ];
      const values = new Map(graph.circles.map((circle) => [circle.formula.expression, circle.value!]));
      for (const formula of formulas) {
        const value = evaluate(formula.expression, values) as number;
        for (const text of [formula.text, toText(formula.label)]) {
          // Bars and ellipses are for people.
          if (/[…|]/.test(text)) continue;
          expectNear(valueOf(text, graph), value, 1e-9, where(one, text));
        }
        expect(() => katex.renderToString(formula.tex, { throwOnError: true }), formula.tex).not.toThrow();
      }
    }
  });
});

function realPart(value: unknown): number {
  return typeof value === "number" ? value : (value as { re: number }).re;
}

/** The value of a formula in which inputs and named circles of a diagram appear. */
function valueOf(text: string, graph: Dataflow): number {
  const read = dataflow(text);
  const point = Object.fromEntries(Object.keys(read.gradient()).map((name) => [name, graph.circle(name).value!]));
  return valueAt(read, point);
}

/** What is refused, by its message: the last line has the caret. */
function refusal(formula: string, point?: Point): { message: string; caret: string; line: string } {
  try {
    dataflow(formula, point);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    const [message, line, caret] = (error as Error).message.split("\n");
    return { message: message!, line: line!, caret: caret! };
  }
  throw new Error(`nothing was refused: ${formula}`);
}

/** The rest of the formula from the caret on. */
function pointedAt(formula: string, point?: Point): string {
  const { line, caret } = refusal(formula, point);
  expect(caret.trim()).toBe("^");
  return [...line].slice(caret.length - 1).join("");
}

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

describe("large formulas", () => {
  it("have a gradient where there are far too many paths to list", () => {
    const graph = dataflow(layeredFormula(60), { x_1: 0.3, x_2: 0.5 });
    expect(graph.pathCount("x_1")).toBe(2 ** 60);
    expect(() => graph.derivative("x_1")).toThrow(
      "paths from x_1: expected at most 10000 to list (the backward sweep needs none), got about 1.15e+18",
    );
    for (const name of ["x_1", "x_2"]) {
      const { value, formula } = graph.gradient()[name]!;
      expectNear(value, differenceBy(graph, name).derivative, 1e-6, name);
      expect(formula.text.length).toBeLessThan(4000);
      expect(formula.text).toContain("…");
      const values = new Map(graph.circles.map((circle) => [circle.formula.expression, circle.value!]));
      expectNear(evaluate(formula.expression, values), value as number, 1e-10, name);
    }
    expect(graph.derivative("h_60_1").sum.text).toBe("1");
    expect(JSON.stringify(graph).length).toBeLessThan(400_000);
  });

  it("have names for long parts, which are explained", () => {
    const long = "x y + sin(x) cos(y) + exp(x) sqrt(y) + tanh(x + y) + 1";
    const graph = dataflow(`ln(${long})`, { x: 1, y: 2 });
    expect(graph.circle("u_1").formula.text).toBe("x y + sin(x) cos(y) + e^x sqrt(y) + tanh(x + y) + 1");
    expect(graph.output.id).toBe("ln(u_1)");
    expect(String(graph.derivative("u_1"))).toContain("∂f/∂u_1");
    expect(String(graph.derivative("y"))).toContain("where u_1 = x y + sin(x) cos(y) + e^x √y + tanh(x + y) + 1");
    expect(dataflow(`u_1 ln(${long})`).circles.map(({ id }) => id)).toContain("u_2");
  });

  const COUNT = 2000;
  const many = Array.from({ length: COUNT }, (_, i) => `x${i}`);
  const ones = Object.fromEntries(many.map((name) => [name, 1]));

  it.each([
    ["+", COUNT, 1],
    ["*", 1, 1],
  ])("of thousands of parts with %s", (sign, value, derivative) => {
    const graph = dataflow(many.join(sign), ones);
    expect(graph.output.value).toBe(value);
    expect(graph.gradient().x7!.value).toBe(derivative);
    expect(toText(graph.output.label).length).toBeLessThan(200);
    expect(new Set(graph.circles.map(({ id }) => id)).size).toBe(graph.circles.length);
  });

  it.each([
    ["powers", Array.from({ length: COUNT }, () => "x").join("^"), 1],
    ["roots", `${"√".repeat(COUNT)}x`, 0],
    ["signs", `${"-".repeat(COUNT + 1)}x`, -1],
    ["definitions", `a0 = cos(x); ${many.map((_, i) => `a${i + 1} = cos(a${i})`).join("; ")}; a${COUNT}`, 0],
    ["parentheses", `${"(".repeat(200)}x${")".repeat(200)}`, 1],
    ["fractions", `${"1/(1 + ".repeat(150)}x${")".repeat(150)}`, 0],
  ])("of %s within each other", (_, formula, wanted) => {
    const graph = dataflow(formula, { x: 1 });
    const { sum, value, sweep } = graph.derivative("x");
    expectNear(value, wanted, 1e-9, "sum over paths");
    expectNear(sweep, wanted, 1e-9, "sweep");
    for (const text of [sum.text, sum.tex, toText(sum.label), String(graph.derivative("x").by.id)]) {
      expect(text.length).toBeLessThan(10_000);
    }
    for (const { id } of graph.circles) expect(id.length).toBeLessThan(100);
  });

  it("of too many parentheses within each other are refused at the place", () => {
    const { message } = refusal(`${"(".repeat(10_000)}x${")".repeat(10_000)}`);
    expect(message).toContain("expected at most 200 parentheses within each other");
  });
});

describe("parts of an expression", () => {
  it("are the circles that arrows come from", () => {
    const graph = dataflow(EXERCISE);
    for (const { id, formula } of graph.circles) {
      expect(graph.into(id).map(({ from }) => graph.circle(from).formula.expression)).toEqual(
        partsOf(formula.expression),
      );
    }
  });
});

describe("a derivative", () => {
  it("is written as TeX: factors with a sign in parentheses, numbers where there are some", () => {
    expect(dataflow("exp(1 - x)").derivative("x").toTex()).toBe(
      [
        "\\begin{aligned}",
        "&{\\small x \\to 1 - x \\to f} \\\\[2pt]",
        "&\\quad \\left(-1\\right) \\cdot e^{1 - x} = -e^{1 - x} \\\\[10pt]",
        "&\\frac{\\partial f}{\\partial x} = -e^{1 - x}",
        "\\end{aligned}",
      ].join("\n"),
    );
    expect(dataflow("(1 - x) (1 + x)").derivative("x").toTex()).toContain("\\left(1 + x\\right)");
    expect(dataflow("x^2 y", { x: 3, y: 2 }).derivative("x").toTex()).toContain("2 \\, x \\, y = 12");
    expect(dataflow("dot(c, x)^2").derivative("x").toTex()).toContain("\\nabla_{\\mathbf{x}}\\, f = ");
  });
});
