import { checkNumber } from "../../ground/errors.ts";
import type { LearningRate } from "../schedules/index.ts";
import { checkLearningRate, ratesOf } from "../schedules/schedule.ts";
import {
  checkDecay,
  type DecayOptions,
  decayOptions,
  factoryOf,
  LARGEST_RATE,
  type OptimizerKind,
  SHARE,
  type Update,
} from "./optimizer.ts";

/** The default of weightDecay is 0. */
export interface LionOptions extends DecayOptions {
  /** Step length, above 0; or a schedule, or a function of the step, at least 0. Default 0.0001. */
  learningRate?: LearningRate;
  /** How much of the running mean counts in a step's direction, in [0, 1). Default 0.9. */
  beta1?: number;
  /** Decay of the gradient's running mean, in [0, 1). Default 0.99. */
  beta2?: number;
}

export interface Lion extends Readonly<Required<LionOptions>> {
  readonly name: "lion";
}

/** d = sign(b1 m + (1 - b1) g), 0 of 0; m = b2 m + (1 - b2) g; w = w - rate d. state: [b1, b2]. slots: m. */
const twin: Update = {
  update(parameters, gradients, slots, rate, state) {
    const [b1, b2] = [state[0]!, state[1]!];
    const m = slots[0]!;
    for (let i = 0; i < parameters.length; i++) {
      const g = gradients[i]!;
      parameters[i]! -= rate * Math.sign(b1 * m[i]! + (1 - b1) * g);
      m[i] = b2 * m[i]! + (1 - b2) * g;
    }
  },
};

const kind: OptimizerKind<Lion, LionOptions> = {
  name: "lion",
  options: ["learningRate", "beta1", "beta2", ...decayOptions],
  check: ({ learningRate = 1e-4, beta1 = 0.9, beta2 = 0.99, ...decay }) => ({
    learningRate: checkLearningRate("lion: learningRate", learningRate, { above: 0, max: LARGEST_RATE }),
    beta1: checkNumber("lion: beta1", beta1, SHARE),
    beta2: checkNumber("lion: beta2", beta2, SHARE),
    ...checkDecay("lion", decay, 0),
  }),
  rule: ({ learningRate, beta1, beta2, weightDecay, decayBiases }) => ({
    kernel: "lion",
    twin,
    slots: 1,
    rate: ratesOf("lion: learningRate", learningRate, LARGEST_RATE),
    state: [beta1, beta2],
    decay: weightDecay,
    decaysBiases: decayBiases,
  }),
};

/**
 * Lion: steps of one length by the sign of a running mean (Chen et al. 2023, algorithm 2), weight decay apart.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export const lion = /* @__PURE__ */ factoryOf(kind);
