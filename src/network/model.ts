/**
 * What can be asked of a network wherever it lives: here, or in a worker that a proxy speaks to. Whoever holds a `Model`
 * awaits every answer. A `Network` is one, and gives many of its answers at once; a proxy gives promises.
 */
import type { Dataset } from "../data/dataset.ts";
import type { Numbers } from "../data/rows.ts";
import type { Batch } from "../inspect/door.ts";
import type { EvaluateOptions } from "../inspect/evaluate.ts";
import type { LayerActivations, LayerGradients } from "../inspect/gradients.ts";
import type { GradientOptions, NetworkGradientCheck } from "../inspect/network-gradient-check.ts";
import type { Predictions } from "../inspect/predictions.ts";
import type { Evaluation } from "../kinds/metrics/evaluation.ts";
import type { NetworkDescription } from "../model/description.ts";
import type { SavedNetwork } from "../model/formats/json.ts";
import type { Epoch, History } from "../training/history.ts";
import type { FitOptions, TrainingOptions } from "../training/options.ts";
import type { TrainingState } from "../training/state.ts";

/** To be awaited, whether it is there already or not. */
export type Awaitable<T> = T | PromiseLike<T>;

export interface Model {
  readonly description: NetworkDescription;
  /** Trains, and resolves with the history. */
  fit(dataset: Dataset, options: FitOptions): Promise<History>;
  /** Trains epoch by epoch. */
  train(dataset: Dataset, options: TrainingOptions): AsyncGenerator<Epoch, void, undefined>;
  /** The training under way waits for `resume`. */
  pause(): Awaitable<void>;
  resume(): Awaitable<void>;
  /** Where the training under way stands, as plain data; null if there is none that has begun its work. */
  state(): Awaitable<TrainingState | null>;
  evaluate(dataset: Dataset, options?: EvaluateOptions): Promise<Evaluation>;
  predict(inputs: Numbers | Dataset): Awaitable<Predictions>;
  activations(inputs: Numbers | Dataset): Awaitable<LayerActivations[]>;
  gradients(batch: Batch): Awaitable<LayerGradients[]>;
  checkGradients(batch: Batch, options?: GradientOptions): Promise<NetworkGradientCheck>;
  toJSON(): Awaitable<SavedNetwork>;
  save(to: string | URL): Promise<void>;
  checkpoint(to: string | URL): Promise<void>;
  dispose(): Awaitable<void>;
}
