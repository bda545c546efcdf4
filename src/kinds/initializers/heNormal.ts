import { normalWith } from "./initializer.ts";

export interface HeNormal {
  readonly name: "heNormal";
}

/** Weights normal with variance 2 / fanIn, biases 0 (He et al. 2015). */
export const heNormalKind = { ...normalWith("heNormal", (fanIn) => Math.sqrt(2 / fanIn)), synonyms: ["kaimingnormal"] };
