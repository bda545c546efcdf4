/** TensorFlow.js on its `cpu` or `wasm` backend. The losses are written from kernels that both have with gradients. */
import { join } from "node:path";
import type { Contender, Entry } from "../contender.ts";
import { accuracyOf, Batches, CLASSES, type Mnist, PIXELS, readImages, readLabels, type Recipe } from "../mnist.ts";
import { Random } from "../../src/ground/random.ts";
import { denseLayers, drawParameters, LEARNING_RATES, type OptimizerName, type Problem } from "../problem.ts";
import { shapeOf } from "../shapes.ts";
import { loadPeer, peerFolder, peerVersion } from "./peer.ts";

interface Tensor {
  add(other: Tensor): Tensor;
  mul(other: Tensor): Tensor;
  matMul(other: Tensor): Tensor;
  sigmoid(): Tensor;
  softmax(): Tensor;
  neg(): Tensor;
  mean(axis?: number): Tensor;
  sum(axis?: number): Tensor;
  dataSync(): Float32Array;
  dispose(): void;
}

interface Optimizer {
  minimize(loss: () => Tensor, returnCost: boolean): Tensor | null;
}

interface Tf {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor1d(values: Float32Array): Tensor;
  tensor2d(values: Float32Array, shape: readonly [number, number]): Tensor;
  variable(tensor: Tensor): Tensor;
  tidy<T>(work: () => T): T;
  softplus(x: Tensor): Tensor;
  logSoftmax(x: Tensor): Tensor;
  losses: {
    softmaxCrossEntropy(targets: Tensor, logits: Tensor): Tensor;
    sigmoidCrossEntropy(targets: Tensor, logits: Tensor): Tensor;
  };
  train: {
    sgd(rate: number): Optimizer;
    adam(rate: number, beta1: number, beta2: number, epsilon: number): Optimizer;
  };
}

type Layers = readonly { readonly weights: Tensor; readonly biases: Tensor }[];

export async function enter({ backend }: Entry["options"]): Promise<Contender> {
  const tf = await loadPeer<Tf>("@tensorflow/tfjs");
  if (backend === "wasm") {
    const wasm = await loadPeer<{ setWasmPaths(folder: string): void }>("@tensorflow/tfjs-backend-wasm");
    wasm.setWasmPaths(`${join(peerFolder("@tensorflow/tfjs-backend-wasm"), "dist")}/`);
  }
  if (!(await tf.setBackend(backend as string))) throw new Error(`the backend ${backend} does not start`);
  await tf.ready();
  return {
    version: `${await peerVersion("@tensorflow/tfjs")}, ${backend}`,
    train: (problem, optimizer) => train(tf, problem, optimizer),
    infer(problem) {
      const layers = place(tf, problem);
      const inputs = tf.tensor2d(problem.inputs, [problem.batch, problem.shape.inputs]);
      const outputs = outputsOf(problem);
      return { run: () => tf.tidy(() => outputs(logitsOf(layers, inputs)).dataSync()) };
    },
    learn: (mnist, recipe, onEpoch) => learn(tf, mnist, recipe, onEpoch),
  };
}

function train(tf: Tf, problem: Problem, name: OptimizerName) {
  const { batch, shape } = problem;
  const layers = place(tf, problem);
  const inputs = tf.tensor2d(problem.inputs, [batch, shape.inputs]);
  const targets = tf.tensor2d(problem.targets, [batch, shape.outputs]);
  const optimizer = optimizerOf(tf, name, LEARNING_RATES[name]);
  const loss = shape.outputs === 1 ? tf.losses.sigmoidCrossEntropy : tf.losses.softmaxCrossEntropy;
  const outputs = outputsOf(problem);
  return {
    step: () => tf.tidy(() => void optimizer.minimize(() => loss(targets, logitsOf(layers, inputs)), false)),
    firstOutputs: () => outputs(logitsOf(layers, inputs)).dataSync().slice(0, shape.outputs),
  };
}

async function learn(tf: Tf, files: Mnist, recipe: Recipe, onEpoch: (accuracy: number) => boolean): Promise<void> {
  const { hidden, batch, learningRate, seed } = recipe;
  const batches = await Batches.read(files, recipe);
  const labels = await readLabels(files.testLabels);
  const test = tf.tensor2d(await readImages(files.testImages), [labels.length, PIXELS]);
  const shape = shapeOf([PIXELS, hidden, CLASSES]);
  const layers = place(tf, { shape, parameters: drawParameters(shape, new Random(seed)) });
  const optimizer = optimizerOf(tf, "adam", learningRate);
  const step = () => {
    const inputs = tf.tensor2d(batches.inputs, [batch, PIXELS]);
    const targets = tf.tensor2d(batches.targets, [batch, CLASSES]);
    optimizer.minimize(() => tf.losses.softmaxCrossEntropy(targets, logitsOf(layers, inputs)), false);
  };
  do {
    batches.shuffle();
    for (let b = 0; b < batches.count; b++) {
      batches.fill(b);
      tf.tidy(step);
    }
  } while (
    onEpoch(
      accuracyOf(
        tf.tidy(() => logitsOf(layers, test).dataSync()),
        labels,
      ),
    )
  );
}

function optimizerOf(tf: Tf, name: OptimizerName, rate: number): Optimizer {
  return name === "sgd" ? tf.train.sgd(rate) : tf.train.adam(rate, 0.9, 0.999, 1e-8);
}

function place(tf: Tf, { shape, parameters }: Pick<Problem, "shape" | "parameters">): Layers {
  return denseLayers(shape, parameters).map(({ fanIn, fanOut, transposed, biases }) => ({
    weights: tf.variable(tf.tensor2d(transposed, [fanIn, fanOut])),
    biases: tf.variable(tf.tensor1d(biases)),
  }));
}

function logitsOf(layers: Layers, inputs: Tensor): Tensor {
  return layers.reduce((x, { weights, biases }, k) => {
    const s = x.matMul(weights).add(biases);
    return k === layers.length - 1 ? s : s.sigmoid();
  }, inputs);
}

function outputsOf({ shape }: Problem): (logits: Tensor) => Tensor {
  return shape.outputs === 1 ? (logits) => logits.sigmoid() : (logits) => logits.softmax();
}
