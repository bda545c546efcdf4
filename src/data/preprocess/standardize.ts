/**
 * Standardization: the mean and the standard deviation of each column that asks for it, learned from rows. In pieces, so
 * that millions of rows do not hold their host.
 */
import { checkNumber, checkOptions, refuse, show } from "../../ground/errors.ts";
import { type Floats, isFloats } from "../../ground/floats.ts";
import type { Pieces } from "../../ground/pieces.ts";
import type { Limits } from "../rows.ts";

/** x = (input - mean) / std, column by column: [width] each. */
export interface Standardization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** How many numbers a piece looks at: well below a millisecond. */
const PIECE = 25_000;

/**
 * The population mean and standard deviation of the columns of inputs [count, names.length], row-major, where `asked`; 0
 * and 1 elsewhere, std 1 where a column is constant.
 * @throws InvalidInputError, the column named, where numbers are so large that either overflows.
 */
export function* learnStandardization(
  inputs: Floats,
  names: readonly string[],
  asked: readonly boolean[],
): Pieces<{ mean: Float64Array; std: Float64Array }> {
  const moments = new Moments(names, asked);
  const step = rowsOf(names.length) * names.length;
  for (let pass = 0; pass < 2; pass++) {
    for (let at = 0; at < inputs.length; at += step) {
      yield;
      moments.add(inputs.subarray(at, at + step));
    }
    moments.turn();
  }
  return moments.result();
}

/** The same of rows that come in pieces, twice: first for the means, after `turn` for the deviations from them. */
export class Moments {
  readonly #names: readonly string[];
  readonly #columns: Uint32Array;
  readonly #mean: Float64Array;
  readonly #std: Float64Array;
  /** Sums of differences from the first row lose no digits to a large mean, and are exactly 0 for a constant column. */
  #first: Float64Array | undefined;
  readonly #shifts: Sums;
  readonly #rest: Sums;
  readonly #squares: Sums;
  #count = 0;
  #passes = 0;

  constructor(names: readonly string[], asked: readonly boolean[]) {
    const width = names.length;
    this.#names = names;
    this.#columns = Uint32Array.from(asked.flatMap((wanted, j) => (wanted ? [j] : [])));
    this.#mean = new Float64Array(width);
    this.#std = new Float64Array(width).fill(1);
    [this.#shifts, this.#rest, this.#squares] = [new Sums(width), new Sums(width), new Sums(width)];
  }

  /** inputs: [*, names.length], row-major. */
  add(inputs: Floats): void {
    if (this.#passes === 0) {
      this.#count += inputs.length / this.#mean.length;
      this.#first ??= Float64Array.from(inputs.subarray(0, this.#mean.length));
      this.#shifts.add(1, inputs, this.#columns, this.#first);
      return;
    }
    this.#rest.add(1, inputs, this.#columns, this.#mean);
    this.#squares.add(2, inputs, this.#columns, this.#mean);
  }

  /** After a pass. */
  turn(): void {
    if (this.#passes++ > 0) return;
    for (const j of this.#columns) this.#mean[j] = this.#first![j]! + this.#shifts.sum[j]! / this.#count;
  }

  /** @throws InvalidInputError, the column named, where numbers are so large that either overflows. */
  result(): { mean: Float64Array; std: Float64Array } {
    const [mean, std, count] = [this.#mean, this.#std, this.#count];
    for (const j of this.#columns) {
      // The second term is what rounding has left in the mean (the corrected two-pass algorithm).
      const variance = Math.max(0, (this.#squares.sum[j]! - this.#rest.sum[j]! ** 2 / count) / count);
      if (!Number.isFinite(variance + mean[j]!)) {
        const expected = "numbers whose mean and standard deviation are finite";
        refuse(
          `column ${show(this.#names[j])}`,
          expected,
          `mean ${mean[j]}, variance ${variance} (smaller units help)`,
        );
      }
      if (!isRounding(variance, mean[j]!, count)) std[j] = Math.sqrt(variance);
    }
    return { mean, std };
  }
}

function rowsOf(width: number): number {
  return Math.max(1, Math.floor(PIECE / width));
}

/**
 * Whether a variance is nothing but rounding, by the bound of scikit-learn: variance <= n eps variance + (n mean eps)^2.
 * There n is for sums that lose digits with every row. These do not, so it ends at 1024: the seconds between a million time
 * stamps are no rounding.
 */
function isRounding(variance: number, mean: number, count: number): boolean {
  const n = Math.min(count, 1024) * Number.EPSILON;
  return variance <= n * variance + (n * mean) ** 2;
}

/** Sums by column that keep what each addition rounds away (Kahan 1965). */
class Sums {
  readonly sum: Float64Array;
  readonly #lost: Float64Array;

  constructor(width: number) {
    this.sum = new Float64Array(width);
    this.#lost = new Float64Array(width);
  }

  /** sum_j += (x_ij - from_j)^power. */
  add(power: 1 | 2, x: Floats, columns: Uint32Array, from: Floats): void {
    const sums = this.sum;
    const lost = this.#lost;
    const width = sums.length;
    for (let at = 0; at < x.length; at += width) {
      for (let c = 0; c < columns.length; c++) {
        const j = columns[c]!;
        const d = x[at + j]! - from[j]!;
        const y = (power === 1 ? d : d * d) - lost[j]!;
        const sum = sums[j]! + y;
        lost[j] = sum - sums[j]! - y;
        sums[j] = sum;
      }
    }
  }
}

/**
 * A frozen copy.
 * @throws InvalidInputError unless there is a finite mean and a positive std for each input.
 */
export function readStandardization(name: string, given: Standardization, inputs: number): Standardization {
  const where = `${name}: standardization`;
  checkOptions(where, given, ["mean", "std"]);
  const { mean, std } = given;
  return Object.freeze({
    mean: readNumbers(`${where}, mean`, mean, inputs, {}),
    std: readNumbers(`${where}, std`, std, inputs, { above: 0 }),
  });
}

function readNumbers(where: string, given: unknown, count: number, bounds: { above?: number }): readonly number[] {
  const isList = Array.isArray(given) || isFloats(given);
  if (!isList || given.length !== count) refuse(where, `an array of ${count} numbers`, show(given));
  return Object.freeze(
    Array.from({ length: count }, (_, i) => checkNumber(`${where} of input ${i + 1}`, (given as unknown[])[i], bounds)),
  );
}

const limits = new WeakMap<Standardization, Record<"single" | "double", Limits>>();

/** Between which numbers inputs must lie, so that an engine can hold them, as they are and when they are standardized. */
export function limitsOf(standardization: Standardization, single: boolean): Limits {
  let found = limits.get(standardization);
  if (!found) {
    found = { single: newLimits(standardization, FLOAT32_MAX), double: newLimits(standardization, FLOAT64_MAX) };
    limits.set(standardization, found);
  }
  return found[single ? "single" : "double"];
}

const FLOAT32_MAX = 3.4028234663852886e38;
/** A little below the largest, since the limits themselves are rounded. */
const FLOAT64_MAX = Number.MAX_VALUE * (1 - 2 ** -40);

function newLimits({ mean, std }: Standardization, max: number): Limits {
  const within = (bound: number) => Math.min(max, Math.max(-max, bound));
  const bound = (sign: number) => Float64Array.from(mean, (center, i) => within(center + sign * max * std[i]!));
  return { low: bound(-1), high: bound(1) };
}
