/** How good a network is on a data set: loss and metrics, in slices of time. */
import type { EncodedRows } from "../data/preprocess/conform.ts";
import { totalOf } from "../data/weights.ts";
import type { Samples } from "../engine/engine.ts";
import { checkOptions } from "../ground/errors.ts";
import { inSlices } from "../ground/pieces.ts";
import { breathe, sliceIsOver } from "../ground/scheduler.ts";
import type { Signal } from "../ground/signal.ts";
import { type Evaluation, Tally } from "../kinds/metrics/evaluation.ts";
import type { Measures } from "../kinds/metrics/index.ts";
import { taskOf } from "../kinds/metrics/task.ts";
import type { Metric } from "../kinds/metrics/values.ts";
import { checkNumbers } from "./door.ts";
import { type Asked, eachPass } from "./passes.ts";

export interface EvaluateOptions {
  /** What the outputs are to be judged by, besides the loss. */
  readonly metrics?: readonly Metric[];
}

/** @throws InvalidInputError for an option that is unknown. */
export function checkEvaluate(given: EvaluateOptions): EvaluateOptions {
  checkOptions("evaluate", given, ["metrics"]);
  return { ...given };
}

/**
 * Metrics that are asked for of a network on a data set; their code is loaded by now at the latest.
 * @throws InvalidInputError for one that cannot be asked for.
 */
export async function openMetrics(
  where: string,
  metrics: readonly Metric[] | undefined,
  { engine }: Asked,
  { targets, targetWidth }: EncodedRows,
  signal?: Signal,
): Promise<Measures | undefined> {
  if (metrics === undefined) return undefined;
  const { loss, activation } = engine.shape;
  const task = await inSlices(taskOf(loss, activation, targetWidth, targets), signal);
  const { checkMetrics } = await import("../kinds/metrics/index.ts");
  return checkMetrics(where, metrics, task);
}

/**
 * Of rows that have been encoded for the network. Parameters that change meanwhile count from then on.
 * @throws InvalidInputError for numbers that do not fit; the signal's reason if aborted.
 */
export async function evaluate(
  where: string,
  asked: Asked,
  given: EncodedRows,
  measures?: Measures,
  signal?: Signal,
): Promise<Evaluation> {
  const { inputWidth, targetWidth, count, weights } = given;
  const total = totalOf(where, weights, count);
  const { loss, activation } = asked.engine.shape;
  const tally = new Tally(loss, activation, targetWidth);
  const measurement = measures?.();
  let sum = 0;
  for (let begin = 0; begin < count;) {
    if (sliceIsOver()) await breathe(signal);
    const { engine } = asked;
    const end = Math.min(begin + engine.scratch.capacity, count);
    checkNumbers(where, given, begin, end, engine, asked.standardization);
    const inputs = given.inputs.subarray(begin * inputWidth, end * inputWidth);
    const targets = given.targets.subarray(begin * targetWidth, end * targetWidth);
    const part = weights?.subarray(begin, end);
    const add = (samples: Samples, _begin: number, rows: number) => {
      sum += engine.loss(samples, 0, rows, 1);
      tally.add(samples.outputs, samples.targets, part, rows);
      measurement?.add(samples.outputs, samples.targets, part, rows);
    };
    eachPass(asked, inputs, targets, end - begin, add, part);
    begin = end;
  }
  const measured = measurement && (await inSlices(measurement.finish(), signal));
  return { ...tally.evaluation(sum / total, count, weights && total), ...measured };
}
