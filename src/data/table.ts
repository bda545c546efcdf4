/**
 * Tables: how a row of text becomes numbers and categories, and the data set that remembers it, so that records which come
 * later are encoded like those it was made of. Files and their syntax belong to `formats/`.
 */
import { type Cells, readNumber } from "./cells.ts";
import { Dataset, withRows } from "./dataset.ts";
import { checkNumber, lookUp, nearest, refuse, show } from "../ground/errors.ts";
import type { Rows } from "./rows.ts";
import type { CategoryColumn } from "./schema.ts";

/** A row as `where` and `derive` functions get it: column name to text. A name that is no column is refused. */
export type TableRow = Record<string, string>;

/** A row to encode: what the table's file would have in these columns, as text or as it is. */
export type TableRecord = Readonly<Record<string, string | number | boolean>>;

/** The value of a new column in a row. */
export type Derive = (row: TableRow) => number | boolean;

/** A column in use: of the table, or derived from others. */
export interface TableColumn {
  readonly name: string;
  readonly derive: Derive | undefined;
  /** Whether its values are the names of categories rather than numbers. */
  readonly categorical: boolean;
}

/** Which texts stand for a missing value in a column. */
export type Marks = (column: string) => ReadonlySet<string>;

/** What a row has in a column: a number or the name of a category. */
export type Cell = number | string;

/** Reads cells of a row, of which `places` gives the place of each column. */
export class RowReader {
  readonly #places: ReadonlyMap<string, number>;
  readonly #cells: Cells;
  readonly #marks: Marks;
  #where = "";
  #row: TableRow | undefined;
  #sawMissing = false;

  constructor(places: ReadonlyMap<string, number>, cells: Cells, marks: Marks) {
    this.#places = places;
    this.#cells = cells;
    this.#marks = marks;
  }

  /** Begins with the row that the cells have now; errors call it so. */
  begin(where: string): void {
    this.#where = where;
    this.#row = undefined;
  }

  /** The row for the caller's functions, which may keep it; made when first asked for, since plain columns do without it. */
  get row(): TableRow {
    return (this.#row ??= this.#makeRow());
  }

  #makeRow(): TableRow {
    const cells = this.#cells;
    const texts = new Map<string, string>();
    const quoted = new Set<string>();
    for (const [name, place] of this.#places) {
      texts.set(name, cells.text(place));
      if (cells.isQuoted(place)) quoted.add(name);
    }
    // A misspelt name would read as undefined, make every comparison false, and pass unnoticed.
    return new Proxy(Object.fromEntries(texts), {
      get: (_, name) => {
        if (typeof name !== "string") return undefined;
        const text = texts.get(name);
        if (text === undefined) return this.#place(name);
        this.#sawMissing ||= this.#isMissing(name, text, quoted.has(name));
        return text;
      },
    });
  }

  /**
   * Reads the cells of these columns: undefined, or the first column of which the value is missing. `known` says which
   * categories there are, whatever they look like.
   */
  read(to: Cell[], columns: readonly TableColumn[], known?: (column: string, text: string) => boolean) {
    for (let j = 0; j < columns.length; j++) {
      const column = columns[j]!;
      const cell = column.derive
        ? this.#derived(column, column.derive)
        : column.categorical
          ? this.#category(column.name, known)
          : this.#number(column.name);
      if (cell === undefined) return column;
      to[j] = cell;
    }
    return undefined;
  }

  place(column: string): string {
    return `${this.#where}, column ${show(column)}`;
  }

  #place(name: string): number {
    const place = this.#places.get(name);
    if (place !== undefined) return place;
    const hint = nearest(name, [...this.#places.keys()]);
    return refuse(this.place(name), "a value", hint === undefined ? "none" : `none (did you mean ${show(hint)}?)`);
  }

  #isMissing(name: string, text: string, isQuoted: boolean): boolean {
    if (isQuoted) return text === "";
    const trimmed = text.trim();
    return trimmed === "" || this.#marks(name).has(trimmed);
  }

  #number(name: string): number | undefined {
    const place = this.#place(name);
    const value = this.#cells.number(place);
    // A number may be a mark as well: -999, say.
    if (!Number.isNaN(value) && !hasNumbers(this.#marks(name))) return value;
    const text = this.#cells.text(place);
    if (this.#isMissing(name, text, this.#cells.isQuoted(place))) return undefined;
    if (!Number.isNaN(value)) return value;
    if (this.#marks(name).has(text.trim())) {
      refuse(this.place(name), "a number", `${show(text)} in quotes, which is text and marks nothing`);
    }
    return refuse(this.place(name), "a number", `${show(text)} (categorical: [${show(name)}] takes text)`);
  }

  /** Blanks around a text that is not in quotes belong to nobody. */
  #category(name: string, known?: (column: string, text: string) => boolean): string | undefined {
    const place = this.#place(name);
    const text = this.#cells.text(place);
    if (known?.(name, text)) return text;
    const isQuoted = this.#cells.isQuoted(place);
    if (this.#isMissing(name, text, isQuoted)) return undefined;
    return isQuoted ? text : text.trim();
  }

  #derived({ name, categorical }: TableColumn, derive: Derive): Cell | undefined {
    this.#sawMissing = false;
    const value: unknown = derive(this.row);
    if (Number.isNaN(value) && this.#sawMissing) return undefined;
    const number = typeof value === "boolean" ? Number(value) : checkNumber(`${this.place(name)}, derived`, value);
    return categorical ? String(value) : number;
  }
}

const numeric = new WeakMap<ReadonlySet<string>, boolean>();

/** Whether one of the marks is a number. */
function hasNumbers(marks: ReadonlySet<string>): boolean {
  const found = numeric.get(marks) ?? [...marks].some((mark) => !Number.isNaN(readNumber(mark, 0, mark.length)));
  numeric.set(marks, found);
  return found;
}

/** What a table's inputs are read by. */
export interface TableReading {
  /** In the order of the schema's inputs. */
  readonly columns: readonly TableColumn[];
  readonly marks: Marks;
}

/** A data set that was read from a table, see `loadCsv`. */
export class TableDataset extends Dataset {
  /** How many rows of the table were left out for a missing value. */
  readonly dropped: number;
  readonly #reading: TableReading;

  /** Trusts its caller: `loadCsv` and `parseCsv` are the doors. */
  constructor(rows: Rows, reading: TableReading, dropped: number) {
    super(rows);
    this.#reading = reading;
    this.dropped = dropped;
    if (new.target === TableDataset) Object.freeze(this);
  }

  /**
   * Records as input rows for a network that learned from this table, [records, inputWidth], row-major: by the same
   * columns, derive functions and categories. Not standardized: the network does that. A boolean in a column of
   * numbers is 0 or 1. Columns that are not used may be absent.
   * @throws InvalidInputError for a column that is absent or missing its value, a category that the whole table did
   *   not have (unless it was read with `unknown: "ignore"`, which makes zeros of it), and no records.
   */
  encode(records: TableRecord | readonly TableRecord[]): Float64Array {
    const list: readonly unknown[] = Array.isArray(records) ? records : [records];
    if (list.length === 0) refuse("encode", "at least one record", "none");
    const { columns, marks } = this.#reading;
    const places = this.#categoryPlaces();
    const known = (column: string, text: string) => places.get(column)!.has(text);
    const rows: number[] = [];
    for (let i = 0; i < list.length; i++) {
      const where = `record ${i + 1}`;
      const texts = this.#texts(where, list[i]);
      const names = new Map([...texts.keys()].map((name, at) => [name, at]));
      const reader = new RowReader(names, cellsOf([...texts.values()]), marks);
      reader.begin(where);
      const cells: Cell[] = [];
      const missing = reader.read(cells, columns, known);
      if (missing) refuse(reader.place(missing.name), "a value", "a missing one");
      for (const [j, cell] of cells.entries()) {
        if (typeof cell === "number") rows.push(cell);
        else rows.push(...oneHot(reader.place(columns[j]!.name), this.schema.inputs[j] as CategoryColumn, cell));
      }
    }
    return Float64Array.from(rows);
  }

  protected override [withRows](rows: Rows): this {
    return new TableDataset(rows, this.#reading, this.dropped) as this;
  }

  #categoryPlaces(): Map<string, ReadonlySet<string>> {
    return new Map(
      this.schema.inputs.map((column) => [column.name!, new Set(column.kind === "category" ? column.categories : [])]),
    );
  }

  /** The record as a row of the table's file. What is neither text, number nor boolean is as good as absent. */
  #texts(where: string, record: unknown): Map<string, string> {
    if (typeof record !== "object" || record === null) refuse(where, "an object of column values", show(record));
    const numbers = new Set(this.#reading.columns.filter((c) => !c.derive && !c.categorical).map((c) => c.name));
    const texts = new Map<string, string>();
    for (const [name, value] of Object.entries(record)) {
      if (typeof value === "boolean" && numbers.has(name)) texts.set(name, String(Number(value)));
      else if (["string", "number", "boolean"].includes(typeof value)) texts.set(name, String(value));
    }
    return texts;
  }
}

function cellsOf(texts: readonly string[]): Cells {
  return {
    text: (place) => texts[place]!,
    isQuoted: () => false,
    number: (place) => readNumber(texts[place]!, 0, texts[place]!.length),
  };
}

function oneHot(where: string, { categories, unknown }: CategoryColumn, category: string): number[] {
  if (unknown === undefined && !categories.includes(category)) {
    lookUp(where, "a category", category, Object.fromEntries(categories.map((name) => [name, name])));
  }
  return categories.map((name) => Number(name === category));
}
