import type { Loss } from "./loss.ts";
import { sided } from "./quantile.ts";

/** l = mean_i |x_i - y_i|; dl/dx_i = sign(x_i - y_i) / n. */
export const meanAbsoluteError: Loss = {
  ...sided(1, 1),
  synonyms: ["mae", "l1", "l1loss", "maeloss", "absoluteerror", "absolutedifference", "meanabsolute"],
};
