import { checkNumber, checkOptions } from "../../ground/errors.ts";
import { each, type InitializerKind, LARGEST } from "./initializer.ts";

export interface Constant {
  readonly name: "constant";
  /** Of every weight and bias. */
  readonly value: number;
}

/** Weights and biases of one value. */
export const constantKind: InitializerKind<Constant> = {
  synonyms: ["ones", "fill"],
  check(options) {
    checkOptions("network: initialization, constant", options, ["value"]);
    const value = checkNumber("network: initialization, constant: value", options.value, {
      min: -LARGEST,
      max: LARGEST,
    });
    return Object.freeze({ name: "constant", value });
  },
  weights: (w, _layer, _random, { value }) => each(w, () => value),
  biases: (b, _layer, _random, { value }) => each(b, () => value),
};
