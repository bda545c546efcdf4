/** Rows that are set aside before a training, to validate it on. */
import { type CountedRows, countedRows } from "../data/counted-rows.ts";
import type { Dataset } from "../data/dataset.ts";
import type { RowSource } from "../data/source.ts";
import { checkNumber, checkOptions, refuse, show } from "../ground/errors.ts";

export interface ValidationSplitOptions {
  /** The share of rows that validate, above 0 and below 1: round(count * fraction) rows. */
  readonly fraction: number;
  /** Whether they are drawn at random, by a stream of their own; if not, they are the last ones. Default true. */
  readonly shuffle?: boolean;
  /** Whether each kind of target row gives its share, to within one row. Default false. */
  readonly stratify?: boolean;
  /** Of the drawing; a whole number. By default the training's. */
  readonly seed?: number;
}

/** A fraction, or more said of it. */
export type ValidationSplit = number | ValidationSplitOptions;

const FRACTION = { above: 0, below: 1 };

/** @throws InvalidInputError for what is neither a fraction nor such options. */
export function checkValidationSplit(where: string, given: unknown): ValidationSplitOptions {
  if (typeof given === "number") return { fraction: checkNumber(where, given, FRACTION) };
  checkOptions(`${where} (a fraction, or options)`, given, ["fraction", "shuffle", "stratify", "seed"]);
  const { fraction, shuffle = true, stratify = false, seed } = { ...(given as ValidationSplitOptions) };
  for (const [name, value] of Object.entries({ shuffle, stratify })) {
    if (typeof value !== "boolean") refuse(`${where}: ${name}`, "true or false", show(value));
  }
  if (stratify && !shuffle) refuse(`${where}: stratify`, "rows that are drawn at random", "shuffle: false");
  if (seed !== undefined) checkNumber(`${where}: seed`, seed, { integer: true, min: 0 });
  return {
    fraction: checkNumber(`${where}: fraction`, fraction, FRACTION),
    shuffle,
    stratify,
    ...(seed !== undefined && { seed }),
  };
}

interface Asked {
  readonly batchSize: number;
  readonly seed: number;
  readonly validationSplit: ValidationSplitOptions | undefined;
  readonly validationData: Dataset | RowSource | undefined;
}

/**
 * The rows that are left to train on, and the options of their training, with the others as validation data. As
 * `dataset.split` parts them, with the same seed into the same parts.
 * @throws InvalidInputError if a part would be empty, and for rows of a source.
 */
export function setAside<A extends Asked>(where: string, rows: CountedRows, asked: A): readonly [CountedRows, A] {
  const { validationSplit } = asked;
  if (validationSplit === undefined) return [rows, asked];
  const { fraction, shuffle = true, stratify = false, seed = asked.seed } = validationSplit;
  const { count, dataset } = rows;
  if (!dataset) return refuse(`${where}: validationSplit`, "a Dataset, whose rows can be chosen", "a source");
  const size = Math.round(count * fraction);
  if (size === 0 || size === count) {
    refuse(`${where}: validationSplit`, "rows in both parts", `${count - size} to train on and ${size} to validate`);
  }
  const range = (begin: number, end: number) => Array.from({ length: end - begin }, (_, i) => begin + i);
  const { train, test } = shuffle
    ? dataset.split({ test: fraction, stratify, seed })
    : { train: dataset.select(range(0, count - size)), test: dataset.select(range(count - size, count)) };
  return [
    countedRows(where, train),
    { ...asked, batchSize: Math.min(asked.batchSize, train.count), validationData: test },
  ];
}
