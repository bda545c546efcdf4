import type { Floats } from "../../ground/floats.ts";
import { classifications, type Meter, type MetricKind, type Task } from "./metric.ts";

class Squares implements Meter {
  total = 0;
  sum = 0;
  readonly #units: number;
  readonly #divisor: number;

  constructor({ kind, units }: Task) {
    this.#units = units;
    this.#divisor = kind === "classes" ? 1 : units;
  }

  add(outputs: Floats, targets: Floats, weights: Floats | undefined, rows: number): void {
    for (let row = 0; row < rows; row++) {
      const weight = weights ? weights[row]! : 1;
      this.total += weight;
      if (weight === 0) continue;
      let squares = 0;
      for (let i = row * this.#units; i < (row + 1) * this.#units; i++) squares += (outputs[i]! - targets[i]!) ** 2;
      this.sum += (weight * squares) / this.#divisor;
    }
  }
}

/**
 * Brier's score (1950): the mean of (p - y)^2, from 0 to 1, for a yes or a no, and over labels; for one class out of several
 * the sum over classes, from 0 to 2.
 */
export const brierScore: MetricKind<Squares, number> = {
  tasks: classifications,
  better: "lower",
  Meter: Squares,
  value: ({ sum, total }) => sum / total,
};
