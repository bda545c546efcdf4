/**
 * The functions that formulas can use: a new one is a row here, its value and its derivatives side by side. Where one is
 * set in another way than as name(argument), the layout it names is one of `notation.ts`.
 */
import type { Calculus, Expression } from "./expression.ts";

/** The ways to set a function that are not name(argument). */
export type Layout = "bars" | "doubleBars" | "exponential" | "positive" | "power" | "root" | "transposed";

export interface MathFunction {
  /** The value, for a function of numbers; or for a function of vectors, which takes the names of leaves only. */
  readonly value?: (u: number, v: number) => number;
  readonly valueOfVectors?: (u: ArrayLike<number>, v: ArrayLike<number>) => number;
  /** For each argument the derivative by it. */
  readonly partials: readonly ((a: Calculus, u: Expression, v: Expression) => Expression)[];
  readonly layout?: Layout;
  /** The name in typeset text and in TeX, where it is not the name in formulas. */
  readonly symbol?: string;
  readonly tex?: string;
}

/** At its kink a function has no derivative; there it is taken as 0, as for a relu unit. See `isAbove` for max and min. */
export const functions: Readonly<Record<string, MathFunction>> = {
  cos: { value: Math.cos, partials: [(a, u) => a.negative(a.call("sin", u))], tex: "\\cos" },
  sin: { value: Math.sin, partials: [(a, u) => a.call("cos", u)], tex: "\\sin" },
  tan: { value: Math.tan, partials: [(a, u) => a.whole(a.call("cos", u), -2)], tex: "\\tan" },
  asin: { value: Math.asin, partials: [(a, u) => a.over(a.number(1), circular(a, u))], tex: "\\arcsin" },
  acos: { value: Math.acos, partials: [(a, u) => a.over(a.number(-1), circular(a, u))], tex: "\\arccos" },
  atan: { value: Math.atan, partials: [(a, u) => a.whole(a.plus(a.number(1), a.whole(u, 2)), -1)], tex: "\\arctan" },
  exp: { value: Math.exp, partials: [(a, u) => a.call("exp", u)], layout: "exponential" },
  ln: { value: Math.log, partials: [(a, u) => a.whole(u, -1)], tex: "\\ln" },
  sqrt: { value: Math.sqrt, partials: [(a, u) => a.over(a.number(1, 2), a.call("sqrt", u))], layout: "root" },
  sinh: { value: Math.sinh, partials: [(a, u) => a.call("cosh", u)], tex: "\\sinh" },
  cosh: { value: Math.cosh, partials: [(a, u) => a.call("sinh", u)], tex: "\\cosh" },
  tanh: { value: Math.tanh, partials: [(a, u) => a.minus(a.number(1), a.whole(a.call("tanh", u), 2))], tex: "\\tanh" },
  sigmoid: {
    value: (u) => 1 / (1 + Math.exp(-u)),
    partials: [(a, u) => a.times(a.call("sigmoid", u), a.minus(a.number(1), a.call("sigmoid", u)))],
    symbol: "σ",
    tex: "\\sigma",
  },
  relu: { value: (u) => Math.max(0, u), partials: [(a, u) => a.call("step", u)] },
  /** 1 for numbers above 0, otherwise 0. */
  step: { value: (u) => (u > 0 ? 1 : 0), partials: [(a) => a.number(0)], layout: "positive" },
  abs: { value: Math.abs, partials: [(a, u) => a.call("sign", u)], layout: "bars" },
  sign: { value: Math.sign, partials: [(a) => a.number(0)] },
  max: {
    value: Math.max,
    partials: [(a, u, v) => isAbove(a, u, v), (a, u, v) => isAbove(a, v, u)],
    tex: "\\max",
  },
  min: {
    value: Math.min,
    partials: [(a, u, v) => isAbove(a, v, u), (a, u, v) => isAbove(a, u, v)],
    tex: "\\min",
  },
  /** u^v where the exponent is no number; x^2 is a product. */
  "^": {
    value: Math.pow,
    partials: [
      (a, u, v) => a.times(v, a.power(u, a.minus(v, a.number(1)))),
      (a, u, v) => a.times(a.power(u, v), a.call("ln", u)),
    ],
    layout: "power",
  },
  dot: { valueOfVectors: dot, partials: [(_a, _u, v) => v, (_a, u) => u], layout: "transposed" },
  norm: { valueOfVectors: norm, partials: [(a, u) => a.over(u, a.call("norm", u))], layout: "doubleBars" },
};

/** Other names for the same. */
const synonyms: Readonly<Record<string, string>> = {
  log: "ln",
  σ: "sigmoid",
  arcsin: "asin",
  arccos: "acos",
  arctan: "atan",
};

/** The names that can be written; square(x) is x^2, and no function of its own. */
export const functionNames: readonly string[] = [
  ...Object.keys(functions).filter((name) => name !== "^"),
  ...Object.keys(synonyms),
  "square",
];

export function isFunctionName(name: string): boolean {
  return functionNames.includes(name);
}

/** The name in the table. */
export function standardName(name: string): string {
  return Object.hasOwn(synonyms, name) ? synonyms[name]! : name;
}

/** Numbers that have names. */
export const constants: Readonly<Record<string, number>> = { e: Math.E, pi: Math.PI };

/**
 * 1 where u > v, 0 where u < v. Where both are equal they may be the same function, as in max(x, max(x, y)), so that there is
 * no kink: with a half for each the sum is right then. That cannot be where one is a constant: max(0, x) is relu(x).
 */
function isAbove(a: Calculus, u: Expression, v: Expression): Expression {
  const difference = a.minus(u, v);
  if (difference.kind === "number") return a.number(1 + Math.sign(difference.value.n), 2);
  if (u.isConstant || v.isConstant) return a.call("step", difference);
  return a.times(a.number(1, 2), a.plus(a.number(1), a.call("sign", difference)));
}

/** √(1 - u^2). */
function circular(a: Calculus, u: Expression): Expression {
  return a.call("sqrt", a.minus(a.number(1), a.whole(u, 2)));
}

function dot(u: ArrayLike<number>, v: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < u.length; i++) sum += u[i]! * v[i]!;
  return sum;
}

function norm(u: ArrayLike<number>): number {
  let length = 0;
  for (let i = 0; i < u.length; i++) length = Math.hypot(length, u[i]!);
  return length;
}
