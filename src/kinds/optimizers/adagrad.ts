import { checkNumber } from "../../ground/errors.ts";
import type { LearningRate } from "../schedules/index.ts";
import { checkLearningRate, ratesOf } from "../schedules/schedule.ts";
import { EPSILON, LARGEST_RATE, type OptimizerKind, factoryOf, type Update } from "./optimizer.ts";

export interface AdagradOptions {
  /** Step length, above 0; or a schedule, or a function of the step, at least 0. Default 0.01. */
  learningRate?: LearningRate;
  /** Step t, from 0, goes by the rate divided by 1 + t learningRateDecay; at least 0. Default 0. */
  learningRateDecay?: number;
  /** What the sums of squares start from; at least 0. Default 0; Keras's is 0.1. */
  initialAccumulatorValue?: number;
  /** Added to the denominator, outside of its root, in [1e-30, 1e16]. Default 1e-10. */
  epsilon?: number;
}

export interface Adagrad extends Readonly<Required<AdagradOptions>> {
  readonly name: "adagrad";
}

/** v = v + g^2; w = w - rate g / (sqrt(initial + v) + epsilon). state: [epsilon, initial]. slots: v. */
const twin: Update = {
  update(parameters, gradients, slots, rate, state) {
    const [epsilon, initial] = [state[0]!, state[1]!];
    const v = slots[0]!;
    for (let i = 0; i < parameters.length; i++) {
      const g = gradients[i]!;
      v[i]! += g * g;
      parameters[i]! -= (rate * g) / (Math.sqrt(initial + v[i]!) + epsilon);
    }
  },
};

const kind: OptimizerKind<Adagrad, AdagradOptions> = {
  name: "adagrad",
  options: ["learningRate", "learningRateDecay", "initialAccumulatorValue", "epsilon"],
  check({ learningRate = 0.01, learningRateDecay = 0, initialAccumulatorValue = 0, epsilon = 1e-10 }) {
    const bounds = { min: 0, max: LARGEST_RATE };
    return {
      learningRate: checkLearningRate("adagrad: learningRate", learningRate, { above: 0, max: LARGEST_RATE }),
      learningRateDecay: checkNumber("adagrad: learningRateDecay", learningRateDecay, bounds),
      initialAccumulatorValue: checkNumber("adagrad: initialAccumulatorValue", initialAccumulatorValue, bounds),
      epsilon: checkNumber("adagrad: epsilon", epsilon, EPSILON),
    };
  },
  rule({ learningRate, learningRateDecay, initialAccumulatorValue, epsilon }) {
    const rate = ratesOf("adagrad: learningRate", learningRate, LARGEST_RATE);
    return {
      kernel: "adagrad",
      twin,
      slots: 1,
      rate: (step, seen) => rate(step, seen) / (1 + step * learningRateDecay),
      state: [epsilon, initialAccumulatorValue],
    };
  },
};

/**
 * Adagrad (Duchi, Hazan and Singer 2011), with PyTorch's options. Keras puts epsilon inside the root.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export const adagrad = /* @__PURE__ */ factoryOf(kind);
