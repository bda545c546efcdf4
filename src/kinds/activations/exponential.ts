import type { Activation } from "./activation.ts";

/** x = e^s; dx/ds = x. For outputs that are above 0, such as the mean of counts: see the loss `poisson`. */
export const exponential: Activation = {
  range: [0, Infinity],
  synonyms: ["exp"],
  derivative: "x",
  forward(x, s, units, rows) {
    for (let i = 0; i < rows * units; i++) x[i] = Math.exp(s[i]!);
  },
  backward(ds, dx, x, units, rows) {
    for (let i = 0; i < rows * units; i++) ds[i] = dx[i]! * x[i]!;
  },
};
