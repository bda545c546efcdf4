/** Who looks at a training with the guard rails in hand, and tells of each thing once. */
import type { EncodedRows } from "../data/preprocess/conform.ts";
import { type Preprocessing, standardizationOf } from "../data/preprocess/pipeline.ts";
import { placeNames, type Schema } from "../data/schema.ts";
import type { Samples } from "../engine/engine.ts";
import { checkDescent, checkRows, checkUnits, type OnWarning } from "../inspect/guard-rails.ts";
import type { Learner } from "./learner.ts";
import type { Run } from "./run.ts";

export class Lookout {
  readonly #learner: Learner;
  readonly #onWarning: OnWarning | undefined;
  /** Those on which units are to be looked at, until they have been. */
  #samples: Samples | undefined;

  constructor(learner: Learner, onWarning: OnWarning | undefined) {
    this.#learner = learner;
    this.#onWarning = onWarning;
  }

  /** Warns of what rows in memory say that are to be trained on for so many epochs. */
  lookAtRows(
    rows: EncodedRows,
    { inputs, targets }: Schema,
    preprocessing: Preprocessing | null,
    epochs: number,
  ): void {
    const names = { inputNames: placeNames(inputs, "x"), targetNames: placeNames(targets, "y") };
    const { shape } = this.#learner.engine;
    const findings = checkRows(shape, { ...rows, ...names }, standardizationOf(preprocessing), epochs);
    this.#learner.warn(findings, this.#onWarning);
  }

  /** Units are to be looked at after the next epoch, on rows of these. */
  watchUnits(samples: Samples): void {
    this.#samples = samples;
  }

  /** Whether the next epoch is to be looked at by itself. */
  get isWatching(): boolean {
    return this.#samples !== undefined;
  }

  /** Warns of what the work of one epoch or several has come to; of units after the first, where steps have a rate. */
  lookAtRun({ losses, learningRates }: Run): void {
    const units = this.#samples && learningRates.length > 0 ? checkUnits(this.#learner.engine, this.#samples) : [];
    this.#samples = undefined;
    this.#learner.warn([...units, ...checkDescent(losses)], this.#onWarning);
  }
}
