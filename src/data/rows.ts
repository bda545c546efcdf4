/**
 * The door of a data set: numbers in memory, in any of the forms a caller may have them, become checked rows.
 * Nothing is allocated before its size was checked. In errors, rows are counted from 1.
 */
import { type Floats, isFloat32, isFloats, plainArray, typedArrayName, trueLength } from "../ground/floats.ts";
import { checkNumber, checkOptions, lookUp, refuse, show, within } from "../ground/errors.ts";
import { checkWeight, totalOf } from "./weights.ts";
import { type Column, placeNames, type Schema, widthOf } from "./schema.ts";

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
  /**
   * [rows]: how much the loss of each row counts, in training and in what is measured; 1 unless given. 0, or from 1e-12 to
   * 1e12, and not all 0. They are copied.
   */
  sampleWeight?: readonly number[] | NumericArray;
  /** x1, x2, ... unless given. */
  inputNames?: readonly string[];
  /** y1, y2, ... unless given; for labels class=0, class=1, ... */
  targetNames?: readonly string[];
  /** Instead of targets, for a network with heads: those of each head, by its name. */
  heads?: Readonly<Record<string, TargetOptions>>;
  /** Which input columns a network is to standardize: all, none (unless given), or those named. */
  standardize?: boolean | readonly string[];
}

/** The targets of a head, or its labels, as those of all outputs are given. */
export type TargetOptions = Pick<DatasetOptions, "targets" | "targetWidth" | "labels" | "classes" | "targetNames">;

/** Checked rows, row-major: inputs [count, inputWidth], targets [count, targetWidth], as the schema has it; weights [count]. */
export interface Rows {
  readonly count: number;
  readonly inputs: Floats;
  readonly targets: Floats;
  /** Undefined where all rows weigh 1. */
  readonly weights?: Floats | undefined;
  readonly schema: Schema;
}

interface Matrix {
  readonly values: Floats;
  readonly count: number;
  readonly columns: readonly Column[];
}

const maxWidth = 2 ** 20;
const maxElements = 2 ** 30;
const targetOptions = ["targets", "targetWidth", "labels", "classes", "targetNames"];
const knownOptions = ["inputs", "inputWidth", "inputNames", ...targetOptions, "heads", "sampleWeight", "standardize"];

/** @throws InvalidInputError for anything that is not a data set. */
export function checkRows(options: DatasetOptions): Rows {
  checkOptions("data set", options, knownOptions);
  const { inputs, inputWidth, inputNames, standardize, sampleWeight, heads, ...rest } = { ...options };
  const x = checkMatrix("input", inputs, inputWidth, inputNames);
  const y = heads === undefined ? checkTargets("data set", rest, x.count) : checkHeads(heads, rest, x.count);
  const schema = { inputs: askToStandardize(x.columns, standardize), targets: y.columns };
  const weights = sampleWeight === undefined ? undefined : checkWeights(sampleWeight, x.count);
  return { count: x.count, inputs: x.values, targets: y.values, weights, schema };
}

/** Targets or labels. */
function checkTargets(where: string, options: TargetOptions, count: number): Matrix {
  const { targets, targetWidth, labels, classes, targetNames } = options;
  if ((targets === undefined) === (labels === undefined)) {
    refuse(where, "either targets or labels", targets === undefined ? "neither" : "both");
  }
  const [stray, strayName] = labels === undefined ? [classes, "classes"] : [targetWidth, "targetWidth"];
  if (stray !== undefined) {
    refuse(strayName, `none beside ${labels === undefined ? "targets" : "labels"}`, show(stray));
  }
  return labels === undefined
    ? checkMatrix("target", targets, targetWidth, targetNames, count)
    : oneHot(labels, classes, targetNames, count);
}

/** The targets of all heads, side by side; their columns say whose they are. */
function checkHeads(given: unknown, beside: TargetOptions, count: number): Matrix {
  const stray = Object.entries(beside).find(([, value]) => value !== undefined);
  if (stray !== undefined) refuse(stray[0], "none beside heads", show(stray[1]));
  checkOptions("data set: heads", given, Object.keys(Object(given)));
  const entries = Object.entries({ ...(given as Readonly<Record<string, TargetOptions>>) });
  if (entries.length === 0) refuse("data set: heads", "at least one head", "none");
  const matrices = entries.map(([head, options]) => {
    checkOptions(`data set: head ${show(head)}`, options, targetOptions);
    return ofHead(
      head,
      within(`head ${show(head)}`, () => checkTargets("data set", { ...options }, count)),
    );
  });
  return { count, columns: matrices.flatMap(({ columns }) => columns), values: sideBySide(matrices, count) };
}

/** The same, its columns called by the head: a single one by its name, several numbers by their places in it. */
function ofHead(head: string, { columns, ...rest }: Matrix): Matrix {
  const isSingle = columns.length === 1;
  const named = columns.map((column, i) => {
    const name = column.kind === "number" ? (column.name ?? (isSingle ? head : `${head}${i + 1}`)) : head;
    return { ...column, name, head };
  });
  return { ...rest, columns: named };
}

function sideBySide(matrices: readonly Matrix[], count: number): Floats {
  const width = matrices.reduce((sum, { columns }) => sum + widthOf(columns), 0);
  const areSingle = matrices.every(({ values }) => isFloat32(values));
  const all = allocate<Floats>("targets", areSingle ? Float32Array : Float64Array, count, width);
  let begin = 0;
  for (const { values, columns } of matrices) {
    const own = widthOf(columns);
    for (let row = 0; row < count; row++) {
      for (let i = 0; i < own; i++) all[row * width + begin + i] = values[row * own + i]!;
    }
    begin += own;
  }
  return all;
}

function checkWeights(given: unknown, count: number): Float64Array {
  const numbers = asNumbers(given) ?? refuse("sampleWeight", "an array of numbers", show(given));
  checkCount("sampleWeight", numbers.length, count);
  const weights = allocate("sampleWeight", Float64Array, count, 1);
  for (let row = 0; row < count; row++) weights[row] = checkWeight(`sampleWeight, row ${row + 1}`, numbers[row]);
  totalOf("data set", weights, count);
  return weights;
}

function checkMatrix(
  what: "input" | "target",
  given: unknown,
  givenWidth: number | undefined,
  givenNames: readonly string[] | undefined,
  expectedCount?: number,
): Matrix {
  const where = `${what}s`;
  const source = asNumbers(given) ?? refuse(where, "an array of rows or a typed array", show(given));
  if (source.length === 0) refuse(where, "at least one row", "none");
  if (typeof source[0] === "string") refuseText(what, source[0]);
  const width = rowWidth(what, source, givenWidth);
  const flat = isFlat(source);
  const count = flat ? source.length / width : source.length;
  if (!Number.isInteger(count)) {
    refuse(where, `a multiple of ${what}Width ${width} numbers`, String(source.length));
  }
  checkCount(where, count, expectedCount);
  const names = givenNames === undefined ? undefined : checkNameCount(`${what}Names`, givenNames, width);
  const columns = Array.from({ length: width }, (_, i): Column => ({
    kind: "number",
    ...(names && { name: names[i]! }),
  }));
  const places = placeNames(columns, what === "input" ? "x" : "y");
  const columnAt = (i: number) => show(places[i]);
  const values = flat
    ? keepFlat(where, source, count, width, columnAt)
    : copyRows(where, source, width, `${width} numbers, as in row 1`, columnAt);
  return { values, count, columns };
}

function refuseText(what: "input" | "target", text: string): never {
  const hint =
    what === "target" ? "whole numbers from 0 as labels, or a table with categorical" : "a table with categorical";
  return refuse(`${what}s, row 1`, `numbers (for classes by name: ${hint})`, show(text));
}

function rowWidth(what: "input" | "target", source: ArrayLike<unknown>, given: number | undefined): number {
  const bounds = { integer: true, min: 1, max: maxWidth };
  const width = given === undefined ? undefined : checkNumber(`${what}Width`, given, bounds);
  if (isFlat(source)) {
    if (width === undefined && what === "input") refuse("inputWidth", "the width of a row of flat inputs", "none");
    return width ?? 1;
  }
  const first = source[0];
  const { length } = asNumbers(first) ?? refuse(`${what}s, row 1`, "an array of numbers", show(first));
  if (width !== undefined && length !== width) refuse(`${what}s, row 1`, `${width} numbers`, `${length}`);
  return checkNumber(`${what}s, width of row 1`, length, bounds);
}

/** Floats are looked at and kept, other numbers copied. */
function keepFlat(
  where: string,
  source: ArrayLike<unknown>,
  count: number,
  width: number,
  columnAt: (index: number) => string,
): Floats {
  if (isFloat32(source) && hasOnlyFinite(source)) return source;
  const kept = isFloats(source) ? source : undefined;
  const values = kept ?? allocate<Floats>(where, isNarrow(source) ? Float32Array : Float64Array, count, width);
  for (let i = 0; i < values.length; i++) {
    const value = source[i];
    if (!Number.isFinite(value)) {
      refuse(
        `${where}, row ${Math.floor(i / width) + 1}, column ${columnAt(i % width)}`,
        "a finite number",
        show(value),
      );
    }
    if (!kept) values[i] = value as number;
  }
  return values;
}

/** A copy in float64. Each row, and each number of it, is asked for once: what was checked is what is kept. */
function copyRows(
  where: string,
  source: ArrayLike<unknown>,
  width: number,
  expected: string,
  columnAt: (index: number) => string,
): Float64Array {
  const rows: ArrayLike<unknown>[] = [];
  for (let row = 0; row < source.length; row++) {
    const given = source[row];
    const numbers = asNumbers(given) ?? refuse(`${where}, row ${row + 1}`, "an array of numbers", show(given));
    const { length } = numbers;
    if (length !== width) refuse(`${where}, row ${row + 1}`, expected, String(length));
    rows.push(numbers);
  }
  const values = allocate(where, Float64Array, rows.length, width);
  for (let row = 0; row < rows.length; row++) {
    const numbers = rows[row]!;
    for (let column = 0; column < width; column++) {
      const value = numbers[column];
      if (!Number.isFinite(value)) {
        refuse(`${where}, row ${row + 1}, column ${columnAt(column)}`, "a finite number", show(value));
      }
      values[row * width + column] = value as number;
    }
  }
  return values;
}

function oneHot(given: unknown, givenClasses: unknown, givenNames: unknown, expectedCount: number): Matrix {
  const labels = asNumbers(given) ?? refuse("labels", "an array of whole numbers", show(given));
  const count = labels.length;
  checkCount("labels", count, expectedCount);
  if (typeof labels[0] === "string")
    refuse("labels, row 1", "a whole number (see categorical for text)", show(labels[0]));
  const bounds = { integer: true, min: 1, max: maxWidth };
  const limit = givenClasses === undefined ? maxWidth : checkNumber("classes", givenClasses, bounds);
  const places = allocate("labels", Float64Array, count, 1);
  let largest = 0;
  for (let i = 0; i < count; i++) {
    places[i] = checkNumber(`labels, row ${i + 1}`, labels[i], { integer: true, min: 0, max: limit - 1 });
    largest = Math.max(largest, places[i]!);
  }
  const width = givenClasses === undefined ? largest + 1 : limit;
  const values = allocate("labels", Float32Array, count, width);
  for (let i = 0; i < count; i++) values[i * width + places[i]!] = 1;
  const column: Column =
    givenNames === undefined
      ? {
          kind: "category",
          name: "class",
          categories: Array.from({ length: width }, (_, i) => String(i)),
          labels: true,
        }
      : { kind: "category", categories: checkNameCount("targetNames", givenNames, width) };
  return { values, count, columns: [column] };
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
  // By index: a hole of a sparse array is no name, and an array may have an iterator of its own.
  for (let i = 0; i < names.length; i++) {
    const name: unknown = names[i];
    if (typeof name !== "string") refuse(where, "names that are strings", show(name));
    if (seen.has(name)) refuse(where, "each name once", `${show(name)} twice`);
    seen.add(name);
  }
  return Object.freeze(Array.from(seen));
}

function checkNameCount(where: string, given: unknown, width: number): readonly string[] {
  if (Array.isArray(given) && given.length !== width) refuse(where, `${width} names`, String(given.length));
  const names = checkNames(where, given);
  return names.length === width ? names : refuse(where, `${width} names`, String(names.length));
}

/** The columns, those marked that `given` asks for: all, none, or some by name. */
function askToStandardize(columns: readonly Column[], given: unknown): readonly Column[] {
  if (given === undefined || given === false) return columns;
  const names = placeNames(columns, "x");
  const table = Object.fromEntries(names.map((name) => [name, name]));
  const asked = new Set(
    given === true
      ? names
      : checkNames("standardize", given).map((name) => lookUp("standardize", "a column", name, table)),
  );
  return columns.map((column, i) =>
    column.kind === "number" && asked.has(names[i]!) ? { ...column, standardize: true } : column,
  );
}

/** An array, or a typed array as a plain one of this realm; undefined for anything else, and for an array without a length. */
function asNumbers(value: unknown): ArrayLike<unknown> | undefined {
  if (typedArrayName(value) !== undefined) return plainArray(value as Floats);
  return Array.isArray(value) && Number.isSafeInteger(value.length) && value.length >= 0 ? value : undefined;
}

/** Whether this is an array or a typed array; what is in it is another question. */
export function isNumbers(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || typedArrayName(value) !== undefined;
}

/** Whether the rows lie one after the other; an array says so by its first element. */
function isFlat(source: ArrayLike<unknown>): boolean {
  return ArrayBuffer.isView(source) || typeof source[0] === "number";
}

/** Whether float32 holds every number of such an array exactly. */
function isNarrow(source: ArrayLike<unknown>): boolean {
  return ArrayBuffer.isView(source) && "BYTES_PER_ELEMENT" in source && (source.BYTES_PER_ELEMENT as number) < 4;
}

/**
 * Looks again at rows that were checked when they were made: their arrays belong to the caller, whose buffer may have
 * shrunk, grown or gone since.
 * @throws InvalidInputError unless there are still as many numbers as rows.
 */
export function checkLengths(where: string, { count, schema, inputs, targets, weights }: Rows): void {
  for (const [what, values, columns] of [
    ["inputs", inputs, schema.inputs],
    ["targets", targets, schema.targets],
  ] as const) {
    const length = count * widthOf(columns);
    checkLength(`${where}: ${what}`, values, length);
  }
  if (weights) checkLength(`${where}: sampleWeight`, weights, count);
}

export function checkLength(where: string, values: Floats, length: number): void {
  if (values.length === length) return;
  refuse(where, `${length} numbers, as there were`, `${values.length} (was the buffer resized or sent?)`);
}

/** Checked inputs: an array of their numbers, row-major, [count, width]. */
export interface Inputs {
  readonly values: Floats;
  readonly count: number;
}

/** [width] each: between which numbers the inputs of each column must lie, so that the engine can hold what becomes of them. */
export interface Limits {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * Rows of a known width: nested, flat in a typed array, or a single one. Floats are not copied.
 * @throws InvalidInputError for no rows, another width, or a number that is not finite, in float32 where `single`, or beyond
 *   the limits.
 */
export function checkInputs(
  where: string,
  given: unknown,
  width: number,
  single: boolean,
  limits?: Limits | undefined,
): Inputs {
  const values = isFloats(given) ? given : copyInputs(where, given, width);
  const length = trueLength(values);
  if (length === 0) refuse(where, "at least one row", "none");
  const count = length / width;
  if (!Number.isInteger(count)) refuse(where, `rows of ${width} numbers`, `${length} numbers`);
  checkFinite(where, values, width, { single, limits });
  return { values, count };
}

/** What is not of floats already, as such. */
function copyInputs(where: string, given: unknown, width: number): Floats {
  const source = asNumbers(given) ?? refuse(where, `rows of ${width} numbers`, show(given));
  if (source.length === 0) refuse(where, "at least one row", "none");
  const columnAt = (i: number) => String(i + 1);
  if (ArrayBuffer.isView(source)) return keepFlat(where, source, source.length, 1, columnAt);
  if (!isFlat(source)) return copyRows(where, source, width, `${width} numbers`, columnAt);
  if (source.length === width) return keepFlat(where, source, 1, width, columnAt);
  return refuse(where, `a row of ${width} numbers, or an array of rows`, `a row of ${source.length}`);
}

/** What numbers are looked at for, and how errors call their places. */
interface Look {
  readonly single: boolean;
  readonly limits?: Limits | undefined;
  /** The number of the first row. */
  readonly first?: number;
  readonly names?: readonly string[];
}

/** @throws InvalidInputError for a number that is not finite, in float32 where `single`, or beyond the limits. */
export function checkFinite(where: string, values: Floats, width: number, look: Look): void {
  const { single, limits, first = 1, names = [] } = look;
  if (limits ? areWithin(values, width, limits) : isFloat32(values) && hasOnlyFinite(values)) return;
  const length = trueLength(values);
  for (let i = 0; i < length;) {
    for (let j = 0; j < width; j++, i++) {
      const value = values[i]!;
      const isHeld = Number.isFinite(single ? Math.fround(value) : value);
      if (isHeld && (!limits || (value >= limits.low[j]! && value <= limits.high[j]!))) continue;
      const held = single ? " that float32 can hold" : "";
      const size = `a finite number${held}${isHeld ? " when it is standardized" : ""}`;
      const name = names[j] === undefined || names[j] === `x${j + 1}` ? "" : ` (${show(names[j])})`;
      refuse(`${where}, row ${first + Math.floor(i / width)}, column ${j + 1}${name}`, size, show(value));
    }
  }
}

/** Whether all numbers lie between the limits of their columns, which are finite. */
function areWithin(values: Floats, width: number, { low, high }: Limits): boolean {
  const length = trueLength(values);
  for (let i = 0; i < length;) {
    for (let j = 0; j < width; j++, i++) if (!(values[i]! >= low[j]! && values[i]! <= high[j]!)) return false;
  }
  return true;
}

/**
 * By their sum, which asks nothing of each number: float64 holds that of any finite float32 numbers, and with one that is
 * not finite the sum is not either.
 */
function hasOnlyFinite(values: Float32Array): boolean {
  let sum = 0;
  const length = trueLength(values);
  const whole = length & ~3;
  // By fours, so that one addition in four has to wait for the last.
  for (let i = 0; i < whole; i += 4) sum += values[i]! + values[i + 1]! + (values[i + 2]! + values[i + 3]!);
  for (let i = whole; i < length; i++) sum += values[i]!;
  return Number.isFinite(sum);
}
