import type { Activation } from "./activation.ts";
import { scaledElu } from "./elu.ts";

/** 1.0507 times an elu of alpha 1.6733, which keeps mean 0 and variance 1 (Klambauer et al. 2017). */
export const selu: Activation = {
  synonyms: ["scaledexponentiallinear"],
  ...scaledElu(1.0507009873554805, 1.6732632423543772),
};
