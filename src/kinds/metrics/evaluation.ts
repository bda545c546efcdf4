/** How good predictions are, from outputs and targets. */
import type { Floats } from "../../ground/floats.ts";
import { type ActivationDescription, activationOf } from "../activations/index.ts";
import { type LossDescription, lossOf } from "../losses/index.ts";
import type { Measured } from "./values.ts";

/** The metrics that were asked for come beside what there always is. Of rows that have weights, all of it is weighted. */
export interface Evaluation extends Measured {
  /** The mean loss over rows. */
  readonly loss: number;
  /** How many rows there are. */
  readonly count: number;
  /** The sum of their weights, where they have some. */
  readonly weight?: number;
  /**
   * Rows whose class is predicted rightly, or the sum of their weights. Of classifiers, that is: of losses of cross-entropy, and of others where all
   * outputs lie in [0, 1] and all targets are 0 or 1.
   */
  readonly correct?: number;
  readonly accuracy?: number;
  /** confusion[target][prediction], in rows or their weights: of classifiers of one class out of several, up to 1,000 of them. */
  readonly confusion?: readonly (readonly number[])[];
  /** Of a network with heads: each by itself, its loss before it is weighted. */
  readonly heads?: Readonly<Record<string, Evaluation>>;
}

/** Of more classes there is no table of confusion: its size is their number squared. */
const CONFUSION_LIMIT = 1000;

/** Counts right and wrong rows, batch after batch. */
export class Tally {
  readonly #units: number;
  /** What outputs say: a loss that does not know leaves it to the targets, once all have been seen. */
  readonly #predicts: "classes" | "sides" | "numbers" | undefined;
  /** How many there may be; 0 where several outputs are yes or no each. */
  readonly #classes: number;
  #areSides = true;
  #areClasses = true;
  #rightSides = 0;
  #rightClasses = 0;
  readonly #confusion: number[][] | undefined;

  constructor(loss: LossDescription, activation: ActivationDescription, outputs: number) {
    const { predicts } = lossOf(loss);
    const [low, high] = activationOf(activation).range;
    this.#units = outputs;
    this.#predicts = predicts === "numbers" && low >= 0 && high <= 1 ? undefined : predicts;
    const isOneSide = outputs === 1 && predicts !== "classes";
    this.#classes = isOneSide ? 2 : predicts === "sides" ? 0 : outputs;
    if (this.#predicts === "numbers" || this.#classes === 0 || this.#classes > CONFUSION_LIMIT) return;
    this.#confusion = Array.from({ length: this.#classes }, () => new Array<number>(this.#classes).fill(0));
  }

  /** outputs, targets: [rows, units], row-major; weights: [rows], none where all rows weigh 1. */
  add(outputs: Floats, targets: Floats, weights: Floats | undefined, rows: number): void {
    if (this.#predicts === "numbers") return;
    for (let row = 0; row < rows; row++) {
      const weight = weights ? weights[row]! : 1;
      if (this.#classes > 0) this.#addClass(this.#classOf(targets, row), this.#classOf(outputs, row), weight);
      if (this.#predicts !== "classes" && sameSides(outputs, targets, row, this.#units)) this.#rightSides += weight;
      if (this.#predicts === undefined) this.#look(targets, row);
    }
  }

  #addClass(target: number, prediction: number, weight: number): void {
    if (this.#confusion) this.#confusion[target]![prediction]! += weight;
    if (target === prediction) this.#rightClasses += weight;
  }

  /** Whether targets so far are yes or no, and whether just one of a row is yes. */
  #look(targets: Floats, row: number): void {
    let sum = 0;
    for (let i = row * this.#units; i < (row + 1) * this.#units; i++) {
      const target = targets[i]!;
      if (target !== 0 && target !== 1) this.#areSides = false;
      sum += target;
    }
    if (sum !== 1) this.#areClasses = false;
  }

  /** A single output says class 1 above 0.5; of several, the largest names the class. */
  #classOf(values: Floats, row: number): number {
    if (this.#units < this.#classes) return values[row]! > 0.5 ? 1 : 0;
    return largestOf(values, row, this.#units);
  }

  /** weight: the sum of the rows' weights, where they have some. */
  evaluation(loss: number, count: number, weight?: number): Evaluation {
    const predicts = this.#predicts ?? (!this.#areSides ? "numbers" : this.#areClasses ? "classes" : "sides");
    const rows = { loss, count, ...(weight !== undefined && { weight }) };
    if (predicts === "numbers") return rows;
    const isSided = predicts === "sides";
    const correct = isSided ? this.#rightSides : this.#rightClasses;
    const counts = { ...rows, correct, accuracy: correct / (weight ?? count) };
    return this.#confusion && (!isSided || this.#units === 1) ? { ...counts, confusion: this.#confusion } : counts;
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
    if (outputs[i]! > 0.5 !== targets[i]! > 0.5) return false;
  }
  return true;
}
