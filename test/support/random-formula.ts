/** Random formulas for tests, each in two languages: ours, and that of mathjs, which knows nothing of it. */
import type { Random } from "../../src/ground/random.ts";

export interface RandomFormula {
  readonly text: string;
  /** Undefined where it has a function that mathjs cannot differentiate. */
  readonly mathjs: string | undefined;
}

type Made = RandomFormula & { readonly isWhole: boolean };

const names = ["x", "y", "z"];
/** Ours, and theirs with # for the argument. */
const both: readonly (readonly [string, string | undefined])[] = [
  ["cos", "cos(#)"],
  ["sin", "sin(#)"],
  ["tan", "tan(#)"],
  ["asin", "asin(#)"],
  ["acos", "acos(#)"],
  ["atan", "atan(#)"],
  ["exp", "exp(#)"],
  ["ln", "log(#)"],
  ["log", "log(#)"],
  ["sqrt", "sqrt(#)"],
  ["√", "sqrt(#)"],
  ["sinh", "sinh(#)"],
  ["cosh", "cosh(#)"],
  ["tanh", "tanh(#)"],
  ["sigmoid", "(1/(1+exp(-(#))))"],
  ["σ", "(1/(1+exp(-(#))))"],
  ["abs", "abs(#)"],
  ["square", "((#)^2)"],
  ["relu", undefined],
];

/** A formula with about 2 to the power of `depth` leaves. */
export function randomFormula(random: Random, depth = 3 + random.below(3)): RandomFormula {
  const { text, mathjs } = made(random, depth);
  // A formula without inputs has no derivatives.
  return names.some((name) => new RegExp(`\\b${name}\\b`).test(text)) ? { text, mathjs } : randomFormula(random, depth);
}

function made(random: Random, depth: number): Made {
  if (depth === 0 || random.below(8) === 0) return leaf(random);
  const kind = random.below(10);
  if (kind < 3) return call(random, depth);
  if (kind < 5) return raised(random, depth);
  if (kind === 5) return negative(made(random, depth - 1));
  return operation(random, made(random, depth - 1), made(random, depth - 1));
}

function leaf(random: Random): Made {
  const kind = random.below(6);
  const number = [String(1 + random.below(4)), "0.5", "1.25", "3"][random.below(4)]!;
  if (kind === 0) return { text: number, mathjs: number, isWhole: true };
  if (kind === 1 && random.below(3) === 0) return { text: "pi", mathjs: "pi", isWhole: true };
  const name = names[random.below(3)]!;
  return { text: name, mathjs: name, isWhole: true };
}

function call(random: Random, depth: number): Made {
  const of = made(random, depth - 1);
  if (random.below(12) === 0) {
    const other = made(random, depth - 1);
    return {
      text: `${random.below(2) === 0 ? "max" : "min"}(${of.text}, ${other.text})`,
      mathjs: undefined,
      isWhole: true,
    };
  }
  const [name, theirs] = both[random.below(both.length)]!;
  const mathjs = of.mathjs && theirs?.replace("#", () => of.mathjs!);
  return { text: `${name}(${of.text})`, mathjs, isWhole: true };
}

function raised(random: Random, depth: number): Made {
  const base = enclosed(made(random, depth - 1));
  const exponent = ["2", "3", "-1", "(1/2)", "-2", "4", "x", "(y - 1)"][random.below(8)]!;
  return { text: `${base.text}^${exponent}`, mathjs: base.mathjs && `${base.mathjs}^(${exponent})`, isWhole: false };
}

function negative(of: Made): Made {
  const { text, mathjs } = enclosed(of);
  return { text: `(-${text})`, mathjs: mathjs && `(-${mathjs})`, isWhole: true };
}

function operation(random: Random, a: Made, b: Made): Made {
  const [left, right] = [enclosed(a), enclosed(b)];
  const sign = ["+", "-", "*", "/", " + ", "·", " "][random.below(7)]!;
  const isImplied = sign === " " && !/^[\d.]/.test(right.text);
  const ours = isImplied || sign !== " " ? sign : "*";
  const theirs = ours === " " || ours === "·" ? "*" : ours;
  return {
    text: `${left.text}${ours}${right.text}`,
    mathjs: left.mathjs && right.mathjs && `${left.mathjs}${theirs}${right.mathjs}`,
    isWhole: false,
  };
}

function enclosed(of: Made): Made {
  return of.isWhole ? of : { text: `(${of.text})`, mathjs: of.mathjs && `(${of.mathjs})`, isWhole: true };
}
