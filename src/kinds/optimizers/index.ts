/**
 * The optimizers, as a user names them: `sgd`, `adam` and `adamW` follow mini-batch gradients with a rule of `updates.ts`; `lbfgs`
 * is a whole full-batch method over loss and gradient, whose loop is in `lbfgs.ts`.
 */
import { checkNumber, checkOptions } from "../../ground/errors.ts";
import type { UpdateRule } from "../../engine/engine.ts";

/** What float32 can hold, with room to be multiplied. */
const LARGEST_RATE = 1e30;
const RATE = { above: 0, max: LARGEST_RATE };
/** Adam's kernel divides by the product of two denominators, and float32 must hold that as well as rate / epsilon^2. */
const ADAM_RATE = { above: 0, max: 100 };
const EPSILON = { min: 1e-18, max: 1e16 };

/** A method that follows mini-batch gradients with an update rule. */
export interface StepOptimizer {
  readonly name: string;
  readonly rule: UpdateRule;
}

/** L-BFGS: a full-batch method for small problems. */
export interface LbfgsOptimizer {
  readonly name: "lbfgs";
  /** It has none: this tells it from the others. */
  readonly rule?: undefined;
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
  const rate = checkNumber("sgd: learningRate", options.learningRate, RATE);
  const momentum = checkNumber("sgd: momentum", options.momentum ?? 0, { min: 0, below: 1 });
  return momentum === 0
    ? { name: "sgd", rule: { kernel: "sgd", slots: 0, state: [rate] } }
    : { name: "sgd", rule: { kernel: "momentum", slots: 1, state: [rate, momentum] } };
}

export interface AdamOptions {
  /** Step length, above 0 and at most 100. Default 0.001. */
  learningRate?: number;
  /** Decay of the gradient's running mean, in [0, 1). Default 0.9. */
  beta1?: number;
  /** Decay of the squared gradient's running mean, in [0, 1). Default 0.999. */
  beta2?: number;
  /** Added to the denominator, in [1e-18, 1e16]. Default 1e-8. */
  epsilon?: number;
}

/**
 * Adam (Kingma and Ba 2015). In WebAssembly gradients beyond 1e16 count as 1e16.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export function adam(options: AdamOptions = {}): StepOptimizer {
  checkOptions("adam", options, adamOptions);
  return { name: "adam", rule: adamRule("adam", options, 0) };
}

export interface AdamWOptions extends AdamOptions {
  /** The share of each weight, times the learning rate, that a step takes away; at least 0. Default 0.01. */
  weightDecay?: number;
}

/**
 * AdamW: Adam with decoupled weight decay (Loshchilov and Hutter 2019). Biases decay too.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export function adamW(options: AdamWOptions = {}): StepOptimizer {
  checkOptions("adamW", options, [...adamOptions, "weightDecay"]);
  const decay = checkNumber("adamW: weightDecay", options.weightDecay ?? 0.01, { min: 0, max: LARGEST_RATE });
  return { name: "adamW", rule: adamRule("adamW", options, decay) };
}

const adamOptions = ["learningRate", "beta1", "beta2", "epsilon"];

function adamRule(where: string, options: AdamOptions, decay: number): UpdateRule {
  const rate = checkNumber(`${where}: learningRate`, options.learningRate ?? 0.001, ADAM_RATE);
  const beta1 = checkNumber(`${where}: beta1`, options.beta1 ?? 0.9, { min: 0, below: 1 });
  const beta2 = checkNumber(`${where}: beta2`, options.beta2 ?? 0.999, { min: 0, below: 1 });
  const epsilon = checkNumber(`${where}: epsilon`, options.epsilon ?? 1e-8, EPSILON);
  return { kernel: "adam", slots: 2, state: [rate, beta1, beta2, epsilon, 1, 1, decay] };
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
