import { checkNumber, readOptions, refuse, show } from "../../ground/errors.ts";
import type { Direction, Mode } from "../metrics/metric.ts";
import { make, RATE, type ScheduleKind } from "./schedule.ts";

export interface ReduceOnPlateauOptions {
  /** The first rate, at least 0. */
  from: number;
  /** The rate below which it does not fall. Default 0. */
  to?: number;
  /** What the rate is multiplied by, in (0, 1). Default 0.1. */
  factor?: number;
  /** How many epochs in a row may bring nothing better; after one more, the rate falls. Default 10. */
  patience?: number;
  /** By which share of the best value a better one must be better, at least 0. Default 0.0001. */
  threshold?: number;
  /** For how many epochs after a fall nothing is counted. Default 0. */
  cooldown?: number;
  /** What must get better: a path into what an epoch came to, such as "validation.loss". Default "loss". */
  monitor?: string;
  /** Whether smaller or larger is better, of a metric of one's own; others know it. */
  mode?: Mode;
}

export interface ReduceOnPlateau extends Readonly<Required<Omit<ReduceOnPlateauOptions, "mode">>> {
  readonly name: "reduceOnPlateau";
  readonly mode?: Mode;
}

/**
 * The same rate until epochs bring nothing better, then a part of it, and so on. It is no function of the step: what it has
 * seen is its state.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export function reduceOnPlateau(options: ReduceOnPlateauOptions): ReduceOnPlateau {
  return make(kind, options as Omit<ReduceOnPlateau, "name">);
}

const options = ["from", "to", "factor", "patience", "threshold", "cooldown", "monitor", "mode"] as const;

const kind: ScheduleKind<ReduceOnPlateau> = {
  name: "reduceOnPlateau",
  check(given) {
    const where = "reduceOnPlateau";
    const read = readOptions<ReduceOnPlateauOptions>(where, given, options);
    const { to = 0, factor = 0.1, patience = 10, threshold = 1e-4, cooldown = 0, monitor = "loss", mode } = read;
    if (typeof monitor !== "string" || monitor === "") {
      refuse(`${where}: monitor`, 'a path such as "validation.loss"', show(monitor));
    }
    if (mode !== undefined && mode !== "min" && mode !== "max") refuse(`${where}: mode`, '"min" or "max"', show(mode));
    return {
      from: checkNumber(`${where}: from`, read.from, RATE),
      to: checkNumber(`${where}: to`, to, RATE),
      factor: checkNumber(`${where}: factor`, factor, { above: 0, below: 1 }),
      patience: checkNumber(`${where}: patience`, patience, { integer: true, min: 0 }),
      threshold: checkNumber(`${where}: threshold`, threshold, { min: 0, below: 1 }),
      cooldown: checkNumber(`${where}: cooldown`, cooldown, { integer: true, min: 0 }),
      monitor,
      ...(mode && { mode }),
    };
  },
  rate: ({ from }, _step, state) => state?.rate ?? from,
  start: ({ from }) => ({ rate: from, best: null, waited: 0, cooldown: 0 }),
  observe(schedule, state, value, direction) {
    const isBetter = state.best === null || better(schedule, direction, value, state.best);
    const best = isBetter ? value : state.best;
    const waited = isBetter || state.cooldown > 0 ? 0 : state.waited + 1;
    if (waited <= schedule.patience) return { ...state, best, waited, cooldown: Math.max(state.cooldown - 1, 0) };
    const rate = Math.max(state.rate * schedule.factor, Math.min(schedule.to, state.rate));
    return { rate, best, waited: 0, cooldown: schedule.cooldown };
  },
  monitor: ({ monitor, mode }) => ({ path: monitor, mode }),
};

/** A value that is not a number is never better. */
function better({ threshold }: ReduceOnPlateau, direction: Direction, value: number, best: number): boolean {
  return direction === "lower" ? value < best * (1 - threshold) : value > best * (1 + threshold);
}
