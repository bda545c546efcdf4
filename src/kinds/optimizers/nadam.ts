import { checkNumber } from "../../ground/errors.ts";
import type { Floats } from "../../ground/floats.ts";
import type { LearningRate } from "../schedules/index.ts";
import { checkLearningRate, ratesOf } from "../schedules/schedule.ts";
import { EPSILON, LARGEST_RATE, type OptimizerKind, factoryOf, SHARE, type Update } from "./optimizer.ts";

export interface NadamOptions {
  /** Step length, above 0; or a schedule, or a function of the step, at least 0. Default 0.002. */
  learningRate?: LearningRate;
  /** Decay of the gradient's running mean, in [0, 1). Default 0.9. */
  beta1?: number;
  /** Decay of the squared gradient's running mean, in [0, 1). Default 0.999. */
  beta2?: number;
  /** Added to the denominator, outside of its root, in [1e-30, 1e16]. Default 1e-8. */
  epsilon?: number;
  /** How fast the momentum warms up, in [0, 1000]: mu_t = beta1 (1 - 0.96^(t momentumDecay) / 2). Default 0.004; Keras's is 1. */
  momentumDecay?: number;
}

export interface Nadam extends Readonly<Required<NadamOptions>> {
  readonly name: "nadam";
}

const momentum = (state: Floats, power: number) => state[0]! * (1 - 0.5 * power);

/**
 * mu_t = b1 (1 - 0.96^(t decay) / 2); m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2;
 * d = (1 - mu_t) g / (1 - mu_1 ... mu_t) + mu_(t+1) m / (1 - mu_1 ... mu_(t+1)); w = w - rate d / (sqrt(v / (1 - b2^t)) + epsilon).
 * state: [b1, b2, epsilon, b2^t, q = 0.96^decay, q^t, mu_1 ... mu_t]. slots: m, then v.
 */
const twin: Update = {
  advance(state) {
    state[5]! *= state[4]!;
    state[3]! *= state[1]!;
    state[6]! *= momentum(state, state[5]!);
  },
  update(parameters, gradients, slots, rate, state) {
    const [b1, b2, epsilon, product] = [state[0]!, state[1]!, state[2]!, state[6]!];
    const next = momentum(state, state[5]! * state[4]!);
    const own = (1 - momentum(state, state[5]!)) / (1 - product);
    const look = next / (1 - product * next);
    const correction = Math.sqrt(1 / (1 - state[3]!));
    const [m, v] = [slots[0]!, slots[1]!];
    for (let i = 0; i < parameters.length; i++) {
      const g = gradients[i]!;
      m[i] = b1 * m[i]! + (1 - b1) * g;
      v[i] = b2 * v[i]! + (1 - b2) * (g * g);
      parameters[i]! -= (rate * (own * g + look * m[i]!)) / (Math.sqrt(v[i]!) * correction + epsilon);
    }
  },
};

const kind: OptimizerKind<Nadam, NadamOptions> = {
  name: "nadam",
  options: ["learningRate", "beta1", "beta2", "epsilon", "momentumDecay"],
  check: ({ learningRate = 0.002, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, momentumDecay = 0.004 }) => ({
    learningRate: checkLearningRate("nadam: learningRate", learningRate, { above: 0, max: LARGEST_RATE }),
    beta1: checkNumber("nadam: beta1", beta1, SHARE),
    beta2: checkNumber("nadam: beta2", beta2, SHARE),
    epsilon: checkNumber("nadam: epsilon", epsilon, EPSILON),
    momentumDecay: checkNumber("nadam: momentumDecay", momentumDecay, { min: 0, max: 1000 }),
  }),
  rule: ({ learningRate, beta1, beta2, epsilon, momentumDecay }) => ({
    kernel: "nadam",
    twin,
    slots: 2,
    rate: ratesOf("nadam: learningRate", learningRate, LARGEST_RATE),
    state: [beta1, beta2, epsilon, 1, 0.96 ** momentumDecay, 1, 1],
  }),
};

/**
 * NAdam: Adam with Nesterov's momentum (Dozat 2016), with PyTorch's options.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export const nadam = /* @__PURE__ */ factoryOf(kind);
