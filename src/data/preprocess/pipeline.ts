/**
 * What a network has learned of its columns, as plain data that is saved with it: their names and order, their categories and
 * classes, and by what numbers are standardized. How rows are encoded by it: `conform.ts`.
 */
import { checkNumber, refuse } from "../../ground/errors.ts";
import { type CategoryColumn, checkSchema, type Column, type NumberColumn, type Schema, widthOf } from "../schema.ts";
import { inOrder, type TargetHead } from "./heads.ts";
import type { Standardization } from "./standardize.ts";

/** A column of numbers: x = (number - mean) / std where it is standardized. */
export interface LearnedNumber {
  readonly kind: "number";
  /** Absent where nobody has named it: such columns go by their places. */
  readonly name?: string;
  readonly mean?: number;
  readonly std?: number;
}

export type LearnedColumn = LearnedNumber | CategoryColumn;

export interface Preprocessing {
  readonly inputs: readonly LearnedColumn[];
  readonly targets: readonly LearnedColumn[];
}

/** Whether columns go by their names rather than by their places. */
export function isNamed(columns: readonly (Column | LearnedColumn)[]): boolean {
  return columns.some((column) => column.kind === "category" || column.name !== undefined);
}

/**
 * What is known after rows of this schema: what was known before, and names where there were none, in the order of the
 * network's heads, if it has some. Null where there is nothing to know.
 */
export function learnColumns(
  before: Preprocessing | null,
  schema: Schema,
  heads: readonly TargetHead[] = [],
): Preprocessing | null {
  const inputs = learnSide(before?.inputs, schema.inputs);
  const targets = learnSide(before?.targets, inOrder("targets", schema.targets, heads));
  if (before === null && !isNamed(inputs) && !isNamed(targets)) return null;
  return Object.freeze({ inputs, targets });
}

function learnSide(before: readonly LearnedColumn[] | undefined, given: readonly Column[]): readonly LearnedColumn[] {
  if (before !== undefined && (isNamed(before) || !isNamed(given))) return before;
  const known = before && standardizationOf({ inputs: before, targets: [] });
  let place = 0;
  const learned = given.map((column): LearnedColumn => {
    const at = place;
    place += widthOf([column]);
    if (column.kind === "category") return column;
    const named = column.name === undefined ? {} : { name: column.name };
    return Object.freeze({ kind: "number", ...named, ...(known && { mean: known.mean[at]!, std: known.std[at]! }) });
  });
  // Numbers that were standardized by hand cannot become categories: they go on by their places.
  const fits = !known || given.every((column) => column.kind === "number");
  return fits ? Object.freeze(learned) : before!;
}

/** [places of the inputs] each; null where no column is standardized. */
export function standardizationOf(preprocessing: Preprocessing | null): Standardization | null {
  const columns = preprocessing?.inputs ?? [];
  if (!columns.some((column) => column.kind === "number" && column.mean !== undefined)) return null;
  const mean: number[] = [];
  const std: number[] = [];
  for (const column of columns) {
    const width = column.kind === "number" ? 1 : column.categories.length;
    for (let i = 0; i < width; i++) {
      mean.push(column.kind === "number" ? (column.mean ?? 0) : 0);
      std.push(column.kind === "number" ? (column.std ?? 1) : 1);
    }
  }
  return Object.freeze({ mean: Object.freeze(mean), std: Object.freeze(std) });
}

/**
 * The same, standardized; columns that nobody knows yet have no names.
 * @throws InvalidInputError for categories that are to be standardized.
 */
export function withStandardization(
  where: string,
  preprocessing: Preprocessing | null,
  { mean, std }: Standardization,
  outputs: number,
): Preprocessing {
  const unnamed = (length: number) => Array.from({ length }, (): LearnedColumn => Object.freeze({ kind: "number" }));
  const { inputs, targets } = preprocessing ?? { inputs: unnamed(mean.length), targets: unnamed(outputs) };
  let place = 0;
  const standardized = inputs.map((column): LearnedColumn => {
    const at = place;
    if (column.kind === "number") {
      place++;
      return Object.freeze({ ...column, mean: mean[at]!, std: std[at]! });
    }
    for (; place < at + column.categories.length; place++) {
      if (mean[place] === 0 && std[place] === 1) continue;
      refuse(`${where}: standardization of input ${place + 1}`, "mean 0 and std 1 for a category", `mean ${mean[place]} and std ${std[place]}`); // prettier-ignore
    }
    return column;
  });
  return Object.freeze({ inputs: Object.freeze(standardized), targets: Object.freeze(targets) });
}

/**
 * A frozen copy of what was saved.
 * @throws InvalidInputError, the column named, for what does not describe so many inputs and outputs.
 */
export function checkPreprocessing(where: string, given: unknown, inputs: number, outputs: number): Preprocessing {
  // Read once: what is looked at here is what is used.
  const raw = copyOf(where, given, inputs);
  const schema = checkSchema(where, raw);
  for (const [what, width] of [
    ["inputs", inputs],
    ["targets", outputs],
  ] as const) {
    const found = widthOf(schema[what]);
    if (found !== width) refuse(`${where}, ${what}`, `columns of ${width} numbers in all`, String(found));
  }
  const scales = (raw as Preprocessing).inputs as readonly LearnedNumber[];
  return Object.freeze({
    inputs: Object.freeze(
      schema.inputs.map((column, i) => readScale(`${where}, inputs, column ${i + 1}`, column, scales[i]!)),
    ),
    targets: schema.targets,
  });
}

/** Of no more columns than there are inputs, so that nobody's claim of a length takes memory. */
function copyOf(where: string, given: unknown, limit: number): unknown {
  if (typeof given !== "object" || given === null) return given;
  const { inputs, targets } = given as { readonly inputs: unknown; readonly targets: unknown };
  if (!Array.isArray(inputs)) return { inputs, targets };
  const { length } = inputs;
  if (length > limit) refuse(`${where}, inputs`, `at most ${limit} columns`, String(length));
  return { inputs: Array.from(inputs as unknown[]), targets };
}

function readScale(where: string, column: Column, { mean, std }: LearnedNumber): LearnedColumn {
  if (column.kind === "category" || (mean === undefined && std === undefined)) return column;
  const { name }: NumberColumn = column;
  return Object.freeze({
    kind: "number",
    ...(name === undefined ? {} : { name }),
    mean: checkNumber(`${where}, mean`, mean),
    std: checkNumber(`${where}, std`, std, { above: 0 }),
  });
}
