import type { Activation } from "./activation.ts";

/** x = s / 6 + 1/2, kept within [0, 1], as in PyTorch and Keras 3; dx/ds = 1/6 within, 0 at the ends. */
export const hardSigmoid: Activation = {
  range: [0, 1],
  derivative: "step(x) step(1 - x)/6",
  kinks: [-3, 3],
  forward(x, s, units, rows) {
    for (let i = 0; i < rows * units; i++) x[i] = Math.min(1, Math.max(0, s[i]! / 6 + 0.5));
  },
  backward(ds, dx, x, units, rows) {
    for (let i = 0; i < rows * units; i++) ds[i] = x[i]! > 0 && x[i]! < 1 ? dx[i]! / 6 : 0;
  },
};
