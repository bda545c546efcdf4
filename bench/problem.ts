/** The numbers of a workload: the same for every contender, exact in float32. */
import { Random } from "../src/ground/random.ts";
import type { NetworkShape } from "../src/model/shape.ts";
import { shapeOf, type Workload } from "./shapes.ts";

export const optimizerNames = ["sgd", "adam"] as const;
export type OptimizerName = (typeof optimizerNames)[number];

/** Small enough that hundreds of thousands of steps on one batch neither diverge nor leave gradients of nothing. */
export const LEARNING_RATES: Readonly<Record<OptimizerName, number>> = { sgd: 0.01, adam: 0.001 };

export interface Problem {
  readonly shape: NetworkShape;
  /** n_1 to n_m. */
  readonly widths: readonly number[];
  readonly batch: number;
  /** Layer after layer, weights [fanOut, fanIn] row-major, then biases [fanOut]. */
  readonly parameters: Float32Array;
  /** [batch, n_1] in [-1, 1), row-major. */
  readonly inputs: Float32Array;
  /** [batch, n_m], row-major: one of the classes, or 0 or 1. */
  readonly targets: Float32Array;
}

/** A layer's numbers, as most libraries want them. */
export interface DenseLayer {
  readonly fanIn: number;
  readonly fanOut: number;
  /** [fanOut, fanIn], row-major. */
  readonly weights: Float32Array;
  /** [fanIn, fanOut], row-major. */
  readonly transposed: Float32Array;
  /** [fanOut] */
  readonly biases: Float32Array;
}

export function drawProblem({ widths, batch }: Workload): Problem {
  const shape = shapeOf(widths);
  const random = new Random(1);
  const parameters = drawParameters(shape, random);
  const inputs = Float32Array.from({ length: batch * shape.inputs }, () => random.uniform(-1, 1));
  const targets = new Float32Array(batch * shape.outputs);
  for (let row = 0; row < batch; row++) {
    if (shape.outputs === 1) targets[row] = random.below(2);
    else targets[row * shape.outputs + random.below(shape.outputs)] = 1;
  }
  return { shape, widths, batch, parameters, inputs, targets };
}

/** Glorot's uniform; biases 0. */
export function drawParameters(shape: NetworkShape, random: Random): Float32Array {
  const parameters = new Float32Array(shape.parameterCount);
  for (const { fanIn, fanOut, weights, biases } of shape.layers) {
    const limit = Math.sqrt(6 / (fanIn + fanOut));
    for (let i = weights; i < biases; i++) parameters[i] = random.uniform(-limit, limit);
  }
  return parameters;
}

export function denseLayers(shape: NetworkShape, parameters: Float32Array): DenseLayer[] {
  return shape.layers.map(({ fanIn, fanOut, weights, biases }) => {
    const w = parameters.slice(weights, biases);
    const transposed = Float32Array.from(w, (_, i) => w[(i % fanOut) * fanIn + Math.floor(i / fanOut)]!);
    return { fanIn, fanOut, weights: w, transposed, biases: parameters.slice(biases, biases + fanOut) };
  });
}
