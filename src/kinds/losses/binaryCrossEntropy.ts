import { type Loss, smallest } from "./loss.ts";

/**
 * The log loss of the notes, equation (3): l = -y ln x - (1 - y) ln (1 - x).
 * From logits, x = sigma(s): l = max(s, 0) - s y + ln(1 + e^-|s|) and dl/ds = x - y.
 */
export const binaryCrossEntropy: Loss = {
  synonyms: ["bce", "bceloss", "bcewithlogits", "bcewithlogitsloss", "logloss", "sigmoidcrossentropy"],
  outputs: [0, 1],
  targets: [0, 1],
  distribution: false,
  predicts: "sides",
  fusesWith: "sigmoid",
  derivative: "(-y/x + (1 - y)/(1 - x))/n",
  derivativeByLogit: "(x - y)/n",
  poles: [0, 1],
  value(x, s, y, units, rows, fused) {
    let sum = 0;
    for (let i = 0; i < rows * units; i++) {
      sum += fused
        ? Math.max(s[i]!, 0) - s[i]! * y[i]! + Math.log1p(Math.exp(-Math.abs(s[i]!)))
        : -y[i]! * Math.log(Math.max(x[i]!, smallest)) - (1 - y[i]!) * Math.log(Math.max(1 - x[i]!, smallest));
    }
    return sum / units;
  },
  gradient(d, x, y, units, rows, scale, fused) {
    const share = scale / units;
    for (let i = 0; i < rows * units; i++) {
      d[i] = fused
        ? share * (x[i]! - y[i]!)
        : share * ((1 - y[i]!) / Math.max(1 - x[i]!, smallest) - y[i]! / Math.max(x[i]!, smallest));
    }
  },
};
