/**
 * Early stopping: a training ends where what is monitored has not got better for some epochs, and takes back the parameters
 * of the best one (Prechelt 1998, "Early stopping - but when?"). As in Keras an epoch is better where it is so by more than
 * `minDelta`; but the best one is the best one, by however little.
 */
import { checkNumber, checkOptions, refuse, show } from "../ground/errors.ts";
import type { Mode } from "../kinds/metrics/metric.ts";

export interface EarlyStoppingOptions {
  /**
   * What must get better: "loss", "validation.loss", or "validation." and a metric by name, which is then measured whether
   * `metrics` asks for it or not, or "validation.own." and one of one's own. Default "validation.loss".
   */
  readonly monitor?: string;
  /** The training ends after so many epochs in a row that brought nothing better, at least 1. Default 10. */
  readonly patience?: number;
  /** By more than this a better value is better, at least 0. Default 0. */
  readonly minDelta?: number;
  /**
   * Whether the network has the parameters of the best epoch once the training has ended, for whatever reason; where it is
   * left or aborted it keeps those it has. Default true.
   */
  readonly restoreBestWeights?: boolean;
  /** Whether smaller or larger is better, of a metric of one's own; others know it. */
  readonly mode?: Mode;
}

export interface EarlyStopping extends Readonly<Required<Omit<EarlyStoppingOptions, "mode">>> {
  readonly mode?: Mode;
}

/**
 * Checked options of early stopping, as plain data.
 * @throws InvalidInputError for an unknown option or one out of bounds.
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): EarlyStopping {
  return checkEarlyStopping("earlyStopping", options);
}

export function checkEarlyStopping(where: string, given: unknown): EarlyStopping {
  checkOptions(where, given, ["monitor", "patience", "minDelta", "restoreBestWeights", "mode"]);
  const options: EarlyStoppingOptions = { ...(given as object) };
  const { monitor = "validation.loss", patience = 10, minDelta = 0, restoreBestWeights = true, mode } = options;
  if (typeof monitor !== "string") refuse(`${where}: monitor`, 'a path such as "validation.loss"', show(monitor));
  if (typeof restoreBestWeights !== "boolean") {
    refuse(`${where}: restoreBestWeights`, "true or false", show(restoreBestWeights));
  }
  if (mode !== undefined && mode !== "min" && mode !== "max") refuse(`${where}: mode`, '"min" or "max"', show(mode));
  return Object.freeze({
    monitor,
    patience: checkNumber(`${where}: patience`, patience, { integer: true, min: 1 }),
    minDelta: checkNumber(`${where}: minDelta`, minDelta, { min: 0 }),
    restoreBestWeights,
    ...(mode && { mode }),
  });
}
