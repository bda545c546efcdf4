import { uniformWithin } from "./initializer.ts";

export interface GlorotUniform {
  readonly name: "glorotUniform";
}

/** sqrt(6 / (fanIn + fanOut)): a variance of 2 / (fanIn + fanOut). */
export function glorotLimit(fanIn: number, fanOut: number): number {
  return Math.sqrt(6 / (fanIn + fanOut));
}

/** Weights uniform within `glorotLimit`, biases 0 (Glorot and Bengio 2010). */
export const glorotUniformKind = {
  ...uniformWithin("glorotUniform", glorotLimit),
  synonyms: ["glorot", "xavier", "xavieruniform"],
};
