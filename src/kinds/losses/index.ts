/**
 * The table of losses. Each entry has kernels of its name in `assembly/losses/`, and here its slow twin: the same
 * equations in plain JavaScript, over row-major rows [rows, units], the value right above its gradient.
 *
 * A loss of one row is a mean over the units of the row (cross-entropy: the sum, since its targets add up to 1); the
 * loss of a batch is the mean over its rows.
 */
import type { ActivationName } from "../activations/index.ts";
import type { Floats } from "../../ground/floats.ts";
import { refuse } from "../../ground/errors.ts";

export interface Loss {
  /** Where a network's outputs must lie for the loss to exist. */
  readonly outputs: readonly [low: number, high: number];
  /** Where targets must lie. */
  readonly targets: readonly [low: number, high: number];
  /** Whether the targets of a row must add up to 1. */
  readonly distribution: boolean;
  /**
   * What outputs say: `classes`, that the largest names one of several; `sides`, that each is a yes or a no, above or below
   * 0.5; `numbers`, just that.
   */
  readonly predicts: "classes" | "sides" | "numbers";
  /** The last activation with which loss and derivative are computed together, from the logits, for stability. */
  readonly fusesWith: ActivationName | undefined;
  /** The sum over rows of the loss, from the outputs x, or, where fused, from the logits s. */
  value(x: Floats, s: Floats, y: Floats, units: number, rows: number, fused: boolean): number;
  /** `scale` times the derivative of that sum: by the outputs, dl/dx, or, where fused, by the logits, dl/ds. */
  gradient(d: Floats, x: Floats, y: Floats, units: number, rows: number, scale: number, fused: boolean): void;
}

/** Outputs are kept this far from 0 in a logarithm or a quotient: the smallest normal float32. */
export const smallest = 2 ** -126;

export const losses = {
  /**
   * The log loss of the notes, equation (3): l = -y ln x - (1 - y) ln (1 - x).
   * From logits, x = sigma(s): l = max(s, 0) - s y + ln(1 + e^-|s|) and dl/ds = x - y.
   */
  binaryCrossEntropy: {
    outputs: [0, 1],
    targets: [0, 1],
    distribution: false,
    predicts: "sides",
    fusesWith: "sigmoid",
    value(x, s, y, units, rows, fused) {
      let sum = 0;
      for (let i = 0; i < rows * units; i++) {
        sum += fused
          ? Math.max(s[i]!, 0) - s[i]! * y[i]! + Math.log1p(Math.exp(-Math.abs(s[i]!)))
          : -y[i]! * Math.log(Math.max(x[i]!, smallest)) - (1 - y[i]!) * Math.log(Math.max(1 - x[i]!, smallest));
      }
      return sum / units;
    },
    gradient(d, x, y, units, rows, scale, fused) {
      const share = scale / units;
      for (let i = 0; i < rows * units; i++) {
        d[i] = fused
          ? share * (x[i]! - y[i]!)
          : share * ((1 - y[i]!) / Math.max(1 - x[i]!, smallest) - y[i]! / Math.max(x[i]!, smallest));
      }
    },
  },

  /**
   * l = -sum_i y_i ln x_i, the y_i of a row adding up to 1, or to Y of about 1 as floating point has it.
   * From logits, x = softmax(s): l = Y ln(sum_j e^(s_j)) - sum_i y_i s_i and dl/ds = Y x - y.
   */
  categoricalCrossEntropy: {
    outputs: [0, 1],
    targets: [0, 1],
    distribution: true,
    predicts: "classes",
    fusesWith: "softmax",
    value(x, s, y, units, rows, fused) {
      let sum = 0;
      for (let begin = 0; begin < rows * units; begin += units) {
        if (!fused) {
          for (let i = begin; i < begin + units; i++) sum -= y[i]! * Math.log(Math.max(x[i]!, smallest));
          continue;
        }
        let largest = -Infinity;
        for (let i = begin; i < begin + units; i++) largest = Math.max(largest, s[i]!);
        let exponentials = 0;
        for (let i = begin; i < begin + units; i++) exponentials += Math.exp(s[i]! - largest);
        // Taken from every logit alike, the largest leaves the loss as it is and keeps its terms small.
        const logarithm = Math.log(exponentials);
        for (let i = begin; i < begin + units; i++) sum += y[i]! * (logarithm - (s[i]! - largest));
      }
      return sum;
    },
    gradient(d, x, y, units, rows, scale, fused) {
      for (let begin = 0; begin < rows * units; begin += units) {
        let total = 0;
        for (let i = begin; i < begin + units; i++) total += y[i]!;
        for (let i = begin; i < begin + units; i++) {
          d[i] = scale * (fused ? total * x[i]! - y[i]! : -y[i]! / Math.max(x[i]!, smallest));
        }
      }
    },
  },

  /** l = mean_i (x_i - y_i)^2; dl/dx_i = 2 (x_i - y_i) / n. */
  meanSquared: {
    outputs: [-Infinity, Infinity],
    targets: [-Infinity, Infinity],
    distribution: false,
    predicts: "numbers",
    fusesWith: undefined,
    value(x, _s, y, units, rows) {
      let sum = 0;
      for (let i = 0; i < rows * units; i++) sum += (x[i]! - y[i]!) ** 2;
      return sum / units;
    },
    gradient(d, x, y, units, rows, scale) {
      const share = (2 * scale) / units;
      for (let i = 0; i < rows * units; i++) d[i] = share * (x[i]! - y[i]!);
    },
  },
} satisfies Record<string, Loss>;

export type LossName = keyof typeof losses;

/** How far the targets of a row may be from adding up to 1. */
const SUM_TOLERANCE = 1e-4;

/** @throws InvalidInputError for targets that the loss cannot use; the row is named, counted from 1. */
export function checkTargets(where: string, loss: LossName, targets: Floats, units: number): void {
  const { targets: range, distribution } = losses[loss];
  const [low, high] = range;
  for (let row = 0; row < targets.length / units; row++) {
    let sum = 0;
    for (let i = row * units; i < (row + 1) * units; i++) {
      const target = targets[i]!;
      sum += target;
      if (!(target >= low && target <= high)) {
        refuse(`${where}: targets, row ${row + 1}`, `numbers from ${low} to ${high} for the loss ${loss}`, `${target}`);
      }
    }
    if (distribution && !(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      refuse(`${where}: targets, row ${row + 1}`, `numbers that add up to 1 for the loss ${loss}`, `a sum of ${sum}`);
    }
  }
}
