import { Errors, explained } from "./meters/errors.ts";
import { everyTask, type MetricKind } from "./metric.ts";

/** R^2 = 1 - sum w e^2 / sum w (y - mean y)^2 of each output, the mean over outputs. NaN of fewer than two rows. */
export const r2: MetricKind<Errors, number> = {
  tasks: everyTask,
  better: "higher",
  Meter: Errors,
  value: (errors) =>
    errors.rows < 2 ? NaN : errors.mean(({ squared, targets }) => explained(squared, targets.squares)),
};
