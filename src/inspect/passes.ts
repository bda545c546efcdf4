/** Rows of a caller's on their way through the engine: standardized, and pass by pass through its scratch memory. */
import type { Engine, Samples } from "../engine/engine.ts";
import { type Floats, isFloat32, isFloats, plainArray, trueLength } from "../ground/floats.ts";
import type { Preprocessing } from "../data/preprocess/pipeline.ts";
import type { Standardization } from "../data/preprocess/standardize.ts";

/** What is asked: an engine, what has been learned of columns, and how inputs are standardized on their way into it. Both may change between two passes. */
export interface Asked {
  readonly engine: Engine;
  readonly preprocessing: Preprocessing | null;
  readonly standardization: Standardization | null;
}

/** Copies rows into the engine's scratch samples, pass after pass; weights [count], where they have some. */
export function eachPass(
  { engine, standardization }: Asked,
  inputs: ArrayLike<number>,
  targets: Floats | undefined,
  count: number,
  each: (samples: Samples, begin: number, rows: number) => void,
  weights?: Floats | undefined,
): void {
  const { shape } = engine;
  const scratch = weights ? engine.weightedScratch : engine.scratch;
  for (let begin = 0; begin < count; begin += scratch.capacity) {
    const end = Math.min(begin + scratch.capacity, count);
    if (weights) scratch.weights!.set(weights.subarray(begin, end));
    standardizeInto(scratch.inputs, inputs, shape.inputs, standardization, begin * shape.inputs, end * shape.inputs);
    if (targets) scratch.targets.set(targets.subarray(begin * shape.outputs, end * shape.outputs));
    each(scratch, begin, end - begin);
  }
}

/** Whether the engine computes in float32. */
export function isSingle({ parameters }: Engine): boolean {
  return isFloat32(parameters);
}

/** Zeros, in the engine's precision. */
export function newFloats(engine: Engine, length: number): Floats {
  return isSingle(engine) ? new Float32Array(length) : new Float64Array(length);
}

/** to[i] = (from[begin + i] - mean) / std, column by column, in float64; as it is where there is no standardization. */
export function standardizeInto(
  to: Floats,
  from: ArrayLike<number>,
  width: number,
  standardization: Standardization | null,
  begin = 0,
  end = from.length,
): void {
  if (standardization === null) {
    // Of a row or two, to make another view costs more than to copy the numbers.
    if (!isFloats(from)) for (let i = begin; i < end; i++) to[i - begin] = from[i]!;
    else to.set(begin === 0 && end === trueLength(from) ? from : plainArray(from).subarray(begin, end));
    return;
  }
  const { mean, std } = standardization;
  for (let row = begin; row < end; row += width) {
    for (let j = 0; j < width; j++) to[row - begin + j] = (from[row + j]! - mean[j]!) / std[j]!;
  }
}
