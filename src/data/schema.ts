/**
 * What the columns of rows are, as plain data. An encoded row has one place for a column of numbers, and one for each
 * category of a column of categories: 1 for the row's own, 0 for the others.
 */
import { refuse, show } from "../ground/errors.ts";

export interface NumberColumn {
  readonly kind: "number";
  /** Absent where nobody has named it: such columns go by their places. */
  readonly name?: string;
  /** Whether training is to standardize it. */
  readonly standardize?: boolean;
  /** Of a target: the head of a network that it is for. */
  readonly head?: string;
}

export interface CategoryColumn {
  readonly kind: "category";
  /** Absent where only the categories have names. */
  readonly name?: string;
  /** In the order of their places. */
  readonly categories: readonly string[];
  /** What becomes of a category that is not among these: it is refused, or with "ignore" a row of zeros. */
  readonly unknown?: "ignore";
  /** Whether its categories are numbers of classes, from 0, and no names: places among any others. */
  readonly labels?: true;
  /** As that of a number. */
  readonly head?: string;
}

export type Column = NumberColumn | CategoryColumn;

export interface Schema {
  readonly inputs: readonly Column[];
  readonly targets: readonly Column[];
}

/** How many numbers an encoded row has. */
export function widthOf(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + (column.kind === "number" ? 1 : column.categories.length), 0);
}

/** A name for each number of an encoded row: `age`, `sex=female`, `sex=male`; `x1`, `x2` where there is none. */
export function placeNames(columns: readonly Column[], prefix: string): readonly string[] {
  const names: string[] = [];
  for (const column of columns) {
    if (column.kind === "number") names.push(column.name ?? `${prefix}${names.length + 1}`);
    else {
      const of = column.name === undefined ? "" : `${column.name}=`;
      for (const category of column.categories) names.push(of + category);
    }
  }
  return Object.freeze(names);
}

/** For each number of an encoded row, whether training is to standardize it. */
export function standardizedPlaces(columns: readonly Column[]): boolean[] {
  return columns.flatMap((column) =>
    column.kind === "number" ? [column.standardize === true] : column.categories.map(() => false),
  );
}

/**
 * A frozen copy of a schema.
 * @throws InvalidInputError, the place named, for what is none.
 */
export function checkSchema(where: string, given: unknown): Schema {
  if (typeof given !== "object" || given === null) refuse(where, "a schema", show(given));
  const { inputs, targets } = given as Schema;
  return Object.freeze({
    inputs: checkColumns(`${where}, inputs`, inputs),
    targets: checkColumns(`${where}, targets`, targets),
  });
}

function checkColumns(where: string, given: unknown): readonly Column[] {
  if (!Array.isArray(given) || given.length === 0) refuse(where, "an array of columns", show(given));
  return Object.freeze(Array.from(given as unknown[], (column, i) => checkColumn(`${where}, column ${i + 1}`, column)));
}

function checkColumn(where: string, given: unknown): Column {
  if (typeof given !== "object" || given === null) refuse(where, "a column", show(given));
  const { kind, name, standardize, categories, unknown, labels, head } = given as { [key: string]: unknown };
  if (name !== undefined && typeof name !== "string") refuse(`${where}, name`, "a string", show(name));
  if (head !== undefined && typeof head !== "string") refuse(`${where}, head`, "a string", show(head));
  const named = { ...(name === undefined ? {} : { name }), ...(head === undefined ? {} : { head }) };
  if (kind === "number") return Object.freeze({ kind, ...named, ...(standardize === true && { standardize }) });
  if (kind !== "category") return refuse(`${where}, kind`, '"number" or "category"', show(kind));
  const checked = checkCategories(`${where}, categories`, categories);
  if (unknown !== undefined && unknown !== "ignore") refuse(`${where}, unknown`, '"ignore"', show(unknown));
  const ignores = unknown === "ignore" && ({ unknown } as const);
  return Object.freeze({ kind, ...named, categories: checked, ...ignores, ...(labels === true && { labels }) });
}

function checkCategories(where: string, given: unknown): readonly string[] {
  if (!Array.isArray(given) || given.length === 0) refuse(where, "an array of names", show(given));
  const categories = Array.from(given as unknown[], (category) =>
    typeof category === "string" ? category : refuse(where, "names that are strings", show(category)),
  );
  if (new Set(categories).size < categories.length) refuse(where, "each name once", "one twice");
  return Object.freeze(categories);
}
