/** jax-js on its `wasm` backend: a whole step, update included, as one jitted function. */
import type { Contender } from "../contender.ts";
import { accuracyOf, Batches, CLASSES, type Mnist, PIXELS, readImages, readLabels, type Recipe } from "../mnist.ts";
import { Random } from "../../src/ground/random.ts";
import { denseLayers, drawParameters, LEARNING_RATES, type OptimizerName, type Problem } from "../problem.ts";
import { shapeOf } from "../shapes.ts";
import { loadPeer, peerVersion } from "./peer.ts";

/** Functions take ownership of their arguments; `ref` keeps another share. */
interface Value {
  readonly ref: Value;
  add(other: Value | number): Value;
  sub(other: Value | number): Value;
  mul(other: Value | number): Value;
  div(other: Value | number): Value;
  reshape(shape: readonly number[]): Value;
  neg(): Value;
  sum(axis?: number): Value;
  mean(axis?: number): Value;
  data(): Promise<Float32Array>;
  dispose(): void;
}

interface Jax {
  init(device: string): Promise<readonly string[]>;
  defaultDevice(device: string): string;
  blockUntilReady(tree: unknown): Promise<unknown>;
  jit<F>(work: F): F;
  grad<A extends readonly unknown[]>(work: (...args: A) => Value): (...args: A) => A[0];
  numpy: {
    array(values: Float32Array): Value;
    matmul(a: Value, b: Value): Value;
    sqrt(x: Value): Value;
    zerosLike(x: Value): Value;
  };
  nn: {
    sigmoid(x: Value): Value;
    softplus(x: Value): Value;
    logSoftmax(x: Value, axis: number): Value;
    softmax(x: Value, axis: number): Value;
  };
}

/** Weights [fanIn, fanOut] and biases of layer after layer. */
type Arena = Value[];
/** Parameters, then Adam's two means of each, then t's decays. */
interface State {
  [name: string]: Value[];
  parameters: Arena;
  slots: Arena;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

export async function enter(): Promise<Contender> {
  const jax = await loadPeer<Jax>("@jax-js/jax");
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  return {
    version: `${await peerVersion("@jax-js/jax")}, wasm, jit`,
    train: (problem, optimizer) => train(jax, problem, optimizer),
    infer(problem) {
      const layers = place(jax, problem);
      const inputs = matrix(jax, problem.inputs, problem.batch);
      const last = lastOf(jax, problem);
      const forward = jax.jit((arena: Arena, x: Value) => last(logitsOf(jax, arena, x)));
      return { run: () => forward(shares(layers), inputs.ref).data() };
    },
    learn: (mnist, recipe, onEpoch) => learn(jax, mnist, recipe, onEpoch),
  };
}

function train(jax: Jax, problem: Problem, optimizer: OptimizerName) {
  const { batch, shape } = problem;
  const inputs = matrix(jax, problem.inputs, batch);
  const targets = matrix(jax, problem.targets, batch);
  const step = stepper(jax, shape.outputs === 1, optimizer, LEARNING_RATES[optimizer]);
  let state = startOf(jax, place(jax, problem), optimizer);
  return {
    async step() {
      state = step(state, inputs.ref, targets.ref);
      await jax.blockUntilReady(state);
    },
    async firstOutputs() {
      const outputs = lastOf(jax, problem)(logitsOf(jax, shares(state.parameters), inputs.ref));
      return (await outputs.data()).slice(0, shape.outputs);
    },
  };
}

async function learn(jax: Jax, files: Mnist, recipe: Recipe, onEpoch: (accuracy: number) => boolean): Promise<void> {
  const { hidden, batch, learningRate, seed } = recipe;
  const batches = await Batches.read(files, recipe);
  const labels = await readLabels(files.testLabels);
  const test = matrix(jax, await readImages(files.testImages), labels.length);
  const shape = shapeOf([PIXELS, hidden, CLASSES]);
  const step = stepper(jax, false, "adam", learningRate);
  const forward = jax.jit((arena: Arena, x: Value) => logitsOf(jax, arena, x));
  let state = startOf(jax, place(jax, { shape, parameters: drawParameters(shape, new Random(seed)) }), "adam");
  do {
    batches.shuffle();
    for (let b = 0; b < batches.count; b++) {
      batches.fill(b);
      state = step(state, matrix(jax, batches.inputs.slice(), batch), matrix(jax, batches.targets.slice(), batch));
      await jax.blockUntilReady(state);
    }
  } while (onEpoch(accuracyOf(await forward(shares(state.parameters), test.ref).data(), labels)));
}

function stepper(jax: Jax, isBinary: boolean, optimizer: OptimizerName, rate: number) {
  const loss = (arena: Arena, x: Value, t: Value): Value => {
    const s = logitsOf(jax, arena, x);
    return isBinary ? jax.nn.softplus(s.ref).sub(t.mul(s)).mean() : jax.nn.logSoftmax(s, 1).mul(t).sum(1).neg().mean();
  };
  const update = optimizer === "sgd" ? sgd : adam;
  return jax.jit((state: State, x: Value, t: Value): State => {
    const gradients = jax.grad(loss)(shares(state.parameters), x, t);
    return update(jax, state, gradients, rate);
  });
}

function sgd(_: Jax, { parameters }: State, gradients: Arena, rate: number): State {
  return { parameters: parameters.map((w, i) => w.sub(gradients[i]!.mul(rate))), slots: [] };
}

/** slots: the means of all gradients, of their squares, then 1 - beta1^t and 1 - beta2^t. */
function adam(jax: Jax, { parameters, slots }: State, gradients: Arena, rate: number): State {
  const count = parameters.length;
  const by1 = slots[2 * count]!.mul(BETA1).add(1 - BETA1);
  const by2 = slots[2 * count + 1]!.mul(BETA2).add(1 - BETA2);
  const m = gradients.map((g, i) => slots[i]!.mul(BETA1).add(g.ref.mul(1 - BETA1)));
  const v = gradients.map((g, i) => slots[count + i]!.mul(BETA2).add(g.ref.mul(g).mul(1 - BETA2)));
  const next = parameters.map((w, i) => {
    const root = jax.numpy.sqrt(v[i]!.ref.div(by2.ref)).add(EPSILON);
    return w.sub(m[i]!.ref.div(by1.ref).div(root).mul(rate));
  });
  return { parameters: next, slots: [...m, ...v, by1, by2] };
}

function startOf(jax: Jax, parameters: Arena, optimizer: OptimizerName): State {
  if (optimizer === "sgd") return { parameters, slots: [] };
  const zeros = () => parameters.map((w) => jax.numpy.zerosLike(w.ref));
  const zero = () => jax.numpy.array(new Float32Array(1));
  return { parameters, slots: [...zeros(), ...zeros(), zero(), zero()] };
}

function logitsOf(jax: Jax, arena: Arena, inputs: Value): Value {
  let x = inputs;
  for (let k = 0; k < arena.length; k += 2) {
    const s = jax.numpy.matmul(x, arena[k]!).add(arena[k + 1]!);
    x = k === arena.length - 2 ? s : jax.nn.sigmoid(s);
  }
  return x;
}

function lastOf(jax: Jax, { shape }: Problem): (logits: Value) => Value {
  return shape.outputs === 1 ? (s) => jax.nn.sigmoid(s) : (s) => jax.nn.softmax(s, 1);
}

function place(jax: Jax, { shape, parameters }: Pick<Problem, "shape" | "parameters">): Arena {
  return denseLayers(shape, parameters).flatMap(({ fanIn, transposed, biases }) => [
    matrix(jax, transposed, fanIn),
    jax.numpy.array(biases),
  ]);
}

function matrix(jax: Jax, values: Float32Array, rows: number): Value {
  return jax.numpy.array(values).reshape([rows, values.length / rows]);
}

function shares(arena: Arena): Arena {
  return arena.map((value) => value.ref);
}
