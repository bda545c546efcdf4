import { checkNumber, readOptions } from "../../ground/errors.ts";
import { make, RATE, type ScheduleKind, STEPS } from "./schedule.ts";

export interface ExponentialOptions {
  /** The first rate, at least 0. */
  from: number;
  /** What the rate is multiplied by in `every` steps, little by little; in (0, 1]. */
  factor: number;
  /** Default 1. */
  every?: number;
}

export interface Exponential extends Readonly<Required<ExponentialOptions>> {
  readonly name: "exponential";
}

/**
 * rate = from factor^(t / every).
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export function exponential(options: ExponentialOptions): Exponential {
  return make(kind, options as Required<ExponentialOptions>);
}

const kind: ScheduleKind<Exponential> = {
  name: "exponential",
  check(options) {
    const names = ["from", "factor", "every"] as const;
    const { from, factor, every = 1 } = readOptions<ExponentialOptions>("exponential", options, names);
    return {
      from: checkNumber("exponential: from", from, RATE),
      factor: checkNumber("exponential: factor", factor, { above: 0, max: 1 }),
      every: checkNumber("exponential: every", every, STEPS),
    };
  },
  rate: ({ from, factor, every }, t) => from * factor ** (t / every),
};
