import { Errors, explained } from "./meters/errors.ts";
import { everyTask, type MetricKind } from "./metric.ts";

/** 1 - Var(e) / Var(y) of each output, the mean over outputs. NaN of no rows. */
export const explainedVariance: MetricKind<Errors, number> = {
  tasks: everyTask,
  better: "higher",
  Meter: Errors,
  value: (meter) =>
    meter.rows === 0 ? NaN : meter.mean(({ errors, targets }) => explained(errors.squares, targets.squares)),
};
