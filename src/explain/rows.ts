/** Rows of a data set on their way into a network, in slices of time. */
import { countedRows } from "../data/counted-rows.ts";
import { type Dataset, rowsOf } from "../data/dataset.ts";
import { type EncodedRows, encodeRows } from "../data/preprocess/conform.ts";
import { inSlices } from "../ground/pieces.ts";
import { breathe, sliceIsOver } from "../ground/scheduler.ts";
import type { Signal } from "../ground/signal.ts";
import { checkNumbers, conformTo } from "../inspect/door.ts";
import type { Asked } from "../inspect/passes.ts";

/**
 * The rows as the network takes them; their numbers are looked at by `eachChunk`.
 * @throws InvalidInputError for data that does not fit.
 */
export function openRows(where: string, asked: Asked, data: Dataset, signal?: Signal): Promise<EncodedRows> {
  const conformity = conformTo(where, countedRows(where, data), asked);
  return inSlices(encodeRows(where, rowsOf(where, data), conformity), signal);
}

/**
 * Rows begin to end - 1 at a time, as many as are one pass: the host has its turn in between.
 * @throws InvalidInputError for numbers that do not fit; the signal's reason if aborted.
 */
export async function eachChunk(
  where: string,
  asked: Asked,
  rows: EncodedRows,
  signal: Signal | undefined,
  each: (begin: number, end: number) => void | Promise<void>,
): Promise<void> {
  for (let begin = 0; begin < rows.count;) {
    if (sliceIsOver()) await breathe(signal);
    const { engine, standardization } = asked;
    const end = Math.min(begin + engine.scratch.capacity, rows.count);
    checkNumbers(where, rows, begin, end, engine, standardization);
    await each(begin, end);
    begin = end;
  }
}

/** Of values [rows, width], those of rows begin to end - 1. */
export function rowsFrom<T extends Float32Array | Float64Array>(
  values: T,
  width: number,
  begin: number,
  end: number,
): T {
  return values.subarray(begin * width, end * width) as T;
}
