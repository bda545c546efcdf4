import { Counts } from "./meters/counts.ts";
import type { MetricKind } from "./metric.ts";

/**
 * R = (c s - sum_k p_k t_k) / sqrt((s^2 - sum p_k^2) (s^2 - sum t_k^2)), of s rows, c of them right, t_k of class k, p_k
 * predicted to be (Matthews 1975; several classes: Gorodkin 2004). 0 where targets or predictions are constant.
 */
export const matthewsCorrelation: MetricKind<Counts, number> = {
  tasks: ["binary", "classes"],
  better: "higher",
  Meter: Counts,
  value({ actual, predicted, right, total }) {
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, k) => sum + value * b[k]!, 0);
    const spread = (total ** 2 - dot(predicted, predicted)) * (total ** 2 - dot(actual, actual));
    // Rounding may leave a trace of it where there is none.
    if (isConstant(actual) || isConstant(predicted)) return 0;
    return (right * total - dot(predicted, actual)) / Math.sqrt(spread);
  },
};

function isConstant(counts: Float64Array): boolean {
  return counts.filter((weight) => weight > 0).length < 2;
}
