import { checkNumber, readOptions } from "../../ground/errors.ts";
import type { LearningRate } from "../schedules/index.ts";
import { checkLearningRate, ratesOf } from "../schedules/schedule.ts";
import { type OptimizerKind, type Update } from "./optimizer.ts";

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
  /** Added to the denominator, in [1e-18, 1e16]. Default 1e-8. */
  epsilon?: number;
}

export interface Adam extends Readonly<Required<AdamOptions>> {
  readonly name: "adam";
}

/**
 * Adam (Kingma and Ba 2015). In WebAssembly gradients beyond 1e16 count as 1e16.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export function adam(options: AdamOptions = {}): Adam {
  return Object.freeze({ name: "adam", ...checkAdam("adam", readOptions("adam", options, adamOptions)) });
}

export const adamOptions = ["learningRate", "beta1", "beta2", "epsilon"] as const;

/** The options that `adam` and `adamW` share. */
export function checkAdam(where: string, options: AdamOptions): Required<AdamOptions> {
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  return {
    learningRate: checkLearningRate(`${where}: learningRate`, learningRate, RATE),
    beta1: checkNumber(`${where}: beta1`, beta1, { min: 0, below: 1 }),
    beta2: checkNumber(`${where}: beta2`, beta2, { min: 0, below: 1 }),
    epsilon: checkNumber(`${where}: epsilon`, epsilon, EPSILON),
  };
}

/** The rule of Adam, with AdamW's decay. */
export function adamRule(where: string, { learningRate, beta1, beta2, epsilon }: Required<AdamOptions>, decay: number) {
  const rate = ratesOf(`${where}: learningRate`, learningRate, RATE.max);
  return { kernel: "adam", slots: 2, rate, state: [beta1, beta2, epsilon, 1, 1, decay] } as const;
}

/**
 * m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w = w - rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)
 * (Kingma and Ba 2015, algorithm 1), w having first decayed by rate * decay * w (AdamW: Loshchilov and Hutter 2019).
 * state: [b1, b2, epsilon, b1^t, b2^t, decay], the powers at first 1. slots: m / (1 - b1), then v / (1 - b2), as the
 * kernel keeps them.
 */
const update: Update = {
  advance(state) {
    state[3]! *= state[0]!;
    state[4]! *= state[1]!;
  },
  update(parameters, gradients, slots, rate, state) {
    const [b1, b2, epsilon] = [state[0]!, state[1]!, state[2]!];
    const step = (rate * (1 - b1)) / (1 - state[3]!);
    const correction = Math.sqrt((1 - b2) / (1 - state[4]!));
    const keep = 1 - rate * state[5]!;
    const [m, v] = [slots[0]!, slots[1]!];
    for (let i = 0; i < parameters.length; i++) {
      const g = gradients[i]!;
      m[i] = b1 * m[i]! + g;
      v[i] = b2 * v[i]! + g * g;
      parameters[i] = keep * parameters[i]! - (step * m[i]!) / (Math.sqrt(v[i]!) * correction + epsilon);
    }
  },
};

export const adamKind: OptimizerKind<Adam> = {
  check: adam,
  rule: (optimizer) => adamRule("adam", optimizer, 0),
  updates: { adam: update },
};
