import { checkNumber, readOptions, refuse, show } from "../../ground/errors.ts";
import { make, RATE, type ScheduleKind, STEPS } from "./schedule.ts";

export interface CosineOptions {
  /** The first rate, at least 0. */
  from: number;
  /** The rate at the end. Default 0. */
  to?: number;
  /** How many steps it takes from the one to the other: in step `steps`, counted from 0, it is there. */
  steps: number;
  /** Whether it then starts again at `from`, rather than staying at `to`. Default false. */
  restarts?: boolean;
  /** How many times as long each cycle is as the one before, at least 1; only with `restarts`. Default 1. */
  growth?: number;
}

export interface Cosine extends Readonly<CosineOptions> {
  readonly name: "cosine";
  readonly to: number;
}

/**
 * Half a cosine: rate = to + (from - to) (1 + cos(pi t / steps)) / 2, then `to`; with `restarts`, from the top again (SGDR:
 * Loshchilov and Hutter 2017).
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export function cosine(options: CosineOptions): Cosine {
  return make(kind, options as Omit<Cosine, "name">);
}

const kind: ScheduleKind<Cosine> = {
  name: "cosine",
  check(options) {
    const names = ["from", "to", "steps", "restarts", "growth"] as const;
    const { from, to = 0, steps, restarts = false, growth } = readOptions<CosineOptions>("cosine", options, names);
    if (typeof restarts !== "boolean") refuse("cosine: restarts", "true or false", show(restarts));
    if (growth !== undefined && !restarts) refuse("cosine: growth", "none without `restarts: true`", show(growth));
    return {
      from: checkNumber("cosine: from", from, RATE),
      to: checkNumber("cosine: to", to, RATE),
      steps: checkNumber("cosine: steps", steps, STEPS),
      ...(restarts && { restarts, growth: checkNumber("cosine: growth", growth ?? 1, { min: 1, max: 1000 }) }),
    };
  },
  rate({ from, to, steps, restarts, growth = 1 }, t) {
    const done = restarts ? placeInCycle(t, steps, growth) : Math.min(t / steps, 1);
    return to + ((from - to) * (1 + Math.cos(Math.PI * done))) / 2;
  },
};

/** How much of its cycle a step has behind it, in [0, 1). The cycles are as long as `steps` growth^0, growth^1, ... */
function placeInCycle(t: number, steps: number, growth: number): number {
  if (growth === 1) return (t % steps) / steps;
  // The cycles before cycle n take steps (growth^n - 1) / (growth - 1); n is found by its logarithm, which may round up.
  const cycle = Math.floor(Math.log1p((t / steps) * (growth - 1)) / Math.log(growth) + 1e-9);
  const begin = (steps * (growth ** cycle - 1)) / (growth - 1);
  return Math.min(Math.max((t - begin) / (steps * growth ** cycle), 0), 1);
}
