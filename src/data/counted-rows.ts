/**
 * Rows that can be counted and read some at a time: a data set's, which were checked when it was made, or those of a source,
 * which are looked at as they come. In errors, rows are counted from 1.
 */
import { checkNumber, InvalidInputError, refuse, show } from "../ground/errors.ts";
import { type Floats, isFloats, trueLength } from "../ground/floats.ts";
import { Dataset, isDataset, rowsOf } from "./dataset.ts";
import type { Rows } from "./rows.ts";
import { checkSchema, type Schema, widthOf } from "./schema.ts";
import type { RowBlock, RowSource } from "./source.ts";
import { checkWeight } from "./weights.ts";

export interface CountedRows {
  readonly count: number;
  readonly schema: Schema;
  /** Undefined for a source. */
  readonly dataset: Dataset | undefined;
  /** Whether rows have weights; of a source its first row tells. */
  isWeighted(): boolean | Promise<boolean>;
  /**
   * Rows begin to end - 1.
   * @throws InvalidInputError for a block that is none, and whatever the source throws.
   */
  read(begin: number, end: number): Rows | Promise<Rows>;
}

/** @throws InvalidInputError for what is neither a data set nor a source that says how many rows it has. */
export function countedRows(where: string, given: unknown): CountedRows {
  return isSource(given) ? ofSource(where, given) : ofDataset(where, given as Dataset);
}

function isSource(given: unknown): given is RowSource {
  if (typeof given !== "object" || given === null || isDataset(given)) return false;
  const { read } = given as { read?: unknown };
  // What only passes itself off as a data set is refused as one.
  return typeof read === "function" && read !== Dataset.prototype.read;
}

function ofDataset(where: string, dataset: Dataset): CountedRows {
  const { count, schema, weights } = rowsOf(where, dataset);
  return {
    count,
    schema,
    dataset,
    isWeighted: () => weights !== undefined,
    read(begin, end) {
      const rows = rowsOf(where, dataset);
      if (begin === 0 && end === count) return rows;
      const part = (values: Floats, width: number) => values.subarray(begin * width, end * width);
      return {
        count: end - begin,
        schema,
        inputs: part(rows.inputs, widthOf(schema.inputs)),
        targets: part(rows.targets, widthOf(schema.targets)),
        weights: rows.weights && part(rows.weights, 1),
      };
    },
  };
}

/** What the source says of itself is asked once. */
function ofSource(where: string, source: RowSource): CountedRows {
  const { count, schema: given } = source;
  if (count === undefined) {
    refuse(
      `${where}: count of the source`,
      "how many rows it has (Dataset.from takes rows that only their end counts)",
      "none",
    );
  }
  checkNumber(`${where}: count of the source`, count, { integer: true, min: 1 });
  const schema = checkSchema(`${where}: schema of the source`, given);
  let isWeighted: Promise<boolean> | undefined;
  const read = async (begin: number, end: number) => {
    const block = await source.read(begin, end);
    return checkBlock(`${where}: rows ${begin + 1} to ${end} of the source`, block, end - begin, schema, begin);
  };
  return {
    count,
    schema,
    dataset: undefined,
    isWeighted: () => (isWeighted ??= read(0, 1).then(({ weights }) => weights !== undefined)),
    async read(begin, end) {
      // First, since whoever reads may write over a block as soon as its turn has ended.
      const areWeighted = await this.isWeighted();
      const rows = await read(begin, end);
      if ((rows.weights !== undefined) === areWeighted) return rows;
      throw new InvalidInputError(
        `${where}: rows ${begin + 1} to ${end} of the source: expected weights for all rows or for none, got ` +
          (rows.weights ? "some, after rows without" : "none, after rows with some"),
      );
    },
  };
}

function checkBlock(where: string, given: unknown, count: number, schema: Schema, first: number): Rows {
  if (typeof given !== "object" || given === null) refuse(where, "a block { count, inputs, targets }", show(given));
  const { count: got, inputs, targets, weights } = given as RowBlock;
  if (got !== count) refuse(where, `${count} rows`, show(got));
  checkArray(`${where}: inputs`, inputs, count * widthOf(schema.inputs));
  checkArray(`${where}: targets`, targets, count * widthOf(schema.targets));
  if (weights === undefined) return { count, schema, inputs, targets };
  checkArray(`${where}: weights`, weights, count);
  for (let i = 0; i < count; i++) checkWeight(`${where}: weights, row ${first + i + 1}`, weights[i]);
  return { count, schema, inputs, targets, weights };
}

function checkArray(where: string, given: unknown, length: number): void {
  if (!isFloats(given)) refuse(where, "a Float32Array or Float64Array", show(given));
  if (trueLength(given) !== length) refuse(where, `${length} numbers`, String(trueLength(given)));
}
