/** The names of metrics, and what each comes to. Types only: the metrics themselves are loaded when they are asked for. */
import type { Floats } from "../../ground/floats.ts";

/** What an evaluation holds of the metrics that were asked for. */
export interface MetricValues {
  /** The share of rows whose class is predicted rightly; of several yes-or-no outputs, of rows that are right in all. */
  readonly accuracy: number;
  /** The share of rows whose class is among the k largest outputs; of equals, the first come first. */
  readonly topK: number;
  /** The mean recall of the classes that targets have. */
  readonly balancedAccuracy: number;
  /** Of class 1, of a single yes-or-no output: the share of those predicted that are. 0 where none is predicted. */
  readonly precision: number;
  /** The mean over classes that targets or predictions have, or over labels. */
  readonly macroPrecision: number;
  /** The mean over classes, each by the weight of its rows. */
  readonly weightedPrecision: number;
  /** One number a class or label. */
  readonly precisionPerClass: readonly number[];
  /** Of class 1, of a single yes-or-no output: the share of those that are that is predicted. 0 where none is. */
  readonly recall: number;
  readonly macroRecall: number;
  readonly weightedRecall: number;
  readonly recallPerClass: readonly number[];
  /** Of class 1, of a single yes-or-no output: the harmonic mean of precision and recall. */
  readonly f1: number;
  readonly macroF1: number;
  readonly weightedF1: number;
  readonly f1PerClass: readonly number[];
  /**
   * The area under the receiver operating characteristic: how likely a positive row scores higher than a negative one. Of
   * several classes, the mean of one against the rest; NaN where all rows are of one class.
   */
  readonly rocAuc: number;
  /** The mean precision over the recalls that thresholds reach; of several classes, the mean of one against the rest. */
  readonly averagePrecision: number;
  /** The mean negative logarithm of the probability given to what was. */
  readonly logLoss: number;
  /** The mean squared distance of probabilities from what was. */
  readonly brierScore: number;
  /** How often what is predicted with some probability comes true. */
  readonly calibration: readonly CalibrationBin[];
  /** The correlation of classes and predictions, from -1 to 1; 0 where either is constant. */
  readonly matthewsCorrelation: number;
  /** confusion[target][prediction], in weights. */
  readonly confusion: readonly (readonly number[])[];
  /** The share of the targets' variance that is not error, the mean over outputs. NaN of a single row. */
  readonly r2: number;
  readonly meanAbsoluteError: number;
  readonly meanSquaredError: number;
  /** The root of each output's mean squared error, the mean over outputs. */
  readonly rootMeanSquaredError: number;
  /** As r2, but without blame for an error that is the same in all rows. */
  readonly explainedVariance: number;
}

/** Predictions with probabilities above `from`, up to `to`. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  /** How many there are, in weights. */
  readonly weight: number;
  /** Their mean probability; NaN where there are none. */
  readonly predicted: number;
  /** How many of them came true, as a share; NaN where there are none. */
  readonly observed: number;
}

export type MetricName = keyof MetricValues;

/** A metric by name, and with options if it has any. */
export type NamedMetric =
  | MetricName
  | { readonly name: "topK"; /** Default 5. */ readonly k?: number }
  | { readonly name: "calibration"; /** How many, of equal width. Default 10. */ readonly bins?: number }
  | { readonly name: Exclude<MetricName, "topK" | "calibration"> };

/** A metric of one's own, which adds rows up batch after batch: an instance of a class, say. */
export interface OwnMetric {
  /** Its value is found under this name, in `own` of an evaluation. */
  readonly name: string;
  /** Called before each evaluation. */
  reset(): void;
  /**
   * outputs, targets: [rows, units], row-major; weights: [rows]. They are views that the next batch overwrites: copy what is
   * to be kept.
   */
  add(outputs: Floats, targets: Floats, weights: Floats, rows: number): void;
  value(): number;
}

/** A metric of one's own, of all rows at once; its value is found under the function's name, in `own`. */
export type MetricFunction = (outputs: Floats, targets: Floats, weights: Floats) => number;

export type Metric = NamedMetric | OwnMetric | MetricFunction;

/** A list of metrics; of a network with heads one for each that is to have some: `{ species: ["accuracy"] }`. */
export type Metrics = readonly Metric[] | Readonly<Record<string, readonly Metric[]>>;

/** What the metrics that were asked for came to. */
export interface Measured extends Partial<MetricValues> {
  /** What metrics of one's own came to, by name. */
  readonly own?: Readonly<Record<string, number>>;
}
