import { normalWith } from "./initializer.ts";

export interface GlorotNormal {
  readonly name: "glorotNormal";
}

/** Weights normal with variance 2 / (fanIn + fanOut), biases 0 (Glorot and Bengio 2010). */
export const glorotNormalKind = {
  ...normalWith("glorotNormal", (fanIn, fanOut) => Math.sqrt(2 / (fanIn + fanOut))),
  synonyms: ["xaviernormal"],
};
