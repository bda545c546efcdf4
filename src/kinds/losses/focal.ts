import { numberOption, optionalNumber } from "../named.ts";
import { crossEntropy, crossEntropyOfLogit, crossEntropySlope } from "./binaryCrossEntropy.ts";
import { type LossKind, smallest } from "./loss.ts";

export interface FocalOptions {
  /** How much less outputs count that are right already, at least 0, which is the cross-entropy. Default 2. */
  readonly gamma?: number;
  /** The weight of targets of 1, from 0 to 1; those of 0 have 1 - alpha. By default all have 1. */
  readonly alpha?: number | undefined;
}

/**
 * l = mean_i of c_i q_i^gamma times the binary cross-entropy of the output, for q = x + y - 2 x y, how far it is off, and c =
 * alpha y + (1 - alpha) (1 - y), or 1 without alpha (Lin et al. 2017, "Focal loss for dense object detection", section 3; of
 * targets between 0 and 1 as torchvision's sigmoid_focal_loss). From logits, x = sigma(s), the cross-entropy is finite.
 * numbers: [gamma, c of 0, c of 1 less that of 0].
 */
export const focal: LossKind<FocalOptions> = {
  synonyms: ["focalloss", "sigmoidfocal", "sigmoidfocalloss", "binaryfocalcrossentropy"],
  options: { gamma: numberOption(2, { min: 0, max: 100 }), alpha: optionalNumber({ min: 0, max: 1 }) },
  of({ gamma, alpha }) {
    const [negative, positive] = alpha === undefined ? [1, 0] : [1 - alpha, 2 * alpha - 1];
    const offBy = (x: number, y: number) => Math.max(x + y * (1 - 2 * x), smallest);
    const factor = (q: number, y: number) => (negative + positive * y) * q ** gamma;
    const c = alpha === undefined ? "" : `(${negative} + ${positive} y) `.replace("+ -", "- ");
    const written = (slope: string, entropySlope: string) =>
      `${c}(x + y - 2 x y)^${gamma} (${entropySlope} - ${gamma} (1 - 2 y) ${slope}(y ln(x) + (1 - y) ln(1 - x))/(x + y - 2 x y))/n`;
    return {
      outputs: [0, 1],
      targets: [0, 1],
      distribution: false,
      predicts: "sides",
      fusesWith: "sigmoid",
      mirrors: positive === 0,
      derivative: written("", "(1 - y)/(1 - x) - y/x"),
      derivativeByLogit: written("x (1 - x) ", "x - y"),
      poles: [0, 1],
      numbers: () => [gamma, negative, positive],
      value(x, s, y, units, rows, fused) {
        let sum = 0;
        for (let i = 0; i < rows * units; i++) {
          const entropy = fused ? crossEntropyOfLogit(s[i]!, y[i]!) : crossEntropy(x[i]!, y[i]!);
          sum += factor(offBy(x[i]!, y[i]!), y[i]!) * entropy;
        }
        return sum / units;
      },
      gradient(d, x, y, units, rows, scale, fused) {
        for (let i = 0; i < rows * units; i++) {
          const [output, target] = [x[i]!, y[i]!];
          const q = offBy(output, target);
          const pull = (crossEntropy(output, target) * gamma * (1 - 2 * target)) / q;
          const slope = fused
            ? output - target + output * (1 - output) * pull
            : crossEntropySlope(output, target) + pull;
          d[i] = (scale / units) * factor(q, target) * slope;
        }
      },
    };
  },
};
