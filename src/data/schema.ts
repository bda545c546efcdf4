/**
 * What the columns of rows are, as plain data. An encoded row has one place for a column of numbers, and one for each
 * category of a column of categories: 1 for the row's own, 0 for the others.
 */

export interface NumberColumn {
  readonly kind: "number";
  /** Absent where nobody has named it: such columns go by their places. */
  readonly name?: string;
  /** Whether training is to standardize it. */
  readonly standardize?: boolean;
}

export interface CategoryColumn {
  readonly kind: "category";
  /** Absent where only the categories have names. */
  readonly name?: string;
  /** In the order of their places. */
  readonly categories: readonly string[];
  /** What becomes of a category that is not among these: it is refused, or with "ignore" a row of zeros. */
  readonly unknown?: "ignore";
}

export type Column = NumberColumn | CategoryColumn;

export interface Schema {
  readonly inputs: readonly Column[];
  readonly targets: readonly Column[];
}

/** How many numbers an encoded row has. */
export function widthOf(columns: readonly { readonly categories?: readonly string[] }[]): number {
  return columns.reduce((sum, { categories }) => sum + (categories?.length ?? 1), 0);
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
