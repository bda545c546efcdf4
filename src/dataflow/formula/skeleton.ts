/** The circles and arrows of a formula, before there are numbers. */
import { InvalidInputError } from "../../ground/errors.ts";
import { type Expression, partsOf } from "./expression.ts";
import type { Arrow, Circle, Value } from "../graph.ts";
import type { Label } from "../label.ts";
import { Formula } from "./notation.ts";
import { label, text } from "./writers.ts";
import { writeInside } from "./printer.ts";
import { readFormula, type Reading } from "./read.ts";

/** A circle of a formula. Its id is its text, `x^2 y`, or its name where it has one. */
export interface FormulaCircle extends Circle {
  /** What it is made of. */
  readonly formula: Formula;
}

/** An arrow with its partial derivative as a formula. */
export interface FormulaArrow extends Arrow {
  readonly formula: Label;
  /** The same in all notations. */
  readonly partialFormula: Formula;
}

/** What a point adds, in the order of the circles and of the arrows. */
export interface Numbers {
  readonly values: readonly Value[];
  readonly derivatives: readonly Value[];
  readonly partials: readonly Value[];
}

interface Edge {
  readonly from: Expression;
  readonly to: Expression;
  readonly partial: () => Formula;
}

/** Longer texts are no good as ids. */
const ID_LIMIT = 60;

export class Skeleton {
  readonly reading: Reading;
  readonly edges: readonly Edge[];
  readonly #ids = new Map<Expression, string>();
  readonly #known: ReadonlySet<string>;
  readonly #circles: readonly FormulaCircle[];

  constructor(reading: Reading) {
    this.reading = reading;
    for (const node of reading.circles) this.#ids.set(node, this.#newId(node));
    this.#known = new Set(this.#ids.values());
    this.#circles = reading.circles.map((node) => this.#circle(node));
    this.edges = reading.circles.flatMap((to) => {
      const parts = new Set(partsOf(to).filter((part) => !part.isConstant));
      return Array.from(parts, (from) => ({ from, to, partial: once(() => this.#partial(from, to)) }));
    });
  }

  id(node: Expression): string {
    return this.#ids.get(node)!;
  }

  /** The id that is meant: the id itself, a name that the formula gives, or the formula of the circle in other words. */
  idOf(meant: string): string {
    if (this.#known.has(meant)) return meant;
    const { circles, definitions, outputName } = this.reading;
    const named = meant === outputName ? circles.at(-1)! : definitions.get(meant);
    if (named !== undefined) return this.#ids.get(named) ?? meant;
    try {
      const { circles: read, names } = readFormula(meant);
      return writeInside(text, read.at(-1)!, names, Infinity);
    } catch (error) {
      if (error instanceof InvalidInputError) return meant;
      throw error;
    }
  }

  withNumbers(numbers: Numbers | undefined): [FormulaCircle[], FormulaArrow[]] {
    const circles = this.#circles.map((circle, i) => ({
      ...circle,
      ...(numbers && { value: numbers.values[i], derivative: numbers.derivatives[i] }),
    }));
    const arrows = this.edges.map(({ from, to, partial }, i) => ({
      from: this.id(from),
      to: this.id(to),
      // Only when they are asked for: of a product of many there are as many of them, and each is as long.
      get formula() {
        return partial().label;
      },
      get partialFormula() {
        return partial();
      },
      ...(numbers && { partial: numbers.partials[i] }),
    }));
    return [circles, arrows];
  }

  #newId(node: Expression): string {
    const { circles, names, outputName } = this.reading;
    const name = names.get(node);
    if (name !== undefined) return name;
    const written = writeInside(text, node, names, 4 * ID_LIMIT);
    if (node !== circles.at(-1) || node.kind === "variable") return written;
    return written.length > ID_LIMIT || [...this.#ids.values()].includes(written) ? outputName : written;
  }

  #circle(node: Expression): FormulaCircle {
    const { circles, names, outputName } = this.reading;
    const formula = new Formula(node, names, writeInside);
    const isOutput = node === circles.at(-1);
    const name = isOutput ? outputName : names.get(node);
    return {
      id: this.id(node),
      label: name === undefined ? formula.label : [...label.variable(name, false), { text: " = " }, ...formula.label],
      role: isOutput ? "output" : node.kind === "variable" ? "input" : "operation",
      formula,
    };
  }

  #partial(from: Expression, to: Expression): Formula {
    const { algebra, names } = this.reading;
    return new Formula(algebra.partial(to, from), names);
  }
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
