/** How many rows of a training are in memory at a time. */
import type { CountedRows } from "../data/counted-rows.ts";
import type { Engine } from "../engine/engine.ts";
import { refuse } from "../ground/errors.ts";
import { type Optimizer, ruleOf } from "../kinds/optimizers/index.ts";

/** Of a window, unless its rows are counted. */
const BYTES = 2 ** 26;

interface Asked {
  readonly windowRows: number | undefined;
  readonly batchSize: number;
  readonly optimizer: Optimizer;
}

/**
 * Rows of a window: all of them where so many are in memory anyway.
 * @throws InvalidInputError for what takes all rows at once where there are more than a window holds.
 */
export function windowSize(where: string, rows: CountedRows, { shape, parameters }: Engine, asked: Asked): number {
  const { windowRows, batchSize, optimizer } = asked;
  const { count, dataset } = rows;
  if (dataset && windowRows === undefined) return count;
  const bytes = (shape.inputs + 2 * shape.outputs + 2) * parameters.BYTES_PER_ELEMENT;
  const fitting = Math.max(1, Math.floor(BYTES / bytes));
  const size = windowRows ?? Math.max(1, Math.floor(fitting / batchSize)) * Math.min(batchSize, fitting);
  if (size >= count) return count;
  const hint = `(windowRows: ${count} holds all rows)`;
  if (ruleOf(optimizer) === undefined) {
    refuse(`${where}: optimizer`, `one that takes steps on some of the rows ${hint}`, optimizer.name);
  }
  if (batchSize > size) {
    refuse(`${where}: batchSize`, `at most ${size}, the rows of a window ${hint}`, String(batchSize));
  }
  return size;
}
