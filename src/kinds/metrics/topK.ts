import { checkNumber, checkOptions } from "../../ground/errors.ts";
import type { Floats } from "../../ground/floats.ts";
import { classOf, type Meter, type MetricKind, type Task } from "./metric.ts";

interface TopKOptions {
  readonly k: number;
}

class TopK implements Meter {
  total = 0;
  right = 0;
  readonly #task: Task;
  readonly #k: number;

  constructor(task: Task, { k }: TopKOptions) {
    this.#task = task;
    this.#k = k;
  }

  add(outputs: Floats, targets: Floats, weights: Floats | undefined, rows: number): void {
    for (let row = 0; row < rows; row++) {
      const weight = weights ? weights[row]! : 1;
      this.total += weight;
      if (this.#placeOf(classOf(this.#task, targets, row), outputs, row) < this.#k) this.right += weight;
    }
  }

  /** How many classes come before this one. */
  #placeOf(wanted: number, outputs: Floats, row: number): number {
    const { units } = this.#task;
    const score = outputs[row * units + wanted]!;
    let place = 0;
    for (let k = 0; k < units; k++) {
      const other = outputs[row * units + k]!;
      if (other > score || (other === score && k < wanted)) place++;
    }
    return place;
  }
}

/**
 * The share of rows whose class is among the k largest outputs. Of equal outputs the first come first, as in accuracy, so
 * that k = 1 is just that; scikit-learn takes the last ones first, Keras all of them.
 */
export const topK: MetricKind<TopK, number, TopKOptions> = {
  tasks: ["classes"],
  better: "higher",
  options(where, given, { units }) {
    checkOptions(where, given, ["k"]);
    const { k = 5 } = given as Partial<TopKOptions>;
    return { k: checkNumber(`${where}: k`, k, { integer: true, min: 1, max: units }) };
  },
  Meter: TopK,
  value: ({ right, total }) => right / total,
};
