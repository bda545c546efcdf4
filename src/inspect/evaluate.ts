/** How good a network is on a data set: loss and metrics, in slices of time. */
import type { Dataset } from "../data/dataset.ts";
import { breathe, sliceIsOver } from "../ground/scheduler.ts";
import type { Signal } from "../ground/signal.ts";
import { type Evaluation, Tally } from "../kinds/metrics/evaluation.ts";
import { checkNumbers } from "./door.ts";
import { type Asked, eachPass } from "./passes.ts";

/**
 * Of a data set whose widths have been checked. Parameters that change meanwhile count from then on.
 * @throws InvalidInputError for numbers that do not fit; the signal's reason if aborted.
 */
export async function evaluate(where: string, asked: Asked, dataset: Dataset, signal?: Signal): Promise<Evaluation> {
  const { inputWidth, targetWidth, count } = dataset;
  const { loss, layers } = asked.engine.shape;
  const tally = new Tally(loss, layers.at(-1)!.activation, targetWidth);
  let sum = 0;
  for (let begin = 0; begin < count;) {
    if (sliceIsOver()) await breathe(signal);
    const { engine } = asked;
    const end = Math.min(begin + engine.scratch.capacity, count);
    checkNumbers(where, dataset, begin, end, engine);
    const inputs = dataset.inputs.subarray(begin * inputWidth, end * inputWidth);
    const targets = dataset.targets.subarray(begin * targetWidth, end * targetWidth);
    eachPass(asked, inputs, targets, end - begin, (samples, _begin, rows) => {
      sum += engine.loss(samples, 0, rows, 1);
      tally.add(samples.outputs, samples.targets, rows);
    });
    begin = end;
  }
  return tally.evaluation(sum / count, count);
}
