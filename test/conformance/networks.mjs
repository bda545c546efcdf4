/**
 * A few networks, and their training for 1,000 steps each: the hash of the parameters then, and the loss. Plain JavaScript
 * over the built library, so that every runtime can run it as it is.
 */
import { adam, adamW, cosine, Dataset, Network, parseCsv, sgd, warmUp } from "../../dist/index.js";
import { Random } from "../../dist/ground/random.js";

const steps = 1000;

/** Rows drawn from a seed: inputs in [-1, 1), targets of the kind that the loss takes. */
function randomRows(seed, { rows, inputs, outputs, loss, weighted = false }) {
  const random = new Random(seed);
  const numbers = (count, draw) => Array.from({ length: count }, draw);
  const targetsOf = {
    categoricalCrossEntropy: () => {
      const chosen = random.below(outputs);
      return numbers(outputs, (_, unit) => (unit === chosen ? 1 : 0));
    },
    binaryCrossEntropy: () => numbers(outputs, () => random.below(2)),
    meanSquaredError: () => numbers(outputs, () => random.uniform(-1, 1)),
  };
  return Dataset.from({
    inputs: numbers(rows, () => numbers(inputs, () => random.uniform(-1, 1))),
    targets: numbers(rows, targetsOf[loss]),
    ...(weighted && { sampleWeight: numbers(rows, () => random.uniform(0, 2)) }),
  });
}

/** Layers from pairs of activation and width. */
function layersOf(...pairs) {
  return pairs.map(([activation, units]) => ({ activation, units }));
}

const networks = {
  "2-2-1, all passengers at once": {
    rows: (titanic) =>
      parseCsv(titanic, {
        inputs: ["age", "male"],
        targets: ["survived"],
        derive: { male: ({ sex }) => sex === "male" },
        missing: "drop",
        standardize: true,
      }),
    description: { inputs: 2, layers: layersOf(["sigmoid", 2], ["sigmoid", 1]), loss: "binaryCrossEntropy" },
    training: { batchSize: "full", optimizer: sgd({ learningRate: 0.5 }) },
  },
  "20-33-17-5, Adam, batches of 24": {
    rows: () => randomRows(1, { rows: 100, inputs: 20, outputs: 5, loss: "categoricalCrossEntropy" }),
    description: {
      inputs: 20,
      layers: layersOf(["tanh", 33], ["relu", 17], ["softmax", 5]),
      loss: "categoricalCrossEntropy",
    },
    training: { batchSize: 24, optimizer: adam({ learningRate: 0.001 }), seed: 3 },
  },
  "7-13-3, momentum, batches of 16": {
    rows: () => randomRows(2, { rows: 61, inputs: 7, outputs: 3, loss: "meanSquaredError" }),
    description: { inputs: 7, layers: layersOf(["sigmoid", 13], ["identity", 3]), loss: "meanSquaredError" },
    training: { batchSize: 16, optimizer: sgd({ learningRate: 0.02, momentum: 0.9 }), seed: 4 },
  },
  "1-67-31-9-2, odd everywhere, batches of 7": {
    rows: () => randomRows(3, { rows: 29, inputs: 1, outputs: 2, loss: "binaryCrossEntropy" }),
    description: {
      inputs: 1,
      layers: layersOf(["softmax", 67], ["tanh", 31], ["sigmoid", 9], ["sigmoid", 2]),
      loss: "binaryCrossEntropy",
    },
    training: { batchSize: 7, optimizer: sgd({ learningRate: 0.1 }), seed: 5 },
  },
  "3-150-1, more than a pass, all at once": {
    rows: () => randomRows(4, { rows: 1100, inputs: 3, outputs: 1, loss: "meanSquaredError" }),
    description: { inputs: 3, layers: layersOf(["relu", 150], ["tanh", 1]), loss: "meanSquaredError" },
    training: { batchSize: "full", optimizer: adam({ learningRate: 0.0005 }) },
  },
  "19-201-37-3, enough for threads, batches of 45": {
    rows: () => randomRows(5, { rows: 179, inputs: 19, outputs: 3, loss: "categoricalCrossEntropy" }),
    description: {
      inputs: 19,
      layers: layersOf(["tanh", 201], ["sigmoid", 37], ["softmax", 3]),
      loss: "categoricalCrossEntropy",
    },
    training: { batchSize: 45, optimizer: adam({ learningRate: 0.0005 }), seed: 6 },
  },
  "23-130-67-4, dropout, norms, weights, clipping, decay, schedule, batches of 50": {
    rows: () => randomRows(6, { rows: 193, inputs: 23, outputs: 4, loss: "categoricalCrossEntropy", weighted: true }),
    description: {
      inputs: 23,
      layers: [
        { units: 130, activation: "gelu" },
        { layer: "layerNorm" },
        { layer: "dropout", rate: 0.2 },
        { units: 67, activation: "silu" },
        { layer: "batchNorm" },
        { units: 4, activation: "softmax" },
      ],
      loss: "categoricalCrossEntropy",
    },
    training: {
      batchSize: 50,
      optimizer: adamW({
        learningRate: warmUp(cosine({ from: 0.003, to: 1e-5, steps: 900 }), { steps: 50 }),
        weightDecay: 0.05,
      }),
      clipNorm: 0.5,
      classWeight: "balanced",
      regularization: { l1: 1e-5, l2: 1e-4, maxNorm: 4 },
      averageWeights: { decay: 0.99 },
      seed: 7,
    },
  },
};

/** What every network starts from, drawn here: that the hashes are those of training, whatever a network starts from by itself. */
function start(network, { inputs, layers }, seed) {
  const random = new Random(seed);
  let fanIn = inputs;
  for (const [k, { layer, units, activation }] of layers.entries()) {
    // What norms start from is one number each.
    if (layer !== undefined) continue;
    const limit = Math.sqrt(6 / (activation === "relu" ? fanIn : fanIn + units));
    network.weights[k].forEach((_, i, w) => (w[i] = random.uniform(-limit, limit)));
    network.biases[k].fill(0);
    fanIn = units;
  }
}

async function train({ rows, description, training }, { engine, threads, titanic }) {
  const dataset = await rows(titanic);
  const network = await Network.create({ ...description, engine, threads: { count: threads, force: true } });
  start(network, description, 7);
  const { batchSize } = training;
  const stepsPerEpoch = batchSize === "full" ? 1 : Math.ceil(dataset.count / batchSize);
  const epochs = steps / stepsPerEpoch;
  const history = await network.fit(dataset, { ...training, epochs });
  if (history.steps !== steps) throw new Error(`expected ${steps} steps, got ${history.steps}`);
  const { parameters } = network;
  const statistics = network.toJSON().layers.flatMap(({ mean = [], variance = [] }) => [...mean, ...variance]);
  // A copy: hashing refuses shared memory on some hosts.
  const bytes = new Uint8Array(Float32Array.of(...parameters, ...statistics).buffer);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const { loss } = await network.evaluate(dataset);
  const { tier, threads: used } = network.engine;
  network.dispose();
  return { tier, threads: used, hash: [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join(""), loss };
}

/** Each network on that engine, by so many threads; titanic: the text of titanic.csv. */
export async function trainAll(options) {
  const results = {};
  for (const [name, network] of Object.entries(networks)) results[name] = await train(network, options);
  return results;
}
