import type { Activation } from "./activation.ts";

/** x = max(0, s); dx/ds = 1 where x > 0, else 0. NaN stays NaN. */
export const relu: Activation = {
  range: [0, Infinity],
  synonyms: ["rectifier", "rectifiedlinear"],
  derivative: "step(x)",
  kinks: [0],
  forward(x, s, units, rows) {
    for (let i = 0; i < rows * units; i++) x[i] = Math.max(0, s[i]!);
  },
  backward(ds, dx, x, units, rows) {
    for (let i = 0; i < rows * units; i++) ds[i] = x[i]! > 0 ? dx[i]! : 0;
  },
};
