/// <reference lib="esnext.disposable" preserve="true" />
/** lanegrad: multi-layer perceptrons at native speed that show their work. */
export { Network } from "./network.ts";
export { logisticRegression } from "./logistic-regression.ts";
export type {
  Batch,
  EngineOptions,
  LayerActivations,
  LayerGradients,
  NetworkGradientCheck,
  NetworkOptions,
} from "./network.ts";
export type { Epoch, FitOptions, History, TrainingOptions } from "./fit.ts";
export type { Step } from "./training.ts";
export type { Initialization } from "./initialization.ts";
export type { LayerDescription, NetworkDescription } from "./description.ts";
export type { LayerParameters, SavedNetwork, Standardization } from "./formats/json.ts";
export type { Evaluation } from "./metrics.ts";
export type { CheckedPartial, GradientCheck } from "./gradient-check.ts";
export { Dataset } from "./dataset.ts";
export type { Split, SplitOptions } from "./dataset.ts";
export type { DatasetOptions, NumericArray, Numbers } from "./rows.ts";
export { loadCsv, parseCsv } from "./csv.ts";
export type { CsvOptions } from "./csv.ts";
export type { Derive, TableDataset, TableRecord, TableRow } from "./table.ts";
export * from "./optimizers.ts";
export type { ActivationName } from "./activations.ts";
export type { LossName } from "./losses.ts";
export type { EngineName } from "./engine/create.ts";
export type { EngineReport } from "./engine/engine.ts";
export type { Floats } from "./floats.ts";
export { CapacityError, DivergenceError, InvalidInputError, LanegradError } from "./errors.ts";
