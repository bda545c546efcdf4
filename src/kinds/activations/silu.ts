import type { Activation } from "./activation.ts";

type Twin = Activation["forward"];

/** x = s sigma(v), v = s (a + b s^2). numbers: [a, b]. */
export const gatedForward: Twin = (x, s, units, rows, numbers) => {
  for (let i = 0; i < rows * units; i++) x[i] = s[i]! * gate(s[i]!, numbers);
};

/** dx/ds = sigma(v) (1 + s (1 - sigma(v)) (a + 3 b s^2)). */
export const gatedBackward: Activation["backward"] = (ds, dx, s, units, rows, numbers) => {
  for (let i = 0; i < rows * units; i++) {
    const opened = gate(s[i]!, numbers);
    const slope = numbers[0]! + 3 * numbers[1]! * bounded(s[i]! ** 2);
    ds[i] = dx[i]! * (opened + s[i]! * opened * (1 - opened) * slope);
  }
};

function gate(s: number, numbers: readonly number[]): number {
  return 1 / (1 + Math.exp(-s * (numbers[0]! + numbers[1]! * bounded(s ** 2))));
}

/** 0 times infinity would be NaN. */
const bounded = (square: number) => Math.min(square, 1e30);

/** x = s sigma(s) (Elfwing, Uchibe and Doya 2018; Ramachandran, Zoph and Le 2017, as swish). */
export const silu: Activation = {
  range: [-0.2785, Infinity],
  synonyms: ["swish"],
  keeps: "preActivation",
  derivative: "sigmoid(s) (1 + s - x)",
  falls: true,
  numbers: [1, 0],
  forward: gatedForward,
  backward: gatedBackward,
};
