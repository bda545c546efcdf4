import { normalWith } from "./initializer.ts";

export interface LecunNormal {
  readonly name: "lecunNormal";
}

/** Weights normal with variance 1 / fanIn, biases 0 (LeCun et al. 1998). */
export const lecunNormalKind = normalWith("lecunNormal", (fanIn) => Math.sqrt(1 / fanIn));
