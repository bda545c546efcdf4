/**
 * Samples to learn from: rows of inputs and their targets, checked once at the door and never changed afterwards.
 * Batches and their order belong to the training loop; files to `formats/`. In errors, rows are counted from 1.
 */
import { type Floats, isFloat32, isFloats } from "../ground/floats.ts";
import { checkNumber, checkOptions, refuse, show } from "../ground/errors.ts";
import { warn } from "../ground/host.ts";
import { atOnce } from "../ground/pieces.ts";
import { Random } from "../ground/random.ts";
import { learnStandardization } from "./preprocess/standardize.ts";
import { checkLengths, checkRows, isNumbers } from "./rows.ts";
import type { DatasetOptions, NumericArray, Rows } from "./rows.ts";
import { checkSchema, placeNames, type Schema, standardizedPlaces, widthOf } from "./schema.ts";
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

/** The checked rows behind a data set, whatever its fields say. Set below, where the private field is in sight. */
let privateRows: (value: unknown) => Rows | undefined;

/** Whether `Dataset` itself has made it, whatever it says. */
export function isDataset(value: unknown): value is Dataset {
  return privateRows(value) !== undefined;
}

/**
 * The rows of a data set that `Dataset` itself has made, with as many numbers as they had then.
 * @throws InvalidInputError for anything else.
 */
export function rowsOf(where: string, dataset: unknown): Rows {
  const rows = privateRows(dataset);
  if (!rows) return refuse(where, "a Dataset, as Dataset.from({ inputs, targets }) makes one", show(dataset));
  checkLengths(where, rows);
  return rows;
}

/** Rows of samples, frozen. `select` and `split` give new data sets; none is ever changed. */
export class Dataset implements Rows, RowSource {
  readonly count: number;
  readonly inputWidth: number;
  readonly targetWidth: number;
  /** Row-major, [count, inputWidth], as given: a network standardizes on the way in. */
  readonly inputs: Floats;
  /** Row-major, [count, targetWidth]. */
  readonly targets: Floats;
  /** [count]: how much the loss of each row counts; undefined where all count 1. */
  readonly weights: Floats | undefined;
  readonly inputNames: readonly string[];
  readonly targetNames: readonly string[];
  /** [inputWidth]: whether training is to standardize the column. */
  readonly standardize: readonly boolean[];
  /** What its columns are, as plain data. */
  readonly schema: Schema;
  readonly #rows: Rows;

  static {
    privateRows = (value) => (typeof value === "object" && value !== null && #rows in value ? value.#rows : undefined);
  }

  /** For this library: `Dataset.from` is the door, and looks at every number. This looks at what they are numbers of. */
  protected constructor(rows: Rows) {
    this.#rows = checkAgreement(rows);
    const { count, schema, inputs, targets, weights } = this.#rows;
    this.count = count;
    this.inputWidth = widthOf(schema.inputs);
    this.targetWidth = widthOf(schema.targets);
    this.inputs = inputs;
    this.targets = targets;
    this.weights = weights;
    this.inputNames = placeNames(schema.inputs, "x");
    this.targetNames = placeNames(schema.targets, "y");
    this.standardize = Object.freeze(standardizedPlaces(schema.inputs));
    this.schema = schema;
    // A derived class has fields to come: it freezes itself.
    if (new.target === Dataset) Object.freeze(this);
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
   * The population mean and standard deviation of each input column, [inputWidth] each: 0 and 1 where a column does not ask
   * to be standardized, std 1 where it is constant but for rounding. Undefined if no column asks.
   * @throws InvalidInputError if numbers are so large that either overflows.
   */
  standardization(): { mean: Float64Array; std: Float64Array } | undefined {
    const { inputs, schema } = rowsOf("standardization", this);
    const asked = standardizedPlaces(schema.inputs);
    return asked.includes(true)
      ? atOnce(learnStandardization(inputs, placeNames(schema.inputs, "x"), asked))
      : undefined;
  }

  /**
   * Rows begin to end - 1, from 0, or up to the last: views of `inputs`, `targets` and `weights`.
   * @throws InvalidInputError unless 0 <= begin <= end.
   */
  read(begin: number, end: number): RowBlock {
    const { count, inputs, targets, weights, schema } = rowsOf("read", this);
    const first = Math.min(checkNumber("read, begin", begin, { integer: true, min: 0 }), count);
    const last = Math.min(checkNumber("read, end", end, { integer: true, min: begin }), count);
    const part = (values: Floats, width: number) => values.subarray(first * width, last * width);
    return {
      count: last - first,
      inputs: part(inputs, widthOf(schema.inputs)),
      targets: part(targets, widthOf(schema.targets)),
      ...(weights && { weights: part(weights, 1) }),
    };
  }

  /**
   * The rows at `indices` (from 0), in that order; a row may come more than once.
   * @throws InvalidInputError for no indices, or one that is not a whole number from 0 to count - 1.
   */
  select(indices: readonly number[] | NumericArray): this {
    if (!isNumbers(indices)) refuse("select", "an array of row indices", show(indices));
    const { count, inputs, targets, weights, schema } = rowsOf("select", this);
    const rows: number[] = [];
    for (let i = 0; i < indices.length; i++) {
      rows.push(checkNumber(`select, index ${i}`, indices[i], { integer: true, min: 0, max: count - 1 }));
    }
    if (rows.length === 0) refuse("select", "at least one row", "none");
    return this[withRows]({
      count: rows.length,
      schema,
      inputs: pickRows(inputs, widthOf(schema.inputs), rows),
      targets: pickRows(targets, widthOf(schema.targets), rows),
      weights: weights && pickRows(weights, 1, rows),
    });
  }

  /**
   * Two parts that share no row: round(count * test) rows drawn at random for `test`, the others for `train`, both in
   * their old order.
   * @throws InvalidInputError if a part would be empty.
   */
  split(options: SplitOptions): Split<this> {
    checkOptions("split", options, ["test", "seed", "stratify"]);
    const { test, seed, stratify = false } = options;
    const share = checkNumber("split, test", test, { above: 0, below: 1 });
    const random = new Random(checkNumber("split, seed", seed, { integer: true, min: 0 }), "split");
    if (typeof stratify !== "boolean") refuse("split, stratify", "true or false", show(stratify));
    const given = rowsOf("split", this);
    const { count } = given;
    const size = Math.round(count * share);
    if (size === 0 || size === count) {
      refuse("split", "rows in both parts", `${count - size} for train and ${size} for test`);
    }

    const rows = Array.from({ length: count }, (_, row) => row);
    const chosen = draw(stratify ? strataOf(given, rows) : [rows.slice()], size, count, random);
    return {
      train: this.select(rows.filter((row) => !chosen.has(row))),
      test: this.select(rows.filter((row) => chosen.has(row))),
    };
  }

  /** A data set of the same class over other rows. */
  protected [withRows](rows: Rows): this {
    return new Dataset(rows) as this;
  }
}

/** A class of JavaScript cannot hide its constructor: rows that do not agree would be read beyond their end. */
function checkAgreement(rows: Rows): Rows {
  if (typeof rows !== "object" || rows === null) refuse("new Dataset", "rows (see Dataset.from)", show(rows));
  const { count, inputs, targets, weights, schema } = rows;
  checkNumber("new Dataset: count", count, { integer: true, min: 1 });
  const checked = { count, schema: checkSchema("new Dataset: schema", schema), inputs, targets, weights };
  for (const [name, values] of [
    ["inputs", inputs],
    ["targets", targets],
    ["weights", weights],
  ] as const) {
    if (values === undefined && name === "weights") continue;
    if (!isFloats(values)) refuse(`new Dataset: ${name}`, "a Float32Array or Float64Array", show(values));
  }
  checkLengths("new Dataset", checked);
  return Object.freeze(checked);
}

/**
 * The rows grouped by equal targets. Warns of classes of a single row: whatever is drawn, one of the parts has none of it.
 */
function strataOf({ targets, schema }: Rows, rows: readonly number[]): number[][] {
  const width = widthOf(schema.targets);
  const strata = new Map<string, number[]>();
  for (const row of rows) {
    const key = targets.subarray(row * width, (row + 1) * width).join();
    const stratum = strata.get(key);
    if (stratum) stratum.push(row);
    else strata.set(key, [row]);
  }
  const single = [...strata.values()].filter(({ length }) => length === 1);
  if (single.length > 0 && schema.targets.every(({ kind }) => kind === "category")) {
    const names = placeNames(schema.targets, "y").filter((_, i) =>
      single.some(([row]) => targets[row! * width + i] === 1),
    );
    warn(`split: ${names.slice(0, 5).map(show).join(", ")}: a class of a single row is in one of the parts only`);
  }
  return [...strata.values()];
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
  const picked = isFloat32(source) ? new Float32Array(length) : new Float64Array(length);
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i]! * width;
    for (let column = 0; column < width; column++) picked[i * width + column] = source[start + column]!;
  }
  return picked;
}
