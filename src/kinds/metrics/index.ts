/**
 * The table of metrics, one file a name, and the door to it. An evaluation imports this file when metrics are asked for, and
 * nobody does before: whoever asks for none need not load them, though they are asked for by name.
 */
import { checkOptions, lookUp, refuse, show } from "../../ground/errors.ts";
import { accuracy } from "./accuracy.ts";
import { averagePrecision } from "./averagePrecision.ts";
import { balancedAccuracy } from "./balancedAccuracy.ts";
import { brierScore } from "./brierScore.ts";
import { calibration } from "./calibration.ts";
import { confusion } from "./confusion.ts";
import { explainedVariance } from "./explainedVariance.ts";
import { f1, f1PerClass, macroF1, weightedF1 } from "./f1.ts";
import { logLoss } from "./logLoss.ts";
import { matthewsCorrelation } from "./matthewsCorrelation.ts";
import { meanAbsoluteError } from "./meanAbsoluteError.ts";
import { meanSquaredError } from "./meanSquaredError.ts";
import { Measurement } from "./measurement.ts";
import type { Direction, Entry, Meter, Task } from "./metric.ts";
import { ownEntry } from "./own.ts";
import { macroPrecision, precision, precisionPerClass, weightedPrecision } from "./precision.ts";
import { r2 } from "./r2.ts";
import { macroRecall, recall, recallPerClass, weightedRecall } from "./recall.ts";
import { rocAuc } from "./rocAuc.ts";
import { rootMeanSquaredError } from "./rootMeanSquaredError.ts";
import { topK } from "./topK.ts";
import type { Metric, MetricName, Metrics, MetricValues } from "./values.ts";

/** A kind, whatever its meter and its options are: it alone knows them. */
interface AnyKind<V> {
  readonly tasks: readonly Task["kind"][];
  readonly better?: Direction;
  readonly options?: (where: string, given: object, task: Task) => object;
  readonly Meter: new (task: Task, options: never) => Meter;
  readonly value: (meter: never) => V;
}

const kinds: { readonly [Name in MetricName]: AnyKind<MetricValues[Name]> } = {
  accuracy,
  topK,
  balancedAccuracy,
  precision,
  macroPrecision,
  weightedPrecision,
  precisionPerClass,
  recall,
  macroRecall,
  weightedRecall,
  recallPerClass,
  f1,
  macroF1,
  weightedF1,
  f1PerClass,
  rocAuc,
  averagePrecision,
  logLoss,
  brierScore,
  calibration,
  matthewsCorrelation,
  confusion,
  r2,
  meanAbsoluteError,
  meanSquaredError,
  rootMeanSquaredError,
  explainedVariance,
};

/** What others call them, in small letters and digits. */
const synonyms: Readonly<Record<string, MetricName>> = {
  acc: "accuracy",
  binaryaccuracy: "accuracy",
  categoricalaccuracy: "accuracy",
  topkaccuracy: "topK",
  topkcategoricalaccuracy: "topK",
  sensitivity: "recall",
  f1score: "f1",
  f1macro: "macroF1",
  f1weighted: "weightedF1",
  auc: "rocAuc",
  rocaucscore: "rocAuc",
  ap: "averagePrecision",
  prauc: "averagePrecision",
  crossentropy: "logLoss",
  binarycrossentropy: "logLoss",
  categoricalcrossentropy: "logLoss",
  brier: "brierScore",
  brierscoreloss: "brierScore",
  mcc: "matthewsCorrelation",
  matthewscorrcoef: "matthewsCorrelation",
  confusionmatrix: "confusion",
  r2score: "r2",
  mae: "meanAbsoluteError",
  mse: "meanSquaredError",
  rmse: "rootMeanSquaredError",
};

/** Checked metrics: each call begins an evaluation. */
export interface Measures {
  (): Measurement;
  /** Which value is better, where that is known, of those that are a number each: by their paths into an evaluation. */
  readonly directions: Readonly<Record<string, Direction | undefined>>;
}

/**
 * @throws InvalidInputError for what is no list of metrics, one that the task does not know, one that is named twice, and
 *   options that it does not have.
 */
export function checkMetrics(where: string, metrics: readonly Metric[], task: Task): Measures {
  const entries = checkEach(where, metrics, task);
  const numbers = entries.filter(({ isOwn, better }) => isOwn || better !== undefined);
  const directions = numbers.map(({ isOwn, name, better }) => [isOwn ? `own.${name}` : name, better]);
  return Object.assign(() => new Measurement(entries), { directions: Object.fromEntries(directions) });
}

/** Checked metrics, by heads. */
export interface HeadMeasures {
  readonly each: readonly (Measures | undefined)[];
  /** As those of a head have them; of a network with heads behind `heads.` and its name, with the losses. */
  readonly directions: Measures["directions"];
}

/**
 * heads: of the network, or the one without a name that all its outputs are.
 * @throws InvalidInputError as `checkMetrics` does, and for lists that do not go by heads.
 */
export function checkHeadMetrics(
  where: string,
  metrics: Metrics | undefined,
  heads: readonly { readonly name: string | undefined; readonly task: Task }[],
): HeadMeasures {
  const [sole] = heads;
  if (sole!.name === undefined) {
    const measures = checkMetrics(where, metrics as readonly Metric[], sole!.task);
    return { each: [measures], directions: measures.directions };
  }
  const names = heads.map(({ name }) => name!);
  if (Array.isArray(metrics)) {
    refuse(where, `an object with a list for each head, such as { ${names[0]}: [...] }`, show(metrics));
  }
  checkOptions(where, metrics ?? {}, names);
  const lists = new Map(Object.entries({ ...metrics } as Record<string, readonly Metric[] | undefined>));
  const each = heads.map(({ name, task }) => {
    const list = lists.get(name!);
    return list === undefined ? undefined : checkMetrics(`${where}: ${name}`, list, task);
  });
  const directions = names.flatMap((name, h) =>
    Object.entries<Direction | undefined>({ loss: "lower", ...each[h]?.directions }).map(
      ([metric, better]) => [`heads.${name}.${metric}`, better] as const,
    ),
  );
  return { each, directions: Object.fromEntries(directions) };
}

function checkEach(where: string, metrics: readonly Metric[], task: Task): Entry[] {
  if (!Array.isArray(metrics)) refuse(where, 'an array of metrics, such as ["accuracy"]', show(metrics));
  // Not by map, which would pass over the holes of a sparse array.
  const entries = Array.from(metrics, (metric: Metric) => checkMetric(where, metric, task));
  const names = entries.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) refuse(where, "each metric once", `${show(twice)} twice`);
  return entries;
}

function checkMetric(where: string, metric: Metric, task: Task): Entry {
  if (typeof metric === "function") return ownEntry(where, metric, task, Object.keys(kinds));
  if (typeof metric === "string") return namedEntry(where, metric, {}, task);
  if (typeof metric !== "object" || metric === null) refuse(where, "metrics by name, or of one's own", show(metric));
  if ("add" in metric) return ownEntry(where, metric, task, Object.keys(kinds));
  const { name, ...options } = metric;
  return namedEntry(where, name, options, task);
}

function namedEntry(where: string, name: MetricName, given: object, task: Task): Entry {
  const kind: AnyKind<unknown> = lookUp(where, "metric", name, kinds, synonyms);
  if (!kind.tasks.includes(task.kind)) refuse(where, `metrics of ${said[task.kind]}: ${namesFor(task)}`, show(name));
  if (!kind.options) checkOptions(`${where}: ${name}`, given, []);
  const options = kind.options?.(`${where}: ${name}`, given, task) ?? given;
  return {
    name,
    isOwn: false,
    better: kind.better,
    source: kind.options ? kind : kind.Meter,
    start: () => new kind.Meter(task, options as never),
    value: (meter) => kind.value(meter as never),
  };
}

/** What a network's outputs say, in words. */
const said: Readonly<Record<Task["kind"], string>> = {
  binary: "a single yes-or-no output",
  classes: "one class out of several",
  labels: "several yes-or-no outputs",
  numbers: "numbers",
};

function namesFor(task: Task): string {
  const names = Object.keys(kinds) as MetricName[];
  return names.filter((name) => kinds[name].tasks.includes(task.kind)).join(", ");
}
