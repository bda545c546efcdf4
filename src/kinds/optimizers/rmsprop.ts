import { checkNumber, refuse, show } from "../../ground/errors.ts";
import type { LearningRate } from "../schedules/index.ts";
import { checkLearningRate, ratesOf } from "../schedules/schedule.ts";
import { EPSILON, LARGEST_RATE, type OptimizerKind, factoryOf, SHARE, type Update } from "./optimizer.ts";

export interface RmspropOptions {
  /** Step length, above 0; or a schedule, or a function of the step, at least 0. Default 0.01. */
  learningRate?: LearningRate;
  /** Decay of the squared gradient's running mean, in [0, 1); Keras calls it rho. Default 0.99. */
  alpha?: number;
  /** Added to the denominator, outside of its root, in [1e-30, 1e16]. Default 1e-8. */
  epsilon?: number;
  /** How much of the last step's velocity is kept, in [0, 1). Default 0. */
  momentum?: number;
  /** Whether the gradient is divided by its deviation rather than its size. Default false. */
  centered?: boolean;
}

export interface Rmsprop extends Readonly<Required<RmspropOptions>> {
  readonly name: "rmsprop";
}

/**
 * v = alpha v + (1 - alpha) g^2; d = g / (sqrt(v) + epsilon), or centered, with a = alpha a + (1 - alpha) g, by
 * sqrt(v - a^2) + epsilon; with momentum z = mu z + d; w = w - rate d, or rate z. state: [alpha, epsilon, mu, 1, 0, 1,
 * centered]. slots: v, a if centered, z if mu > 0.
 */
const twin: Update = {
  update(parameters, gradients, slots, rate, state) {
    const [alpha, epsilon, mu, isCentered] = [state[0]!, state[1]!, state[2]!, state[6] !== 0];
    const v = slots[0]!;
    const a = isCentered ? slots[1]! : undefined;
    const z = mu > 0 ? slots[isCentered ? 2 : 1]! : undefined;
    for (let i = 0; i < parameters.length; i++) {
      const g = gradients[i]!;
      v[i] = alpha * v[i]! + (1 - alpha) * (g * g);
      if (a) a[i] = alpha * a[i]! + (1 - alpha) * g;
      const square = a ? Math.max(v[i]! - a[i]! * a[i]!, 0) : v[i]!;
      const d = g / (Math.sqrt(square) + epsilon);
      if (z) z[i] = mu * z[i]! + d;
      parameters[i]! -= rate * (z ? z[i]! : d);
    }
  },
};

const kind: OptimizerKind<Rmsprop, RmspropOptions> = {
  name: "rmsprop",
  options: ["learningRate", "alpha", "epsilon", "momentum", "centered"],
  check({ learningRate = 0.01, alpha = 0.99, epsilon = 1e-8, momentum = 0, centered = false }) {
    if (typeof centered !== "boolean") refuse("rmsprop: centered", "true or false", show(centered));
    return {
      learningRate: checkLearningRate("rmsprop: learningRate", learningRate, { above: 0, max: LARGEST_RATE }),
      alpha: checkNumber("rmsprop: alpha", alpha, SHARE),
      epsilon: checkNumber("rmsprop: epsilon", epsilon, EPSILON),
      momentum: checkNumber("rmsprop: momentum", momentum, SHARE),
      centered,
    };
  },
  rule({ learningRate, alpha, epsilon, momentum, centered }) {
    return {
      kernel: "rmsprop",
      twin,
      slots: 1 + Number(centered) + Number(momentum > 0),
      rate: ratesOf("rmsprop: learningRate", learningRate, LARGEST_RATE),
      state: [alpha, epsilon, momentum, 1, 0, 1, Number(centered)],
    };
  },
};

/**
 * RMSProp (Tieleman and Hinton 2012; centered: Graves 2013), with PyTorch's options. Keras puts epsilon, 1e-7 there, inside the
 * root.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export const rmsprop = /* @__PURE__ */ factoryOf(kind);
