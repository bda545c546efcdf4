/** A derivative that explains itself: its name, the formula, the numbers put in, the result. */
import { type Label, toTex, toText, upright } from "../label.ts";
import type { Value } from "../graph.ts";

export class Explanation<V extends Value = Value> {
  /** ∂l/∂x_1^(2), or ∇ of a vector. */
  readonly name: Label;
  /** What it is equal to, line by line; the last one is the result. */
  readonly steps: readonly Label[];
  readonly value: V;

  constructor(name: Label, steps: readonly Label[], value: V) {
    this.name = name;
    this.steps = steps;
    this.value = value;
  }

  /** The derivation as text, a line for each step. */
  toString(): string {
    const name = toText(this.name);
    const indent = " ".repeat([...name].length);
    return this.steps.map((step, i) => `${i === 0 ? name : indent} = ${toText(step)}`).join("\n");
  }

  /** The derivation as TeX, aligned at its equals signs. */
  toTex(): string {
    const lines = this.steps.map(
      (step, i) => `${i === 0 ? asFractions(toTex(this.name)) : ""} &= ${asFractions(toTex(step))}`,
    );
    return `\\begin{aligned}\n${lines.join(" \\\\\n")}\n\\end{aligned}`;
  }
}

/** A letter with its indices, as TeX. */
const letter = "([a-z](?:_\\{[^{}]*\\})?(?:\\^\\{[^{}]*\\})?)";
const derivative = new RegExp(`\\\\partial ${letter}/\\\\partial ${letter}`, "g");

/** Derivatives as fractions: on a line of text they have a slash. */
function asFractions(tex: string): string {
  return tex.replaceAll(derivative, "\\frac{\\partial $1}{\\partial $2}");
}

/** Words and names, one behind the other. */
export function line(...parts: (string | Label)[]): Label {
  return parts.flatMap((part) => (typeof part === "string" ? upright(part) : part));
}

/** ∂l/∂x for a number, with the name of what the derivative is taken by. */
export function partialName(by: Label): Label {
  return line("∂l/∂", by);
}

/** ∂x/∂s: of one circle by another. */
export function localName(of: Label, by: Label): Label {
  return line("∂", of, "/∂", by);
}

/** Parts with a sign between them; where there are more than `limit`, an ellipsis before the last one. */
export function chain(parts: readonly (string | Label)[], sign: string, limit: number): Label {
  const shown = parts.length <= limit ? parts : [...parts.slice(0, limit - 1), "…", parts.at(-1)!];
  return line(...shown.flatMap((part, i) => (i === 0 ? [part] : [sign, part])));
}

/** A factor of a product: in parentheses where it is a sum or has a sign of its own, outside of any parentheses. */
export function factor(label: Label): Label {
  let depth = 0;
  for (const character of label.map(({ text }) => text).join("")) {
    if ("([".includes(character)) depth++;
    else if (")]".includes(character)) depth--;
    else if (depth === 0 && "+−".includes(character)) return line("(", label, ")");
  }
  return label;
}
