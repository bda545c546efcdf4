import { type AdamNumbers, type AdamOptions, adamOptions, adamRule, checkAdam } from "./adam.ts";
import { checkDecay, type DecayOptions, decayOptions, factoryOf, type OptimizerKind } from "./optimizer.ts";

/** The default of weightDecay is 0.01. */
export interface AdamWOptions extends AdamOptions, DecayOptions {}

export interface AdamW extends AdamNumbers, Readonly<Required<DecayOptions>> {
  readonly name: "adamW";
}

const kind: OptimizerKind<AdamW, AdamWOptions> = {
  name: "adamW",
  options: [...adamOptions, ...decayOptions],
  check: (options) => ({ ...checkAdam("adamW", options), ...checkDecay("adamW", options, 0.01) }),
  rule: (optimizer) => ({
    ...adamRule("adamW", optimizer),
    decay: optimizer.weightDecay,
    decaysBiases: optimizer.decayBiases,
  }),
};

/**
 * AdamW: Adam with decoupled weight decay (Loshchilov and Hutter 2019), of weights only unless `decayBiases` says otherwise.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export const adamW = /* @__PURE__ */ factoryOf(kind);
