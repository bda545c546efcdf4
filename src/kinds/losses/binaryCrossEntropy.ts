import { labelSmoothing, type LabelSmoothingOptions, smoothedTarget, smoothing } from "./label-smoothing.ts";
import { type LossKind, smallest } from "./loss.ts";

/** -y ln x - (1 - y) ln (1 - x), of one output. */
export function crossEntropy(x: number, y: number): number {
  return -y * Math.log(Math.max(x, smallest)) - (1 - y) * Math.log(Math.max(1 - x, smallest));
}

/** The same from its logit, x = sigma(s). */
export function crossEntropyOfLogit(s: number, y: number): number {
  return Math.max(s, 0) - s * y + Math.log1p(Math.exp(-Math.abs(s)));
}

/** Its derivative by x. */
export function crossEntropySlope(x: number, y: number): number {
  return (1 - y) / Math.max(1 - x, smallest) - y / Math.max(x, smallest);
}

/**
 * The log loss of the notes, equation (3): l = -y ln x - (1 - y) ln (1 - x).
 * From logits, x = sigma(s): l = max(s, 0) - s y + ln(1 + e^-|s|) and dl/ds = x - y. With label smoothing e, y is
 * (1 - e) y + e / 2: there are two classes. numbers: [1 - e, e / 2].
 */
export const binaryCrossEntropy: LossKind<LabelSmoothingOptions> = {
  synonyms: ["bce", "bceloss", "bcewithlogits", "bcewithlogitsloss", "logloss", "sigmoidcrossentropy"],
  options: { labelSmoothing },
  of({ labelSmoothing: e }) {
    const [keep, share] = smoothing(e, 2);
    const target = smoothedTarget(e, "2");
    return {
      outputs: [0, 1],
      targets: [0, 1],
      distribution: false,
      predicts: "sides",
      fusesWith: "sigmoid",
      mirrors: true,
      derivative: `(-${target}/x + (1 - ${target})/(1 - x))/n`,
      derivativeByLogit: `(x - ${target})/n`,
      poles: [0, 1],
      numbers: () => [keep, share],
      value(x, s, targets, units, rows, fused) {
        let sum = 0;
        for (let i = 0; i < rows * units; i++) {
          const y = keep * targets[i]! + share;
          sum += fused ? crossEntropyOfLogit(s[i]!, y) : crossEntropy(x[i]!, y);
        }
        return sum / units;
      },
      gradient(d, x, targets, units, rows, scale, fused) {
        const part = scale / units;
        for (let i = 0; i < rows * units; i++) {
          const y = keep * targets[i]! + share;
          d[i] = part * (fused ? x[i]! - y : crossEntropySlope(x[i]!, y));
        }
      },
    };
  },
};
