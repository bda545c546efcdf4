/**
 * What a metric is. Its file, beside this one, says which tasks it can judge, which meter it is read from, and how. A meter
 * adds rows up, batch after batch; metrics that need the same sums share one. Rows are weighted: one of weight 2 counts as
 * two rows, one of weight 0 as none. Golden values are scikit-learn's; where a definition differs, its file says so.
 */
import type { Floats } from "../../ground/floats.ts";
import type { Pieces } from "../../ground/pieces.ts";

/** What outputs say, and thus what can be said of them. */
export interface Task {
  /**
   * `binary`: one output, which says class 1 above 0.5 and class 0 up to it; `classes`: the largest output of a row names
   * one class out of several, the first of equals; `labels`: each output says yes above 0.5; `numbers`: just that.
   */
  readonly kind: "binary" | "classes" | "labels" | "numbers";
  /** How many outputs a row has. */
  readonly units: number;
}

export type Direction = "higher" | "lower";

/** The same as options say it. */
export type Mode = "min" | "max";

export const classifications = ["binary", "classes", "labels"] as const;
export const everyTask = [...classifications, "numbers"] as const;

/** Of outputs and targets [rows, units], row-major, and weights [rows], or none where each row counts once. */
export interface Meter {
  add(outputs: Floats, targets: Floats, weights: Floats | undefined, rows: number): void;
  /** What is to be done when all rows are there, if it takes long. */
  finish?(): Pieces<void>;
}

export interface MetricKind<M extends Meter, V, O extends object = object> {
  /** The tasks for which it is defined. */
  readonly tasks: readonly Task["kind"][];
  /** Which value says that a network is better; none where it comes to more than a number. */
  readonly better?: Direction;
  /** Its options, checked and completed; none if it has none, and shares its meter. */
  readonly options?: (where: string, given: object, task: Task) => O;
  readonly Meter: new (task: Task, options: O) => M;
  readonly value: (meter: M) => V;
}

/** A metric that was asked for, checked. */
export interface Entry {
  readonly name: string;
  /** Whether it is the user's, and its value goes to `own`. */
  readonly isOwn: boolean;
  readonly better: Direction | undefined;
  /** Entries that name the same thing here are read from one meter. */
  readonly source: unknown;
  readonly start: () => Meter;
  readonly value: (meter: Meter) => unknown;
}

/** How many classes there are to be right or wrong about. */
export function classCount({ kind, units }: Task): number {
  return kind === "binary" ? 2 : units;
}

/** The class that a row of outputs or of targets names. Not for labels, of which a row has several. */
export function classOf({ kind, units }: Task, values: Floats, row: number): number {
  if (kind === "binary") return values[row]! > 0.5 ? 1 : 0;
  let best = row * units;
  for (let i = best + 1; i < (row + 1) * units; i++) if (values[i]! > values[best]!) best = i;
  return best - row * units;
}

/** a / b, and 0 where nothing is divided by nothing: scikit-learn's zero_division=0. */
export function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}
