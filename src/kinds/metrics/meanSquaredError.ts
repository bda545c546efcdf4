import { Errors } from "./meters/errors.ts";
import { everyTask, type MetricKind } from "./metric.ts";

/** mean (y - x)^2, over rows and outputs. */
export const meanSquaredError: MetricKind<Errors, number> = {
  tasks: everyTask,
  better: "lower",
  Meter: Errors,
  value: (errors) => errors.mean(({ squared }) => squared) / errors.total,
};
