/**
 * Samples to learn from: rows of inputs and their targets, checked once at the door and never changed afterwards.
 * Batches and their order belong to the training loop; files to `csv.ts`. In errors, rows are counted from 1.
 */
import type { Floats } from "../ground/floats.ts";
import { checkNumber, checkOptions, refuse, show } from "../ground/errors.ts";
import { Random } from "../ground/random.ts";
import { checkRows, isNumbers } from "./rows.ts";
import type { DatasetOptions, NumericArray, Rows } from "./rows.ts";
import type { Schema } from "./schema.ts";
import type { RowBlock, RowSource } from "./source.ts";

export interface SplitOptions {
  /** The share of rows for the test part, between 0 and 1. */
  test: number;
  /** A whole number: the same seed gives the same split. */
  seed: number;
  /** Whether each kind of target row gives its share to the test part, to within one row. */
  stratify?: boolean;
}

export interface Split<T> {
  readonly train: T;
  readonly test: T;
}

/** The method that a kind of data set overrides: a symbol, which the package does not export, so not for callers. */
export const withRows = Symbol("withRows");

/** Rows of samples. `select` and `split` give new data sets; none is ever changed. */
export class Dataset implements Rows, RowSource {
  readonly count: number;
  readonly inputWidth: number;
  readonly targetWidth: number;
  /** Row-major, [count, inputWidth], as given: a network standardizes on the way in. */
  readonly inputs: Floats;
  /** Row-major, [count, targetWidth]. */
  readonly targets: Floats;
  readonly inputNames: readonly string[];
  readonly targetNames: readonly string[];
  /** [inputWidth]: whether training is to standardize the column. */
  readonly standardize: readonly boolean[];
  /** What its columns are, as plain data. */
  readonly schema: Schema;

  /** For this library: `Dataset.from` is the door, and looks at every number. This looks at what they are numbers of. */
  protected constructor(rows: Rows) {
    checkAgreement(rows);
    this.count = rows.count;
    this.inputWidth = rows.inputWidth;
    this.targetWidth = rows.targetWidth;
    this.inputs = rows.inputs;
    this.targets = rows.targets;
    this.inputNames = rows.inputNames;
    this.targetNames = rows.targetNames;
    this.standardize = rows.standardize;
    this.schema = rows.schema;
  }

  /**
   * Samples from numbers in memory: `inputs` with either `targets` or `labels`.
   * @throws InvalidInputError for no rows, rows of unequal width, numbers that are not finite, and options that are
   *   unknown or do not agree.
   */
  static from(options: DatasetOptions): Dataset {
    return new Dataset(checkRows(options));
  }

  /**
   * The population mean and deviation of each input column, [inputWidth] each: 0 and 1 where a column does not ask to
   * be standardized, deviation 1 where it is constant. Undefined if no column asks.
   * @throws InvalidInputError if numbers are so large that a column's deviation overflows.
   */
  standardization(): { mean: Float64Array; deviation: Float64Array } | undefined {
    if (!this.standardize.includes(true)) return undefined;
    const mean = new Float64Array(this.inputWidth);
    const deviation = new Float64Array(this.inputWidth).fill(1);
    for (let column = 0; column < this.inputWidth; column++) {
      if (this.standardize[column]) [mean[column], deviation[column]] = this.#moments(column);
    }
    return { mean, deviation };
  }

  /**
   * Rows begin to end - 1, from 0, or up to the last: views of `inputs` and `targets`.
   * @throws InvalidInputError unless 0 <= begin <= end.
   */
  read(begin: number, end: number): RowBlock {
    const first = Math.min(checkNumber("read, begin", begin, { integer: true, min: 0 }), this.count);
    const last = Math.min(checkNumber("read, end", end, { integer: true, min: begin }), this.count);
    const { inputWidth, targetWidth } = this;
    return {
      count: last - first,
      inputs: this.inputs.subarray(first * inputWidth, last * inputWidth),
      targets: this.targets.subarray(first * targetWidth, last * targetWidth),
    };
  }

  /**
   * The rows at `indices` (from 0), in that order; a row may come more than once.
   * @throws InvalidInputError for no indices, or one that is not a whole number from 0 to count - 1.
   */
  select(indices: readonly number[] | NumericArray): this {
    if (!isNumbers(indices)) refuse("select", "an array of row indices", show(indices));
    if (indices.length === 0) refuse("select", "at least one row", "none");
    for (let i = 0; i < indices.length; i++) {
      checkNumber(`select, index ${i}`, indices[i], { integer: true, min: 0, max: this.count - 1 });
    }
    return this[withRows]({
      ...this,
      count: indices.length,
      inputs: pickRows(this.inputs, this.inputWidth, indices as ArrayLike<number>),
      targets: pickRows(this.targets, this.targetWidth, indices as ArrayLike<number>),
    });
  }

  /**
   * Two parts that share no row: round(count * test) rows drawn at random for `test`, the others for `train`, both in
   * their old order.
   * @throws InvalidInputError if a part would be empty.
   */
  split(options: SplitOptions): Split<this> {
    checkOptions("split", options, ["test", "seed", "stratify"]);
    const share = checkNumber("split, test", options.test, { above: 0, below: 1 });
    const random = new Random(checkNumber("split, seed", options.seed, { integer: true, min: 0 }), "split");
    const stratify = options.stratify ?? false;
    if (typeof stratify !== "boolean") refuse("split, stratify", "true or false", show(stratify));
    const size = Math.round(this.count * share);
    if (size === 0 || size === this.count) {
      refuse("split", "rows in both parts", `${this.count - size} for train and ${size} for test`);
    }

    const rows = Array.from({ length: this.count }, (_, row) => row);
    const chosen = draw(stratify ? this.#strata(rows) : [rows.slice()], size, this.count, random);
    return {
      train: this.select(rows.filter((row) => !chosen.has(row))),
      test: this.select(rows.filter((row) => chosen.has(row))),
    };
  }

  /** A data set of the same class over other rows. */
  protected [withRows](rows: Rows): this {
    return new Dataset(rows) as this;
  }

  #moments(column: number): [mean: number, deviation: number] {
    const { inputs, inputWidth: width } = this;
    const first = inputs[column]!;
    let sum = 0;
    let constant = true;
    for (let i = column; i < inputs.length; i += width) {
      sum += inputs[i]!;
      if (inputs[i] !== first) constant = false;
    }
    // Asked of the numbers themselves: rounding leaves a constant column a tiny deviation, never quite 0.
    if (constant) return [first, 1];
    const mean = sum / this.count;
    let squares = 0;
    for (let i = column; i < inputs.length; i += width) squares += (inputs[i]! - mean) ** 2;
    const deviation = Math.sqrt(squares / this.count);
    if (!Number.isFinite(deviation)) {
      refuse(`column ${show(this.inputNames[column])}`, "numbers whose deviation is finite", String(deviation));
    }
    return [mean, deviation || 1];
  }

  /** The rows grouped by equal targets. */
  #strata(rows: readonly number[]): number[][] {
    const width = this.targetWidth;
    const strata = new Map<string, number[]>();
    for (const row of rows) {
      const key = this.targets.subarray(row * width, (row + 1) * width).join();
      const stratum = strata.get(key);
      if (stratum) stratum.push(row);
      else strata.set(key, [row]);
    }
    return [...strata.values()];
  }
}

/** A class of JavaScript cannot hide its constructor: rows that do not agree would be read beyond their end. */
function checkAgreement(rows: Rows): void {
  if (typeof rows !== "object" || rows === null) refuse("new Dataset", "rows (see Dataset.from)", show(rows));
  const { count, inputWidth, targetWidth, inputs, targets, inputNames, targetNames, standardize } = rows;
  checkNumber("new Dataset: count", count, { integer: true, min: 1 });
  checkNumber("new Dataset: inputWidth", inputWidth, { integer: true, min: 1 });
  checkNumber("new Dataset: targetWidth", targetWidth, { integer: true, min: 1 });
  for (const [name, values, length] of [
    ["inputs", inputs, count * inputWidth],
    ["targets", targets, count * targetWidth],
  ] as const) {
    const isFloats = values instanceof Float32Array || values instanceof Float64Array;
    if (isFloats && values.length === length) continue;
    refuse(`new Dataset: ${name}`, `a Float32Array or Float64Array of ${length}`, show(values));
  }
  for (const [name, list, length, type] of [
    ["inputNames", inputNames, inputWidth, "string"],
    ["targetNames", targetNames, targetWidth, "string"],
    ["standardize", standardize, inputWidth, "boolean"],
  ] as const) {
    if (Array.isArray(list) && list.length === length && Array.from(list).every((item) => typeof item === type))
      continue;
    refuse(`new Dataset: ${name}`, `an array of ${length} of type ${type}`, show(list));
  }
}

/** Draws `size` of `count` rows, from each stratum its share: rounded down, then up where the remainder is largest. */
function draw(strata: number[][], size: number, count: number, random: Random): Set<number> {
  // Equal remainders are the rule (every target may be unique), so which of them comes first is left to chance.
  const order = random.shuffle(strata.map((_, i) => i));
  const quotas = order.map((i) => ({ rows: strata[i]!, product: strata[i]!.length * size }));
  quotas.sort((a, b) => (b.product % count) - (a.product % count));
  let left = size - quotas.reduce((sum, { product }) => sum + Math.floor(product / count), 0);
  const chosen = new Set<number>();
  for (const { rows, product } of quotas) {
    const quota = Math.floor(product / count) + (left-- > 0 ? 1 : 0);
    for (const row of random.shuffle(rows).slice(0, quota)) chosen.add(row);
  }
  return chosen;
}

function pickRows(source: Floats, width: number, indices: ArrayLike<number>): Floats {
  const length = indices.length * width;
  const picked = source instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i]! * width;
    for (let column = 0; column < width; column++) picked[i * width + column] = source[start + column]!;
  }
  return picked;
}
