import { Errors } from "./meters/errors.ts";
import { everyTask, type MetricKind } from "./metric.ts";

/** mean |y - x|, over rows and outputs. */
export const meanAbsoluteError: MetricKind<Errors, number> = {
  tasks: everyTask,
  better: "lower",
  Meter: Errors,
  value: (errors) => errors.mean(({ absolute }) => absolute) / errors.total,
};
