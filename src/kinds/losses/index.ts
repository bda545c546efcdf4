/** The table of losses: one file a name. */
import { checkNamed, kindOf, type WithSomeOptions } from "../named.ts";
import type { Loss } from "./loss.ts";
import { binaryCrossEntropy } from "./binaryCrossEntropy.ts";
import { categoricalCrossEntropy } from "./categoricalCrossEntropy.ts";
import { focal, type FocalOptions } from "./focal.ts";
import { huber, type HuberOptions } from "./huber.ts";
import type { LabelSmoothingOptions } from "./label-smoothing.ts";
import { meanAbsoluteError } from "./meanAbsoluteError.ts";
import { meanSquaredError } from "./meanSquaredError.ts";
import { poisson } from "./poisson.ts";
import { quantile, type QuantileOptions } from "./quantile.ts";

export { type Loss, smallest } from "./loss.ts";

export const losses = {
  binaryCrossEntropy,
  categoricalCrossEntropy,
  focal,
  meanSquaredError,
  meanAbsoluteError,
  quantile,
  poisson,
  huber,
} satisfies Record<string, Loss | WithSomeOptions<Loss>>;

export type LossName = keyof typeof losses;

/** A loss in a description: its name, or an object with the name and options. */
export type LossDescription =
  | LossName
  | { readonly name: LossName }
  | ({ readonly name: "binaryCrossEntropy" | "categoricalCrossEntropy" } & LabelSmoothingOptions)
  | ({ readonly name: "focal" } & FocalOptions)
  | ({ readonly name: "huber" } & HuberOptions)
  | ({ readonly name: "quantile" } & QuantileOptions);

/** @throws InvalidInputError for what is no loss, or has an option that it may not have. */
export function checkLoss(where: string, given: LossDescription): LossDescription {
  return checkNamed(where, "loss", given, losses) as LossDescription;
}

/** What a loss is, with the options that its description has. */
export function lossOf(description: LossDescription): Loss {
  return kindOf<LossName, Loss>(description, losses);
}
