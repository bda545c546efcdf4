/** The table of losses: one file a name. */
import type { Loss } from "./loss.ts";
import { binaryCrossEntropy } from "./binaryCrossEntropy.ts";
import { categoricalCrossEntropy } from "./categoricalCrossEntropy.ts";
import { meanSquaredError } from "./meanSquaredError.ts";

export { type Loss, smallest } from "./loss.ts";

export const losses = {
  binaryCrossEntropy,
  categoricalCrossEntropy,
  meanSquaredError,
} satisfies Record<string, Loss>;

export type LossName = keyof typeof losses;
