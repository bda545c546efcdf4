import { Ranked, type Ranking, sumOver } from "./meters/ranked.ts";
import { classifications, type MetricKind } from "./metric.ts";

/** The trapezoids under true positives over false positives, so that equal scores count half (Hanley and McNeil 1982). */
function area(ranking: Ranking): number {
  const sum = sumOver(ranking, (positives, _negatives, newPositives, newNegatives) => {
    return newNegatives * (positives - newPositives / 2);
  });
  return sum / (last(ranking.positives) * last(ranking.negatives));
}

/** All there are. */
const last = (counts: Float64Array) => counts.at(-1) ?? 0;

/**
 * The area under the ROC curve. Of several classes: the mean over classes, or labels, of one against the rest (scikit-learn's
 * multi_class="ovr", average="macro"), without those that all rows have or none has, for which it is not
 * defined: scikit-learn refuses data that have such a class.
 */
export const rocAuc: MetricKind<Ranked, number> = {
  tasks: classifications,
  better: "higher",
  Meter: Ranked,
  value({ rankings }) {
    const defined = rankings.filter(({ positives, negatives }) => last(positives) > 0 && last(negatives) > 0);
    return defined.reduce((sum, ranking) => sum + area(ranking), 0) / defined.length;
  },
};
