/**
 * The door of a data set: numbers in memory, in any of the forms a caller may have them, become checked rows.
 * Nothing is allocated before its size was checked. In errors, rows are counted from 1.
 */
import type { Floats } from "../ground/floats.ts";
import { checkNumber, checkOptions, lookUp, refuse, show } from "../ground/errors.ts";
import type { Column, Schema } from "./schema.ts";

/** Any typed array of numbers; bigints are not numbers. */
export type NumericArray =
  Floats | Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array | Uint32Array;

/** Rows of equal width, or all their numbers one after the other. */
export type Numbers = readonly (readonly number[] | NumericArray)[] | readonly number[] | NumericArray;

export interface DatasetOptions {
  /**
   * Nested arrays are copied, as float64. A Float32Array or Float64Array is kept without a copy: do not change it
   * later. Other typed arrays are converted to the narrower of these that holds each of their numbers exactly.
   */
  inputs: Numbers;
  /** The width of a row, at most 2^20; needed where `inputs` is a flat array. */
  inputWidth?: number;
  /** As many rows as `inputs` has, in the same forms. */
  targets?: Numbers;
  /** The width of a row of targets; 1 unless given, where `targets` is a flat array. */
  targetWidth?: number;
  /** Instead of targets: whole numbers from 0 to classes - 1, which become one-hot rows. */
  labels?: readonly number[] | NumericArray;
  /** The largest label + 1 unless given. */
  classes?: number;
  /** x1, x2, ... unless given. */
  inputNames?: readonly string[];
  /** y1, y2, ... unless given; for labels class=0, class=1, ... */
  targetNames?: readonly string[];
  /** Which input columns a network is to standardize: all, none (unless given), or those named. */
  standardize?: boolean | readonly string[];
}

/** Checked rows, row-major: inputs [count, inputWidth], targets [count, targetWidth]. */
export interface Rows {
  readonly count: number;
  readonly inputWidth: number;
  readonly targetWidth: number;
  readonly inputs: Floats;
  readonly targets: Floats;
  readonly inputNames: readonly string[];
  readonly targetNames: readonly string[];
  readonly standardize: readonly boolean[];
  readonly schema: Schema;
}

interface Matrix {
  readonly values: Floats;
  readonly count: number;
  readonly width: number;
  readonly names: readonly string[];
  readonly columns: readonly Column[];
}

const maxWidth = 2 ** 20;
const maxElements = 2 ** 30;
const targetOptions = ["targets", "targetWidth", "labels", "classes", "targetNames"];
const knownOptions = ["inputs", "inputWidth", "inputNames", ...targetOptions, "standardize"];

/** @throws InvalidInputError for anything that is not a data set. */
export function checkRows(options: DatasetOptions): Rows {
  checkOptions("data set", options, knownOptions);
  const { inputWidth, inputNames, targets, targetWidth, labels, classes, targetNames } = options;
  if ((targets === undefined) === (labels === undefined)) {
    refuse("data set", "either targets or labels", targets === undefined ? "neither" : "both");
  }
  const [stray, strayName] = labels === undefined ? [classes, "classes"] : [targetWidth, "targetWidth"];
  if (stray !== undefined) {
    refuse(strayName, `none beside ${labels === undefined ? "targets" : "labels"}`, show(stray));
  }

  const x = checkMatrix("input", options.inputs, inputWidth, inputNames);
  const y =
    labels === undefined
      ? checkMatrix("target", targets, targetWidth, targetNames, x.count)
      : oneHot(labels, classes, targetNames, x.count);
  const standardize = checkStandardize(options.standardize, x.names);
  return {
    count: x.count,
    inputWidth: x.width,
    targetWidth: y.width,
    inputs: x.values,
    targets: y.values,
    inputNames: x.names,
    targetNames: y.names,
    standardize,
    schema: Object.freeze({
      inputs: Object.freeze(
        x.columns.map((column, i) => (standardize[i] ? Object.freeze({ ...column, standardize: true }) : column)),
      ),
      targets: y.columns,
    }),
  };
}

function checkMatrix(
  what: "input" | "target",
  source: unknown,
  givenWidth: number | undefined,
  givenNames: readonly string[] | undefined,
  expectedCount?: number,
): Matrix {
  if (!isNumbers(source)) refuse(`${what}s`, "an array of rows or a typed array", show(source));
  if (source.length === 0) refuse(`${what}s`, "at least one row", "none");
  const width = rowWidth(what, source, givenWidth);
  const count = isFlat(source) ? source.length / width : source.length;
  if (!Number.isInteger(count)) {
    refuse(`${what}s`, `a multiple of ${what}Width ${width} numbers`, String(source.length));
  }
  checkCount(`${what}s`, count, expectedCount);
  const names = chooseNames(`${what}Names`, givenNames, width, (i) => (what === "input" ? `x${i + 1}` : `y${i + 1}`));
  if (!isFlat(source)) checkWidths(`${what}s`, source, width);
  const columns = names.map((name): Column => Object.freeze({ kind: "number", ...(givenNames && { name }) }));
  return { values: toFloats(`${what}s`, source, count, names), count, width, names, columns: Object.freeze(columns) };
}

function rowWidth(what: "input" | "target", source: ArrayLike<unknown>, given: number | undefined): number {
  const bounds = { integer: true, min: 1, max: maxWidth };
  const width = given === undefined ? undefined : checkNumber(`${what}Width`, given, bounds);
  if (isFlat(source)) {
    if (width === undefined && what === "input") refuse("inputWidth", "the width of a row of flat inputs", "none");
    return width ?? 1;
  }
  const first = source[0];
  if (!isNumbers(first)) refuse(`${what}s, row 1`, "an array of numbers", show(first));
  if (width !== undefined && first.length !== width) refuse(`${what}s, row 1`, `${width} numbers`, `${first.length}`);
  return checkNumber(`${what}s, width of row 1`, first.length, bounds);
}

function checkWidths(where: string, rows: ArrayLike<unknown>, width: number): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!isNumbers(row)) refuse(`${where}, row ${i + 1}`, "an array of numbers", show(row));
    if (row.length !== width) refuse(`${where}, row ${i + 1}`, `${width} numbers, as in row 1`, String(row.length));
  }
}

/** Copies, unless `source` is of floats already; in either case each number is looked at. */
function toFloats(where: string, source: ArrayLike<unknown>, count: number, names: readonly string[]): Floats {
  const width = names.length;
  const flat = isFlat(source);
  const kept = source instanceof Float32Array || source instanceof Float64Array ? source : undefined;
  if (kept instanceof Float32Array && hasOnlyFinite(kept)) return kept;
  const values = kept ?? allocate<Floats>(where, isNarrow(source) ? Float32Array : Float64Array, count, width);
  for (let row = 0; row < count; row++) {
    const numbers = flat ? source : (source[row] as ArrayLike<unknown>);
    const start = flat ? row * width : 0;
    for (let column = 0; column < width; column++) {
      const value = numbers[start + column];
      if (!Number.isFinite(value)) {
        refuse(`${where}, row ${row + 1}, column ${show(names[column])}`, "a finite number", show(value));
      }
      if (!kept) values[row * width + column] = value as number;
    }
  }
  return values;
}

function oneHot(labels: unknown, givenClasses: unknown, givenNames: unknown, expectedCount: number): Matrix {
  if (!isNumbers(labels)) refuse("labels", "an array of whole numbers", show(labels));
  const count = labels.length;
  checkCount("labels", count, expectedCount);
  const bounds = { integer: true, min: 1, max: maxWidth };
  const limit = givenClasses === undefined ? maxWidth : checkNumber("classes", givenClasses, bounds);
  let largest = 0;
  for (let i = 0; i < count; i++) {
    const label = checkNumber(`labels, row ${i + 1}`, labels[i], { integer: true, min: 0, max: limit - 1 });
    largest = Math.max(largest, label);
  }
  const width = givenClasses === undefined ? largest + 1 : limit;
  const values = allocate("labels", Float32Array, count, width);
  const names = chooseNames("targetNames", givenNames, width, (i) => `class=${i}`);
  for (let i = 0; i < count; i++) values[i * width + (labels[i] as number)] = 1;
  const column: Column = givenNames
    ? { kind: "category", categories: names }
    : { kind: "category", name: "class", categories: names.map((_, i) => String(i)) };
  return { values, count, width, names, columns: [column] };
}

function checkCount(where: string, count: number, expected: number | undefined): void {
  if (expected !== undefined && count !== expected) refuse(where, `${expected} rows, as many as inputs`, String(count));
}

/** Zeros, [count, width]; refuses what no memory can hold. */
export function allocate<T extends Floats>(where: string, Kind: new (n: number) => T, count: number, width: number): T {
  try {
    if (count * width <= maxElements) return new Kind(count * width);
  } catch {
    // There is less memory than that: refused like too large a size.
  }
  return refuse(where, `numbers that fit into memory, at most ${maxElements}`, `${count} rows of ${width}`);
}

/** A frozen copy of an array of names, each of them there once. */
export function checkNames(where: string, names: unknown): readonly string[] {
  if (!Array.isArray(names)) refuse(where, "an array of names", show(names));
  const seen = new Set<string>();
  // Not forEach, which would pass over the holes of a sparse array.
  for (const name of names as unknown[]) {
    if (typeof name !== "string") refuse(where, "names that are strings", show(name));
    if (seen.has(name)) refuse(where, "each name once", `${show(name)} twice`);
    seen.add(name);
  }
  return Object.freeze([...seen]);
}

function chooseNames(where: string, given: unknown, width: number, nameOf: (index: number) => string) {
  const names = given ?? Array.from({ length: width }, (_, i) => nameOf(i));
  if (Array.isArray(names) && names.length !== width) refuse(where, `${width} names`, String(names.length));
  return checkNames(where, names);
}

function checkStandardize(given: unknown, inputNames: readonly string[]): readonly boolean[] {
  if (given === undefined || typeof given === "boolean") return Object.freeze(inputNames.map(() => given ?? false));
  const table = Object.fromEntries(inputNames.map((name) => [name, name]));
  const asked = new Set(checkNames("standardize", given).map((name) => lookUp("standardize", "a column", name, table)));
  return Object.freeze(inputNames.map((name) => asked.has(name)));
}

/** Whether this is an array or a typed array; what is in it is another question. */
export function isNumbers(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** Whether the rows lie one after the other; an array says so by its first element. */
function isFlat(source: ArrayLike<unknown>): boolean {
  return ArrayBuffer.isView(source) || typeof source[0] === "number";
}

/** Whether float32 holds every number of such an array exactly. */
function isNarrow(source: ArrayLike<unknown>): boolean {
  return ArrayBuffer.isView(source) && "BYTES_PER_ELEMENT" in source && (source.BYTES_PER_ELEMENT as number) < 4;
}

/** Checked inputs: an array of their numbers, row-major, [count, width]. */
export interface Inputs {
  readonly values: ArrayLike<number>;
  readonly count: number;
}

/**
 * Rows of a known width: nested, flat in a typed array, or a single one. Flat numbers are not copied.
 * @throws InvalidInputError for no rows, another width, or a number that is not finite, in float32 where `single`.
 */
export function checkInputs(where: string, source: unknown, width: number, single: boolean): Inputs {
  if (!isNumbers(source)) refuse(where, `rows of ${width} numbers`, show(source));
  if (source.length === 0) refuse(where, "at least one row", "none");
  const rows = isFlat(source) ? source : flatten(where, source, width);
  const count = rows.length / width;
  if (!Number.isInteger(count)) refuse(where, `rows of ${width} numbers`, `${rows.length} numbers`);
  if (!ArrayBuffer.isView(source) && isFlat(source) && count !== 1) {
    refuse(where, `a row of ${width} numbers, or an array of rows`, `a row of ${rows.length}`);
  }
  if (rows instanceof Float32Array && hasOnlyFinite(rows)) return { values: rows, count };
  for (let i = 0; i < rows.length; i++) {
    const value = rows[i];
    if (Number.isFinite(value) && !(single && !Number.isFinite(Math.fround(value as number)))) continue;
    const kind = single ? "a finite number that float32 can hold" : "a finite number";
    refuse(`${where}, row ${Math.floor(i / width) + 1}, column ${(i % width) + 1}`, kind, show(value));
  }
  return { values: rows as ArrayLike<number>, count };
}

/**
 * By their sum, which asks nothing of each number: float64 holds that of any finite float32 numbers, and with one that is
 * not finite the sum is not either.
 */
function hasOnlyFinite(values: Float32Array): boolean {
  let sum = 0;
  const whole = values.length & ~3;
  // By fours, so that one addition in four has to wait for the last.
  for (let i = 0; i < whole; i += 4) sum += values[i]! + values[i + 1]! + (values[i + 2]! + values[i + 3]!);
  for (let i = whole; i < values.length; i++) sum += values[i]!;
  return Number.isFinite(sum);
}

function flatten(where: string, rows: ArrayLike<unknown>, width: number): unknown[] {
  const values: unknown[] = [];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!isNumbers(row)) refuse(`${where}, row ${i + 1}`, `an array of ${width} numbers`, show(row));
    if (row.length !== width) refuse(`${where}, row ${i + 1}`, `${width} numbers`, String(row.length));
    for (let column = 0; column < width; column++) values.push(row[column]);
  }
  return values;
}
