/** What the loss of a row counts by its class: given by the class's name, or such that all classes count alike. */
import { checkWeight } from "../data/weights.ts";
import { refuse, show } from "../ground/errors.ts";

/**
 * "balanced": n / (classes * n_k) for each class k that has rows, n_k being how many rows it has, or the sum of their
 * weights, and n that of all (scikit-learn's). Or a weight by class, 1 for those not named: by the name of a category, or by
 * the number of a label, from 0.
 */
export type ClassWeight = "balanced" | Readonly<Record<string, number>>;

/** @throws InvalidInputError for what is neither "balanced" nor weights by class; which classes there are, the rows will say. */
export function checkClassWeight(where: string, given: unknown): ClassWeight | undefined {
  if (given === undefined || given === "balanced") return given;
  if (typeof given !== "object" || given === null || Array.isArray(given) || ArrayBuffer.isView(given)) {
    refuse(where, '"balanced" or an object with a weight for each class', show(given));
  }
  return Object.fromEntries(
    Object.entries(given).map(([name, weight]) => [name, checkWeight(`${where}, class ${show(name)}`, weight)]),
  );
}
