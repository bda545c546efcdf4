/** Who watches a training for early stopping, from epoch to epoch. */
import type { Engine } from "../engine/engine.ts";
import type { Direction, Mode } from "../kinds/metrics/metric.ts";
import { copyLearned, copyOf, type Learned } from "../model/learned.ts";
import type { EarlyStopping } from "./early-stopping.ts";
import type { Best, Epoch } from "./history.ts";
import { readMonitor } from "./monitor.ts";

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
