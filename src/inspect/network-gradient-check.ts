/** A network's gradient checked: loaded when it is asked for, since it brings the float64 reference along. */
import type { EncodedRows } from "../data/preprocess/conform.ts";
import { ReferenceEngine } from "../engine/reference/reference-engine.ts";
import { checkNumber, checkOptions } from "../ground/errors.ts";
import { NO_RULE } from "../kinds/optimizers/optimizer.ts";
import { copyLearned } from "../model/learned.ts";
import { checkGradients, errorFloor, type GradientCheck, relativeError } from "./gradient-check.ts";
import { gradientsOf } from "./gradients.ts";
import { type Asked, standardizeInto } from "./passes.ts";

export interface NetworkGradientCheck extends GradientCheck {
  /** The largest relative error of this network's own engine against the float64 reference. */
  readonly engineError: number;
}

export interface GradientOptions {
  readonly perTensor?: number;
  readonly seed?: number;
}

/** The gradient of checked rows against central differences, both in float64, and the engine's own against that. */
export function checkGradientsOf(asked: Asked, rows: EncodedRows, options: GradientOptions): NetworkGradientCheck {
  checkOptions("checkGradients", options, ["perTensor", "seed"]);
  const { perTensor, seed = 1 } = options;
  if (perTensor !== undefined) checkNumber("checkGradients: perTensor", perTensor, { integer: true, min: 1 });
  checkNumber("checkGradients: seed", seed, { integer: true, min: 0 });
  const { engine, standardization } = asked;
  const own = gradientsOf(asked, rows).flatMap(({ weights, biases }) => [...weights, ...biases]);
  const oracle = new ReferenceEngine(engine.shape, "float64");
  copyLearned(oracle, engine);
  const isWeighted = rows.weights !== undefined;
  const samples = oracle.prepare(rows.count, NO_RULE, isWeighted);
  if (rows.weights) samples.weights!.set(rows.weights);
  standardizeInto(samples.inputs, rows.inputs, rows.inputWidth, standardization);
  samples.targets.set(rows.targets);
  const check = checkGradients(oracle, samples, rows.count, { perTensor, seed });
  const floor = errorFloor(
    oracle.loss(samples, 0, rows.count, oracle.totalWeight(samples, 0, rows.count)),
    oracle.gradients,
  );
  const engineError = own.reduce(
    (worst, partial, i) => Math.max(worst, relativeError(partial, oracle.gradients[i]!, floor)),
    0,
  );
  return { ...check, engineError };
}
