import { checkNumber, readOptions } from "../../ground/errors.ts";
import { make, RATE, type ScheduleKind, STEPS } from "./schedule.ts";

export interface OneCycleOptions {
  /** The highest rate. */
  peak: number;
  /** Of the whole training, that is epochs times the batches of an epoch: the last one's rate is `to`. */
  steps: number;
  /** The first rate. Default peak / 25. */
  from?: number;
  /** The last rate, and that of any step that follows. Default from / 10,000. */
  to?: number;
  /** The share of steps in which the rate rises, in (0, 1). Default 0.3. */
  rise?: number;
}

export interface OneCycle extends Readonly<Required<OneCycleOptions>> {
  readonly name: "oneCycle";
}

/**
 * Up from `from` to `peak` by half a cosine, and down to `to` by another (Smith and Topin 2018, with the shape that PyTorch
 * gives it by default). It changes no momentum.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export function oneCycle(options: OneCycleOptions): OneCycle {
  return make(kind, options as Required<OneCycleOptions>);
}

const kind: ScheduleKind<OneCycle> = {
  name: "oneCycle",
  check(options) {
    const names = ["peak", "steps", "from", "to", "rise"] as const;
    const {
      peak,
      steps,
      from = peak / 25,
      to = from / 1e4,
      rise = 0.3,
    } = readOptions<OneCycleOptions>("oneCycle", options, names);
    return {
      peak: checkNumber("oneCycle: peak", peak, RATE),
      steps: checkNumber("oneCycle: steps", steps, { ...STEPS, min: 2 }),
      from: checkNumber("oneCycle: from", from, RATE),
      to: checkNumber("oneCycle: to", to, RATE),
      rise: checkNumber("oneCycle: rise", rise, { above: 0, below: 1 }),
    };
  },
  rate({ peak, steps, from, to, rise }, t) {
    const top = Math.max(rise * steps - 1, 0);
    if (t < top) return between(from, peak, t / top);
    return between(peak, to, Math.min((t - top) / (steps - 1 - top), 1));
  },
};

function between(from: number, to: number, done: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * done))) / 2;
}
