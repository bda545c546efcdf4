import { type Loss, smallest } from "./loss.ts";

/**
 * l = mean_i (x_i - y_i ln x_i), of counts y whose mean is x: the negative log-likelihood of a Poisson distribution without
 * ln y!, which no output changes (McCullagh and Nelder 1989, "Generalized linear models", chapter 6), as Keras and PyTorch have
 * it; scikit-learn's is half the deviance, which is less by y - y ln y. dl/dx_i = (1 - y_i / x_i) / n.
 * From logits, x = e^s: l = mean_i (x_i - y_i s_i) and dl/ds_i = (x_i - y_i) / n.
 */
export const poisson: Loss = {
  synonyms: ["poissonnll", "poissonnllloss", "poissonloss", "poissonnegativeloglikelihood"],
  outputs: [0, Infinity],
  targets: [0, Infinity],
  distribution: false,
  predicts: "numbers",
  fusesWith: "exponential",
  derivative: "(1 - y/x)/n",
  derivativeByLogit: "(x - y)/n",
  poles: [0],
  value(x, s, y, units, rows, fused) {
    let sum = 0;
    for (let i = 0; i < rows * units; i++) {
      sum += x[i]! - y[i]! * (fused ? s[i]! : Math.log(Math.max(x[i]!, smallest)));
    }
    return sum / units;
  },
  gradient(d, x, y, units, rows, scale, fused) {
    const share = scale / units;
    for (let i = 0; i < rows * units; i++) {
      d[i] = share * (fused ? x[i]! - y[i]! : 1 - y[i]! / Math.max(x[i]!, smallest));
    }
  },
};
