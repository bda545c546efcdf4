import type { Activation } from "./activation.ts";

/** x = tanh s; dx/ds = 1 - x^2. */
export const tanh: Activation = {
  range: [-1, 1],
  synonyms: ["hyperbolictangent"],
  derivative: "1 - x^2",
  forward(x, s, units, rows) {
    for (let i = 0; i < rows * units; i++) x[i] = Math.tanh(s[i]!);
  },
  backward(ds, dx, x, units, rows) {
    for (let i = 0; i < rows * units; i++) ds[i] = dx[i]! * (1 - x[i]! * x[i]!);
  },
};
