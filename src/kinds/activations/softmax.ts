import type { Activation } from "./activation.ts";

/** x_i = e^(s_i) / sum_j e^(s_j); ds_i = x_i (dx_i - sum_j x_j dx_j). */
export const softmax: Activation = {
  range: [0, 1],
  synonyms: ["softargmax"],
  couples: true,
  derivative: "x (1 - x)",
  derivativeByOther: "-x z",
  exponential: true,
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
};
