/**
 * Every public function, called with one part of a right call made hostile: it either works or throws a LanegradError with a
 * sentence of decent length, and a network that refused a call is as it was.
 */
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as library from "../src/index.ts";
import { LanegradError } from "../src/index.ts";
import { costOf, dataflow, drawPlane, layeredFormula } from "../src/dataflow/index.ts";
import * as explain from "../src/explain/index.ts";
import { Random } from "../src/ground/random.ts";
import { bitsOf } from "./support/engines.ts";

const SEED = Number(process.env["LANEGRAD_FUZZ_SEED"] ?? 20_261);
const CALLS = Number(process.env["LANEGRAD_FUZZ_CALLS"] ?? 1500);
const LONGEST_MESSAGE = 3000;

/** Answers differently each time it is asked. */
function fickle(first: unknown): unknown {
  let asked = 0;
  return new Proxy(Array.isArray(first) ? [...first] : { ...(first as object) }, {
    get: (target, key, receiver) => (asked++ % 3 === 2 ? undefined : Reflect.get(target, key, receiver)),
  });
}

const cyclic: unknown[] = [];
cyclic.push(cyclic);

function shrunk(): Float32Array {
  const Resizable = ArrayBuffer as unknown as new (length: number, options: object) => ArrayBuffer;
  const buffer = new Resizable(64, { maxByteLength: 64 });
  const view = new Float32Array(buffer);
  (buffer as unknown as { resize?: (length: number) => void }).resize?.(4);
  return view;
}

const hostile: ((value: unknown) => unknown)[] = [
  () => null,
  () => NaN,
  () => Infinity,
  () => -0,
  () => -1,
  () => 1e308,
  () => 2 ** 53,
  () => 0.5,
  () => 10n,
  () => Symbol("s"),
  () => "",
  () => "\u0000\u001b[31m\u202e",
  () => "x".repeat(2_000_000),
  () => "__proto__",
  () => "constructor",
  () => true,
  () => [],
  () => {},
  () => ({}),
  () => [[]],
  () => [NaN],
  () => new Array(5),
  () => new Array(4_000_000_000),
  () => cyclic,
  () => new Date(NaN),
  () => new Map(),
  () => () => 1,
  () => async () => false,
  () => Object.create(null) as unknown,
  () => new Uint8Array(0),
  () => new Float32Array(3).fill(NaN),
  () => new BigInt64Array(4),
  () => new DataView(new ArrayBuffer(8)),
  shrunk,
  () => runInNewContext("new Float32Array([1, 2, 3, 4])") as unknown,
  () => runInNewContext("[[1, 2], [3, 4]]") as unknown,
  () => ({ valueOf: () => 1, toString: () => "adam" }),
  () => ({ [Symbol.toPrimitive]: () => 1 }),
  () => ({ length: 3, 0: 1, 1: 2, 2: 3 }),
  () => ({ length: -1 }),
  () => ({ length: 2 ** 40 }),
  (value) => (typeof value === "object" && value !== null ? fickle(value) : value),
  (value) => (typeof value === "object" && value !== null ? new Proxy(value, {}) : value),
  () =>
    new Proxy(
      {},
      {
        get: () => {
          throw new LanegradError("from within");
        },
      },
    ),
];

/** A copy of the arguments, one part of which, at any depth, is hostile. */
function spoil(args: unknown[], random: Random): unknown[] {
  const copy = args.slice();
  let holder: Record<string | number, unknown> = copy as never;
  let key: string | number = random.below(copy.length);
  for (;;) {
    const value: unknown = holder[key];
    const isPlain: boolean =
      Array.isArray(value) || (value !== null && Object.getPrototypeOf(Object(value)) === Object.prototype);
    const keys: string[] = isPlain ? Object.keys(value as object) : [];
    if (keys.length === 0 || random.below(3) === 0) break;
    const inner = (Array.isArray(value) ? value.slice() : { ...(value as object) }) as Record<string | number, unknown>;
    holder[key] = inner;
    holder = inner;
    key = keys[random.below(keys.length)]!;
  }
  holder[key] = hostile[random.below(hostile.length)]!(holder[key]);
  return copy;
}

const inputs = [
  [0, 1],
  [1, 0],
  [1, 1],
  [0, 0],
];
const rows = { inputs, targets: [[1], [1], [0], [0]] };
const description = {
  inputs: 2,
  layers: [
    { units: 3, activation: "tanh" as const },
    { units: 1, activation: "sigmoid" as const },
  ],
  loss: "binaryCrossEntropy" as const,
  seed: 1,
  initialization: "glorotUniform" as const,
  engine: "strict" as const,
};
const text = "age,sex,y\n1,f,0\n2,m,1\n3,f,1\n4,m,0\n";
const training = {
  epochs: 2,
  batchSize: 2,
  optimizer: library.adam(),
  shuffle: true,
  seed: 1,
  metrics: ["accuracy" as const],
  onEpoch: () => true,
};

type Call = [name: string, call: (...args: never[]) => unknown, args: unknown[]];

function callsOf(network: library.Network, data: library.Dataset, saved: unknown): Call[] {
  const of = <F extends (...args: never[]) => unknown>(name: string, call: F, ...args: unknown[]): Call => [
    name,
    call,
    args,
  ];
  const trace = network.trace(inputs, rows.targets);
  const diagram = dataflow("x^2 + y", { x: 1, y: 2 });
  const drawing = { theme: "dark", title: "t", partials: "both", digits: 2, parameters: true, sweep: 2, legend: true };
  const highlight = diagram.paths("x");
  return [
    of(
      "create",
      (options: library.NetworkOptions) => library.Network.create(options).then((made) => made.dispose()),
      description,
    ),
    of("fromJSON", (from: never, options: never) => library.Network.fromJSON(from, options), saved, {
      engine: "strict",
    }),
    of("predict", (x: never) => network.predict(x), inputs),
    of("forward", (x: never, y: never) => network.forward(x, y), new Float32Array(4), new Float32Array(2)),
    of("evaluate", (x: never, y: never) => network.evaluate(x, y), data, { metrics: ["accuracy"] }),
    of("fit", (x: never, y: never) => network.fit(x, y), data, {
      ...training,
      validationData: data,
      classWeight: { 0: 2, 1: 0.5 },
      continue: false,
    }),
    of("resume", (from: never, options: never) => library.Network.resume(from, options), "no.checkpoint", {
      engine: "strict",
    }),
    of("train", (x: never, y: never) => network.train(x, y).next(), data, { epochs: 1, optimizer: training.optimizer }),
    of("gradients", (x: never) => network.gradients(x), rows),
    of("checkGradients", (x: never, y: never) => network.checkGradients(x, y), rows, { perTensor: 2, seed: 1 }),
    of("activations", (x: never) => network.activations(x), inputs),
    of("trace", (x: never, y: never) => network.trace(x, y), [0, 1], [1]),
    of("setParameters", (k: never, p: never) => network.setParameters(k, p), 1, { weights: [[1, 2, 3]], biases: [0] }),
    of("standardize", (s: never) => network.standardize(s), { mean: [0, 0], std: [1, 2] }),
    of("Dataset.from", (options: never) => library.Dataset.from(options), {
      ...rows,
      sampleWeight: [1, 0, 2, 0.5],
      inputNames: ["a", "b"],
      standardize: ["a"],
    }),
    of("Dataset.from labels", (options: never) => library.Dataset.from(options), {
      inputs,
      labels: [0, 1, 0, 1],
      classes: 2,
    }),
    of("select", (at: never) => data.select(at), [0, 1]),
    of("split", (options: never) => data.split(options), { test: 0.5, seed: 1, stratify: true }),
    of("parseCsv", (csv: never, options: never) => library.parseCsv(csv, options), text, {
      inputs: ["age", "sex"],
      targets: ["y"],
      categorical: ["sex"],
      missing: "drop",
      standardize: ["age"],
      delimiter: ",",
      name: "people",
    }),
    of("sgd", (o: never) => library.sgd(o), { learningRate: 0.1, momentum: 0.5, nesterov: true }),
    of("adam", (o: never) => library.adam(o), { learningRate: 0.1, beta1: 0.5, beta2: 0.6, epsilon: 1e-8 }),
    of("rmsprop", (o: never) => library.rmsprop(o), { alpha: 0.9, momentum: 0.5, centered: true }),
    of("adagrad", (o: never) => library.adagrad(o), { learningRateDecay: 0.1, initialAccumulatorValue: 0.1 }),
    of("adadelta", (o: never) => library.adadelta(o), { rho: 0.8, epsilon: 1e-6 }),
    of("nadam", (o: never) => library.nadam(o), { beta1: 0.5, momentumDecay: 0.1 }),
    of("lion", (o: never) => library.lion(o), { learningRate: 0.1, beta1: 0.5, beta2: 0.6 }),
    of("adamW", (o: never) => library.adamW(o), { weightDecay: 0.1 }),
    of("lbfgs", (o: never) => library.lbfgs(o), { memory: 3, tolerance: 0.1 }),
    of("cosine", (o: never) => library.cosine(o), { from: 0.1, to: 0, steps: 10 }),
    of("logisticRegression", (o: never) => library.logisticRegression(o), { inputs: 2, classes: 3, engine: "strict" }),
    of("permutationImportance", (x: never, y: never) => explain.permutationImportance(network, x, y), data, {
      metric: "accuracy",
      better: "higher",
      repeats: 2,
      seed: 1,
    }),
    of("integratedGradients", (x: never, y: never) => explain.integratedGradients(network, x, y), [0, 1], {
      baseline: [1, 0],
      output: 0,
      steps: 8,
      maxSteps: 64,
      tolerance: 0.01,
    }),
    of("partialDependence", (x: never, c: never, o: never) => explain.partialDependence(network, x, c, o), data, 0, {
      grid: [0, 1],
      percentiles: [0.1, 0.9],
      kind: "individual",
    }),
    of("calibrate", (x: never, y: never) => explain.calibrate(network, x, y), data, { method: "platt" }),
    of("withCalibration", (c: never) => explain.withCalibration(network, c).predict(inputs), {
      method: "platt",
      outputs: "sides",
      slopes: [1],
      intercepts: [0],
    }),
    of("ensemble", (n: never, o: never) => explain.ensemble(n, o), [network], { weights: [1] }),
    of("ensemble.predict", (x: never) => explain.ensemble([network]).predict(x), inputs),
    of("dataflow", (f: never, at: never) => dataflow(f, at), "x^2 + y", { x: 1, y: 2 }),
    of("drawPlane", (n: never, o: never) => drawPlane(n, o), network, {
      samples: rows,
      axes: { x: { name: "a", range: [-1, 2], values: { 0: "no", 1: "yes" } }, y: { range: [0, 1] } },
      captions: { "x_1^(2)": "first" },
      classes: ["no", "yes"],
      title: "t",
      theme: "light",
    }),
    of("costOf", (graph: never) => costOf(graph), diagram),
    of("layeredFormula", (depth: never, units: never) => layeredFormula(depth, units), 3, 2),
    of("toSvg", (o: never) => diagram.toSvg(o), { ...drawing, highlight }),
    of("toDot", (o: never) => diagram.toDot(o), { ...drawing, highlight }),
    of("toMermaid", (o: never) => diagram.toMermaid(o), { ...drawing, highlight: highlight[0] }),
    of("paths", (id: never) => diagram.paths(id), "x"),
    of("product", (path: never) => diagram.product(path), highlight[0]),
    of("derivative", (by: never) => diagram.derivative(by), "x"),
    of("circle", (name: never, sample: never) => trace.circle(name, sample), "x_1^(2)", 2),
    of("graph", (o: never) => trace.graph(o), { sample: 1, weights: true, limit: 10 }),
    of("trace.toSvg", (o: never) => trace.toSvg(o), { sample: 1, weights: true, limit: 10, ...drawing }),
    of("weightGradient", (k: never, i: never) => trace.weightGradient(k, i), 1, 1),
    of("inputDerivative", (k: never, i: never, s: never) => trace.inputDerivative(k, i, s), 1, 1, 1),
    of("outputDerivative", (i: never, s: never) => trace.outputDerivative(i, s), 1, 1),
    of("sumDerivative", (k: never, i: never, s: never) => trace.sumDerivative(k, i, s), 2, 1, 1),
  ];
}

afterEach(() => vi.restoreAllMocks());

describe("every public function", () => {
  it(
    `refuses what is hostile in a sentence, and changes nothing then (seed ${SEED})`,
    { timeout: 300_000 },
    async () => {
      vi.spyOn(process, "emitWarning").mockImplementation(() => {});
      const random = new Random(SEED);
      const newNetwork = () => library.Network.create(description);
      const data = library.Dataset.from(rows);
      let network = await newNetwork();
      const saved = network.toJSON();
      const wrong: string[] = [];
      for (let i = 0; i < CALLS; i++) {
        const calls = callsOf(network, data, saved);
        const [name, call, args] = calls[random.below(calls.length)]!;
        const before = bitsOf(network.parameters);
        const spoiled = spoil(args, random);
        try {
          await call(...(spoiled as never[]));
          network.dispose();
          network = await newNetwork();
        } catch (error) {
          const { message } = error as Error;
          if (!(error instanceof LanegradError))
            wrong.push(`call ${i}, ${name}: ${(error as Error)?.stack?.slice(0, 700)}`);
          else if (message.length > LONGEST_MESSAGE) wrong.push(`call ${i}, ${name}: a message of ${message.length}`);
          if (name !== "fit" && name !== "train" && bitsOf(network.parameters).join() !== before.join()) {
            wrong.push(`call ${i}, ${name}: other parameters`);
          }
        }
      }
      expect(wrong).toEqual([]);
      expect(Object.keys(Object.prototype)).toEqual([]);
      expect(Object.keys(Array.prototype)).toEqual([]);
    },
  );
});
