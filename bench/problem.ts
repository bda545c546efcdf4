/** The numbers of a workload: the same for every contender, exact in float32. */
import { Random } from "../src/random.ts";
import type { NetworkShape } from "../src/shape.ts";
import { shapeOf, type Workload } from "./shapes.ts";

/** Small enough that hundreds of thousands of steps on one batch neither diverge nor leave gradients of nothing. */
export const LEARNING_RATE = 0.01;

export interface Problem {
  readonly shape: NetworkShape;
  readonly batch: number;
  /** Layer after layer, weights [fanOut, fanIn] row-major, then biases [fanOut]. */
  readonly parameters: Float32Array;
  /** [batch, n_1] in [-1, 1), row-major. */
  readonly inputs: Float32Array;
  /** [batch, n_m], row-major: one of the classes, or 0 or 1. */
  readonly targets: Float32Array;
}

export function drawProblem(workload: Workload): Problem {
  const { batch } = workload;
  const shape = shapeOf(workload);
  const random = new Random(1);
  const parameters = new Float32Array(shape.parameterCount);
  for (const { fanIn, fanOut, weights, biases } of shape.layers) {
    const limit = Math.sqrt(6 / (fanIn + fanOut));
    for (let i = weights; i < biases; i++) parameters[i] = random.uniform(-limit, limit);
  }
  const inputs = Float32Array.from({ length: batch * shape.inputs }, () => random.uniform(-1, 1));
  const targets = new Float32Array(batch * shape.outputs);
  for (let row = 0; row < batch; row++) {
    if (shape.outputs === 1) targets[row] = random.below(2);
    else targets[row * shape.outputs + random.below(shape.outputs)] = 1;
  }
  return { shape, batch, parameters, inputs, targets };
}
