/** What outputs are on average, if a column had this value or that one in every row. */
import { type Dataset, rowsOf } from "../data/dataset.ts";
import type { EncodedRows } from "../data/preprocess/conform.ts";
import { limitsOf } from "../data/preprocess/standardize.ts";
import { checkFinite } from "../data/rows.ts";
import { totalOf } from "../data/weights.ts";
import { checkNumber, lookUp, readOptions, refuse, show } from "../ground/errors.ts";
import type { Floats } from "../ground/floats.ts";
import { inSlices, type Pieces } from "../ground/pieces.ts";
import { breathe, sliceIsOver } from "../ground/scheduler.ts";
import { checkSignal, type Signal } from "../ground/signal.ts";
import { type Asked, eachPass, isSingle } from "../inspect/passes.ts";
import { byFallingScore } from "../kinds/metrics/meters/ranked.ts";
import { askedOf, type Network } from "../network/network.ts";
import { type InputColumn, inputColumns, outputNames, placeOf } from "./columns.ts";
import { eachChunk, openRows, rowsFrom } from "./rows.ts";

export interface PartialDependenceOptions {
  /**
   * How many values of a column of numbers are tried, evenly spaced, or all that it has where they are fewer; or the values
   * themselves, of categories their names. Default 100, and of categories all.
   */
  readonly grid?: number | readonly (number | string)[];
  /** Between which quantiles of the column the values lie. Default [0.05, 0.95]. */
  readonly percentiles?: readonly [number, number];
  /** Whether curves of single rows come beside the average. Default "average". */
  readonly kind?: "average" | "individual";
  readonly signal?: AbortSignal;
}

/** Of one output of the network. */
export interface DependenceCurve {
  readonly output: string;
  /** [grid]: the mean over the rows, by their weights where they have some. */
  readonly average: Float64Array;
  /** [rows, grid], row-major: the output of each row; where kind is "individual". */
  readonly individual?: Float64Array;
}

export interface PartialDependence {
  readonly column: string;
  /** The values that were tried: numbers, or names of categories. */
  readonly grid: readonly (number | string)[];
  /** One entry an output. */
  readonly curves: readonly DependenceCurve[];
}

/** What a column is set to: its places get these numbers. */
interface GridPoint {
  readonly value: number | string;
  readonly places: readonly number[];
}

const known = ["grid", "percentiles", "kind", "signal"] as const;
/** How many numbers curves of single rows may hold. */
const NUMBERS_LIMIT = 2 ** 27;
const GRID_LIMIT = 1e5;
/** Rows that are looked at between two pieces. */
const PIECE = 2 ** 14;

/**
 * Partial dependence (Friedman 2001, "Greedy function approximation", section 8.2): the network's outputs over a grid of values
 * of one column, each put into every row, as a mean over the rows; and the curve of each row, individual conditional
 * expectation (Goldstein, Kapelner, Bleich and Pitkin 2015, "Peeking inside the black box", section 3). The default grid is
 * scikit-learn's. Where columns hang together, rows that could never be are asked about, too.
 *
 * column: its name, or its number from 0.
 * @throws InvalidInputError for data that does not fit, a column, category or option that is unknown; the signal's reason if
 *   aborted.
 */
export async function partialDependence(
  network: Network,
  data: Dataset,
  column: string | number,
  options: PartialDependenceOptions = {},
): Promise<PartialDependence> {
  const where = "partialDependence";
  const asked = askedOf(where, network);
  const { grid = 100, percentiles = [0.05, 0.95], kind = "average", ...others } = readOptions(where, options, known);
  const isIndividual = lookUp(where, "kind", kind, { average: false, individual: true });
  const [low, high] = checkPercentiles(`${where}: percentiles`, percentiles);
  const signal = checkSignal(`${where}: signal`, others.signal);
  const { schema } = rowsOf(where, data);
  const { shape } = asked.engine;
  const columns = inputColumns(asked.preprocessing, shape, schema);
  const names = columns.map(({ name }) => name);
  const chosen = columns[placeOf(`${where}: column`, "a column", names, column)]!;
  const rows = await openRows(where, asked, data, signal);
  const points = await gridOf(`${where}: grid`, grid, chosen, asked, rows, [low, high], signal);
  if (isIndividual && rows.count * points.length * shape.outputs > NUMBERS_LIMIT) {
    refuse(where, `curves of rows of at most ${NUMBERS_LIMIT} numbers`, `${rows.count} rows of ${points.length}`);
  }
  const curves = outputNames(asked.preprocessing, shape, schema).map((output) => ({
    output,
    average: new Float64Array(points.length),
    ...(isIndividual && { individual: new Float64Array(rows.count * points.length) }),
  }));

  const total = totalOf(where, rows.weights, rows.count);
  const width = rows.inputWidth;
  await eachChunk(where, asked, rows, signal, async (begin, end) => {
    const inputs = rowsFrom(rows.inputs, width, begin, end).slice();
    for (const [g, { places }] of points.entries()) {
      if (sliceIsOver()) await breathe(signal);
      for (let at = chosen.begin; at < inputs.length; at += width) {
        for (let i = 0; i < places.length; i++) inputs[at + i] = places[i]!;
      }
      eachPass(asked, inputs, undefined, end - begin, (samples, first, count) => {
        asked.engine.forward(samples, 0, count);
        addTo(curves, samples.outputs, rows.weights, begin + first, count, g);
      });
    }
  });
  for (const { average } of curves) average.forEach((sum, g) => (average[g] = sum / total));
  return { column: chosen.name, grid: points.map(({ value }) => value), curves };
}

/** outputs: [count, n_m], of rows from `first` on, at grid point g. */
function addTo(
  curves: readonly DependenceCurve[],
  outputs: Floats,
  weights: Floats | undefined,
  first: number,
  count: number,
  g: number,
): void {
  curves.forEach(({ average, individual }, unit) => {
    for (let row = 0; row < count; row++) {
      const value = outputs[row * curves.length + unit]!;
      average[g]! += weights ? weights[first + row]! * value : value;
      if (individual) individual[(first + row) * average.length + g] = value;
    }
  });
}

function checkPercentiles(where: string, given: unknown): readonly [number, number] {
  if (!Array.isArray(given) || given.length !== 2) refuse(where, "two numbers, such as [0.05, 0.95]", show(given));
  const [low, high] = given as unknown[];
  const first = checkNumber(`${where}, first`, low, { min: 0, below: 1 });
  return [first, checkNumber(`${where}, second`, high, { above: first, max: 1 })];
}

async function gridOf(
  where: string,
  given: unknown,
  column: InputColumn,
  asked: Asked,
  rows: EncodedRows,
  percentiles: readonly [number, number],
  signal: Signal | undefined,
): Promise<readonly GridPoint[]> {
  const { categories } = column;
  if (Array.isArray(given)) checkNumber(`${where}: how many values`, given.length, { min: 1, max: GRID_LIMIT });
  const values = Array.isArray(given) ? Array.from(given as unknown[]) : undefined;
  if (categories) {
    if (values === undefined) checkNumber(where, given, { integer: true, min: 2 });
    const table = Object.fromEntries(categories.map((category, place) => [category, place]));
    return (values ?? categories).map((value) => {
      const place = lookUp(where, "a category", value, table);
      return { value: value as string, places: categories.map((_, i) => (i === place ? 1 : 0)) };
    });
  }
  const numbers =
    (values && checkValues(where, values, asked, column.begin)) ??
    (await inSlices(
      spread(rows, column.begin, checkNumber(where, given, { integer: true, min: 2, max: GRID_LIMIT }), percentiles),
      signal,
    ));
  return numbers.map((value) => ({ value, places: [value] }));
}

/** Such as the engine can hold in that place of a row. */
function checkValues(where: string, given: readonly unknown[], { engine, standardization }: Asked, place: number) {
  const values = given.map((value, i) => checkNumber(`${where}, value ${i + 1}`, value));
  const single = isSingle(engine);
  const limits = standardization && limitsOf(standardization, single);
  const own = limits && { low: limits.low.subarray(place), high: limits.high.subarray(place) };
  checkFinite(where, Float64Array.from(values), 1, { single, ...(own && { limits: own }) });
  return values;
}

/** All different values of a column, or where they are as many as `size` or more, so many evenly spaced between quantiles. */
function* spread(
  { inputs, inputWidth, count }: EncodedRows,
  place: number,
  size: number,
  [low, high]: readonly [number, number],
): Pieces<number[]> {
  const values = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    if (row % PIECE === 0) yield;
    values[row] = inputs[row * inputWidth + place]!;
  }
  const falling = yield* byFallingScore(values);
  const sorted = (i: number) => values[falling[count - 1 - i]!]!;
  const different: number[] = [];
  for (let i = 0; i < count && different.length < size; i++) {
    if (i % PIECE === 0) yield;
    if (i === 0 || sorted(i) !== sorted(i - 1)) different.push(sorted(i));
  }
  if (different.length < size) return different;
  const [from, to] = [quantile(sorted, count, low), quantile(sorted, count, high)];
  if (from === to) return [from];
  return Array.from({ length: size }, (_, i) => from + ((to - from) * i) / (size - 1));
}

/** By plotting positions of 0.4, as SciPy's mquantiles has it, which scikit-learn asks. */
function quantile(sorted: (i: number) => number, count: number, share: number): number {
  const at = count * share + 0.4 + share * 0.2;
  const below = Math.floor(Math.min(Math.max(at, 1), count - 1));
  const rest = Math.min(Math.max(at - below, 0), 1);
  return (1 - rest) * sorted(Math.max(0, below - 1)) + rest * sorted(Math.min(below, count - 1));
}
