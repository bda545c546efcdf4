import { checkNumber, readOptions } from "../../ground/errors.ts";
import {
  checkLearningRate,
  make,
  monitorOf,
  observe,
  type Rate,
  RATE,
  rateAt,
  type ScheduleKind,
  startOf,
  STEPS,
} from "./schedule.ts";

export interface WarmUpOptions {
  /** In how many steps the rate rises; in step `steps`, counted from 0, the schedule begins. */
  steps: number;
  /** The first rate. By default the (steps + 1)th part of the schedule's first, so that the rate rises as in every step. */
  from?: number;
}

export interface WarmUp extends Readonly<WarmUpOptions> {
  readonly name: "warmUp";
  /** What follows. */
  readonly schedule: Rate;
}

/**
 * A rise along a line before any schedule, number or function (Goyal et al. 2017): rate = from + (first - from) t / steps,
 * `first` being the schedule's first rate; then the schedule, as if training began there.
 * @throws InvalidInputError for an unknown option, a number out of bounds, or what is no schedule.
 */
export function warmUp(schedule: Rate, options: WarmUpOptions): WarmUp {
  return make(kind, { ...readOptions("warmUp", options, ["steps", "from"]), schedule });
}

const kind: ScheduleKind<WarmUp> = {
  name: "warmUp",
  check(options) {
    const { schedule, steps, from } = readOptions("warmUp", options, ["schedule", "steps", "from"]);
    return {
      schedule: checkLearningRate("warmUp: schedule", schedule, { above: 0, max: RATE.max }),
      steps: checkNumber("warmUp: steps", steps, STEPS),
      ...(from !== undefined && { from: checkNumber("warmUp: from", from, RATE) }),
    };
  },
  rate({ schedule, steps, from }, t, state) {
    if (t >= steps) return rateAt(schedule, t - steps, state);
    const first = rateAt(schedule, 0, state);
    const start = from ?? first / (steps + 1);
    return start + ((first - start) * t) / steps;
  },
  start: ({ schedule }) => startOf(schedule),
  observe: ({ schedule }, state, value, direction) => observe(schedule, state, value, direction),
  monitor: ({ schedule }) => monitorOf(schedule),
};
