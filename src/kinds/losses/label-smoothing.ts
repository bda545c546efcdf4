/**
 * Label smoothing (Szegedy et al. 2016, "Rethinking the Inception architecture", section 7): of each target the share e goes to
 * all classes alike, y' = (1 - e) y + e / classes, and the loss is that of y'.
 */
import { numberOption } from "../named.ts";

export interface LabelSmoothingOptions {
  /** The share e of each target that goes to all classes alike, at least 0 and below 1. Default 0. */
  readonly labelSmoothing?: number;
}

export const labelSmoothing = numberOption(0, { min: 0, below: 1 });

/** What kernels and twins read: [keep, share], of y' = keep y + share. */
export function smoothing(e: number, classes: number): readonly [keep: number, share: number] {
  return [1 - e, e / classes];
}

/** y' as a formula, a factor. */
export function smoothedTarget(e: number, classes: string): string {
  return e === 0 ? "y" : `(${Number((1 - e).toPrecision(15))} y + ${e}/${classes})`;
}
