import { Ranked, type Ranking, sumOver } from "./meters/ranked.ts";
import { classifications, type MetricKind, ratio } from "./metric.ts";

/** sum_n (R_n - R_(n-1)) P_n over the thresholds between scores, without interpolation. */
function ofRanking(ranking: Ranking): number {
  const sum = sumOver(ranking, (positives, negatives, newPositives) =>
    newPositives === 0 ? 0 : newPositives * (positives / (positives + negatives)),
  );
  return ratio(sum, ranking.positives.at(-1) ?? 0);
}

/**
 * Average precision, 0 where no row is positive. Of several classes: the mean over classes, or labels, of one against the rest
 * (scikit-learn's average="macro").
 */
export const averagePrecision: MetricKind<Ranked, number> = {
  tasks: classifications,
  better: "higher",
  Meter: Ranked,
  value: ({ rankings }) => rankings.reduce((sum, ranking) => sum + ofRanking(ranking), 0) / rankings.length,
};
