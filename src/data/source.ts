/**
 * Rows that come in pieces, from memory, a file or elsewhere: the smallest contract that training needs. A `Dataset` is
 * one, whose pieces are views of its own arrays.
 */
import type { Floats } from "../ground/floats.ts";
import type { Schema } from "./schema.ts";

/** Some rows, row-major: inputs [count, inputWidth], targets [count, targetWidth]; weights [count]. */
export interface RowBlock {
  readonly count: number;
  readonly inputs: Floats;
  readonly targets: Floats;
  /** How much the loss of each row counts; absent where all count 1. */
  readonly weights?: Floats | undefined;
}

export interface RowSource {
  readonly schema: Schema;
  /** How many rows there are; absent where only the end tells. */
  readonly count?: number;
  /** Rows begin to end - 1, from 0; fewer where the source ends before. They are not to be written to. */
  read(begin: number, end: number): RowBlock | Promise<RowBlock>;
}
