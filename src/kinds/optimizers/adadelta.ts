import { checkNumber } from "../../ground/errors.ts";
import type { LearningRate } from "../schedules/index.ts";
import { checkLearningRate, ratesOf } from "../schedules/schedule.ts";
import { EPSILON, LARGEST_RATE, type OptimizerKind, factoryOf, SHARE, type Update } from "./optimizer.ts";

export interface AdadeltaOptions {
  /** A factor of the step, above 0; or a schedule, or a function of the step, at least 0. Default 1; Keras's is 0.001. */
  learningRate?: LearningRate;
  /** Decay of the running means, in [0, 1). Default 0.9; Keras's is 0.95. */
  rho?: number;
  /** Added inside of both roots, in [1e-30, 1e16]. Default 1e-6. */
  epsilon?: number;
}

export interface Adadelta extends Readonly<Required<AdadeltaOptions>> {
  readonly name: "adadelta";
}

/**
 * v = rho v + (1 - rho) g^2; d = g sqrt(u + epsilon) / sqrt(v + epsilon); u = rho u + (1 - rho) d^2; w = w - rate d.
 * state: [rho, epsilon]. slots: v, then u.
 */
const twin: Update = {
  update(parameters, gradients, slots, rate, state) {
    const [rho, epsilon] = [state[0]!, state[1]!];
    const [v, u] = [slots[0]!, slots[1]!];
    for (let i = 0; i < parameters.length; i++) {
      const g = gradients[i]!;
      v[i] = rho * v[i]! + (1 - rho) * (g * g);
      const d = g * Math.sqrt((u[i]! + epsilon) / (v[i]! + epsilon));
      u[i] = rho * u[i]! + (1 - rho) * (d * d);
      parameters[i]! -= rate * d;
    }
  },
};

const kind: OptimizerKind<Adadelta, AdadeltaOptions> = {
  name: "adadelta",
  options: ["learningRate", "rho", "epsilon"],
  check: ({ learningRate = 1, rho = 0.9, epsilon = 1e-6 }) => ({
    learningRate: checkLearningRate("adadelta: learningRate", learningRate, { above: 0, max: LARGEST_RATE }),
    rho: checkNumber("adadelta: rho", rho, SHARE),
    epsilon: checkNumber("adadelta: epsilon", epsilon, EPSILON),
  }),
  rule: ({ learningRate, rho, epsilon }) => ({
    kernel: "adadelta",
    twin,
    slots: 2,
    rate: ratesOf("adadelta: learningRate", learningRate, LARGEST_RATE),
    state: [rho, epsilon],
  }),
};

/**
 * Adadelta (Zeiler 2012), with PyTorch's options.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export const adadelta = /* @__PURE__ */ factoryOf(kind);
