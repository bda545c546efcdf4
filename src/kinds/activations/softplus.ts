import type { Activation } from "./activation.ts";

/** x = ln(1 + e^s); dx/ds = 1 - e^-x. */
export const softplus: Activation = {
  range: [0, Infinity],
  synonyms: ["softrelu"],
  derivative: "1 - e^(-x)",
  forward(x, s, units, rows) {
    for (let i = 0; i < rows * units; i++) x[i] = Math.max(0, s[i]!) + Math.log1p(Math.exp(-Math.abs(s[i]!)));
  },
  backward(ds, dx, x, units, rows) {
    for (let i = 0; i < rows * units; i++) ds[i] = dx[i]! * -Math.expm1(-x[i]!);
  },
};
