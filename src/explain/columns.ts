/** The columns of the user's table, and the outputs, by their names: an encoded row has one place for a number, several for a category. */
import { isNamed, type LearnedColumn, type Preprocessing } from "../data/preprocess/pipeline.ts";
import { type Column, placeNames, type Schema } from "../data/schema.ts";
import { checkNumber, lookUp } from "../ground/errors.ts";
import type { NetworkShape } from "../model/shape.ts";

/** A column of inputs: places begin to end - 1 of an encoded row. */
export interface InputColumn {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
  /** In the order of their places; undefined where it holds numbers. */
  readonly categories: readonly string[] | undefined;
}

/** As the network calls them, or where it knows no names, as the data set does: x1, x2 and so on where nobody does. */
export function inputColumns(known: Preprocessing | null, { inputs }: NetworkShape, schema?: Schema): InputColumn[] {
  const columns = columnsOf(known?.inputs, schema?.inputs, inputs);
  const names = placeNames(columns, "x");
  let begin = 0;
  return columns.map((column) => {
    const categories = column.kind === "category" ? column.categories : undefined;
    const end = begin + (categories?.length ?? 1);
    const name = categories ? (column.name ?? categories.join("/")) : names[begin]!;
    const place = { name, begin, end, categories };
    begin = end;
    return place;
  });
}

/** A name for each output: `y1`, or `class=2` of classes. */
export function outputNames(
  known: Preprocessing | null,
  { outputs }: NetworkShape,
  schema?: Schema,
): readonly string[] {
  return placeNames(columnsOf(known?.targets, schema?.targets, outputs), "y");
}

function columnsOf(
  known: readonly LearnedColumn[] | undefined,
  given: readonly Column[] | undefined,
  width: number,
): readonly Column[] {
  if (known && (isNamed(known) || !given)) return known as readonly Column[];
  return given ?? Array.from({ length: width }, (): Column => ({ kind: "number" }));
}

/**
 * The place in a list of names that is meant, by name or by number from 0.
 * @throws InvalidInputError for what is not there; the nearest name is suggested.
 */
export function placeOf(where: string, what: string, names: readonly string[], given: string | number): number {
  if (typeof given === "number") return checkNumber(where, given, { integer: true, min: 0, max: names.length - 1 });
  return lookUp(where, what, given, Object.fromEntries(names.map((name, i) => [name, i])));
}
