/**
 * The optimizers. `sgd` and `adam` are update rules: a kernel pair of that name in `assembly/optimizers/`, its slow twin
 * in the table here, and a factory that a user calls. `lbfgs` is a whole full-batch method over loss and gradient; its
 * loop is in `lbfgs.ts`.
 */
import { checkNumber, checkOptions } from "./errors.ts";
import type { Floats, UpdateRule } from "./engine/engine.ts";

/** An update rule's slow twin, over flat arenas. The first number of `state` is always the learning rate. */
export interface Update {
  /** What changes once a step, before the parameters do. */
  advance?(state: Floats): void;
  update(parameters: Floats, gradients: Floats, slots: readonly Floats[], state: Floats): void;
}

export const updates = {
  /** w = w - rate g. state: [rate]. */
  sgd: {
    update(parameters, gradients, _slots, state) {
      const rate = state[0]!;
      for (let i = 0; i < parameters.length; i++) parameters[i]! -= rate * gradients[i]!;
    },
  },

  /** v = mu v + g; w = w - rate v (Polyak 1964, in the form of Sutskever et al. 2013). state: [rate, mu]. */
  momentum: {
    update(parameters, gradients, slots, state) {
      const [rate, mu] = [state[0]!, state[1]!];
      const velocity = slots[0]!;
      for (let i = 0; i < parameters.length; i++) {
        velocity[i] = mu * velocity[i]! + gradients[i]!;
        parameters[i]! -= rate * velocity[i]!;
      }
    },
  },

  /**
   * m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w = w - rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)
   * (Kingma and Ba 2015, algorithm 1). state: [rate, b1, b2, epsilon, b1^t, b2^t], the powers at first 1.
   */
  adam: {
    advance(state) {
      state[4]! *= state[1]!;
      state[5]! *= state[2]!;
    },
    update(parameters, gradients, slots, state) {
      const [rate, b1, b2, epsilon] = [state[0]!, state[1]!, state[2]!, state[3]!];
      const step = rate / (1 - state[4]!);
      const correction = 1 / Math.sqrt(1 - state[5]!);
      const [m, v] = [slots[0]!, slots[1]!];
      for (let i = 0; i < parameters.length; i++) {
        const g = gradients[i]!;
        m[i] = b1 * m[i]! + (1 - b1) * g;
        v[i] = b2 * v[i]! + (1 - b2) * (g * g);
        parameters[i]! -= (step * m[i]!) / (Math.sqrt(v[i]!) * correction + epsilon);
      }
    },
  },
} satisfies Record<string, Update>;

/** A method that follows mini-batch gradients with an update rule. */
export interface StepOptimizer {
  readonly name: "sgd" | "adam";
  readonly rule: UpdateRule;
}

/** L-BFGS: a full-batch method for small problems. */
export interface LbfgsOptimizer {
  readonly name: "lbfgs";
  readonly memory: number;
  readonly tolerance: number;
}

export type Optimizer = StepOptimizer | LbfgsOptimizer;

export interface SgdOptions {
  /** Step length, above 0. */
  learningRate: number;
  /** How much of the last step's velocity is kept, in [0, 1). Default 0: plain gradient descent. */
  momentum?: number;
}

/**
 * Stochastic gradient descent, with momentum if asked for.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export function sgd(options: SgdOptions): StepOptimizer {
  checkOptions("sgd", options, ["learningRate", "momentum"]);
  const rate = checkNumber("sgd: learningRate", options.learningRate, { above: 0 });
  const momentum = checkNumber("sgd: momentum", options.momentum ?? 0, { min: 0, below: 1 });
  return momentum === 0
    ? { name: "sgd", rule: { kernel: "sgd", slots: 0, state: [rate] } }
    : { name: "sgd", rule: { kernel: "momentum", slots: 1, state: [rate, momentum] } };
}

export interface AdamOptions {
  /** Step length, above 0. Default 0.001. */
  learningRate?: number;
  /** Decay of the gradient's running mean, in [0, 1). Default 0.9. */
  beta1?: number;
  /** Decay of the squared gradient's running mean, in [0, 1). Default 0.999. */
  beta2?: number;
  /** Added to the denominator, above 0. Default 1e-8. */
  epsilon?: number;
}

/**
 * Adam (Kingma and Ba 2015).
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export function adam(options: AdamOptions = {}): StepOptimizer {
  checkOptions("adam", options, ["learningRate", "beta1", "beta2", "epsilon"]);
  const rate = checkNumber("adam: learningRate", options.learningRate ?? 0.001, { above: 0 });
  const beta1 = checkNumber("adam: beta1", options.beta1 ?? 0.9, { min: 0, below: 1 });
  const beta2 = checkNumber("adam: beta2", options.beta2 ?? 0.999, { min: 0, below: 1 });
  const epsilon = checkNumber("adam: epsilon", options.epsilon ?? 1e-8, { above: 0 });
  return { name: "adam", rule: { kernel: "adam", slots: 2, state: [rate, beta1, beta2, epsilon, 1, 1] } };
}

export interface LbfgsOptions {
  /** How many pairs of steps and gradient changes the curvature is remembered by. Default 10. */
  memory?: number;
  /** Stops where no partial derivative is larger than this. Default 1e-6. */
  tolerance?: number;
}

/**
 * L-BFGS with a strong Wolfe line search (Nocedal and Wright, Numerical Optimization, chapters 3 and 7), for full
 * batches; an epoch is one iteration.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export function lbfgs(options: LbfgsOptions = {}): LbfgsOptimizer {
  checkOptions("lbfgs", options, ["memory", "tolerance"]);
  return {
    name: "lbfgs",
    memory: checkNumber("lbfgs: memory", options.memory ?? 10, { integer: true, min: 1, max: 1000 }),
    tolerance: checkNumber("lbfgs: tolerance", options.tolerance ?? 1e-6, { min: 0 }),
  };
}
