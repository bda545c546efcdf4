/** The weights of rows: how much each row's loss counts. In errors, rows are counted from 1. */
import { checkNumber, refuse, show } from "../ground/errors.ts";
import type { Floats } from "../ground/floats.ts";

/** What is not 0 lies between these, so that float32 holds sums of weights, their products with losses, and quotients. */
const [SMALLEST, LARGEST] = [1e-12, 1e12];

/** @throws InvalidInputError for what is no weight. */
export function checkWeight(where: string, given: unknown): number {
  const weight = checkNumber(where, given, { min: 0, max: LARGEST });
  return weight === 0 || weight >= SMALLEST ? weight : refuse(where, `0, or at least ${SMALLEST}`, show(weight));
}

/** What a weighted mean of rows divides by. */
export class TotalWeight {
  isWeighted = false;
  #total = 0;

  /** weights: [count] */
  add(weights: Floats | undefined, count: number): void {
    if (!weights) return void (this.#total += count);
    this.isWeighted = true;
    for (let row = 0; row < count; row++) this.#total += weights[row]!;
  }

  /** @throws InvalidInputError where all of them weigh nothing, so that they have no mean. */
  result(where: string): number {
    return this.#total > 0
      ? this.#total
      : refuse(`${where}: sampleWeight`, "at least one row with a weight above 0", "none");
  }
}

/** That of all rows at once. */
export function totalOf(where: string, weights: Floats | undefined, count: number): number {
  const total = new TotalWeight();
  total.add(weights, count);
  return total.result(where);
}
