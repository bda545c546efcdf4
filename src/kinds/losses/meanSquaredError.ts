import type { Loss } from "./loss.ts";

/** l = mean_i (x_i - y_i)^2; dl/dx_i = 2 (x_i - y_i) / n. */
export const meanSquaredError: Loss = {
  synonyms: ["mse", "mseloss", "l2", "l2loss", "squarederror", "squaredloss", "meansquared", "leastsquares"],
  outputs: [-Infinity, Infinity],
  targets: [-Infinity, Infinity],
  distribution: false,
  predicts: "numbers",
  fusesWith: undefined,
  derivative: "2 (x - y)/n",
  value(x, _s, y, units, rows) {
    let sum = 0;
    for (let i = 0; i < rows * units; i++) sum += (x[i]! - y[i]!) ** 2;
    return sum / units;
  },
  gradient(d, x, y, units, rows, scale) {
    const share = (2 * scale) / units;
    for (let i = 0; i < rows * units; i++) d[i] = share * (x[i]! - y[i]!);
  },
};
