/**
 * Tables: how a column of text becomes numbers, and the data set that remembers it, so that records which come later
 * are encoded like those it was made of. Files and their syntax belong to `csv.ts`.
 */
import { Dataset, withRows } from "./dataset.ts";
import { checkNumber, lookUp, nearest, refuse, show } from "../ground/errors.ts";
import { allocate } from "./rows.ts";
import type { Rows } from "./rows.ts";
import type { Column as SchemaColumn } from "./schema.ts";

/** A row as `where` and `derive` functions get it: column name to text. A name that is no column is refused. */
export type TableRow = Record<string, string>;

/** A row to encode: what the table's file would have in these columns, as text or as it is. */
export type TableRecord = Readonly<Record<string, string | number | boolean>>;

/** The value of a new column in a row. */
export type Derive = (row: TableRow) => number | boolean;

/** A column in use: of the table, or derived from others. */
export interface Column {
  readonly name: string;
  readonly derive: Derive | undefined;
  /** Whether its values are the names of categories rather than numbers. */
  readonly categorical: boolean;
}

/** What a row has in a column: a number or the name of a category. */
export type Cell = number | string;

const missing = new Set(["", "NA", "NaN", "null", "?"]);
// No two parts of it match the same digits, so it takes linear time on any text.
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Reads cells of one row, of which `names` gives the place of each column; errors begin with `where`. */
export class RowReader {
  readonly #where: string;
  readonly #names: ReadonlyMap<string, number>;
  readonly #texts: readonly string[];
  #row: TableRow | undefined;
  #sawMissing = false;

  constructor(where: string, names: ReadonlyMap<string, number>, texts: readonly string[]) {
    this.#where = where;
    this.#names = names;
    this.#texts = texts;
  }

  /** The row for the caller's functions; made when first asked for, since plain columns do without it. */
  get row(): TableRow {
    const texts = () => Object.fromEntries([...this.#names].map(([name, place]) => [name, this.#texts[place]!]));
    // A misspelt name would read as undefined, make every comparison false, and pass unnoticed.
    this.#row ??= new Proxy(texts(), { get: (_, name) => (typeof name === "string" ? this.#text(name) : undefined) });
    return this.#row;
  }

  /** The cells of these columns, or the first column of which the value is missing. */
  read(columns: readonly Column[]): Cell[] | Column {
    const cells: Cell[] = [];
    for (const column of columns) {
      const cell = column.derive ? this.#derived(column, column.derive) : this.#plain(column);
      if (cell === undefined) return column;
      cells.push(cell);
    }
    return cells;
  }

  place(column: string): string {
    return `${this.#where}, column ${show(column)}`;
  }

  #text(name: string): string {
    const text = this.#texts[this.#names.get(name) ?? -1];
    if (text === undefined) {
      const hint = nearest(name, [...this.#names.keys()]);
      refuse(this.place(name), "a value", hint === undefined ? "none" : `none (did you mean ${show(hint)}?)`);
    }
    this.#sawMissing ||= missing.has(text.trim());
    return text;
  }

  #plain({ name, categorical }: Column): Cell | undefined {
    const text = this.#text(name);
    const trimmed = text.trim();
    if (missing.has(trimmed)) return undefined;
    if (categorical) return text;
    const value = decimal.test(trimmed) ? Number(trimmed) : NaN;
    return Number.isFinite(value) ? value : refuse(this.place(name), "a number", show(text));
  }

  #derived({ name, categorical }: Column, derive: Derive): Cell | undefined {
    this.#sawMissing = false;
    const value: unknown = derive(this.row);
    if (Number.isNaN(value) && this.#sawMissing) return undefined;
    const number = typeof value === "boolean" ? Number(value) : checkNumber(`${this.place(name)}, derived`, value);
    return categorical ? String(value) : number;
  }
}

/** Columns with the categories learned from rows of cells: a number stays one, a category becomes one-hot. */
export class Encoding {
  readonly columns: readonly Column[];
  /** One name for each number of an encoded row: `age`, `sex=female`, `sex=male`. */
  readonly names: readonly string[];
  /** What the columns have come to, as plain data. */
  readonly schema: readonly SchemaColumn[];
  /** By column: where in an encoded row it starts, and the place from there of each category. */
  readonly #slots: readonly { start: number; places: Readonly<Record<string, number>> | undefined }[];

  constructor(columns: readonly Column[], rows: readonly (readonly Cell[])[]) {
    this.columns = columns;
    const names: string[] = [];
    const schema: SchemaColumn[] = [];
    this.schema = schema;
    this.#slots = columns.map(({ name, categorical }, j) => {
      const start = names.length;
      if (!categorical) {
        names.push(name);
        schema.push({ kind: "number", name });
        return { start, places: undefined };
      }
      // The default order of sort is by code unit: the same in every locale.
      const categories = [...new Set(rows.map((cells) => cells[j] as string))].sort();
      schema.push({ kind: "category", name, categories });
      for (const category of categories) names.push(`${name}=${category}`);
      return { start, places: Object.fromEntries(categories.map((category, place) => [category, place])) };
    });
    this.names = names;
  }

  /**
   * [rows, names], row-major.
   * @throws InvalidInputError for a category that was not learned, at the `place` of its row (from 0) and column.
   */
  encode(rows: readonly (readonly Cell[])[], place: (row: number, column: string) => string): Float64Array {
    const width = this.names.length;
    const encoded = allocate("table", Float64Array, rows.length, width);
    for (const [i, cells] of rows.entries()) {
      for (const [j, { start, places }] of this.#slots.entries()) {
        const at = i * width + start;
        if (!places) encoded[at] = cells[j] as number;
        else encoded[at + lookUp(place(i, this.columns[j]!.name), "a category", cells[j], places)] = 1;
      }
    }
    return encoded;
  }
}

/** A data set that was read from a table, see `loadCsv`. */
export class TableDataset extends Dataset {
  /** How many rows of the table were left out for a missing value. */
  readonly dropped: number;
  readonly #encoding: Encoding;

  /** Trusts its caller: `loadCsv` and `parseCsv` are the doors. */
  constructor(rows: Rows, encoding: Encoding, dropped: number) {
    super(rows);
    this.#encoding = encoding;
    this.dropped = dropped;
    if (new.target === TableDataset) Object.freeze(this);
  }

  /**
   * Records as input rows for a network that learned from this table, [records, inputWidth], row-major: by the same
   * columns, derive functions and categories. Not standardized: the network does that. A boolean in a column of
   * numbers is 0 or 1. Columns that are not used may be absent.
   * @throws InvalidInputError for a column that is absent or missing its value, a category that the whole table did
   *   not have, and no records.
   */
  encode(records: TableRecord | readonly TableRecord[]): Float64Array {
    const list: readonly unknown[] = Array.isArray(records) ? records : [records];
    if (list.length === 0) refuse("encode", "at least one record", "none");
    const place = (row: number, column: string) => `record ${row + 1}, column ${show(column)}`;
    const rows = Array.from(list, (record, i) => {
      const texts = this.#texts(`record ${i + 1}`, record);
      const names = new Map([...texts.keys()].map((name, at) => [name, at]));
      const cells = new RowReader(`record ${i + 1}`, names, [...texts.values()]).read(this.#encoding.columns);
      return Array.isArray(cells) ? cells : refuse(place(i, cells.name), "a value", "a missing one");
    });
    return this.#encoding.encode(rows, place);
  }

  protected override [withRows](rows: Rows): this {
    return new TableDataset(rows, this.#encoding, this.dropped) as this;
  }

  /** The record as a row of the table's file. What is neither text, number nor boolean is as good as absent. */
  #texts(where: string, record: unknown): Map<string, string> {
    if (typeof record !== "object" || record === null) refuse(where, "an object of column values", show(record));
    const numeric = new Set(this.#encoding.columns.filter((c) => !c.derive && !c.categorical).map((c) => c.name));
    const texts = new Map<string, string>();
    for (const [name, value] of Object.entries(record)) {
      if (typeof value === "boolean" && numeric.has(name)) texts.set(name, String(Number(value)));
      else if (["string", "number", "boolean"].includes(typeof value)) texts.set(name, String(value));
    }
    return texts;
  }
}
