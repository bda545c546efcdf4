import { numberOption } from "../named.ts";
import type { Activation, ActivationKind } from "./activation.ts";

export interface EluOptions {
  /** x goes to -alpha far below 0, at least 0. Default 1. */
  readonly alpha?: number;
}

/** x = s where s > 0, else alpha (e^s - 1) (Clevert, Unterthiner and Hochreiter 2016); dx/ds = 1 or x + alpha. */
export const elu: ActivationKind<EluOptions> = {
  synonyms: ["exponentiallinear", "exponentiallinearunit"],
  options: { alpha: numberOption(1, { min: 0, max: 1e30 }) },
  of: ({ alpha }) => scaledElu(1, alpha),
};

/** scale times an elu. numbers: [scale, scale alpha]. */
export function scaledElu(scale: number, alpha: number): Activation {
  return {
    range: [-scale * alpha, Infinity],
    derivative: `${scale === 1 ? "" : `${scale} `}step(x) + (1 - step(x)) (x + ${scale * alpha})`,
    // With an alpha of 1 only the second derivative jumps, which differences feel too.
    kinks: [0],
    numbers: [scale, scale * alpha],
    forward(x, s, units, rows, numbers) {
      const [above, below] = [numbers[0]!, numbers[1]!];
      for (let i = 0; i < rows * units; i++) x[i] = s[i]! > 0 ? above * s[i]! : below * Math.expm1(s[i]!);
    },
    backward(ds, dx, x, units, rows, numbers) {
      const [above, below] = [numbers[0]!, numbers[1]!];
      for (let i = 0; i < rows * units; i++) ds[i] = dx[i]! * (x[i]! > 0 ? above : x[i]! + below);
    },
  };
}
