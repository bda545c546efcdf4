/** How good predictions are, from outputs and targets. */
import type { Floats } from "../../ground/floats.ts";
import { type LossName, losses } from "../losses/index.ts";

export interface Evaluation {
  /** The mean loss over rows. */
  readonly loss: number;
  readonly count: number;
  /** Rows whose class is predicted rightly: of classifiers, that is of losses of cross-entropy. */
  readonly correct?: number;
  readonly accuracy?: number;
  /** confusion[target][prediction], in rows: of classifiers of one class out of several, up to 1,000 of them. */
  readonly confusion?: readonly (readonly number[])[];
}

/** Of more classes there is no table of confusion: its size is their number squared. */
const CONFUSION_LIMIT = 1000;

/** Counts right and wrong rows, batch after batch. */
export class Tally {
  readonly #classes: number;
  readonly #classifies: boolean;
  readonly #labels: number;
  #correct = 0;
  readonly #confusion: number[][] | undefined;

  constructor(loss: LossName, outputs: number) {
    const { predicts } = losses[loss];
    this.#classifies = predicts !== "numbers";
    this.#classes = predicts === "sides" ? (outputs === 1 ? 2 : 0) : outputs;
    this.#labels = outputs;
    if (!this.#classifies || this.#classes === 0 || this.#classes > CONFUSION_LIMIT) return;
    this.#confusion = Array.from({ length: this.#classes }, () => new Array<number>(this.#classes).fill(0));
  }

  /** outputs, targets: [rows, units], row-major. */
  add(outputs: Floats, targets: Floats, rows: number): void {
    if (!this.#classifies) return;
    for (let row = 0; row < rows; row++) {
      if (this.#classes === 0) this.#correct += sameSides(outputs, targets, row, this.#labels) ? 1 : 0;
      else this.#addClass(this.#classOf(targets, row), this.#classOf(outputs, row));
    }
  }

  /** A single yes-or-no output says class 1 from 0.5 on. */
  #classOf(values: Floats, row: number): number {
    if (this.#labels < this.#classes) return values[row]! >= 0.5 ? 1 : 0;
    return largestOf(values, row, this.#labels);
  }

  #addClass(target: number, prediction: number): void {
    if (this.#confusion) this.#confusion[target]![prediction]!++;
    if (target === prediction) this.#correct++;
  }

  evaluation(loss: number, count: number): Evaluation {
    if (!this.#classifies) return { loss, count };
    const counts = { loss, count, correct: this.#correct, accuracy: this.#correct / count };
    return this.#confusion ? { ...counts, confusion: this.#confusion } : counts;
  }
}

/** The class that the largest of several outputs names, the first of equals. */
function largestOf(values: Floats, row: number, units: number): number {
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
