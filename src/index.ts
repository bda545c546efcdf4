/// <reference lib="esnext.disposable" preserve="true" />
/** lanegrad: multi-layer perceptrons at native speed that show their work. */
export { Network } from "./network/network.ts";
export { logisticRegression } from "./network/logistic-regression.ts";
export { findLearningRate } from "./network/find-learning-rate.ts";
export type { FindLearningRateOptions, LearningRateCurve } from "./network/find-learning-rate.ts";
export type { EngineOptions, NetworkOptions } from "./network/network.ts";
export type { Awaitable, Model } from "./network/model.ts";
export type { Batch } from "./inspect/door.ts";
export type { LayerActivations, LayerGradients } from "./inspect/gradients.ts";
export type { GradientOptions, NetworkGradientCheck } from "./inspect/network-gradient-check.ts";
export type { Predictions } from "./inspect/predictions.ts";
export { earlyStopping } from "./training/early-stopping.ts";
export type { EarlyStopping, EarlyStoppingOptions } from "./training/early-stopping.ts";
export type { Best, Epoch, History, Progress } from "./training/history.ts";
export type { FitOptions, TrainingOptions } from "./training/options.ts";
export type { DescentState, LbfgsState, RunState, SessionState, TrainingState } from "./training/state.ts";
export type { CheckpointOptions } from "./training/checkpoint-options.ts";
export type { ClassWeight } from "./training/class-weights.ts";
export type { ValidationSplit, ValidationSplitOptions } from "./training/validation-split.ts";
export type { OnStep, Step } from "./training/step.ts";
export type { Initialization, Initializer } from "./kinds/initializers/index.ts";
export type { HeadDescription, Heads, LayerDescription } from "./kinds/layers/index.ts";
export type { NetworkDescription } from "./model/description.ts";
export type { LayerParameters, SavedNetwork } from "./model/formats/json.ts";
export type { LearnedColumn, LearnedNumber, Preprocessing } from "./data/preprocess/pipeline.ts";
export type { Standardization } from "./data/preprocess/standardize.ts";
export type { Evaluation } from "./kinds/metrics/evaluation.ts";
export type {
  CalibrationBin,
  Metric,
  MetricFunction,
  MetricName,
  Metrics,
  MetricValues,
  NamedMetric,
  OwnMetric,
} from "./kinds/metrics/values.ts";
export type { OnWarning, Warning, WarningCode } from "./inspect/guard-rails.ts";
export type { EvaluateOptions } from "./inspect/evaluate.ts";
export type { CheckedPartial, GradientCheck } from "./inspect/gradient-check.ts";
export { Dataset } from "./data/dataset.ts";
export type { Split, SplitOptions } from "./data/dataset.ts";
export type { DatasetOptions, NumericArray, Numbers, TargetOptions } from "./data/rows.ts";
export type { CategoryColumn, Column, NumberColumn, Schema } from "./data/schema.ts";
export type { RowBlock, RowSource } from "./data/source.ts";
export { loadCsv, parseCsv } from "./data/formats/csv.ts";
export type { CsvOptions } from "./data/formats/csv.ts";
export type { Derive, TableDataset, TableRecord, TableRow } from "./data/table.ts";
export { adadelta, adagrad, adam, adamW, lbfgs, lion, nadam, rmsprop, sgd } from "./kinds/optimizers/index.ts";
export type {
  Adadelta,
  AdadeltaOptions,
  Adagrad,
  AdagradOptions,
  Adam,
  AdamOptions,
  AdamW,
  AdamWOptions,
  Lbfgs,
  LbfgsOptions,
  Lion,
  LionOptions,
  Nadam,
  NadamOptions,
  Optimizer,
  Rmsprop,
  RmspropOptions,
  Sgd,
  SgdOptions,
  StepOptimizer,
} from "./kinds/optimizers/index.ts";
export type { Regularization, Regularizations } from "./kinds/regularizers/regularization.ts";
export { constant } from "./kinds/schedules/constant.ts";
export { cosine } from "./kinds/schedules/cosine.ts";
export { exponential } from "./kinds/schedules/exponential.ts";
export { oneCycle } from "./kinds/schedules/oneCycle.ts";
export { polynomial } from "./kinds/schedules/polynomial.ts";
export { reduceOnPlateau } from "./kinds/schedules/reduceOnPlateau.ts";
export { step } from "./kinds/schedules/step.ts";
export { warmUp } from "./kinds/schedules/warmUp.ts";
export type { Constant, ConstantOptions } from "./kinds/schedules/constant.ts";
export type { Cosine, CosineOptions } from "./kinds/schedules/cosine.ts";
export type { Exponential, ExponentialOptions } from "./kinds/schedules/exponential.ts";
export type { OneCycle, OneCycleOptions } from "./kinds/schedules/oneCycle.ts";
export type { Polynomial, PolynomialOptions } from "./kinds/schedules/polynomial.ts";
export type { ReduceOnPlateau, ReduceOnPlateauOptions } from "./kinds/schedules/reduceOnPlateau.ts";
export type { LearningRate, Schedule } from "./kinds/schedules/index.ts";
export type { ScheduleState } from "./kinds/schedules/schedule.ts";
export type { StepDecay, StepDecayOptions } from "./kinds/schedules/step.ts";
export type { WarmUp, WarmUpOptions } from "./kinds/schedules/warmUp.ts";
export type { ActivationDescription, ActivationName } from "./kinds/activations/index.ts";
export type { LossDescription, LossName } from "./kinds/losses/index.ts";
export type { EngineName } from "./engine/create.ts";
export type { EngineReport } from "./engine/engine.ts";
export type { Floats } from "./ground/floats.ts";
export { CapacityError, DivergenceError, InvalidInputError, LanegradError } from "./ground/errors.ts";
