/** The optimizers, one file a name. There is no table of them: `optimizer.ts` says why. */
import type { Adadelta } from "./adadelta.ts";
import type { Adagrad } from "./adagrad.ts";
import type { Adam } from "./adam.ts";
import type { AdamW } from "./adamW.ts";
import type { Lbfgs } from "./lbfgs.ts";
import type { Lion } from "./lion.ts";
import type { Nadam } from "./nadam.ts";
import { checkAnyOptimizer, ruleOfAny, type UpdateRule } from "./optimizer.ts";
import type { Rmsprop } from "./rmsprop.ts";
import type { Sgd } from "./sgd.ts";

export { adadelta, type Adadelta, type AdadeltaOptions } from "./adadelta.ts";
export { adagrad, type Adagrad, type AdagradOptions } from "./adagrad.ts";
export { adam, type Adam, type AdamOptions } from "./adam.ts";
export { adamW, type AdamW, type AdamWOptions } from "./adamW.ts";
export { lbfgs, type Lbfgs, type LbfgsOptions } from "./lbfgs.ts";
export { lion, type Lion, type LionOptions } from "./lion.ts";
export { nadam, type Nadam, type NadamOptions } from "./nadam.ts";
export { rmsprop, type Rmsprop, type RmspropOptions } from "./rmsprop.ts";
export { sgd, type Sgd, type SgdOptions } from "./sgd.ts";

/** An optimizer as data. */
export type Optimizer = Sgd | Rmsprop | Adagrad | Adadelta | Adam | AdamW | Nadam | Lion | Lbfgs;

/** Those that follow mini-batch gradients, step by step. */
export type StepOptimizer = Exclude<Optimizer, Lbfgs>;

/**
 * A checked copy of an optimizer, however it was made: whoever changes what was given changes nothing here.
 * @throws InvalidInputError for what is none, has an option that its factory would refuse, or whose factory the program does
 *   not import.
 */
export function checkOptimizer(where: string, given: unknown): Optimizer {
  return checkAnyOptimizer(where, given) as Optimizer;
}

/** The rule by which an engine takes the optimizer's steps; undefined for a method that is more than a rule. */
export function ruleOf(optimizer: StepOptimizer): UpdateRule;
export function ruleOf(optimizer: Optimizer): UpdateRule | undefined;
export function ruleOf(optimizer: Optimizer): UpdateRule | undefined {
  return ruleOfAny(optimizer);
}
