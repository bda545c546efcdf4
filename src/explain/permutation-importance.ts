/** How much worse a network becomes when it is not told a column any more. */
import { EncodedMemory } from "../data/preprocess/encoded.ts";
import { type Dataset, rowsOf } from "../data/dataset.ts";
import { allocate } from "../data/rows.ts";
import { checkNumber, lookUp, readOptions, refuse, show } from "../ground/errors.ts";
import { type Floats, isFloat32 } from "../ground/floats.ts";
import { inSlices, type Pieces } from "../ground/pieces.ts";
import { Random } from "../ground/random.ts";
import { checkSignal } from "../ground/signal.ts";
import { evaluate, openMetrics } from "../inspect/evaluate.ts";
import type { Evaluation } from "../kinds/metrics/evaluation.ts";
import type { Metric } from "../kinds/metrics/values.ts";
import { askedOf, type Network } from "../network/network.ts";
import { inputColumns } from "./columns.ts";
import { openRows } from "./rows.ts";

export interface PermutationImportanceOptions {
  /** What the network is judged by: the loss, or a metric of one number, by name or of one's own. Default "loss". */
  readonly metric?: "loss" | Metric;
  /** Which values of the metric are the better ones. Default: as its name has it; of one's own, "higher". */
  readonly better?: "higher" | "lower";
  /** How often each column is permuted. Default 5. */
  readonly repeats?: number;
  /** A whole number: the same seed gives the same permutations. Default 0. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

export interface ColumnImportance {
  readonly column: string;
  /** By how much the metric gets worse when the column is permuted: the mean over the repeats. */
  readonly mean: number;
  /** The standard deviation over the repeats (population). */
  readonly std: number;
  /** One number a repeat. */
  readonly values: readonly number[];
}

export interface PermutationImportance {
  /** "loss", or the metric's name. */
  readonly metric: string;
  /** Its value on the data as they are. */
  readonly baseline: number;
  /** One entry a column of the table, in its order; the categories of a column are permuted together. */
  readonly columns: readonly ColumnImportance[];
}

const knownOptions = ["metric", "better", "repeats", "seed", "signal"] as const;
const directions = { higher: 1, lower: -1 };
/** Numbers that are moved between two pieces. */
const PIECE = 2 ** 14;

/**
 * Permutation importance: a column's values are dealt out anew among the rows, and the metric is measured again (Breiman 2001,
 * "Random forests", section 10; Fisher, Rudin and Dominici 2019, "All models are wrong, but many are useful", section 3).
 * A repeat permutes every column in the same way. Columns that say the same thing stand in for each other, and each then
 * seems to be of little importance.
 *
 * The rows are copied once. Parameters that a training changes meanwhile count from then on.
 * @throws InvalidInputError for data that does not fit, an unknown option, or a metric that is not one number or that the
 *   network's outputs do not have; the signal's reason if aborted.
 */
export async function permutationImportance(
  network: Network,
  data: Dataset,
  options: PermutationImportanceOptions = {},
): Promise<PermutationImportance> {
  const where = "permutationImportance";
  const asked = askedOf(where, network);
  const { metric = "loss", better, repeats = 5, seed = 0, ...others } = readOptions(where, options, knownOptions);
  checkNumber(`${where}: repeats`, repeats, { integer: true, min: 1, max: 1e6 });
  const random = new Random(checkNumber(`${where}: seed`, seed, { integer: true, min: 0 }), "permutation");
  const signal = checkSignal(`${where}: signal`, others.signal);
  const rows = await openRows(where, asked, data, signal);
  const measures =
    metric === "loss"
      ? undefined
      : await openMetrics(`${where}: metric`, [metric], asked, new EncodedMemory(rows), signal);
  const [known] = measures ? Object.values(measures.directions) : ["lower" as const];
  const direction = better ?? known ?? "higher";
  const sign = lookUp(`${where}: better`, "direction", direction, directions);
  const name = nameOf(metric);
  const inputs = await inSlices(copyOf(where, rows.inputs), signal);
  const permuted = new EncodedMemory({ ...rows, inputs });
  const measure = async () => valueOf(where, name, await evaluate(where, asked, permuted, measures, signal));
  const baseline = await measure();
  const columns = inputColumns(asked.preprocessing, asked.engine.shape, rowsOf(where, data).schema);
  const values = columns.map((): number[] => []);
  const order = new Uint32Array(rows.count);
  for (let repeat = 0; repeat < repeats; repeat++) {
    await inSlices(drawOrder(order, random), signal);
    for (const [c, column] of columns.entries()) {
      await inSlices(deal(inputs, rows.inputs, rows.inputWidth, column, order), signal);
      values[c]!.push(sign * (baseline - (await measure())));
      await inSlices(deal(inputs, rows.inputs, rows.inputWidth, column), signal);
    }
  }
  return { metric: name, baseline, columns: columns.map((column, c) => summary(column.name, values[c]!)) };
}

function nameOf(metric: "loss" | Metric): string {
  return typeof metric === "string" ? metric : metric.name;
}

function valueOf(where: string, name: string, evaluation: Evaluation): number {
  const all = { ...evaluation, ...evaluation.own } as Readonly<Record<string, unknown>>;
  const value = all[name];
  return typeof value === "number" ? value : refuse(`${where}: metric ${show(name)}`, "one number", show(value));
}

function summary(column: string, values: readonly number[]): ColumnImportance {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { column, mean, std: Math.sqrt(variance), values };
}

function* copyOf(where: string, values: Floats): Pieces<Floats> {
  const Kind: new (length: number) => Floats = isFloat32(values) ? Float32Array : Float64Array;
  const copy = allocate(where, Kind, values.length, 1);
  for (let at = 0; at < values.length; at += 16 * PIECE) {
    copy.set(values.subarray(at, at + 16 * PIECE), at);
    yield;
  }
  return copy;
}

/** Shuffles 0, 1, 2, ... (Fisher and Yates). */
function* drawOrder(order: Uint32Array, random: Random): Pieces<void> {
  for (let i = 0; i < order.length; i++) {
    if (i % PIECE === 0) yield;
    const j = random.below(i + 1);
    order[i] = order[j]!;
    order[j] = i;
  }
}

/** Gives each row the column's numbers of the row that the order names, or its own. */
function* deal(
  to: Floats,
  from: Floats,
  width: number,
  { begin, end }: { readonly begin: number; readonly end: number },
  order?: Uint32Array,
): Pieces<void> {
  const count = to.length / width;
  const step = Math.max(1, Math.floor(PIECE / (end - begin)));
  for (let row = 0; row < count; row++) {
    if (row % step === 0) yield;
    const source = (order ? order[row]! : row) * width;
    for (let i = begin; i < end; i++) to[row * width + i] = from[source + i]!;
  }
}
