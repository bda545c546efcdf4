import { Errors } from "./meters/errors.ts";
import { everyTask, type MetricKind } from "./metric.ts";

/** sqrt(mean (y - x)^2) of each output, the mean over outputs, as in scikit-learn: not the root of the mean over all. */
export const rootMeanSquaredError: MetricKind<Errors, number> = {
  tasks: everyTask,
  better: "lower",
  Meter: Errors,
  value: (errors) => errors.mean(({ squared }) => Math.sqrt(squared / errors.total)),
};
