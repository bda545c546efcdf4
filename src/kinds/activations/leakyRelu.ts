import { numberOption } from "../named.ts";
import type { ActivationKind } from "./activation.ts";

export interface LeakyReluOptions {
  /** dx/ds where s is not above 0, at least 0. Default 0.01. */
  readonly slope?: number;
}

/** x = s where s > 0, else slope s (Maas, Hannun and Ng 2013); dx/ds = 1 or slope. numbers: [slope]. */
export const leakyRelu: ActivationKind<LeakyReluOptions> = {
  synonyms: ["lrelu", "leaky", "leakyrectifier"],
  options: { slope: numberOption(0.01, { min: 0, max: 1e30 }) },
  of: ({ slope }) => ({
    range: [slope > 0 ? -Infinity : 0, Infinity],
    derivative: `${slope} + ${Number((1 - slope).toPrecision(12))} step(x)`,
    kinks: [0],
    numbers: [slope],
    forward(x, s, units, rows, numbers) {
      const below = numbers[0]!;
      for (let i = 0; i < rows * units; i++) x[i] = s[i]! > 0 ? s[i]! : below * s[i]!;
    },
    backward(ds, dx, x, units, rows, numbers) {
      const below = numbers[0]!;
      for (let i = 0; i < rows * units; i++) ds[i] = x[i]! > 0 ? dx[i]! : below * dx[i]!;
    },
  }),
};
