/** Networks that tests trace, and what must hold of every sweep. */
import { expect } from "vitest";
import type { SweepStep, Value } from "../../../src/dataflow/graph.ts";
import type { NetworkOptions } from "../../../src/index.ts";

export const titanic: NetworkOptions = {
  inputs: 2,
  layers: [
    { units: 2, activation: "sigmoid" },
    { units: 1, activation: "sigmoid" },
  ],
  loss: "binaryCrossEntropy",
  seed: 7,
};
export const deep: NetworkOptions = {
  inputs: 3,
  layers: [
    { units: 4, activation: "tanh" },
    { units: 3, activation: "softmax" },
    { units: 5, activation: "relu" },
    { units: 3, activation: "softmax" },
  ],
  loss: "categoricalCrossEntropy",
  seed: 3,
};
export const numbersOf = (value: Value | undefined): number[] =>
  typeof value === "number" ? [value] : Array.from(value ?? [NaN]);

/** That the products and sums of the partials on the arrows come to what the kernels found for each circle. */
export function expectChainRule(steps: readonly SweepStep[], tolerance = 1e-5): void {
  const checked = steps.filter(({ circle }) => circle.derivative !== undefined);
  expect(checked.length).toBeGreaterThan(3);
  for (const { circle, derivative, terms } of checked) {
    const [expected, found] = [numbersOf(circle.derivative), numbersOf(derivative)];
    expect(found).toHaveLength(expected.length);
    found.forEach((value, i) => {
      // What a sum in float32 may be off by goes with its terms.
      const size = terms.reduce((sum, { product }) => sum + Math.abs(numbersOf(product)[i]!), Math.abs(value));
      expect(Math.abs(value - expected[i]!), circle.id).toBeLessThanOrEqual(tolerance * size);
    });
  }
}
