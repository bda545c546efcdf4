/** Diagrams of formulas: exercise 3 of the notes, what is drawn and how it is read. */
import { describe, expect, it } from "vitest";
import { layeredFormula } from "../../../src/dataflow/cost.ts";
import { evaluate } from "../../../src/dataflow/formula/evaluate.ts";
import { partsOf } from "../../../src/dataflow/formula/expression.ts";
import { dataflow } from "../../../src/dataflow/formula/formula.ts";
import { toText } from "../../../src/dataflow/label.ts";
import { InvalidInputError } from "../../../src/ground/errors.ts";

import { differenceBy, expectNear, refusal } from "./oracles.ts";

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
