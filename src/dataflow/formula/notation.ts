/** A formula in all of its notations. */
import type { Label } from "../label.ts";
import type { Expression } from "./expression.ts";
import { type Names, write } from "./printer.ts";
import { label, tex, text } from "./writers.ts";

/** Longer formulas are abbreviated: that of a derivative can be far longer than the one it is of. */
const TEXT_LIMIT = 2000;
const LABEL_LIMIT = 120;

/** A formula in three notations. Parts that have names are written by these; an ellipsis stands for what is too long. */
export class Formula {
  readonly expression: Expression;
  readonly #names: Names;
  readonly #write: typeof write;

  constructor(expression: Expression, names: Names, how: typeof write = write) {
    this.expression = expression;
    this.#names = names;
    this.#write = how;
  }

  /** As it would be typed: -sin(x^2 y). `dataflow` reads it back, unless it is a vector or abbreviated. */
  get text(): string {
    return this.#write(text, this.expression, this.#names, TEXT_LIMIT);
  }

  /** For drawings. */
  get label(): Label {
    return this.#write(label, this.expression, this.#names, LABEL_LIMIT);
  }

  get tex(): string {
    return this.#write(tex, this.expression, this.#names, TEXT_LIMIT);
  }

  toString(): string {
    return this.text;
  }

  toJSON(): string {
    return this.text;
  }
}
