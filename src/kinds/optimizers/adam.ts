import { checkNumber, refuse, show } from "../../ground/errors.ts";
import type { Floats } from "../../ground/floats.ts";
import type { LearningRate } from "../schedules/index.ts";
import { checkLearningRate, ratesOf } from "../schedules/schedule.ts";
import { type OptimizerKind, factoryOf, SHARE, type Update, type UpdateRule } from "./optimizer.ts";

/** Adam's kernel divides by the product of two denominators, and float32 must hold that as well as rate / epsilon^2. */
const RATE = { above: 0, max: 100 };
const EPSILON = { min: 1e-18, max: 1e16 };

export interface AdamOptions {
  /** Step length, above 0 and at most 100; or a schedule, or a function of the step, from 0 to 100. Default 0.001. */
  learningRate?: LearningRate;
  /** Decay of the gradient's running mean, in [0, 1). Default 0.9. */
  beta1?: number;
  /** Decay of the squared gradient's running mean, in [0, 1). Default 0.999. */
  beta2?: number;
  /** Added to the denominator, outside of its root, in [1e-18, 1e16]. Default 1e-8. */
  epsilon?: number;
  /** Whether to divide by the largest mean square so far (Reddi, Kale and Kumar 2018). Default false. */
  amsgrad?: boolean;
}

/** What Adam and AdamW are made of. */
export type AdamNumbers = Readonly<Required<AdamOptions>>;

export interface Adam extends AdamNumbers {
  readonly name: "adam";
}

export const adamOptions = ["learningRate", "beta1", "beta2", "epsilon", "amsgrad"] as const;

/** The options that `adam` and `adamW` share. */
export function checkAdam(where: string, options: AdamOptions): AdamNumbers {
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, amsgrad = false } = options;
  if (typeof amsgrad !== "boolean") refuse(`${where}: amsgrad`, "true or false", show(amsgrad));
  return {
    learningRate: checkLearningRate(`${where}: learningRate`, learningRate, RATE),
    beta1: checkNumber(`${where}: beta1`, beta1, SHARE),
    beta2: checkNumber(`${where}: beta2`, beta2, SHARE),
    epsilon: checkNumber(`${where}: epsilon`, epsilon, EPSILON),
    amsgrad,
  };
}

export function adamRule(where: string, { learningRate, beta1, beta2, epsilon, amsgrad }: AdamNumbers): UpdateRule {
  const rate = ratesOf(`${where}: learningRate`, learningRate, RATE.max);
  const state = [beta1, beta2, epsilon, 1, 1];
  return amsgrad
    ? { kernel: "amsgrad", twin: amsgradTwin, slots: 3, rate, state }
    : { kernel: "adam", twin: adamTwin, slots: 2, rate, state };
}

/** Once a step: the powers of b1 and b2 go up by one. */
function advance(state: Floats): void {
  state[3]! *= state[0]!;
  state[4]! *= state[1]!;
}

/**
 * m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w = w - rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)
 * (Kingma and Ba 2015, algorithm 1). state: [b1, b2, epsilon, b1^t, b2^t], the powers at first 1. slots: m / (1 - b1), then
 * v / (1 - b2), as the kernel keeps them.
 */
const adamTwin: Update = {
  advance,
  update(parameters, gradients, slots, rate, state) {
    const [b1, b2, epsilon] = [state[0]!, state[1]!, state[2]!];
    const step = (rate * (1 - b1)) / (1 - state[3]!);
    const correction = Math.sqrt((1 - b2) / (1 - state[4]!));
    const [m, v] = [slots[0]!, slots[1]!];
    for (let i = 0; i < parameters.length; i++) {
      const g = gradients[i]!;
      m[i] = b1 * m[i]! + g;
      v[i] = b2 * v[i]! + g * g;
      parameters[i]! -= (step * m[i]!) / (Math.sqrt(v[i]!) * correction + epsilon);
    }
  },
};

/** The same with u = max(u, v) in place of v in the denominator. slots: m, v, u. */
const amsgradTwin: Update = {
  advance,
  update(parameters, gradients, slots, rate, state) {
    const [b1, b2, epsilon] = [state[0]!, state[1]!, state[2]!];
    const step = rate / (1 - state[3]!);
    const correction = Math.sqrt(1 / (1 - state[4]!));
    const [m, v, u] = [slots[0]!, slots[1]!, slots[2]!];
    for (let i = 0; i < parameters.length; i++) {
      const g = gradients[i]!;
      m[i] = b1 * m[i]! + (1 - b1) * g;
      v[i] = b2 * v[i]! + (1 - b2) * (g * g);
      u[i] = Math.max(u[i]!, v[i]!);
      parameters[i]! -= (step * m[i]!) / (Math.sqrt(u[i]!) * correction + epsilon);
    }
  },
};

const kind: OptimizerKind<Adam, AdamOptions> = {
  name: "adam",
  options: adamOptions,
  check: (options) => checkAdam("adam", options),
  rule: (optimizer) => adamRule("adam", optimizer),
};

/**
 * Adam (Kingma and Ba 2015), with PyTorch's options. In WebAssembly gradients beyond 1e16 count as 1e16.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export const adam = /* @__PURE__ */ factoryOf(kind);
