/** How good outputs are that come from elsewhere than a pass of one network: loss and metrics, in slices of time. */
import type { Dataset } from "../data/dataset.ts";
import { EncodedMemory } from "../data/preprocess/encoded.ts";
import { totalOf } from "../data/weights.ts";
import type { Floats } from "../ground/floats.ts";
import { inSlices } from "../ground/pieces.ts";
import { checkEvaluate, type EvaluateOptions, openMetrics } from "../inspect/evaluate.ts";
import { type Asked, newFloats } from "../inspect/passes.ts";
import { type Evaluation, Tally } from "../kinds/metrics/evaluation.ts";
import { type LossDescription, lossOf } from "../kinds/losses/index.ts";
import { eachChunk, openRows, rowsFrom } from "./rows.ts";
import { soleHead } from "../model/shape.ts";

/** Writes the outputs [count, n_m] of so many rows, inputs [count, n_1] in the user's units. */
export type OutputsOf = (outputs: Floats, inputs: Floats, count: number) => void;

/**
 * asked: whose loss, last activation and columns count.
 * @throws InvalidInputError for data that does not fit, or metrics that the outputs do not have.
 */
export async function judge(
  where: string,
  asked: Asked,
  data: Dataset,
  options: EvaluateOptions,
  outputsOf: OutputsOf,
): Promise<Evaluation> {
  const { metrics } = checkEvaluate(options);
  const rows = await openRows(where, asked, data);
  const { loss, activation, units } = soleHead(where, asked.engine.shape);
  const measures = await openMetrics(`${where}: metrics`, metrics, asked, new EncodedMemory(rows));
  const measurement = measures?.each[0]?.();
  const tally = new Tally(loss, activation, units);
  const { weights } = rows;
  const total = totalOf(where, weights, rows.count);
  let sum = 0;
  await eachChunk(where, asked, rows, undefined, (begin, end) => {
    const count = end - begin;
    const outputs = newFloats(asked.engine, count * units);
    const targets = rowsFrom(rows.targets, units, begin, end);
    outputsOf(outputs, rowsFrom(rows.inputs, rows.inputWidth, begin, end), count);
    const part = weights?.subarray(begin, end);
    sum += sumOf(loss, outputs, targets, units, part);
    tally.add(outputs, targets, part, count);
    measurement?.add(outputs, targets, part, count);
  });
  const measured = measurement && (await inSlices(measurement.finish()));
  return { ...tally.evaluation(sum / total, rows.count, weights && total), ...measured };
}

/** The sum over rows, by their weights where they have some, from outputs and targets [rows, units]. */
function sumOf(
  loss: LossDescription,
  outputs: Floats,
  targets: Floats,
  units: number,
  weights: Floats | undefined,
): number {
  const kind = lossOf(loss);
  if (!weights) return kind.value(outputs, outputs, targets, units, outputs.length / units, false);
  let sum = 0;
  for (let row = 0; row < weights.length; row++) {
    const [x, y] = [outputs, targets].map((values) => rowsFrom(values, units, row, row + 1)) as [Floats, Floats];
    sum += weights[row]! * kind.value(x, x, y, units, 1, false);
  }
  return sum;
}
