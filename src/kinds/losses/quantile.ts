import { numberOption } from "../named.ts";
import type { Loss, LossKind } from "./loss.ts";

export interface QuantileOptions {
  /** Which share of the targets is to lie below the output, above 0 and below 1. Default 0.5, the median. */
  readonly quantile?: number;
}

/**
 * l = mean_i of (1 - q) (x_i - y_i) where an output is above its target, q (y_i - x_i) where it is below: the pinball loss of
 * the quantile q (Koenker and Bassett 1978, "Regression quantiles"); dl/dx_i = (1 - q) / n or -q / n, and 0 where they are equal.
 */
export const quantile: LossKind<QuantileOptions> = {
  synonyms: ["pinball", "pinballloss", "quantileloss"],
  options: { quantile: numberOption(0.5, { above: 0, below: 1 }) },
  // Formulas show 0.1 for 1 - 0.9, not 0.09999999999999998.
  of: ({ quantile: q }) => sided(Number((1 - q).toPrecision(15)), q),
};

/** The loss whose terms are over (x - y) above the target, under (y - x) below it. numbers: [over, under]. */
export function sided(over: number, under: number): Loss {
  const derivative = over === 1 && under === 1 ? "sign(x - y)/n" : `(${over} step(x - y) - ${under} step(y - x))/n`;
  return {
    outputs: [-Infinity, Infinity],
    targets: [-Infinity, Infinity],
    distribution: false,
    predicts: "numbers",
    fusesWith: undefined,
    derivative,
    kinks: [0],
    numbers: () => [over, under],
    value(x, _s, y, units, rows) {
      let sum = 0;
      for (let i = 0; i < rows * units; i++) sum += Math.max(over * (x[i]! - y[i]!), under * (y[i]! - x[i]!));
      return sum / units;
    },
    gradient(d, x, y, units, rows, scale) {
      for (let i = 0; i < rows * units; i++) {
        const slope = x[i]! > y[i]! ? over : x[i]! < y[i]! ? -under : 0;
        d[i] = (scale / units) * slope;
      }
    },
  };
}
