/**
 * From the text of a formula to what was written, by the grammar in `grammar.peggy`; and errors that point at their place
 * in the text.
 */
import { refuse, show } from "../../ground/errors.ts";
import { isFunctionName } from "./functions.ts";
import { parse, SyntaxError } from "./parser.js";

/** Offsets into the formula: the first character, and the one behind the last. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** A piece of a formula as it was written. */
export type Syntax = { readonly place: Place } & (
  | { readonly type: "number"; readonly value: number }
  | { readonly type: "name"; readonly name: string }
  | {
      readonly type: "call";
      readonly name: string;
      readonly arguments: readonly Syntax[];
      readonly namePlace: Place;
    }
  | { readonly type: "negative"; readonly of: Syntax }
  /** √√x has two signs. */
  | { readonly type: "root"; readonly count: number; readonly of: Syntax }
  | { readonly type: "power"; readonly base: Syntax; readonly tail: readonly Signed[] }
  | {
      readonly type: "product";
      readonly factors: readonly { readonly by: "times" | "over" | "implied"; readonly of: Syntax }[];
    }
  | { readonly type: "sum"; readonly terms: readonly Signed[] }
);

export interface Signed {
  readonly negative: boolean;
  readonly of: Syntax;
}

/** `u = x y`, or the formula itself at the end, with or without a name. */
export interface Statement {
  readonly name: string | undefined;
  readonly value: Syntax;
  readonly place: Place;
}

/** Longer formulas are not written by hand; what they are made of can be defined by name, which keeps them short. */
const LENGTH_LIMIT = 100_000;
/** The parser calls itself for each parenthesis within another: the stack would be at its end before memory is. */
const NESTING_LIMIT = 200;

/** @throws InvalidInputError that points at the place. */
export function parseFormula(text: string): readonly Statement[] {
  if (typeof text !== "string") refuse("dataflow", "a formula as text", show(text));
  if (text.length > LENGTH_LIMIT) {
    refuse("formula", `at most ${LENGTH_LIMIT} characters`, `${text.length} (parts can be named: u = x y; cos(u) + u)`);
  }
  checkNesting(text);
  try {
    return parse(text, { isFunction: isFunctionName }) as readonly Statement[];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { offset } = error.location.start;
    return refuseAt("formula", text, offset, expectations(error), found(text, offset));
  }
}

function checkNesting(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "(") depth++;
    if (text[at] === ")") depth--;
    if (depth <= NESTING_LIMIT) continue;
    const advice = "more (parts can be named: u = x y; cos(u) + u)";
    refuseAt("formula", text, at, `at most ${NESTING_LIMIT} parentheses within each other`, advice);
  }
}

function expectations(error: SyntaxError): string {
  const wanted = new Set((error.expected ?? []).map(({ description, type }) => description ?? type));
  if (!wanted.has("an operator")) return `a number, a name or "("`;
  // Behind a whole operand anything that starts another would do too, as a factor: to say so would not help.
  const list = ['","', '")"', "an operator"].filter((what) => wanted.has(what));
  if (wanted.has("end")) list.push("the end of the formula");
  const last = list.pop()!;
  return list.length === 0 ? last : `${list.join(", ")} or ${last}`;
}

function found(text: string, offset: number): string {
  const character = text.codePointAt(offset);
  return character === undefined ? "the end of the formula" : JSON.stringify(String.fromCodePoint(character));
}

/** Refuses a formula: below the message stands the formula, and below that a caret at the place. */
export function refuseAt(where: string, text: string, at: number, expected: string, got: string): never {
  return refuse(where, expected, `${got}\n${excerpt(text, at)}`);
}

/** What fits into a line of a terminal. */
const BEFORE = 44;
const AFTER = 32;

function excerpt(text: string, at: number): string {
  // By whole characters, so that none is cut and each moves the caret by one.
  const before = [...plain(text.slice(0, at))];
  const after = [...plain(text.slice(at))];
  const start = before.length > BEFORE ? ["…", ...before.slice(1 - BEFORE)] : before;
  const end = after.length > AFTER ? [...after.slice(0, AFTER - 1), "…"] : after;
  return `  ${[...start, ...end].join("")}\n  ${" ".repeat(start.length)}^`;
}

/** Without line breaks and other characters that would move the caret. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, " ");
}
