import { Counts } from "./meters/counts.ts";
import type { MetricKind } from "./metric.ts";

/** The mean recall of the classes that targets have (Brodersen et al. 2010), not adjusted for chance. */
export const balancedAccuracy: MetricKind<Counts, number> = {
  tasks: ["binary", "classes"],
  better: "higher",
  Meter: Counts,
  value({ actual, hits }) {
    const classes = [...actual.keys()].filter((k) => actual[k]! > 0);
    return classes.reduce((sum, k) => sum + hits[k]! / actual[k]!, 0) / classes.length;
  },
};
