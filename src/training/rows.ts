/** The rows of a training: their standardization learned, then copied into the engine's memory, in pieces of time. */
import type { EncodedRows } from "../data/preprocess/conform.ts";
import type { Engine, Samples } from "../engine/engine.ts";
import { breathe, sliceIsOver } from "../ground/scheduler.ts";
import type { Signal } from "../ground/signal.ts";
import { checkNumbers } from "../inspect/door.ts";
import { standardizeInto } from "../inspect/passes.ts";
import { classOf } from "./class-weights.ts";
import type { Standardization } from "../data/preprocess/standardize.ts";

/** Numbers that are copied at once: well below a millisecond. */
const PIECE = 32_768;

/**
 * Checks the rows and copies them, standardized, their weights multiplied by the factors of their classes.
 * @throws InvalidInputError for a number that the engine cannot hold, or a target that the loss cannot use; the signal's
 *   reason if aborted.
 */
export async function copyRows(
  where: string,
  samples: Samples,
  given: EncodedRows,
  standardization: Standardization | null,
  engine: Engine,
  signal: Signal | undefined,
  factors?: Float64Array,
): Promise<void> {
  const { count, inputWidth, targetWidth } = given;
  const rows = Math.max(1, Math.floor(PIECE / (inputWidth + targetWidth)));
  for (let begin = 0; begin < count; begin += rows) {
    if (sliceIsOver()) await breathe(signal);
    const end = Math.min(begin + rows, count);
    checkNumbers(where, given, begin, end, engine, standardization);
    const inputs = samples.inputs.subarray(begin * inputWidth, end * inputWidth);
    standardizeInto(inputs, given.inputs, inputWidth, standardization, begin * inputWidth, end * inputWidth);
    samples.targets.set(given.targets.subarray(begin * targetWidth, end * targetWidth), begin * targetWidth);
    if (given.weights) samples.weights!.set(given.weights.subarray(begin, end), begin);
    if (!factors) continue;
    for (let row = begin; row < end; row++)
      samples.weights![row]! *= factors[classOf(given.targets, targetWidth, row)]!;
  }
}
