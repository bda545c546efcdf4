/**
 * Rows of one data set as a network that has learned from another takes them: its columns by their names, in its order, and
 * its categories. What it cannot know is refused by name. Columns without names go by their places.
 */
import { refuse, show } from "../../ground/errors.ts";
import { type Floats, isFloat32 } from "../../ground/floats.ts";
import type { Pieces } from "../../ground/pieces.ts";
import { allocate, type Rows } from "../rows.ts";
import { type CategoryColumn, type Column, placeNames, type Schema, widthOf } from "../schema.ts";
import { areOfHeads, headOf, inOrder, type TargetHead } from "./heads.ts";
import { isNamed, type LearnedColumn, type Preprocessing } from "./pipeline.ts";

/** Rows as wide as a network is. */
export interface EncodedRows {
  readonly count: number;
  readonly inputWidth: number;
  readonly targetWidth: number;
  readonly inputs: Floats;
  readonly targets: Floats;
  /** [count]; undefined where all rows weigh 1. */
  readonly weights: Floats | undefined;
  /** A name for each input, for messages. */
  readonly inputNames: readonly string[];
  /** The number of the first one, from 0. */
  readonly first: number;
}

/** A category that the network has not learned, in the place of the data set that says so. */
interface Stray {
  readonly place: number;
  readonly category: string;
  readonly column: CategoryColumn;
}

/** Where the numbers of a row come from. */
interface Side {
  readonly width: number;
  /** [width] in a row of the data set, -1 where it has no such category; undefined where the rows are right as they are. */
  readonly from: Int32Array | undefined;
  readonly strays: readonly Stray[];
}

export interface Conformity {
  readonly inputs: Side;
  readonly targets: Side;
}

/** How many inputs and outputs a network has. */
export interface Widths {
  readonly inputs: number;
  readonly outputs: number;
  /** In order, where outputs are those of heads. */
  readonly heads: readonly TargetHead[];
}

/** How many numbers are encoded at once: well below a millisecond. */
const PIECE = 32_768;

/**
 * How rows are to be encoded for a network that has learned `known`.
 * @throws InvalidInputError where columns do not fit: in their names if both have some, or else in their number.
 */
export function conform(
  where: string,
  rows: Pick<Rows, "schema"> & Partial<Rows>,
  known: Preprocessing | null,
  widths: Widths,
): Conformity {
  const { schema } = rows;
  return {
    inputs: conformInputs(where, schema, known, widths.inputs),
    targets: conformTargets(where, rows, known, widths),
  };
}

/** Those of heads are found by the names of these, wherever they lie. */
function conformTargets(
  where: string,
  { schema, targets }: Pick<Rows, "schema"> & Partial<Rows>,
  known: Preprocessing | null,
  { outputs, heads }: Widths,
): Side {
  const given = schema.targets;
  if (!areOfHeads(where, given, heads)) {
    return conformSide(where, "targets", given, known?.targets, outputs, () => targetHint(schema, targets, outputs));
  }
  const columns = inOrder(where, given, heads);
  if (!known || !goByName(known.targets, columns)) {
    for (const { name, units } of heads) {
      const own = columns.filter((column) => headOf(column) === name);
      const hint = targetHint({ ...schema, targets: own }, undefined, units);
      if (widthOf(own) !== units)
        refuse(`${where}: head ${show(name)}`, `${units} targets a row`, `${widthOf(own)}${hint}`);
    }
  }
  const side = conformSide(where, "targets", columns, known?.targets, outputs, () => "");
  const starts = new Map(given.map((column, i) => [column, widthOf(given.slice(0, i))]));
  const places = columns.flatMap((column) =>
    Array.from({ length: widthOf([column]) }, (_, i) => starts.get(column)! + i),
  );
  if (places.every((place, i) => place === i)) return side;
  const from = side.from?.map((place) => (place < 0 ? place : places[place]!)) ?? Int32Array.from(places);
  return { ...side, from, strays: side.strays.map((stray) => ({ ...stray, place: places[stray.place]! })) };
}

export function conformInputs(where: string, schema: Schema, known: Preprocessing | null, width: number): Side {
  return conformSide(where, "inputs", schema.inputs, known?.inputs, width, () => "");
}

/** A name for each input, for messages; none where they lie otherwise than in the rows. */
export function namesFor(schema: Schema, { inputs }: Conformity): readonly string[] {
  return inputs.from ? [] : placeNames(schema.inputs, "x");
}

/**
 * The rows, encoded. first: the number of the first one, from 0.
 * @throws InvalidInputError, row and column named, for a category that the network has not learned.
 */
export function* encodeRows(where: string, rows: Rows, conformity: Conformity, first = 0): Pieces<EncodedRows> {
  const { count, schema } = rows;
  const inputs = yield* encodeSide(where, rows.inputs, count, conformity.inputs, first);
  const targets = yield* encodeSide(where, rows.targets, count, conformity.targets, first);
  return {
    count,
    inputWidth: conformity.inputs.width,
    targetWidth: conformity.targets.width,
    inputs,
    targets,
    weights: rows.weights,
    inputNames: namesFor(schema, conformity),
    first,
  };
}

/** One side of the rows, encoded. */
export function* encodeSide(where: string, values: Floats, count: number, side: Side, first = 0): Pieces<Floats> {
  const { from, width, strays } = side;
  if (!from) return values;
  const given = values.length / count;
  const to = allocate<Floats>(where, isFloat32(values) ? Float32Array : Float64Array, count, width);
  const step = Math.max(1, Math.floor(PIECE / (width + given)));
  for (let begin = 0; begin < count; begin += step) {
    for (let row = begin; row < Math.min(begin + step, count); row++) {
      const at = row * given;
      for (const stray of strays)
        if (values[at + stray.place] !== 0) refuseStray(`${where}, row ${first + row + 1}`, stray);
      for (let i = 0; i < width; i++) if (from[i]! >= 0) to[row * width + i] = values[at + from[i]!]!;
    }
    yield;
  }
  return to;
}

function refuseStray(where: string, { category, column }: Stray): never {
  const hint = `(unknown: "ignore", as the table is read, makes zeros of it)`;
  return refuse(
    column.name === undefined ? where : `${where}, column ${show(column.name)}`,
    `a category that training had: one of ${listed(column.categories)}`,
    `${show(category)} ${hint}`,
  );
}

function conformSide(
  where: string,
  what: "inputs" | "targets",
  given: readonly Column[],
  learned: readonly LearnedColumn[] | undefined,
  width: number,
  hint: () => string,
): Side {
  if (learned && goByName(learned, given)) return matchNames(`${where}: ${what}`, given, learned, width);
  const found = widthOf(given);
  if (found !== width) refuse(where, `${width} ${what} a row`, `${found}${hint()}`);
  return { width, from: undefined, strays: [] };
}

/** Plain labels have no names but numbers, which are places among classes that do have names. */
function goByName(learned: readonly LearnedColumn[], given: readonly Column[]): boolean {
  if (!isNamed(learned) || !isNamed(given)) return false;
  return areLabels(learned) === areLabels(given);
}

function areLabels(columns: readonly (Column | LearnedColumn)[]): boolean {
  return columns.some((column) => column.kind === "category" && column.labels === true);
}

function matchNames(where: string, given: readonly Column[], learned: readonly LearnedColumn[], width: number): Side {
  const from = new Int32Array(width).fill(-1);
  const strays: Stray[] = [];
  const names = placeNames(given, "");
  const places = new Map(names.map((name, place) => [name, place]));
  const others = new Set(names.keys());
  const columns = startsOf(given);
  const expected = `the columns of training: ${listed(learned.map(called))}`;
  let at = 0;
  for (const column of learned) {
    const part = from.subarray(at, (at += widthOf([column])));
    const same = columns.get(column.name ?? "");
    if (same && same.column.kind === "category" && column.kind === "category") {
      matchCategories(part, strays, same.column, same.start, column);
      for (let i = 0; i < same.column.categories.length; i++) others.delete(same.start + i);
      continue;
    }
    if (same && same.column.kind !== column.kind) refuseKind(where, column, same.column);
    for (const [i, name] of placeNames([column], "").entries()) {
      // A column by its name; only where there is none, numbers may be categories: `sex=a` is also one of `sex`.
      const place = column.name !== undefined && same ? same.start : places.get(name);
      if (place === undefined || !others.delete(place)) refuse(where, expected, `none for ${show(name)}`);
      part[i] = place;
    }
  }
  const [other] = others;
  if (other !== undefined) refuse(where, expected, `another one, ${show(names[other])}`);
  const isSame = widthOf(given) === width && strays.length === 0 && from.every((place, i) => place === i);
  return { width, from: isSame ? undefined : from, strays };
}

/** The place of each learned category; those that were not learned are strays, unless they are to be ignored. */
function matchCategories(
  from: Int32Array,
  strays: Stray[],
  given: CategoryColumn,
  start: number,
  column: CategoryColumn,
): void {
  const places = new Map(column.categories.map((category, place) => [category, place]));
  const ignores = column.unknown === "ignore" || given.unknown === "ignore";
  given.categories.forEach((category, i) => {
    const place = places.get(category);
    if (place !== undefined) from[place] = start + i;
    else if (!ignores) strays.push({ place: start + i, category, column });
  });
}

function startsOf(columns: readonly Column[]): Map<string, { readonly column: Column; readonly start: number }> {
  let start = 0;
  return new Map(
    columns.map((column) => {
      const entry = { column, start };
      start += widthOf([column]);
      return [column.name ?? "", entry];
    }),
  );
}

function refuseKind(where: string, learned: LearnedColumn, given: Column): never {
  const kinds = { number: "numbers", category: "categories" };
  return refuse(`${where}, column ${show(learned.name)}`, `${kinds[learned.kind]}, as in training`, kinds[given.kind]);
}

/** How messages call a column. */
function called(column: LearnedColumn): string {
  return column.name ?? (column.kind === "category" ? column.categories.join("/") : "(no name)");
}

/** Names in a row, those that fit into a message. */
function listed(names: readonly string[]): string {
  return (
    names
      .slice(0, 20)
      .map((name) => name.slice(0, 40))
      .join(", ") + (names.length > 20 ? ", ..." : "")
  );
}

/** What to do with targets that are not as many as the network's outputs. */
function targetHint(schema: Schema, targets: Floats | undefined, outputs: number): string {
  const width = widthOf(schema.targets);
  if (!areLabels(schema.targets)) return width === 1 && outputs > 1 ? " (classes by their numbers go as labels)" : "";
  if (width < outputs) return ` (classes: ${outputs} makes room for those that have no row here)`;
  const hasFirst = targets?.some((target, i) => i % width === 0 && target !== 0) ?? true;
  return hasFirst ? ` (labels from 0 to ${width - 1})` : " (labels start at 0: labels.map((label) => label - 1))";
}
