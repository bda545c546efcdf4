/** How good a network is on a data set: loss and metrics, in slices of time. */
import type { EncodedRows } from "../data/preprocess/conform.ts";
import type { Encoded } from "../data/preprocess/encoded.ts";
import { TotalWeight } from "../data/weights.ts";
import type { Samples } from "../engine/engine.ts";
import { checkOptions } from "../ground/errors.ts";
import { columnsOf, type Floats } from "../ground/floats.ts";
import { inSlices } from "../ground/pieces.ts";
import type { Signal } from "../ground/signal.ts";
import { type Evaluation, Tally } from "../kinds/metrics/evaluation.ts";
import type { HeadMeasures, Measures } from "../kinds/metrics/index.ts";
import type { Measurement } from "../kinds/metrics/measurement.ts";
import { TaskOf } from "../kinds/metrics/task.ts";
import type { Metrics } from "../kinds/metrics/values.ts";
import type { Head } from "../kinds/ops/index.ts";
import { checkNumbers } from "./door.ts";
import { type Asked, eachPass } from "./passes.ts";

export interface EvaluateOptions {
  /** What the outputs are to be judged by, besides the loss. */
  readonly metrics?: Metrics;
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
  metrics: Metrics | undefined,
  { engine }: Asked,
  rows: Encoded,
  signal?: Signal,
): Promise<HeadMeasures | undefined> {
  const { heads, hasHeads } = engine.shape;
  // Of heads, an early stopping asks for the losses too.
  if (metrics === undefined && !hasHeads) return undefined;
  const tasks = heads.map(({ loss, activation, units }) => new TaskOf(loss, activation, units));
  if (metrics !== undefined && tasks.some(({ isOpen }) => isOpen)) {
    const look = ({ targets }: EncodedRows) =>
      tasks.forEach((task, h) => task.add(columnsOf(targets, rows.targetWidth, heads[h]!.begin, heads[h]!.units)));
    await rows.each(look, signal);
  }
  const { checkHeadMetrics } = await import("../kinds/metrics/index.ts");
  return checkHeadMetrics(
    where,
    metrics,
    heads.map(({ name }, h) => ({ name, task: tasks[h]!.task })),
  );
}

/** What is added up of a head's outputs. */
class Judge {
  readonly #head: Head;
  readonly #width: number;
  readonly #tally: Tally;
  readonly #measurement: Measurement | undefined;

  constructor(head: Head, width: number, measures: Measures | undefined) {
    this.#head = head;
    this.#width = width;
    this.#tally = new Tally(head.loss, head.activation, head.units);
    this.#measurement = measures?.();
  }

  /** outputs, targets: [*, width], of which the first `rows` count; weights: [rows]. */
  add(outputs: Floats, targets: Floats, weights: Floats | undefined, rows: number): void {
    const { begin, units } = this.#head;
    const own = (values: Floats) => columnsOf(values.subarray(0, rows * this.#width), this.#width, begin, units);
    const [x, y] = [own(outputs), own(targets)];
    this.#tally.add(x, y, weights, rows);
    this.#measurement?.add(x, y, weights, rows);
  }

  async evaluation(loss: number, count: number, weight: number | undefined, signal?: Signal): Promise<Evaluation> {
    const measured = this.#measurement && (await inSlices(this.#measurement.finish(), signal));
    return { ...this.#tally.evaluation(loss, count, weight), ...measured };
  }
}

/**
 * Of rows that have been encoded for the network. Parameters that change meanwhile count from then on.
 * @throws InvalidInputError for numbers that do not fit; the signal's reason if aborted.
 */
export async function evaluate(
  where: string,
  asked: Asked,
  given: Encoded,
  measures?: HeadMeasures,
  signal?: Signal,
): Promise<Evaluation> {
  const { count } = given;
  const { heads, hasHeads } = asked.engine.shape;
  const judges = heads.map((head, h) => new Judge(head, given.targetWidth, measures?.each[h]));
  const sums = heads.map(() => 0);
  const total = new TotalWeight();
  let sum = 0;
  const look = (rows: EncodedRows) => {
    const { engine } = asked;
    checkNumbers(where, rows, 0, rows.count, engine, asked.standardization);
    total.add(rows.weights, rows.count);
    const add = (samples: Samples, begin: number, size: number) => {
      const part = rows.weights?.subarray(begin, begin + size);
      sum += engine.loss(samples, 0, size, 1);
      if (hasHeads) engine.headLosses(size).forEach((loss, h) => (sums[h]! += loss));
      for (const judge of judges) judge.add(samples.outputs, samples.targets, part, size);
    };
    eachPass(asked, rows.inputs, rows.targets, rows.count, add, rows.weights);
  };
  await given.each(look, signal, { size: asked.engine.scratch.capacity });
  const divisor = total.result(where);
  const weight = total.isWeighted ? divisor : undefined;
  if (!hasHeads) return judges[0]!.evaluation(sum / divisor, count, weight, signal);
  const each: [string, Evaluation][] = [];
  for (const [h, { name }] of heads.entries()) {
    each.push([name!, await judges[h]!.evaluation(sums[h]! / divisor, count, weight, signal)]);
  }
  const rows = { loss: sum / divisor, count, ...(weight !== undefined && { weight }) };
  return { ...rows, heads: Object.fromEntries(each) };
}
