/** What keeps parameters small, as a training is asked for it: plain data, for all layers or for each by itself. */
import { checkNumber, checkOptions, refuse, show } from "../../ground/errors.ts";

export interface Regularization {
  /** Adds l1 |w| to the loss that is descended, for each weight; at least 0. Default 0. */
  readonly l1?: number;
  /**
   * Adds l2 w^2 / 2, whose gradient is l2 w: PyTorch's weight_decay. Of scikit-learn's alpha it is alpha divided by the rows
   * of a batch, of Keras's l2 twice as much. Default 0.
   */
  readonly l2?: number;
  /** After each step, the weights into a unit have at most this norm, as Keras's MaxNorm has it; above 0. Default: none. */
  readonly maxNorm?: number;
  /** Whether biases, and what norms learn, count too, but for maxNorm. Default false. */
  readonly biases?: boolean;
}

/** For all layers, or a list with an entry for each: null for a layer that is left alone. */
export type Regularizations = Regularization | readonly (Regularization | null)[];

export type CheckedRegularization = Required<Regularization>;

const SIZE = { min: 0, max: 1e30 };

/** @throws InvalidInputError for an unknown option or a number out of bounds. How many layers there are, others check. */
export function checkRegularization(
  where: string,
  given: unknown,
): CheckedRegularization | readonly (CheckedRegularization | null)[] | undefined {
  if (given === undefined) return undefined;
  if (!Array.isArray(given)) return checkOne(where, given);
  return Array.from(given as unknown[], (one, i) => (one === null ? null : checkOne(`${where}: layer ${i + 1}`, one)));
}

function checkOne(where: string, given: unknown): CheckedRegularization {
  checkOptions(where, given, ["l1", "l2", "maxNorm", "biases"]);
  const { l1 = 0, l2 = 0, maxNorm, biases = false } = { ...(given as Regularization) };
  if (typeof biases !== "boolean") refuse(`${where}: biases`, "true or false", show(biases));
  return Object.freeze({
    l1: checkNumber(`${where}: l1`, l1, SIZE),
    l2: checkNumber(`${where}: l2`, l2, SIZE),
    maxNorm: maxNorm === undefined ? Infinity : checkNumber(`${where}: maxNorm`, maxNorm, { above: 0, max: 1e30 }),
    biases,
  });
}
