/** What a classifier's outputs were made of: for calibration, probabilities that are rounded to 1 have lost too much. */
import type { Floats } from "../ground/floats.ts";
import { type Asked, eachPass } from "../inspect/passes.ts";
import { activationOf } from "../kinds/activations/index.ts";
import { soleHead } from "../model/shape.ts";

/** The smallest normal float32. */
const SMALLEST = 2 ** -126;

/**
 * Of rows in the user's units, [rows, n_m]: of one class out of several, logarithms of probabilities, up to what is the same
 * in all of a row; of a yes or a no, ln p / (1 - p).
 */
export function logOddsOf(asked: Asked, areClasses: boolean, inputs: ArrayLike<number>, count: number): Float64Array {
  const { shape } = asked.engine;
  const { units, activation } = soleHead("log odds", shape);
  const { op } = shape.layers.at(-1)!;
  const { exponential, complements } = activationOf(activation);
  const odds = new Float64Array(count * units);
  eachPass(asked, inputs, undefined, count, (samples, begin, rows) => {
    const { engine } = asked;
    const { preActivations: s, activations: x } = engine.layerValues(samples, 0, rows).at(-1)!;
    // 1 - f(s) = f(-s) keeps its digits where f(s) is nearly 1.
    const rest = complements ? engine.kernels.forward(op, s.map(negative), rows) : undefined;
    for (let i = 0; i < rows * units; i++) {
      const logarithm = areClasses && exponential ? s[i]! : Math.log(Math.max(x[i]!, SMALLEST));
      const other = areClasses ? 0 : Math.log(Math.max(rest ? rest[i]! : 1 - x[i]!, SMALLEST));
      odds[begin * units + i] = logarithm - other;
    }
  });
  return odds;
}

function negative(s: number): number {
  return -s;
}

/** ln(1 + e^z) */
export function softplus(z: number): number {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}

/** 1 / (1 + e^-z) */
export function logistic(z: number): number {
  return z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));
}

/** ln sum_j e^(scale z_j) over z_begin to z_(end - 1), but for the one at `without`. */
export function logSumExp(z: Floats, begin: number, end: number, scale = 1, without = -1): number {
  let largest = -Infinity;
  for (let i = begin; i < end; i++) if (i !== without) largest = Math.max(largest, scale * z[i]!);
  let sum = 0;
  for (let i = begin; i < end; i++) if (i !== without) sum += Math.exp(scale * z[i]! - largest);
  return largest + Math.log(sum);
}
