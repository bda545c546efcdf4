import { labelSmoothing, type LabelSmoothingOptions, smoothedTarget, smoothing } from "./label-smoothing.ts";
import { type LossKind, smallest } from "./loss.ts";

/**
 * l = -sum_i y_i ln x_i, the y_i of a row adding up to 1, or to Y of about 1 as floating point has it.
 * From logits, x = softmax(s): l = Y ln(sum_j e^(s_j)) - sum_i y_i s_i and dl/ds = Y x - y. With label smoothing e, y is
 * (1 - e) y + e / n. numbers: [1 - e, e / n].
 */
export const categoricalCrossEntropy: LossKind<LabelSmoothingOptions> = {
  synonyms: [
    "cce",
    "ce",
    "crossentropy",
    "crossentropyloss",
    "softmaxcrossentropy",
    "sparsecategoricalcrossentropy",
    "nll",
    "nllloss",
    "negativeloglikelihood",
  ],
  options: { labelSmoothing },
  of: ({ labelSmoothing: e }) => ({
    outputs: [0, 1],
    targets: [0, 1],
    distribution: true,
    predicts: "classes",
    fusesWith: "softmax",
    derivative: `-${smoothedTarget(e, "n")}/x`,
    derivativeByLogit: `x - ${smoothedTarget(e, "n")}`,
    poles: [0],
    numbers: (units) => smoothing(e, units),
    value(x, s, y, units, rows, fused) {
      const [keep, share] = smoothing(e, units);
      let sum = 0;
      for (let begin = 0; begin < rows * units; begin += units) {
        if (!fused) {
          for (let i = begin; i < begin + units; i++) {
            sum -= (keep * y[i]! + share) * Math.log(Math.max(x[i]!, smallest));
          }
          continue;
        }
        let largest = -Infinity;
        for (let i = begin; i < begin + units; i++) largest = Math.max(largest, s[i]!);
        let exponentials = 0;
        for (let i = begin; i < begin + units; i++) exponentials += Math.exp(s[i]! - largest);
        // Taken from every logit alike, the largest leaves the loss as it is and keeps its terms small.
        const logarithm = Math.log(exponentials);
        // Where the difference overflows, it would make NaN of a target of 0.
        for (let i = begin; i < begin + units; i++) {
          sum += (keep * y[i]! + share) * (logarithm - Math.max(s[i]! - largest, -Number.MAX_VALUE));
        }
      }
      return sum;
    },
    gradient(d, x, y, units, rows, scale, fused) {
      const [keep, share] = smoothing(e, units);
      for (let begin = 0; begin < rows * units; begin += units) {
        let total = 0;
        for (let i = begin; i < begin + units; i++) total += keep * y[i]! + share;
        for (let i = begin; i < begin + units; i++) {
          const target = keep * y[i]! + share;
          d[i] = scale * (fused ? total * x[i]! - target : -target / Math.max(x[i]!, smallest));
        }
      }
    },
  }),
};
