/** How good a network is on a data set: loss and metrics, in slices of time. */
import type { EncodedRows } from "../data/preprocess/conform.ts";
import type { Encoded } from "../data/preprocess/encoded.ts";
import { TotalWeight } from "../data/weights.ts";
import type { Samples } from "../engine/engine.ts";
import { checkOptions } from "../ground/errors.ts";
import { inSlices } from "../ground/pieces.ts";
import type { Signal } from "../ground/signal.ts";
import { type Evaluation, Tally } from "../kinds/metrics/evaluation.ts";
import type { Measures } from "../kinds/metrics/index.ts";
import { TaskOf } from "../kinds/metrics/task.ts";
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
  rows: Encoded,
  signal?: Signal,
): Promise<Measures | undefined> {
  if (metrics === undefined) return undefined;
  const { loss, activation } = engine.shape;
  const found = new TaskOf(loss, activation, rows.targetWidth);
  if (found.isOpen) await rows.each(({ targets }) => found.add(targets), signal);
  const { task } = found;
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
  given: Encoded,
  measures?: Measures,
  signal?: Signal,
): Promise<Evaluation> {
  const { count } = given;
  const { loss, activation } = asked.engine.shape;
  const tally = new Tally(loss, activation, given.targetWidth);
  const measurement = measures?.();
  const total = new TotalWeight();
  let sum = 0;
  const look = (rows: EncodedRows) => {
    const { engine } = asked;
    checkNumbers(where, rows, 0, rows.count, engine, asked.standardization);
    total.add(rows.weights, rows.count);
    const add = (samples: Samples, begin: number, size: number) => {
      const part = rows.weights?.subarray(begin, begin + size);
      sum += engine.loss(samples, 0, size, 1);
      tally.add(samples.outputs, samples.targets, part, size);
      measurement?.add(samples.outputs, samples.targets, part, size);
    };
    eachPass(asked, rows.inputs, rows.targets, rows.count, add, rows.weights);
  };
  await given.each(look, signal, { size: asked.engine.scratch.capacity });
  const divisor = total.result(where);
  const measured = measurement && (await inSlices(measurement.finish(), signal));
  return { ...tally.evaluation(sum / divisor, count, total.isWeighted ? divisor : undefined), ...measured };
}
