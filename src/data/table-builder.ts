/**
 * Gathers the rows of a table as they are read, as numbers in typed arrays: a category is the number of its first
 * appearance, until all are known and each becomes one-hot. So a table takes a small multiple of its own numbers, however
 * long its text.
 */
import type { Pieces } from "../ground/pieces.ts";
import { allocate, type Rows } from "./rows.ts";
import { type Column, widthOf } from "./schema.ts";
import type { Cell, TableColumn } from "./table.ts";

/** About how many numbers a block has. */
const BLOCK = 2 ** 16;

/** A column of cells, with what the schema is to say of it. */
export interface BuiltColumn extends TableColumn {
  readonly standardize: boolean;
  readonly unknown: "ignore" | undefined;
}

export class TableBuilder {
  count = 0;
  readonly #name: string;
  readonly #inputs: readonly BuiltColumn[];
  readonly #columns: readonly BuiltColumn[];
  /** How many of the columns are targets: what comes behind them are weights. */
  readonly #targetCount: number;
  readonly #blockRows: number;
  #blocks: Float64Array[] = [];
  /** By column of categories, the number of each. */
  readonly #codes: readonly Map<string, number>[];

  /** weights: a column or none. */
  constructor(
    name: string,
    inputs: readonly BuiltColumn[],
    targets: readonly BuiltColumn[],
    weights: readonly BuiltColumn[] = [],
  ) {
    this.#name = name;
    this.#inputs = inputs;
    this.#columns = [...inputs, ...targets, ...weights];
    this.#targetCount = targets.length;
    this.#blockRows = Math.max(1, Math.floor(BLOCK / this.#columns.length));
    this.#codes = this.#columns.map(() => new Map());
  }

  /** Takes a row of cells: inputs, targets, weight. */
  add(cells: readonly Cell[]): void {
    const width = this.#columns.length;
    const place = this.count % this.#blockRows;
    if (place === 0) this.#blocks.push(allocate(this.#name, Float64Array, this.#blockRows, width));
    const block = this.#blocks.at(-1)!;
    for (let j = 0; j < width; j++) {
      const cell = cells[j]!;
      block[place * width + j] = typeof cell === "number" ? cell : this.#code(j, cell);
    }
    this.count++;
  }

  /** The rows, encoded. The builder is of no use afterwards: its blocks go as the rows come. */
  *finish(): Pieces<Rows> {
    const schema = this.#columns.map((column, j) => this.#schemaOf(column, j));
    const places = this.#columns.map((_, j) => this.#places(j, schema[j]!));
    const split = this.#inputs.length;
    const end = split + this.#targetCount;
    const columns = { inputs: schema.slice(0, split), targets: schema.slice(split, end) };
    const inputs = allocate(this.#name, Float64Array, this.count, widthOf(columns.inputs));
    const targets = allocate(this.#name, Float64Array, this.count, widthOf(columns.targets));
    const weights = end < schema.length ? allocate(this.#name, Float64Array, this.count, 1) : undefined;
    let row = 0;
    while (this.#blocks.length > 0) {
      const block = this.#blocks.shift()!;
      const rows = Math.min(this.#blockRows, this.count - row);
      encode(inputs, row, block, rows, places, 0, split);
      encode(targets, row, block, rows, places, split, end);
      if (weights) encode(weights, row, block, rows, places, end, places.length);
      row += rows;
      yield;
    }
    return { count: this.count, inputs, targets, weights, schema: columns };
  }

  #code(column: number, category: string): number {
    const codes = this.#codes[column]!;
    const code = codes.get(category);
    if (code !== undefined) return code;
    codes.set(ownText(category), codes.size);
    return codes.size - 1;
  }

  #schemaOf({ name, categorical, standardize, unknown }: BuiltColumn, j: number): Column {
    if (!categorical) return { kind: "number", name, ...(standardize && { standardize }) };
    // The default order of sort is by code unit: the same in every locale.
    const categories = [...this.#codes[j]!.keys()].sort();
    return { kind: "category", name, categories, ...(unknown && { unknown }) };
  }

  /** The place of each code among the sorted categories; undefined for numbers. */
  #places(j: number, column: Column): EncodedColumn {
    if (column.kind === "number") return { width: 1, places: undefined };
    const codes = this.#codes[j]!;
    const places = new Uint32Array(codes.size);
    column.categories.forEach((category, place) => (places[codes.get(category)!] = place));
    return { width: column.categories.length, places };
  }
}

interface EncodedColumn {
  readonly width: number;
  readonly places: Uint32Array | undefined;
}

/** Encodes the columns begin to end - 1 of a block into the rows from `row` on. */
function encode(
  to: Float64Array,
  row: number,
  block: Float64Array,
  rows: number,
  columns: readonly EncodedColumn[],
  begin: number,
  end: number,
): void {
  let at = row * columns.slice(begin, end).reduce((sum, { width }) => sum + width, 0);
  for (let i = 0; i < rows; i++) {
    for (let j = begin; j < end; j++) {
      const { width, places } = columns[j]!;
      const value = block[i * columns.length + j]!;
      if (places === undefined) to[at] = value;
      else to[at + places[value]!] = 1;
      at += width;
    }
  }
}

/** A copy of its own: a part of a text would keep all of it in memory. */
function ownText(text: string): string {
  return text.length < 13 ? text : (JSON.parse(JSON.stringify(text)) as string);
}
