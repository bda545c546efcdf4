/** The rows of a training on their way into the engine's memory: checked, weighed and standardized, in pieces of time. */
import type { EncodedRows } from "../data/preprocess/conform.ts";
import type { EncodedSource, Part } from "../data/preprocess/encoded.ts";
import type { Engine, Samples } from "../engine/engine.ts";
import type { Signal } from "../ground/signal.ts";
import { checkNumbers } from "../inspect/door.ts";
import { standardizeInto } from "../inspect/passes.ts";
import { classOf } from "./class-factors.ts";
import type { Standardization } from "../data/preprocess/standardize.ts";

/** What becomes of rows on their way. */
export interface Preparation {
  readonly standardization: Standardization | null;
  /** [classes]: by what the weights of their rows are multiplied. */
  readonly factors?: Float64Array | undefined;
}

/**
 * Copies a part of the rows to the samples, its first one to row `at` of these. isWanted: whether the memory is still theirs.
 * @throws InvalidInputError for a number that the engine cannot hold, or a target that the loss cannot use; the signal's
 *   reason if aborted.
 */
export async function copyRows(
  where: string,
  samples: Samples,
  source: EncodedSource,
  preparation: Preparation,
  engine: Engine,
  signal: Signal | undefined,
  { at = 0, isWanted = () => true, ...part }: Part & { readonly at?: number; readonly isWanted?: () => boolean } = {},
): Promise<void> {
  const shift = at - (part.begin ?? 0);
  const look = (rows: EncodedRows) => {
    if (!isWanted()) return false;
    checkNumbers(where, rows, 0, rows.count, engine, preparation.standardization);
    write(samples, rows, preparation, rows.first + shift);
    return true;
  };
  await source.each(look, signal, part);
}

function write(samples: Samples, rows: EncodedRows, { standardization, factors }: Preparation, at: number): void {
  const { inputs, inputWidth, targets, targetWidth, count, weights } = rows;
  const to = samples.inputs.subarray(at * inputWidth, (at + count) * inputWidth);
  standardizeInto(to, inputs, inputWidth, standardization);
  samples.targets.set(targets, at * targetWidth);
  if (weights) samples.weights!.set(weights, at);
  else if (factors) samples.weights!.fill(1, at, at + count);
  if (!factors) return;
  for (let row = 0; row < count; row++) samples.weights![at + row]! *= factors[classOf(targets, targetWidth, row)]!;
}
