import type { Activation } from "./activation.ts";

/** x = 1 / (1 + e^-s); dx/ds = x (1 - x). */
export const sigmoid: Activation = {
  range: [0, 1],
  synonyms: ["logistic", "sigma", "expit"],
  derivative: "x (1 - x)",
  complements: true,
  forward(x, s, units, rows) {
    for (let i = 0; i < rows * units; i++) x[i] = 1 / (1 + Math.exp(-s[i]!));
  },
  backward(ds, dx, x, units, rows) {
    for (let i = 0; i < rows * units; i++) ds[i] = dx[i]! * x[i]! * (1 - x[i]!);
  },
};
