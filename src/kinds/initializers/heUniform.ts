import { uniformWithin } from "./initializer.ts";

export interface HeUniform {
  readonly name: "heUniform";
}

/** Weights uniform within sqrt(6 / fanIn), a variance of 2 / fanIn; biases 0 (He et al. 2015). */
export const heUniformKind = {
  ...uniformWithin("heUniform", (fanIn) => Math.sqrt(6 / fanIn)),
  synonyms: ["he", "kaiming", "kaiminguniform"],
};
