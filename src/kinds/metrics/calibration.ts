import { checkNumber, checkOptions } from "../../ground/errors.ts";
import type { Floats } from "../../ground/floats.ts";
import { classifications, classOf, type Meter, type MetricKind, type Task } from "./metric.ts";
import type { CalibrationBin } from "./values.ts";

interface CalibrationOptions {
  readonly bins: number;
}

class Bins implements Meter {
  /** [bins] each: weights, weighted probabilities, weights of what came true. */
  readonly weights: Float64Array;
  readonly probabilities: Float64Array;
  readonly hits: Float64Array;
  readonly #task: Task;

  constructor(task: Task, { bins }: CalibrationOptions) {
    this.#task = task;
    this.weights = new Float64Array(bins);
    this.probabilities = new Float64Array(bins);
    this.hits = new Float64Array(bins);
  }

  add(outputs: Floats, targets: Floats, weights: Floats | undefined, rows: number): void {
    const { kind, units } = this.#task;
    for (let row = 0; row < rows; row++) {
      const weight = weights ? weights[row]! : 1;
      if (weight === 0) continue;
      if (kind === "classes") {
        const said = classOf(this.#task, outputs, row);
        this.#addOne(outputs[row * units + said]!, classOf(this.#task, targets, row) === said ? 1 : 0, weight);
      } else {
        for (let i = row * units; i < (row + 1) * units; i++) this.#addOne(outputs[i]!, targets[i]!, weight);
      }
    }
  }

  #addOne(probability: number, truth: number, weight: number): void {
    const bin = this.#binOf(probability);
    this.weights[bin]! += weight;
    this.probabilities[bin]! += weight * probability;
    this.hits[bin]! += weight * truth;
  }

  /** The first bin that does not end below it: where it ends is compared, since a quotient would round. */
  #binOf(probability: number): number {
    const bins = this.weights.length;
    const guess = Math.min(Math.max(Math.floor(probability * bins) - 1, 0), bins - 1);
    let bin = Number.isNaN(guess) ? bins - 1 : guess;
    while (bin < bins - 1 && probability > (bin + 1) / bins) bin++;
    return bin;
  }
}

/**
 * Predictions by their probability, in bins of equal width; each, but the first, without its lower bound. Of a yes or a no,
 * the probability of class 1; of labels, each by itself; of classes, that of the class that is predicted (Guo et al. 2017).
 * scikit-learn's calibration_curve takes no weights and leaves empty bins out.
 */
export const calibration: MetricKind<Bins, readonly CalibrationBin[], CalibrationOptions> = {
  tasks: classifications,
  options(where, given) {
    checkOptions(where, given, ["bins"]);
    const { bins = 10 } = given as Partial<CalibrationOptions>;
    return { bins: checkNumber(`${where}: bins`, bins, { integer: true, min: 1, max: 10_000 }) };
  },
  Meter: Bins,
  value: ({ weights, probabilities, hits }) =>
    Array.from(weights, (weight, bin) => ({
      from: bin / weights.length,
      to: (bin + 1) / weights.length,
      weight,
      predicted: probabilities[bin]! / weight,
      observed: hits[bin]! / weight,
    })),
};
