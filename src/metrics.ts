/** How good predictions are, from outputs and targets. */
import type { Floats } from "./engine/engine.ts";
import type { LossName } from "./losses.ts";

export interface Evaluation {
  /** The mean loss over rows. */
  readonly loss: number;
  readonly count: number;
  /** Rows whose class is predicted rightly: of classifiers, that is of losses of cross-entropy. */
  readonly correct?: number;
  readonly accuracy?: number;
  /** confusion[target][prediction], in rows: of classifiers of one class out of several. */
  readonly confusion?: readonly (readonly number[])[];
}

/** Counts right and wrong rows, batch after batch. */
export class Tally {
  readonly #classes: number;
  readonly #classifies: boolean;
  readonly #labels: number;
  #correct = 0;
  readonly #confusion: number[][];

  constructor(loss: LossName, outputs: number) {
    this.#classifies = loss !== "meanSquared";
    this.#classes = loss === "binaryCrossEntropy" ? (outputs === 1 ? 2 : 0) : outputs;
    this.#labels = outputs;
    this.#confusion = Array.from({ length: this.#classifies ? this.#classes : 0 }, () =>
      new Array<number>(this.#classes).fill(0),
    );
  }

  /** outputs, targets: [rows, units], row-major. */
  add(outputs: Floats, targets: Floats, rows: number): void {
    if (!this.#classifies) return;
    for (let row = 0; row < rows; row++) {
      if (this.#classes === 0) this.#correct += sameSides(outputs, targets, row, this.#labels) ? 1 : 0;
      else this.#addClass(classOf(targets, row, this.#labels), classOf(outputs, row, this.#labels));
    }
  }

  #addClass(target: number, prediction: number): void {
    this.#confusion[target]![prediction]!++;
    if (target === prediction) this.#correct++;
  }

  evaluation(loss: number, count: number): Evaluation {
    if (!this.#classifies) return { loss, count };
    const counts = { loss, count, correct: this.#correct, accuracy: this.#correct / count };
    return this.#classes === 0 ? counts : { ...counts, confusion: this.#confusion };
  }
}

/** One output says class 1 from 0.5 on; of several the largest, the first of equals, names the class. */
function classOf(values: Floats, row: number, units: number): number {
  if (units === 1) return values[row]! >= 0.5 ? 1 : 0;
  let best = 0;
  for (let i = 1; i < units; i++) if (values[row * units + i]! > values[row * units + best]!) best = i;
  return best;
}

/** Whether each of several yes-or-no outputs is on its target's side of 0.5. */
function sameSides(outputs: Floats, targets: Floats, row: number, units: number): boolean {
  for (let i = row * units; i < (row + 1) * units; i++) {
    if (outputs[i]! >= 0.5 !== targets[i]! >= 0.5) return false;
  }
  return true;
}
