/**
 * What a loss is. Its file, beside this one, states all that others ask about it, and is the slow twin of the kernels of its
 * name in `assembly/losses/`: the same equations in plain JavaScript, over row-major rows [rows, units], the value right
 * above its gradient.
 *
 * A loss of one row is a mean over the units of the row (cross-entropy: the sum, since its targets add up to 1); the
 * loss of a batch is the mean over its rows.
 */
import type { Floats } from "../../ground/floats.ts";
import type { ActivationName } from "../activations/index.ts";
import type { WithOptions } from "../named.ts";

export interface Loss {
  /** Where a network's outputs must lie for the loss to exist. */
  readonly outputs: readonly [low: number, high: number];
  /** Where targets must lie. */
  readonly targets: readonly [low: number, high: number];
  /** What other libraries call it, in small letters and digits, for the error that answers such a name. */
  readonly synonyms?: readonly string[];
  /** Whether the targets of a row must add up to 1. */
  readonly distribution: boolean;
  /**
   * What outputs say: `classes`, that the largest names one of several; `sides`, that each is a yes or a no, above or below
   * 0.5; `numbers`, just that.
   */
  readonly predicts: "classes" | "sides" | "numbers";
  /** The last activation with which loss and derivative are computed together, from the logits, for stability. */
  readonly fusesWith: ActivationName | undefined;
  /**
   * dl/dx of a row with n outputs, in an output x, its target y and n, as `lanegrad/dataflow` reads formulas: how it is
   * written for people. Without it, ∂l/∂x is.
   */
  readonly derivative?: string;
  /** Where loss and activation are computed together: dl/ds, likewise. */
  readonly derivativeByLogit?: string;
  /** Whether with 1 - x and 1 - y for x and y it is the same, and its derivative the negative. */
  readonly mirrors?: boolean;
  /** The outputs for which the derivative has no value; others are kept `smallest` away from them. */
  readonly poles?: readonly number[];
  /** The differences x - y at which the derivative jumps. */
  readonly kinks?: readonly number[];
  /** What its kernels read besides, of so many units, in the order of the fields of its class in `assembly/losses/`. */
  numbers?(this: void, units: number): readonly number[];
  /** The sum over rows of the loss, from the outputs x, or, where fused, from the logits s. */
  value(x: Floats, s: Floats, y: Floats, units: number, rows: number, fused: boolean): number;
  /** `scale` times the derivative of that sum: by the outputs, dl/dx, or, where fused, by the logits, dl/ds. */
  gradient(d: Floats, x: Floats, y: Floats, units: number, rows: number, scale: number, fused: boolean): void;
}

/** A loss with options. */
export type LossKind<O extends object> = WithOptions<O, Loss>;

/** Outputs are kept this far from 0 in a logarithm or a quotient: the smallest normal float32. */
export const smallest = 2 ** -126;
