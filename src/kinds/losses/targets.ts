/** Whether targets are what a loss can use. */
import { refuse } from "../../ground/errors.ts";
import type { Floats } from "../../ground/floats.ts";
import { nameOf } from "../named.ts";
import { type LossDescription, lossOf } from "./index.ts";

/** How far the targets of a row may be from adding up to 1. */
const SUM_TOLERANCE = 1e-4;

/**
 * first: which row of all is the first of these, from 0.
 * @throws InvalidInputError for targets that the loss cannot use; the row is named, counted from 1.
 */
export function checkTargets(where: string, loss: LossDescription, targets: Floats, units: number, first = 0): void {
  const { targets: range, distribution } = lossOf(loss);
  const [low, high] = range;
  for (let row = 0; row < targets.length / units; row++) {
    let sum = 0;
    for (let i = row * units; i < (row + 1) * units; i++) {
      const target = targets[i]!;
      sum += target;
      if (!(target >= low && target <= high)) {
        refuse(
          `${where}: targets, row ${first + row + 1}`,
          `numbers from ${low} to ${high} for the loss ${nameOf(loss)}`,
          `${target}`,
        );
      }
    }
    if (distribution && !(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      refuse(
        `${where}: targets, row ${first + row + 1}`,
        `numbers that add up to 1 for the loss ${nameOf(loss)}`,
        `a sum of ${sum}`,
      );
    }
  }
}
