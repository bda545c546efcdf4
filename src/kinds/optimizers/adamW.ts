import { checkNumber } from "../../ground/errors.ts";
import { type AdamNumbers, type AdamOptions, adamOptions, adamRule, checkAdam } from "./adam.ts";
import { LARGEST_RATE, type OptimizerKind, factoryOf } from "./optimizer.ts";

export interface AdamWOptions extends AdamOptions {
  /** The share of each weight, times the learning rate, that a step takes away; at least 0. Default 0.01. */
  weightDecay?: number;
}

export interface AdamW extends AdamNumbers {
  readonly name: "adamW";
  readonly weightDecay: number;
}

const kind: OptimizerKind<AdamW, AdamWOptions> = {
  name: "adamW",
  options: [...adamOptions, "weightDecay"],
  check: ({ weightDecay = 0.01, ...others }) => ({
    ...checkAdam("adamW", others),
    weightDecay: checkNumber("adamW: weightDecay", weightDecay, { min: 0, max: LARGEST_RATE }),
  }),
  rule: (optimizer) => adamRule("adamW", optimizer, optimizer.weightDecay),
};

/**
 * AdamW: Adam with decoupled weight decay (Loshchilov and Hutter 2019). Biases decay too.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export const adamW = /* @__PURE__ */ factoryOf(kind);
