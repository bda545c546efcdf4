import { type Floats, isFloat32 } from "../../ground/floats.ts";
import { classifications, type Meter, type MetricKind, type Task } from "./metric.ts";

class Logarithms implements Meter {
  total = 0;
  sum = 0;
  readonly #task: Task;

  constructor(task: Task) {
    this.#task = task;
  }

  add(outputs: Floats, targets: Floats, weights: Floats | undefined, rows: number): void {
    // As far from 0 and 1 as the numbers they came in can be told from 1.
    const epsilon = isFloat32(outputs) ? 2 ** -23 : Number.EPSILON;
    for (let row = 0; row < rows; row++) {
      const weight = weights ? weights[row]! : 1;
      this.total += weight;
      if (weight > 0) this.sum += weight * this.#ofRow(outputs, targets, row, epsilon);
    }
  }

  #ofRow(outputs: Floats, targets: Floats, row: number, epsilon: number): number {
    const { kind, units } = this.#task;
    let sum = 0;
    for (let i = row * units; i < (row + 1) * units; i++) {
      const p = Math.min(Math.max(outputs[i]!, epsilon), 1 - epsilon);
      sum -= targets[i]! * Math.log(p);
      if (kind !== "classes") sum -= (1 - targets[i]!) * Math.log1p(-p);
    }
    return kind === "classes" ? sum : sum / units;
  }
}

/**
 * The mean of -ln p, p being the probability that the outputs give to what was, at least one epsilon of the numbers they came
 * in (2^-23 for float32) and at most 1 less that. Of labels, the mean over them. The loss, which is computed from the logits
 * where it can, has no such bound.
 */
export const logLoss: MetricKind<Logarithms, number> = {
  tasks: classifications,
  better: "lower",
  Meter: Logarithms,
  value: ({ sum, total }) => sum / total,
};
