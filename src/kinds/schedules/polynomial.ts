import { checkNumber, readOptions } from "../../ground/errors.ts";
import { make, RATE, type ScheduleKind, STEPS } from "./schedule.ts";

export interface PolynomialOptions {
  /** The first rate, at least 0. */
  from: number;
  /** The rate from step `steps` on. Default 0. */
  to?: number;
  steps: number;
  /** Above 0: 1 falls along a line, 2 ever more slowly. Default 1. */
  power?: number;
}

export interface Polynomial extends Readonly<Required<PolynomialOptions>> {
  readonly name: "polynomial";
}

/**
 * rate = to + (from - to) (1 - t / steps)^power, then `to`.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export function polynomial(options: PolynomialOptions): Polynomial {
  return make(kind, options as Required<PolynomialOptions>);
}

const kind: ScheduleKind<Polynomial> = {
  name: "polynomial",
  check(options) {
    const names = ["from", "to", "steps", "power"] as const;
    const { from, to = 0, steps, power = 1 } = readOptions<PolynomialOptions>("polynomial", options, names);
    return {
      from: checkNumber("polynomial: from", from, RATE),
      to: checkNumber("polynomial: to", to, RATE),
      steps: checkNumber("polynomial: steps", steps, STEPS),
      power: checkNumber("polynomial: power", power, { above: 0, max: 1000 }),
    };
  },
  rate: ({ from, to, steps, power }, t) => to + (from - to) * (1 - Math.min(t / steps, 1)) ** power,
};
