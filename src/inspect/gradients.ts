/** What a network computes on the way to its outputs and back: values and derivatives. */
import type { Dataset } from "../data/dataset.ts";
import type { EncodedRows } from "../data/preprocess/conform.ts";
import type { Numbers } from "../data/rows.ts";
import { totalOf } from "../data/weights.ts";
import type { Samples } from "../engine/engine.ts";
import type { Floats } from "../ground/floats.ts";
import { checkInputsFor } from "./door.ts";
import { type Asked, eachPass, newFloats, standardizeInto } from "./passes.ts";
import type { Tracing, View } from "./traces.ts";

/** x^(k), and the s^(k) it came from, of every row: [rows, n_k], row-major. The inputs have no s. */
export interface LayerActivations {
  readonly preActivations?: Floats;
  readonly activations: Floats;
}

/** The derivatives of a batch's mean loss by the parameters of one layer. */
export interface LayerGradients {
  /** As the layer's own: of a dense one [fanOut, fanIn], row-major. */
  readonly weights: Floats;
  /** Likewise: [fanOut]. */
  readonly biases: Floats;
}

/** The gradient of the mean loss of checked rows, as copies, one entry a layer. */
export function gradientsOf(asked: Asked, given: EncodedRows): LayerGradients[] {
  const { engine } = asked;
  const { inputs, targets, count } = given;
  const total = totalOf("gradients", given.weights, count);
  const add = (samples: Samples, begin: number, rows: number) => {
    engine.gradient(samples, 0, rows, total, begin > 0);
  };
  eachPass(asked, inputs, targets, count, add, given.weights);
  return engine.shape.layers.map(({ weights, biases, end }) => ({
    weights: engine.gradients.slice(weights, biases),
    biases: engine.gradients.slice(biases, end),
  }));
}

/** Every value of the forward pass, as copies: of x^(1), then of each layer behind it. */
export function activationsOf(where: string, asked: Asked, inputs: Numbers | Dataset): LayerActivations[] {
  const { engine, standardization } = asked;
  const { inputs: width, layers } = engine.shape;
  const { values, count } = checkInputsFor(where, inputs, asked);
  const x1 = newFloats(engine, values.length);
  standardizeInto(x1, values, width, standardization);
  const behind = layers.map(({ fanOut }) => ({
    preActivations: newFloats(engine, count * fanOut),
    activations: newFloats(engine, count * fanOut),
  }));
  eachPass(asked, values, undefined, count, (samples, begin, rows) => {
    engine.layerValues(samples, 0, rows).forEach((layer, k) => {
      behind[k]!.preActivations.set(layer.preActivations, begin * layers[k]!.fanOut);
      behind[k]!.activations.set(layer.activations, begin * layers[k]!.fanOut);
    });
  });
  return [{ activations: x1 }, ...behind];
}

/** The dataflow diagrams of checked rows. */
export function traceOf({ Recorder, open }: Tracing, asked: Asked, { inputs, targets, count }: EncodedRows): View {
  const recorder = new Recorder(asked.engine, count);
  eachPass(asked, inputs, targets, count, (samples, _begin, rows) => recorder.add(samples, 0, rows));
  return open(recorder.finish(asked.standardization !== null));
}
