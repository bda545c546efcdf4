/**
 * The derivatives of an output by the inputs: of the kernels' own backward pass, which goes from a loss, and thus from one
 * whose derivative by all other outputs is 0.
 */
import { engineMaker } from "../engine/create.ts";
import type { Engine } from "../engine/engine.ts";
import type { Floats } from "../ground/floats.ts";
import type { NetworkDescription } from "../model/description.ts";
import { networkShape } from "../model/shape.ts";
import type { Asked } from "./passes.ts";

/** Of rows [rows, n_1] as the engine takes them, standardized. */
export interface OutputDerivatives {
  /** The output of each row, [rows]. */
  readonly outputs: Float64Array;
  /** Its derivatives by the row's inputs, [rows, n_1]. */
  readonly derivatives: Float64Array;
}

/** A copy of a network in an engine of the same kind, with the parameters of the moment, for `outputDerivatives`. */
export async function copyForDerivatives(asked: Asked, description: NetworkDescription): Promise<Engine> {
  const { report, parameters } = asked.engine;
  const copied = parameters.slice();
  const engine = await engineMaker(report.tier)(networkShape({ ...description, loss: "meanSquaredError" }));
  engine.parameters.set(copied);
  return engine;
}

/** engine: of `copyForDerivatives`. rows: [count, n_1], of any number. */
export function outputDerivatives(engine: Engine, rows: Floats, count: number, output: number): OutputDerivatives {
  const { inputs: width, outputs: units } = engine.shape;
  const outputs = new Float64Array(count);
  const derivatives = new Float64Array(count * width);
  const { scratch } = engine;
  for (let begin = 0; begin < count; begin += scratch.capacity) {
    const end = Math.min(begin + scratch.capacity, count);
    scratch.inputs.set(rows.subarray(begin * width, end * width));
    const x = engine.layerValues(scratch, 0, end - begin).at(-1)!.activations;
    scratch.targets.set(x);
    for (let row = begin; row < end; row++) {
      const at = (row - begin) * units + output;
      outputs[row] = x[at]!;
      // So far off that what rounding leaves of the other differences is nothing beside this one.
      scratch.targets[at] = x[at]! - 2 ** Math.ceil(Math.log2(Math.max(1, Math.abs(x[at]!))));
    }
    const { layers, inputDerivatives } = engine.record(scratch, 0, end - begin, 1);
    // dl/dx of that output, the others' being 0: what has come of it, divided by it, is the output's own.
    const seeds = layers.at(-1)!.activationDerivatives!;
    for (let row = begin; row < end; row++) {
      const seed = seeds[(row - begin) * units + output]!;
      for (let i = 0; i < width; i++)
        derivatives[row * width + i] = inputDerivatives[(row - begin) * width + i]! / seed;
    }
  }
  return { outputs, derivatives };
}
