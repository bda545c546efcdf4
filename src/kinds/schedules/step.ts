import { checkNumber, readOptions } from "../../ground/errors.ts";
import { make, RATE, type ScheduleKind, STEPS } from "./schedule.ts";

export interface StepDecayOptions {
  /** The first rate, at least 0. */
  from: number;
  /** What the rate is multiplied by, in (0, 1]. Default 0.1. */
  factor?: number;
  /** After how many steps, each time. */
  every: number;
}

export interface StepDecay extends Readonly<Required<StepDecayOptions>> {
  readonly name: "step";
}

/**
 * Stairs: rate = from factor^floor(t / every).
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export function step(options: StepDecayOptions): StepDecay {
  return make(kind, options as Required<StepDecayOptions>);
}

const kind: ScheduleKind<StepDecay> = {
  name: "step",
  check(options) {
    const { from, factor = 0.1, every } = readOptions<StepDecayOptions>("step", options, ["from", "factor", "every"]);
    return {
      from: checkNumber("step: from", from, RATE),
      factor: checkNumber("step: factor", factor, { above: 0, max: 1 }),
      every: checkNumber("step: every", every, STEPS),
    };
  },
  rate: ({ from, factor, every }, t) => from * factor ** Math.floor(t / every),
};
