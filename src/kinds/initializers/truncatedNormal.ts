import { checkNumber, checkOptions } from "../../ground/errors.ts";
import type { Random } from "../../ground/random.ts";
import { each, type InitializerKind, LARGEST } from "./initializer.ts";

export interface TruncatedNormal {
  readonly name: "truncatedNormal";
  /** Above 0: that of the normal numbers before those beyond two of it are drawn anew; what is left has 0.8796 of it. */
  readonly deviation: number;
}

/** Weights and biases normal around 0, none beyond two deviations. */
export const truncatedNormalKind: InitializerKind<TruncatedNormal> = {
  check(options) {
    checkOptions("network: initialization, truncatedNormal", options, ["deviation"]);
    const where = "network: initialization, truncatedNormal: deviation";
    const deviation = checkNumber(where, options.deviation, { above: 0, max: LARGEST });
    return Object.freeze({ name: "truncatedNormal", deviation });
  },
  weights: (w, _layer, random, { deviation }) => each(w, () => deviation * withinTwo(random)),
  biases: (b, _layer, random, { deviation }) => each(b, () => deviation * withinTwo(random)),
};

function withinTwo(random: Random): number {
  for (;;) {
    const drawn = random.normal();
    if (Math.abs(drawn) <= 2) return drawn;
  }
}
