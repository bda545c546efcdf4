import { uniformWithin } from "./initializer.ts";

export interface LecunUniform {
  readonly name: "lecunUniform";
}

/** Weights uniform within sqrt(3 / fanIn), a variance of 1 / fanIn; biases 0 (LeCun et al. 1998). */
export const lecunUniformKind = {
  ...uniformWithin("lecunUniform", (fanIn) => Math.sqrt(3 / fanIn)),
  synonyms: ["lecun"],
};
