/** lanegrad: multi-layer perceptrons at native speed that show their work. */
export { Network, logisticRegression } from "./network.ts";
export type {
  Batch,
  Epoch,
  FitOptions,
  History,
  Initialization,
  LayerActivations,
  LayerGradients,
  NetworkGradientCheck,
  NetworkOptions,
  TrainingOptions,
} from "./network.ts";
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
export { adam, lbfgs, sgd } from "./optimizers.ts";
export type { AdamOptions, LbfgsOptimizer, LbfgsOptions, Optimizer, SgdOptions, StepOptimizer } from "./optimizers.ts";
export type { ActivationName } from "./activations.ts";
export type { LossName } from "./losses.ts";
export type { EngineName } from "./engine/create.ts";
export type { EngineReport, Floats } from "./engine/engine.ts";
export { CapacityError, DivergenceError, InvalidInputError, LanegradError } from "./errors.ts";
