/** The passengers of the Titanic whose age is known: age in years, whether they are male, and whether they survived. */
import { loadCsv, type TableDataset } from "lanegrad";

const file = new URL("../../src/cli/titanic/titanic.csv", import.meta.url);

export function loadPassengers(
  options: { where?: "all" | "train"; standardize?: string[] } = {},
): Promise<TableDataset> {
  const { where = "all", standardize = [] } = options;
  return loadCsv(file, {
    inputs: ["age", "male"],
    targets: ["survived"],
    derive: { male: ({ sex }) => sex === "male" },
    where: ({ split }) => where === "all" || split === where,
    missing: "drop",
    standardize,
  });
}

export interface Passenger {
  readonly age: number;
  /** 0 or 1, as survived. */
  readonly male: number;
  readonly survived: number;
}

/** A passenger for each row. */
export function rowsOf({ inputs, targets, count }: TableDataset): Passenger[] {
  return Array.from({ length: count }, (_, row) => ({
    age: inputs[2 * row]!,
    male: inputs[2 * row + 1]!,
    survived: targets[row]!,
  }));
}
