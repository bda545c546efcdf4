import type { Activation } from "./activation.ts";

/** x = s. */
export const identity: Activation = {
  range: [-Infinity, Infinity],
  synonyms: ["linear", "none"],
  derivative: "1",
  forward(x, s, units, rows) {
    for (let i = 0; i < rows * units; i++) x[i] = s[i]!;
  },
  backward(ds, dx, _x, units, rows) {
    for (let i = 0; i < rows * units; i++) ds[i] = dx[i]!;
  },
};
