import { checkNumber, readOptions } from "../../ground/errors.ts";
import { type AdamOptions, adamOptions, adamRule, checkAdam } from "./adam.ts";
import { LARGEST_RATE, type OptimizerKind } from "./optimizer.ts";

export interface AdamWOptions extends AdamOptions {
  /** The share of each weight, times the learning rate, that a step takes away; at least 0. Default 0.01. */
  weightDecay?: number;
}

export interface AdamW extends Readonly<Required<AdamWOptions>> {
  readonly name: "adamW";
}

/**
 * AdamW: Adam with decoupled weight decay (Loshchilov and Hutter 2019). Biases decay too.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export function adamW(options: AdamWOptions = {}): AdamW {
  const { weightDecay = 0.01, ...others } = readOptions("adamW", options, [...adamOptions, "weightDecay"]);
  return Object.freeze({
    name: "adamW",
    ...checkAdam("adamW", others),
    weightDecay: checkNumber("adamW: weightDecay", weightDecay, { min: 0, max: LARGEST_RATE }),
  });
}

/** Its rule is Adam's, with a decay. */
export const adamWKind: OptimizerKind<AdamW> = {
  check: adamW,
  rule: (optimizer) => adamRule("adamW", optimizer, optimizer.weightDecay),
  updates: {},
};
