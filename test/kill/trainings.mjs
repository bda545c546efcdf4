/** Trainings that take a second or so, of every optimizer, each with something that has to be kept beside it. */
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  cosine,
  Dataset,
  lbfgs,
  lion,
  nadam,
  reduceOnPlateau,
  rmsprop,
  sgd,
  warmUp,
} from "../../dist/bundle/index.js";

const inputs = Array.from({ length: 120 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(7 * i) * 5, i % 7]);
const labels = inputs.map(([a, b]) => (a > 0.4 ? 0 : b > 0 ? 1 : 2));
export const data = Dataset.from({
  inputs,
  labels,
  sampleWeight: inputs.map((_, i) => 1 + (i % 3)),
  standardize: true,
});
const validationData = data.select(Array.from({ length: 30 }, (_, i) => 3 * i));
const judged = { validationData, metrics: ["macroF1"], classWeight: "balanced" };
const patient = { ...judged, earlyStopping: { monitor: "validation.macroF1", patience: 5000 } };
/** With masks that are drawn anew each step, and statistics that move. */
const layers = [{ layer: "batchNorm" }, { layer: "dropout", rate: 0.2 }, { layer: "layerNorm" }];
const plateau = reduceOnPlateau({ from: 0.05, patience: 30, monitor: "validation.loss" });

/** epochs are such that a training is killed some ten times before it ends. */
export const trainings = {
  sgd: { optimizer: sgd({ learningRate: 0.01 }), epochs: 3000 },
  momentum: {
    optimizer: sgd({ learningRate: 0.01, momentum: 0.9, nesterov: true }),
    epochs: 1500,
    options: judged,
    layers,
  },
  rmsprop: { optimizer: rmsprop({ learningRate: 0.001 }), epochs: 3000, engine: "float64" },
  adagrad: { optimizer: adagrad({ learningRate: 0.01 }), epochs: 3000 },
  adadelta: { optimizer: adadelta({ learningRate: 1 }), epochs: 1500, options: patient },
  adam: { optimizer: adam({ learningRate: warmUp(cosine({ from: 0.01, steps: 5000 }), { steps: 50 }) }), epochs: 3000 },
  amsgrad: { optimizer: adam({ learningRate: plateau, amsgrad: true }), epochs: 1500, options: judged },
  adamW: { optimizer: adamW({ learningRate: 0.001 }), epochs: 1500, options: patient, engine: "float32", layers },
  nadam: {
    optimizer: nadam({ learningRate: 0.001 }),
    epochs: 700,
    options: { batchSize: 120 },
    units: 600,
    threads: { count: 2, force: true },
  },
  lion: { optimizer: lion({ learningRate: 0.0001 }), epochs: 3000, options: { shuffle: false, batchSize: "full" } },
  lbfgs: { optimizer: lbfgs({ memory: 5, tolerance: 0 }), epochs: 400, options: judged, units: 150, engine: "float64" },
};
