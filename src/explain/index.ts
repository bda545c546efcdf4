/** lanegrad/explain: what a network has learned, and how sure it is. */
export {
  permutationImportance,
  type ColumnImportance,
  type PermutationImportance,
  type PermutationImportanceOptions,
} from "./permutation-importance.ts";
export {
  integratedGradients,
  type IntegratedGradients,
  type IntegratedGradientsOptions,
} from "./integrated-gradients.ts";
export {
  partialDependence,
  type DependenceCurve,
  type PartialDependence,
  type PartialDependenceOptions,
} from "./partial-dependence.ts";
export { calibrate, withCalibration, type CalibratedNetwork, type CalibrateOptions } from "./calibrate.ts";
export type { Calibration, PlattCalibration, TemperatureCalibration } from "./calibration.ts";
export { ensemble, type Ensemble, type EnsembleOptions, type EnsemblePrediction } from "./ensemble.ts";
