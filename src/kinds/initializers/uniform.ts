import { checkNumber, checkOptions } from "../../ground/errors.ts";
import { each, type InitializerKind, LARGEST } from "./initializer.ts";

export interface Uniform {
  readonly name: "uniform";
  /** Above 0. */
  readonly limit: number;
}

/** Weights and biases uniform in [-limit, limit). */
export const uniformKind: InitializerKind<Uniform> = {
  synonyms: ["randomuniform"],
  check(options) {
    checkOptions("network: initialization, uniform", options, ["limit"]);
    const limit = checkNumber("network: initialization, uniform: limit", options.limit, { above: 0, max: LARGEST });
    return Object.freeze({ name: "uniform", limit });
  },
  weights: (w, _layer, random, { limit }) => each(w, () => random.uniform(-limit, limit)),
  biases: (b, _layer, random, { limit }) => each(b, () => random.uniform(-limit, limit)),
};
