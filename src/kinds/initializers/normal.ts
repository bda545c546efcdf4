import { checkNumber, checkOptions } from "../../ground/errors.ts";
import { each, type InitializerKind, LARGEST } from "./initializer.ts";

export interface Normal {
  readonly name: "normal";
  /** Above 0. */
  readonly deviation: number;
}

/** Weights and biases normal around 0. */
export const normalKind: InitializerKind<Normal> = {
  synonyms: ["randomnormal", "gaussian"],
  check(options) {
    checkOptions("network: initialization, normal", options, ["deviation"]);
    const where = "network: initialization, normal: deviation";
    const deviation = checkNumber(where, options.deviation, { above: 0, max: LARGEST });
    return Object.freeze({ name: "normal", deviation });
  },
  weights: (w, _layer, random, { deviation }) => each(w, () => deviation * random.normal()),
  biases: (b, _layer, random, { deviation }) => each(b, () => deviation * random.normal()),
};
