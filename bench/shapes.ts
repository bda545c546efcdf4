/** The workloads: networks and the batches they are trained on. Sizes, and nothing else. */
import type { NetworkDescription } from "../src/model/description.ts";
import { type NetworkShape, networkShape } from "../src/model/shape.ts";

export interface Workload {
  readonly name: string;
  /** n_1 to n_m. */
  readonly widths: readonly number[];
  readonly batch: number;
}

export const workloads: readonly Workload[] = [
  { name: "xor", widths: [2, 2, 1], batch: 4 },
  { name: "titanic", widths: [2, 2, 1], batch: 891 },
  { name: "digits", widths: [64, 32, 10], batch: 32 },
  { name: "mnist-30", widths: [784, 30, 10], batch: 10 },
  { name: "mnist-128", widths: [784, 128, 10], batch: 32 },
  { name: "mnist-128-large", widths: [784, 128, 10], batch: 128 },
  { name: "mnist-512", widths: [784, 512, 512, 10], batch: 128 },
  { name: "wide", widths: [1024, 1024, 1024, 1024], batch: 256 },
];

export function workloadNamed(name: string): Workload {
  const found = workloads.find((workload) => workload.name === name);
  if (found !== undefined) return found;
  const names = workloads.map((workload) => workload.name).join(", ");
  throw new Error(`bench: expected a workload (${names}), got ${JSON.stringify(name)}`);
}

/** Widths, then the rows of a batch: "784-128-10, 32" */
export function describeWorkload({ widths, batch }: Workload): string {
  return `${widths.join("-")}, ${batch}`;
}

/** Sigmoid units; several outputs are a softmax. The losses are the cross-entropies. */
export function descriptionOf(widths: readonly number[]): NetworkDescription {
  const isBinary = widths.at(-1) === 1;
  const last = isBinary ? "sigmoid" : "softmax";
  return {
    inputs: widths[0]!,
    layers: widths.slice(1).map((units, k) => ({ units, activation: k === widths.length - 2 ? last : "sigmoid" })),
    loss: isBinary ? "binaryCrossEntropy" : "categoricalCrossEntropy",
  };
}

export function shapeOf(widths: readonly number[]): NetworkShape {
  return networkShape(descriptionOf(widths));
}

/**
 * Floating-point operations of a step in its products, a multiplication and an addition counted as two: S = W X and
 * dW = dS X^T in every layer, dX = W^T dS in all but the first. What activations and updates cost comes for free here.
 */
export function stepFlops({ widths, batch }: Workload): number {
  let flops = 0;
  for (let k = 1; k < widths.length; k++) flops += 2 * widths[k - 1]! * widths[k]! * batch * (k === 1 ? 2 : 3);
  return flops;
}

/** The same of a forward pass over `batch` rows. */
export function forwardFlops({ widths, batch }: Workload): number {
  let flops = 0;
  for (let k = 1; k < widths.length; k++) flops += 2 * widths[k - 1]! * widths[k]! * batch;
  return flops;
}
