/** Four ways in which a rate of one class becomes a metric of all. */
import { Counts } from "./meters/counts.ts";
import { classifications, type MetricKind, ratio } from "./metric.ts";

/** What a class comes to, k from 0. */
type Rate = (counts: Counts, k: number) => number;

/** Of class 1, which is what a single yes-or-no output is about. */
export function ofClassOne(rate: Rate): MetricKind<Counts, number> {
  return { tasks: ["binary"], better: "higher", Meter: Counts, value: (counts) => rate(counts, 1) };
}

/**
 * The mean over the classes that targets or predictions have, as scikit-learn takes it where it is not told the classes; but
 * a row of weight 0 is no row, so a class that only such rows have is left out.
 */
export function macro(rate: Rate): MetricKind<Counts, number> {
  return {
    tasks: classifications,
    better: "higher",
    Meter: Counts,
    value(counts) {
      const { present } = counts;
      return present.reduce((sum, k) => sum + rate(counts, k), 0) / present.length;
    },
  };
}

/** The mean over classes, each by the weight of its rows. */
export function weighted(rate: Rate): MetricKind<Counts, number> {
  return {
    tasks: classifications,
    better: "higher",
    Meter: Counts,
    value(counts) {
      const supports = counts.actual.reduce((sum, weight) => sum + weight, 0);
      return ratio(
        counts.actual.reduce((sum, weight, k) => sum + weight * rate(counts, k), 0),
        supports,
      );
    },
  };
}

/** All of them; 0 for a class of which there is nothing to say. */
export function perClass(rate: Rate): MetricKind<Counts, readonly number[]> {
  return {
    tasks: classifications,
    Meter: Counts,
    value: (counts) => [...counts.hits.keys()].map((k) => rate(counts, k)),
  };
}
