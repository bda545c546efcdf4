import { numberOption } from "../named.ts";
import type { LossKind } from "./loss.ts";

export interface HuberOptions {
  /** From which difference on the loss is linear, above 0. Default 1. */
  readonly delta?: number;
}

/**
 * l = mean_i of d^2 / 2 where |d| is at most delta, else delta (|d| - delta / 2), for d = x_i - y_i (Huber 1964);
 * dl/dx_i = d / n, kept within delta / n. numbers: [delta].
 */
export const huber: LossKind<HuberOptions> = {
  synonyms: ["huberloss", "smoothl1", "smoothl1loss"],
  options: { delta: numberOption(1, { above: 0, max: 1e30 }) },
  of: ({ delta }) => ({
    outputs: [-Infinity, Infinity],
    targets: [-Infinity, Infinity],
    distribution: false,
    predicts: "numbers",
    fusesWith: undefined,
    derivative: `max(-${delta}, min(${delta}, x - y))/n`,
    kinks: [-delta, delta],
    numbers: () => [delta],
    value(x, _s, y, units, rows) {
      let sum = 0;
      for (let i = 0; i < rows * units; i++) {
        const d = x[i]! - y[i]!;
        const bounded = Math.min(delta, Math.max(-delta, d));
        sum += bounded * (d - bounded / 2);
      }
      return sum / units;
    },
    gradient(d, x, y, units, rows, scale) {
      for (let i = 0; i < rows * units; i++) {
        d[i] = (scale / units) * Math.min(delta, Math.max(-delta, x[i]! - y[i]!));
      }
    },
  }),
};
