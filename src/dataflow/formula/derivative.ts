/** A derivative as the sum over paths, which can be read line by line. */
import { type Expression, partsOf } from "./expression.ts";
import { circleName, derivativeName } from "../circle-name.ts";
import { plus, type Value } from "../graph.ts";
import { formatValue, toTex, toText } from "../label.ts";
import type { Formula } from "./notation.ts";
import type { FormulaArrow, FormulaCircle } from "./skeleton.ts";

/** A path to the output, and the product along it. */
export interface DerivativePath {
  readonly circles: readonly FormulaCircle[];
  readonly arrows: readonly FormulaArrow[];
  /** The partial on each arrow. */
  readonly factors: readonly Formula[];
  readonly product: Formula;
  /** The product at the point. */
  readonly value: Value | undefined;
}

/** More paths, and more names, are not written out by `toString`. */
const SHOWN = 20;

export class Derivative {
  /** As ∂f/∂x. */
  readonly name: string;
  readonly by: FormulaCircle;
  readonly paths: readonly DerivativePath[];
  /** The sum over the paths. */
  readonly sum: Formula;
  /** The sum over the paths at the point. */
  readonly value: Value | undefined;
  /** The same number, by the backward sweep. */
  readonly sweep: Value | undefined;
  readonly #definitions: readonly FormulaCircle[];

  /** @param definitions Circles with names of their own. */
  constructor(
    of: FormulaCircle,
    by: FormulaCircle,
    paths: readonly DerivativePath[],
    sum: Formula,
    definitions: readonly FormulaCircle[],
  ) {
    this.name = derivativeName(of, by);
    this.by = by;
    this.paths = paths;
    this.sum = sum;
    const values = paths.map(({ value }) => value);
    this.value = values.includes(undefined) ? undefined : (values as readonly Value[]).reduce(plus);
    this.sweep = by.derivative;
    this.#definitions = definitions;
  }

  /** Path by path, then the sum. */
  toString(): string {
    const { paths, sum, value, sweep } = this;
    const count = `${paths.length} ${paths.length === 1 ? "path" : "paths"}`;
    const lines = [`${this.name}: ${count}`, ...paths.slice(0, SHOWN).flatMap(pathLines)];
    if (paths.length > SHOWN) lines.push(`  ... and ${paths.length - SHOWN} more`);
    lines.push(`sum: ${withValue(sum, value)}`);
    if (sweep !== undefined) lines.push(`backward sweep: ${formatValue(sweep)}`);
    return [...lines, ...this.#where()].join("\n");
  }

  /** The same as TeX, aligned: each path with what stands on its arrows, then the sum. */
  toTex(): string {
    const { by, paths, sum, value } = this;
    const [output, name] = [texName(paths[0]?.circles.at(-1) ?? by), texName(by)];
    const isVector = by.label[0]?.bold === true;
    const left = isVector ? `\\nabla_{${name}}\\, ${output}` : `\\frac{\\partial ${output}}{\\partial ${name}}`;
    const rows = paths.slice(0, SHOWN).map(({ circles, factors, product, value: own }) => {
      const way = circles.map(texName).join(" \\to ");
      const along = factors.length === 0 ? "1" : factors.map(texFactor).join(" \\cdot ");
      return `&{\\small ${way}} \\\\[2pt]\n&\\quad ${along} = ${texWithValue(product, own)}`;
    });
    if (paths.length > SHOWN) rows.push(`&\\text{and ${paths.length - SHOWN} more}`);
    rows.push(`&${left} = ${texWithValue(sum, value)}`);
    return `\\begin{aligned}\n${rows.join(" \\\\[10pt]\n")}\n\\end{aligned}`;
  }

  /** What the names stand for that are used above. */
  #where(): string[] {
    const named = new Map(this.#definitions.map((circle) => [circle.formula.expression, circle]));
    const seen = new Set<Expression>();
    const shown = this.paths.slice(0, SHOWN);
    const waiting = [this.sum, ...shown.flatMap(({ factors }) => factors)].map(({ expression }) => expression);
    for (const { circles } of shown) waiting.push(...circles.map(({ formula }) => formula.expression));
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      for (const part of partsOf(node)) waiting.push(part);
    }
    const used = [...named.values()].filter(({ formula }) => seen.has(formula.expression));
    const lines = used.slice(0, SHOWN).map(({ label }) => `where ${toText(label)}`);
    return used.length > SHOWN ? [...lines, `... and ${used.length - SHOWN} more names`] : lines;
  }
}

function pathLines({ circles, factors, product, value }: DerivativePath): string[] {
  const way = circles.map(circleName).join(" → ");
  const along = factors.length === 0 ? "1" : factors.map(factorText).join(" · ");
  return [`  ${way}`, `    ${along} = ${withValue(product, value)}`];
}

function factorText({ expression, label }: Formula): string {
  const text = toText(label);
  return expression.kind === "sum" || text.startsWith("−") ? `(${text})` : text;
}

function withValue(formula: Formula, value: Value | undefined): string {
  const text = toText(formula.label);
  if (value === undefined || text === formatValue(value)) return text;
  return `${text} = ${formatValue(value)}`;
}

/** The name of a circle, or its formula where it has none. */
function texName({ label, formula }: FormulaCircle): string {
  const sign = label.findIndex(({ text }) => text.trim() === "=");
  return sign > 0 ? toTex(label.slice(0, sign)) : formula.tex;
}

/** In parentheses where it has a sign or is a sum. */
function texFactor({ expression, tex }: Formula): string {
  return expression.kind === "sum" || tex.startsWith("-") ? `\\left(${tex}\\right)` : tex;
}

function texWithValue({ tex, label }: Formula, value: Value | undefined): string {
  if (value === undefined || toText(label) === formatValue(value)) return tex;
  return `${tex} = ${toTex([{ text: formatValue(value) }])}`;
}
