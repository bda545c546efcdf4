/**
 * Errors e = y - x of each output, and the spread of its targets y: weighted means and sums of squares about them, updated
 * row by row (West 1979), which loses no digits however far the targets are from 0.
 */
import type { Floats } from "../../../ground/floats.ts";
import type { Meter, Task } from "../metric.ts";

/** Of one output. */
interface Column {
  /** The mean, and the sum of squared distances from it. */
  readonly targets: Spread;
  readonly errors: Spread;
  /** sum w |e|, sum w e^2 */
  absolute: number;
  squared: number;
}

interface Spread {
  mean: number;
  squares: number;
}

export class Errors implements Meter {
  /** The sum of all weights, and how many rows have one. */
  total = 0;
  rows = 0;
  readonly columns: readonly Column[];

  constructor({ units }: Task) {
    this.columns = Array.from({ length: units }, () => ({
      targets: { mean: 0, squares: 0 },
      errors: { mean: 0, squares: 0 },
      absolute: 0,
      squared: 0,
    }));
  }

  add(outputs: Floats, targets: Floats, weights: Floats | undefined, rows: number): void {
    for (let row = 0; row < rows; row++) {
      const weight = weights ? weights[row]! : 1;
      if (weight === 0) continue;
      this.total += weight;
      this.rows++;
      this.columns.forEach((column, k) => {
        const at = row * this.columns.length + k;
        this.#addTo(column, targets[at]!, targets[at]! - outputs[at]!, weight);
      });
    }
  }

  #addTo(column: Column, target: number, error: number, weight: number): void {
    spread(column.targets, target, weight, this.total);
    spread(column.errors, error, weight, this.total);
    column.absolute += weight * Math.abs(error);
    column.squared += weight * error * error;
  }

  /** The mean over outputs of what a column comes to. */
  mean(of: (column: Column) => number): number {
    return this.columns.reduce((sum, column) => sum + of(column), 0) / this.columns.length;
  }
}

/** `total` includes `weight`. */
function spread(to: Spread, value: number, weight: number, total: number): void {
  const distance = value - to.mean;
  to.mean += (weight / total) * distance;
  to.squares += weight * distance * (value - to.mean);
}

/**
 * 1 - error / spread; of targets that are all equal, 1 where there is no error and 0 otherwise (scikit-learn's
 * force_finite=True).
 */
export function explained(error: number, spreadOfTargets: number): number {
  if (spreadOfTargets === 0) return error === 0 ? 1 : 0;
  return 1 - error / spreadOfTargets;
}
