import { checkNumber, readOptions } from "../../ground/errors.ts";
import type { LearningRate } from "../schedules/index.ts";
import { checkLearningRate, ratesOf } from "../schedules/schedule.ts";
import { LARGEST_RATE, type OptimizerKind, type Update } from "./optimizer.ts";

export interface SgdOptions {
  /** Step length, above 0; or a schedule, or a function of the step, at least 0. */
  learningRate: LearningRate;
  /** How much of the last step's velocity is kept, in [0, 1). Default 0: plain gradient descent. */
  momentum?: number;
}

export interface Sgd extends Readonly<Required<SgdOptions>> {
  readonly name: "sgd";
}

/**
 * Stochastic gradient descent, with momentum if asked for.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export function sgd(options: SgdOptions): Sgd {
  const { learningRate, momentum = 0 } = readOptions("sgd", options, ["learningRate", "momentum"]);
  return Object.freeze({
    name: "sgd",
    learningRate: checkLearningRate("sgd: learningRate", learningRate, { above: 0, max: LARGEST_RATE }),
    momentum: checkNumber("sgd: momentum", momentum, { min: 0, below: 1 }),
  });
}

/** w = w - rate g. */
const plain: Update = {
  update(parameters, gradients, _slots, rate) {
    for (let i = 0; i < parameters.length; i++) parameters[i]! -= rate * gradients[i]!;
  },
};

/** v = mu v + g; w = w - rate v (Polyak 1964, in the form of Sutskever et al. 2013). state: [mu]. */
const withMomentum: Update = {
  update(parameters, gradients, slots, rate, state) {
    const mu = state[0]!;
    const velocity = slots[0]!;
    for (let i = 0; i < parameters.length; i++) {
      velocity[i] = mu * velocity[i]! + gradients[i]!;
      parameters[i]! -= rate * velocity[i]!;
    }
  },
};

export const sgdKind: OptimizerKind<Sgd> = {
  check: sgd,
  rule({ learningRate, momentum }) {
    const rate = ratesOf("sgd: learningRate", learningRate, LARGEST_RATE);
    return momentum === 0
      ? { kernel: "sgd", slots: 0, rate, state: [] }
      : { kernel: "momentum", slots: 1, rate, state: [momentum] };
  },
  updates: { sgd: plain, momentum: withMomentum },
};
