import type { Floats } from "../../ground/floats.ts";
import type { Pieces } from "../../ground/pieces.ts";
import type { Random } from "../../ground/random.ts";
import { glorotLimit } from "./glorotUniform.ts";
import { each, type InitializedLayer, type InitializerKind, plain } from "./initializer.ts";

export interface Auto {
  readonly name: "auto";
}

/**
 * Weights and biases uniform within Glorot's limit, as scikit-learn has them, but at least within 1 / sqrt(fanIn), which is
 * more where a layer has many units over few inputs: such layers would otherwise take long to tell them apart. Biases that
 * differ put the kinks of relu units at different places. `bench/NOTES.md` has the figures.
 */
export const autoKind: InitializerKind<Auto> = {
  ...plain("auto"),
  synonyms: ["default"],
  weights: within,
  biases: within,
};

function within(values: Floats, { fanIn, fanOut }: InitializedLayer, random: Random): Pieces<void> {
  const limit = Math.max(glorotLimit(fanIn, fanOut), 1 / Math.sqrt(fanIn));
  return each(values, () => random.uniform(-limit, limit));
}
