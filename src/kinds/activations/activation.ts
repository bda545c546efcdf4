/**
 * What an activation is. Its file, beside this one, states all that others ask about it, and is the slow twin of the kernels
 * of its name in `assembly/activations/`: the same equations in plain JavaScript, over row-major rows [rows, units], with
 * `forward` right above `backward`.
 */
import type { Floats } from "../../ground/floats.ts";
import type { WithOptions } from "../named.ts";

export interface Activation {
  /** Where its outputs lie; a loss may demand less. */
  readonly range: readonly [low: number, high: number];
  /** What other libraries call it, in small letters and digits, for the error that answers such a name. */
  readonly synonyms?: readonly string[];
  /** Whether an output depends on the sums of all units of its layer, as those of softmax do. */
  readonly couples?: boolean;
  /** What `backward` needs besides dx: the output x, or else the pre-activation s. Default "output". */
  readonly keeps?: "output" | "preActivation";
  /**
   * dx/ds in the output x and the sum s, as `lanegrad/dataflow` reads formulas; where units are coupled, that of an output by
   * its own sum. It is how the derivative is written for people: without it, f′(s) is.
   */
  readonly derivative?: string;
  /** Where units are coupled: the derivative of x by the sum of another unit, whose output is z. */
  readonly derivativeByOther?: string;
  /** The sums s at which the derivative jumps. */
  readonly kinks?: readonly number[];
  /** Whether it falls somewhere, so that an output does not tell its sum. */
  readonly falls?: boolean;
  /** Whether f(-s) = 1 - f(s), so that what an output lacks of 1 can be had with all its digits. */
  readonly complements?: boolean;
  /** Whether outputs of a layer are to each other as e^s: their log odds can be had from the sums. */
  readonly exponential?: boolean;
  /** What its kernels and its twin read besides, in the order of the fields of its class in `assembly/activations/`. */
  readonly numbers?: readonly number[];
  /** x = f(s). x may be s. */
  forward(this: void, x: Floats, s: Floats, units: number, rows: number, numbers: readonly number[]): void;
  /** ds = dx * f'(s), from dx and what is kept, x or s. ds may be dx. */
  backward(
    this: void,
    ds: Floats,
    dx: Floats,
    kept: Floats,
    units: number,
    rows: number,
    numbers: readonly number[],
  ): void;
}

/** An activation with options. Its twin, which is one for all of them, goes by the numbers that it is given. */
export type ActivationKind<O extends object> = WithOptions<O, Activation>;
