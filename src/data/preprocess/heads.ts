/** Which columns of targets are those of which head of a network. */
import { refuse } from "../../ground/errors.ts";
import type { Column } from "../schema.ts";

/** A head as its targets see it; one without a name is all outputs. */
export interface TargetHead {
  readonly name: string | undefined;
  readonly units: number;
}

/** The head that a column is for: a data set says so, or the column is called as one. */
export function headOf({ head, name }: Column): string | undefined {
  return head ?? name;
}

/**
 * Whether targets go by heads: where none is of a head, they go by their places.
 * @throws InvalidInputError for those of other heads than the network has.
 */
export function areOfHeads(where: string, given: readonly Column[], heads: readonly TargetHead[]): boolean {
  const names = heads.flatMap(({ name }) => name ?? []);
  const found = [...new Set(given.map(headOf))];
  if (names.length > 0 && found.length === names.length && names.every((name) => found.includes(name))) return true;
  if (given.every(({ head }) => head === undefined)) return false;
  const expected = names.length === 0 ? "targets without heads" : `targets of the heads ${names.join(", ")}`;
  return refuse(where, expected, `those of ${found.join(", ")}`);
}

/** The columns in the order of a network's outputs. */
export function inOrder(where: string, given: readonly Column[], heads: readonly TargetHead[]): readonly Column[] {
  if (!areOfHeads(where, given, heads)) return given;
  return heads.flatMap(({ name }) => given.filter((column) => headOf(column) === name));
}
