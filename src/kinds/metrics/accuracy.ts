import { Counts } from "./meters/counts.ts";
import { classifications, type MetricKind } from "./metric.ts";

/** The share of rows that are right: of several labels, right in all (scikit-learn's subset accuracy; Keras counts each). */
export const accuracy: MetricKind<Counts, number> = {
  tasks: classifications,
  better: "higher",
  Meter: Counts,
  value: ({ right, total }) => right / total,
};
