/** The table of optimizers: one file a name. */
import { lookUp, refuse, show } from "../../ground/errors.ts";
import { type Adam, adamKind } from "./adam.ts";
import { type AdamW, adamWKind } from "./adamW.ts";
import { type Lbfgs, lbfgsKind } from "./lbfgs.ts";
import type { OptimizerKind, Update, UpdateRule } from "./optimizer.ts";
import { type Sgd, sgdKind } from "./sgd.ts";

export { adam, type Adam, type AdamOptions } from "./adam.ts";
export { adamW, type AdamW, type AdamWOptions } from "./adamW.ts";
export { lbfgs, type Lbfgs, type LbfgsOptions } from "./lbfgs.ts";
export { sgd, type Sgd, type SgdOptions } from "./sgd.ts";

/** An optimizer as data: what `sgd`, `adam`, `adamW` and `lbfgs` make. */
export type Optimizer = Sgd | Adam | AdamW | Lbfgs;

/** Those that follow mini-batch gradients, step by step. */
export type StepOptimizer = Exclude<Optimizer, Lbfgs>;

type Kinds = { readonly [Name in Optimizer["name"]]: OptimizerKind<Extract<Optimizer, { name: Name }>> };

const kinds: Kinds = {
  sgd: sgdKind,
  adam: adamKind,
  adamW: adamWKind,
  lbfgs: lbfgsKind,
};

const kindOf = (name: unknown) => kinds[name as Optimizer["name"]] as OptimizerKind<Optimizer>;

/** The slow twins of the kernels, by the names that rules give. */
export const updates: Readonly<Record<string, Update>> = Object.assign(
  {},
  ...Object.values(kinds).map((kind) => kind.updates),
);

/**
 * A checked copy of an optimizer, however it was made: whoever changes what was given changes nothing here.
 * @throws InvalidInputError for what is none, or has an option that its factory would refuse.
 */
export function checkOptimizer(where: string, given: unknown): Optimizer {
  if (typeof given !== "object" || given === null) {
    refuse(where, `one made by ${Object.keys(kinds).join("(), ")}()`, show(given));
  }
  // Copied first: V8 reads twice what a pattern with `...` takes out by name.
  const { name, ...options } = { ...(given as Optimizer) };
  lookUp(where, "name", name, kinds);
  return kindOf(name).check(options as Omit<Optimizer, "name">);
}

/** The rule by which an engine takes the optimizer's steps; undefined for a method that is more than a rule. */
export function ruleOf(optimizer: StepOptimizer): UpdateRule;
export function ruleOf(optimizer: Optimizer): UpdateRule | undefined;
export function ruleOf(optimizer: Optimizer): UpdateRule | undefined {
  return kindOf(optimizer.name).rule?.(optimizer);
}
