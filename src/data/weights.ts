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

/**
 * What a weighted mean of so many rows divides by.
 * @throws InvalidInputError where all of them weigh nothing, so that they have no mean.
 */
export function totalOf(where: string, weights: Floats | undefined, count: number): number {
  if (!weights) return count;
  let total = 0;
  for (let row = 0; row < count; row++) total += weights[row]!;
  return total > 0 ? total : refuse(`${where}: sampleWeight`, "at least one row with a weight above 0", "none");
}
