/**
 * Cells: what a piece of text in a row means. Whether it is a number, and whether it marks that there is none.
 */
import { refuse, show } from "../ground/errors.ts";

/** A row of text, of a file or of a record. Places are counted from 0. */
export interface Cells {
  /** The text of a cell, without the quotes around it. */
  text(place: number): string;
  /** Whether the cell was in quotes: then it is text, and marks nothing. */
  isQuoted(place: number): boolean;
  /** The number that a cell holds, or NaN. */
  number(place: number): number;
}

/** What stands for a missing value unless `missingMarks` says otherwise; an empty cell always does. */
export const defaultMarks: readonly string[] = [
  "NA",
  "N/A",
  "n/a",
  "#N/A",
  "#NA",
  "<NA>",
  "NaN",
  "nan",
  "None",
  "NULL",
  "Null",
  "null",
  "?",
];

/** @throws InvalidInputError for what is no array of texts. */
export function checkMarks(where: string, given: unknown): ReadonlySet<string> {
  if (!Array.isArray(given)) refuse(where, "an array of texts", show(given));
  return new Set(
    Array.from(given as unknown[], (mark) =>
      typeof mark === "string" ? mark.trim() : refuse(where, "texts", show(mark)),
    ),
  );
}

// No two parts of it match the same digits, so it takes linear time on any text.
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

const POINT = 46;
const MINUS = 45;
const PLUS = 43;
/** Any whole number of so many digits is a float64, as is this power of ten: their quotient is rounded once, so it is right. */
const EXACT_DIGITS = 15;
const powersOfTen = Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i);

/** The decimal number in a part of a text, blanks around it left aside; NaN where there is none, or none that is finite. */
export function readNumber(text: string, from: number, to: number): number {
  let begin = from;
  let end = to;
  while (begin < end && isBlank(text.charCodeAt(begin))) begin++;
  while (begin < end && isBlank(text.charCodeAt(end - 1))) end--;
  const sign = text.charCodeAt(begin);
  let digits = 0;
  let value = 0;
  let point = -1;
  for (let at = sign === MINUS || sign === PLUS ? begin + 1 : begin; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === POINT && point === -1) point = digits;
    else if (code >= 48 && code <= 57 && digits < EXACT_DIGITS) {
      value = 10 * value + (code - 48);
      digits++;
    } else return longNumber(text.slice(begin, end));
  }
  if (digits === 0) return NaN;
  if (point !== -1) value /= powersOfTen[digits - point]!;
  return sign === MINUS ? -value : value;
}

function longNumber(text: string): number {
  const value = decimal.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? value : NaN;
}

/** As `trim` has it. */
export function isBlank(code: number): boolean {
  if (code <= 32) return code === 32 || (code >= 9 && code <= 13);
  return code >= 160 && String.fromCharCode(code).trim() === "";
}
