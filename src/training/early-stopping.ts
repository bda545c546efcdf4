/**
 * Early stopping: a training ends where what is monitored has not got better for some epochs, and takes back the parameters
 * of the best one (Prechelt 1998, "Early stopping - but when?"). As in Keras an epoch is better where it is so by more than
 * `minDelta`; but the best one is the best one, by however little.
 */
import type { Engine } from "../engine/engine.ts";
import { checkNumber, checkOptions, refuse, show } from "../ground/errors.ts";
import type { Direction } from "../kinds/metrics/metric.ts";
import { copyLearned, copyOf, type Learned } from "../model/learned.ts";
import type { Best, Epoch } from "./history.ts";
import { type Mode, readMonitor } from "./monitor.ts";

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

/** Where it stands, as plain data that survive `structuredClone`. */
export interface StopperState {
  /** What it goes by. */
  readonly monitor: string;
  readonly mode: Mode | null;
  /** Null before the first number. */
  readonly best: { readonly epoch: number; readonly value: number } | null;
  /** The value that the next must beat by more than `minDelta`. */
  readonly mark: number | null;
  /** How many epochs in a row have not. */
  readonly waited: number;
  /** Those of the best epoch; null where nobody will want them back; and whether the network has been given them. */
  readonly learned: Learned | null;
  readonly isRestored: boolean;
}

/** Watches a training from epoch to epoch. */
export class Stopper {
  readonly #options: EarlyStopping;
  readonly #engine: Engine;
  /** What a value is multiplied by, so that the smaller is the better. */
  readonly #sign: number;
  /** The one buffer for the parameters of the best epoch, and what else is learned. */
  readonly #learned: Learned | undefined;
  /** What the network had before it was given those: the training goes on from there. */
  #last: Learned | undefined;
  #best: StopperState["best"];
  #mark: number | null;
  #waited: number;

  constructor(options: EarlyStopping, direction: Direction, engine: Engine, state?: StopperState) {
    this.#options = options;
    this.#engine = engine;
    this.#sign = direction === "lower" ? 1 : -1;
    this.#best = state?.best ?? null;
    this.#mark = state?.mark ?? null;
    this.#waited = state?.waited ?? 0;
    if (!options.restoreBestWeights) return;
    this.#learned = copyOf(engine);
    if (state?.learned) copyLearned(this.#learned, state.learned);
  }

  observe(epoch: Epoch): void {
    const value = readMonitor("earlyStopping: monitor", epoch, this.#options.monitor);
    if (this.#isBetter(value, this.#best?.value ?? null, 0)) {
      this.#best = { epoch: epoch.epoch, value };
      if (this.#learned) copyLearned(this.#learned, this.#engine);
    }
    const counts = this.#isBetter(value, this.#mark, this.#options.minDelta);
    if (counts) this.#mark = value;
    this.#waited = counts ? 0 : this.#waited + 1;
  }

  /** A value that is not a number never is. */
  #isBetter(value: number, than: number | null, by: number): boolean {
    return than === null ? !Number.isNaN(value) : this.#sign * value < this.#sign * than - by;
  }

  get isOver(): boolean {
    return this.#waited >= this.#options.patience;
  }

  get best(): Best | undefined {
    return this.#best === null ? undefined : { ...this.#best, monitor: this.#options.monitor };
  }

  /** Gives the network the parameters of the best epoch, if that is asked for and there is one. */
  restore(): void {
    if (this.#best === null || !this.#learned || this.#last) return;
    this.#last = copyOf(this.#engine);
    copyLearned(this.#engine, this.#learned);
  }

  /** What the training has come to: of the engine, unless that has been given the best epoch's. */
  get last(): Learned {
    return this.#last ?? this.#engine;
  }

  /** The next epoch changes the array in it. */
  state(): StopperState {
    const { monitor, mode = null } = this.#options;
    return {
      monitor,
      mode,
      best: this.#best,
      mark: this.#mark,
      waited: this.#waited,
      learned: this.#learned ?? null,
      isRestored: this.#last !== undefined,
    };
  }
}
