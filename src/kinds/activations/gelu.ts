import { booleanOption } from "../named.ts";
import type { ActivationKind } from "./activation.ts";
import { gatedBackward, gatedForward } from "./silu.ts";

export interface GeluOptions {
  /** Whether Phi(s) is taken as (1 + tanh(sqrt(2 / pi) (s + 0.044715 s^3))) / 2. Default false. */
  readonly approximate?: boolean;
}

const A = 2 * Math.sqrt(2 / Math.PI);

/**
 * x = s Phi(s), Phi being the normal distribution (Hendrycks and Gimpel 2016); dx/ds = Phi(s) + s phi(s). With tanh it is
 * s sigma(a s + b s^3). numbers: [a, b, 1 if it is approximate].
 */
export const gelu: ActivationKind<GeluOptions> = {
  options: { approximate: booleanOption(false) },
  of: ({ approximate }) => ({
    range: [approximate ? -0.1701 : -0.17, Infinity],
    keeps: "preActivation",
    falls: true,
    numbers: [A, A * 0.044715, approximate ? 1 : 0],
    forward(x, s, units, rows, numbers) {
      if (numbers[2] === 1) return gatedForward(x, s, units, rows, numbers);
      for (let i = 0; i < rows * units; i++) x[i] = s[i]! * below(s[i]!);
    },
    backward(ds, dx, s, units, rows, numbers) {
      if (numbers[2] === 1) return gatedBackward(ds, dx, s, units, rows, numbers);
      for (let i = 0; i < rows * units; i++) {
        const density = Math.exp(-(s[i]! ** 2) / 2) / Math.sqrt(2 * Math.PI);
        ds[i] = dx[i]! * (below(s[i]!) + s[i]! * density);
      }
    },
  }),
};

/** Phi(s). */
function below(s: number): number {
  return (1 + erf(s * Math.SQRT1_2)) / 2;
}

/** 2 / sqrt(pi) e^(-x^2) times the sum of 2^n x^(2n + 1) / (1 3 5 ... (2n + 1)), whose terms have one sign. */
export function erf(x: number): number {
  const square = x * x;
  if (square > 36) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (2 * square) / odd;
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-square) * sum;
}
