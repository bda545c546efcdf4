/**
 * The table of activations. Each entry has a kernel pair of its name in `assembly/activations/`, and here its slow twin:
 * the same equations in plain JavaScript, over row-major rows [rows, units], with `forward` right above `backward`.
 */
import type { Floats } from "../../ground/floats.ts";

export interface Activation {
  /** Where its outputs lie; a loss may demand less. */
  readonly range: readonly [low: number, high: number];
  /** The initialization that keeps signals of this activation alive from layer to layer. */
  readonly initialization: "glorot" | "he";
  /** Whether an output depends on the sums of all units of its layer, as those of softmax do. */
  readonly couples?: boolean;
  /** x = f(s). x may be s. */
  forward(x: Floats, s: Floats, units: number, rows: number): void;
  /** ds = dx * f'(s), from dx and the output x. ds may be dx. */
  backward(ds: Floats, dx: Floats, x: Floats, units: number, rows: number): void;
}

export const activations = {
  /** x = s. */
  identity: {
    range: [-Infinity, Infinity],
    initialization: "glorot",
    forward(x, s, units, rows) {
      for (let i = 0; i < rows * units; i++) x[i] = s[i]!;
    },
    backward(ds, dx, _x, units, rows) {
      for (let i = 0; i < rows * units; i++) ds[i] = dx[i]!;
    },
  },

  /** x = 1 / (1 + e^-s); dx/ds = x (1 - x). */
  sigmoid: {
    range: [0, 1],
    initialization: "glorot",
    forward(x, s, units, rows) {
      for (let i = 0; i < rows * units; i++) x[i] = 1 / (1 + Math.exp(-s[i]!));
    },
    backward(ds, dx, x, units, rows) {
      for (let i = 0; i < rows * units; i++) ds[i] = dx[i]! * x[i]! * (1 - x[i]!);
    },
  },

  /** x = tanh s; dx/ds = 1 - x^2. */
  tanh: {
    range: [-1, 1],
    initialization: "glorot",
    forward(x, s, units, rows) {
      for (let i = 0; i < rows * units; i++) x[i] = Math.tanh(s[i]!);
    },
    backward(ds, dx, x, units, rows) {
      for (let i = 0; i < rows * units; i++) ds[i] = dx[i]! * (1 - x[i]! * x[i]!);
    },
  },

  /** x = max(0, s); dx/ds = 1 where x > 0, else 0. NaN stays NaN. */
  relu: {
    range: [0, Infinity],
    initialization: "he",
    forward(x, s, units, rows) {
      for (let i = 0; i < rows * units; i++) x[i] = Math.max(0, s[i]!);
    },
    backward(ds, dx, x, units, rows) {
      for (let i = 0; i < rows * units; i++) ds[i] = x[i]! > 0 ? dx[i]! : 0;
    },
  },

  /** x_i = e^(s_i) / sum_j e^(s_j); ds_i = x_i (dx_i - sum_j x_j dx_j). */
  softmax: {
    range: [0, 1],
    initialization: "glorot",
    couples: true,
    forward(x, s, units, rows) {
      for (let begin = 0; begin < rows * units; begin += units) {
        // The largest is taken off before the exponential, or e^1000 would be infinite.
        let largest = -Infinity;
        for (let i = begin; i < begin + units; i++) largest = Math.max(largest, s[i]!);
        let sum = 0;
        for (let i = begin; i < begin + units; i++) sum += x[i] = Math.exp(s[i]! - largest);
        for (let i = begin; i < begin + units; i++) x[i]! /= sum;
      }
    },
    backward(ds, dx, x, units, rows) {
      for (let begin = 0; begin < rows * units; begin += units) {
        let mean = 0;
        for (let i = begin; i < begin + units; i++) mean += x[i]! * dx[i]!;
        for (let i = begin; i < begin + units; i++) ds[i] = x[i]! * (dx[i]! - mean);
      }
    },
  },
} satisfies Record<string, Activation>;

export type ActivationName = keyof typeof activations;
