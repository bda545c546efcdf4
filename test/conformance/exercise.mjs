/**
 * Calls every export of a tier's module and compares what it leaves behind with what the strict tier's leaves. V8's
 * revectorizer may compile a kernel wrongly, or not at all and end the process: so every kernel is run where `wide` is
 * to be trusted. Prints one line of JSON. Usage: node exercise.mjs wide
 */
import { opFields, passFields } from "../../dist/engine/wasm/layout.js";
import { loadKernels } from "../../dist/engine/wasm/modules.js";
import { WasmEngine } from "../../dist/engine/wasm/wasm-engine.js";
import { adam, ruleOf } from "../../dist/kinds/optimizers/index.js";
import { Random } from "../../dist/ground/random.js";
import { networkShape } from "../../dist/model/shape.js";

const tier = process.argv[2] ?? "wide";

/** The most that a tier may differ from strict, relative to the largest number of a buffer. */
const tolerance = 1e-5;

/**
 * Eight buffers of 1 MiB, numbers between 0 and 1 in each: room for 48 panels of 13 units. The last has seven samples, in
 * both vectors of a pair, since of a pair `wide` computes both or none.
 */
const bufferBytes = 2 ** 20;
const [a, b, c, d] = [1, 2, 3, 4].map((n) => n * bufferBytes);
const tables = {
  op: 5 * bufferBytes,
  pass: 5 * bufferBytes + 128,
  order: 5 * bufferBytes + 256,
  numbers: 5 * bufferBytes + 65536,
};
const state = 7 * bufferBytes;
const units = 13;
const end = 48 * 16 - 9;

/** An op that reads b, or going backward c and b, and writes a; y and rows are d. */
const op = { fanIn: units, fanOut: units, parameters: d, gradients: a, kept: b, numbers: d, statistics: d, batch: d };
const forwardOp = { ...op, input: b, output: a };
const backwardOp = { ...op, input: b, output: b, dOutput: c, dInput: a };
const pass = {
  samples: end,
  panels: 48,
  rows: d,
  order: tables.order,
  x: b,
  y: d,
  workspace: 6 * bufferBytes,
  goesBackward: 1,
  // In training, for those that do otherwise in it, after a batch whose statistics lie at `batch`.
  mode: 2,
};
const onPass = [tables.op, tables.pass, 0, end];
/** Full panels, since of those that are not a tile of one tier takes more lanes than of another. */
const onPanels = [tables.op, tables.pass, 0, end & -16];

/** How kernels are called, by what their names end in: arguments, the op if they take one, and what they write. */
const calls = [
  [/^(exp|expm1|erf|log|tanh|sigmoid)Each$/, [a, b, 1024]],
  // Its third number says which of its forms it takes: here that by erf, since that by tanh is the kernel of silu.
  [/^geluForward/, onPass, { ...forwardOp, numbers: tables.numbers }],
  [/^geluBackward/, onPass, { ...backwardOp, numbers: tables.numbers }],
  [/^denseForward/, onPanels, forwardOp],
  [/^denseBackward/, onPanels, { ...backwardOp, kept: 0 }],
  [/^scaleParameterGradient/, [tables.op, tables.pass, 0, units], backwardOp],
  [/ParameterGradient$/, [tables.op, tables.pass, 0, units], { ...backwardOp, kept: 0 }],
  [/Forward$/, onPass, forwardOp],
  [/Backward$/, onPass, backwardOp],
  [/Value(FromLogits)?$/, onPass, forwardOp, Float64Array],
  [/Gradient(FromLogits)?$/, onPass, backwardOp],
  [/Update$/, [a, b, c, 4096, 0.01, state, 0, 4096]],
  [/Advance$/, [state], undefined, Float64Array],
  [/Sums$/, onPass, { ...backwardOp, output: b, kept: a }],
  [/Settle$/, onPass, { ...op, statistics: a, batch: b }],
  [/^writeConstants$/, [], undefined, Uint32Array],
];

/** Writes what a kernel finds in its tables. */
function writeTables(buffer, fields) {
  const zero = (names) => Object.fromEntries(names.map((name) => [name, 0]));
  const write = (at, names, values) =>
    new Uint32Array(buffer, at, names.length).set(names.map((name) => ({ ...zero(names), ...values })[name]));
  write(tables.op, opFields, fields);
  write(tables.pass, passFields, pass);
  new Float32Array(buffer, tables.pass + 4 * passFields.indexOf("scale"), 1)[0] = 0.25;
  new Float32Array(buffer, tables.numbers, 3).set([0.7, 0.3, 0]);
  new Uint32Array(buffer, tables.order, end).forEach((_, i, order) => (order[i] = i));
}

/** A team that is told to stop, and a worker of it that does. */
const teamCalls = { stop: [d], work: [d, 1] };

/** The results of each kernel: what it returns, and all that it has written. */
function runKernels(module) {
  const memory = new WebAssembly.Memory({ initial: 8 * 16, maximum: 65536, shared: true });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  exports.writeConstants();
  const results = new Map();
  for (const [name, kernel] of Object.entries(exports)) {
    if (typeof kernel !== "function" || name in network || name in ofHeads) continue;
    if (name === "multiplyAdds") {
      const sums = new Float32Array(memory.buffer, a, 112).fill(1);
      kernel(a, 2);
      results.set(name, sums.slice(0, 4));
      continue;
    }
    const call = calls.find(([pattern]) => pattern.test(name)) ?? [null, teamCalls[name]];
    const [, args, fields, type = Float32Array] = call;
    if (args === undefined) throw new Error(`exercise.mjs: expected to know how ${name} is called, got a new export`);
    const random = new Random(1);
    const buffers = new Float32Array(memory.buffer, a, (7 * bufferBytes) / 4);
    for (let i = 0; i < buffers.length; i++) buffers[i] = 0.05 + 0.9 * random.uniform();
    new Float64Array(memory.buffer, state, 8).set([0.9, 0.999, 1e-8, 0.9, 0.999, 0, 0, 0]);
    if (fields) writeTables(memory.buffer, fields);
    if (name in teamCalls) new Uint8Array(memory.buffer, d, 256).fill(0);
    if (name === "work") exports.stop(d);
    const returned = kernel(...args);
    const to = fields ? a : (args[0] ?? a);
    const written = new type(memory.buffer, to, bufferBytes / type.BYTES_PER_ELEMENT / 2).slice();
    // An update writes to its slots too.
    const slots = name.endsWith("Update") ? new Float32Array(memory.buffer, c, 2 * 1024) : [];
    results.set(name, [returned ?? 0, ...(name in teamCalls ? [] : written), ...slots]);
  }
  return results;
}

/** The exports that run whole networks, by an engine. */
const network = {
  forward: (engine, samples) => (engine.forward(samples, 0, 70), samples.outputs),
  loss: (engine, samples) => [engine.loss(samples, 0, 70, 70)],
  totalWeight: (engine, samples) => [engine.totalWeight(samples, 5, 60)],
  gradient: (engine, samples) => (engine.gradient(samples, 0, 70, 70, false), engine.gradients),
  steps: (engine, samples) => [engine.steps(samples, 0, 24, 5), ...engine.stepLosses.slice(0, 5), ...engine.parameters],
  updateParameters: (engine, samples) => {
    engine.gradient(samples, 0, 70, 70, false);
    engine.update();
    return engine.parameters;
  },
  step: (engine, samples) => [engine.step(samples, 0, 70), engine.step(samples, 5, 60), ...engine.parameters],
};

/** Those that run the kernels of heads, which lie in a table behind a network's. */
const ofHeads = {
  headsForward: network.forward,
  headsBackward: (engine, samples) => {
    const { activations } = engine.layerValues(samples, 0, 70).at(-1);
    return engine.kernels.backward(engine.shape.ops.length - 1, activations.slice().fill(0.5), activations, 70);
  },
  headsValue: (engine, samples) => [engine.loss(samples, 0, 70, 70), ...engine.headLosses(70)],
  headsGradient: network.gradient,
};

const layers = ["tanh", "relu", "sigmoid", "softmax"].map((activation, k) => ({ activation, units: 43 - 7 * k }));
const plain = networkShape({ inputs: 37, layers, loss: "categoricalCrossEntropy" });
const headed = networkShape({
  inputs: 37,
  layers: layers.slice(0, 3),
  heads: {
    classes: { units: 22, activation: "softmax", loss: "categoricalCrossEntropy" },
    numbers: { units: 5, activation: "silu", loss: "huber", weight: 0.5 },
    sides: { units: 3, activation: "sigmoid", loss: "binaryCrossEntropy", weight: 2 },
  },
});

function runNetwork(kernels, runs, shape) {
  const results = new Map();
  for (const [name, run] of Object.entries(runs)) {
    const engine = new WasmEngine(kernels, shape);
    const samples = engine.prepare(70, ruleOf(adam({ learningRate: 0.001 })));
    const random = new Random(2);
    for (let i = 0; i < engine.parameters.length; i++) engine.parameters[i] = random.uniform(-0.3, 0.3);
    for (let i = 0; i < samples.inputs.length; i++) samples.inputs[i] = random.uniform(-1, 1);
    for (let row = 0; row < 70; row++) samples.targets[row * shape.outputs + random.below(22)] = 1;
    results.set(name, [...run(engine, samples)]);
  }
  return results;
}

/** max |a_i - b_i| / max |b_i|; infinite where a number is none. */
function difference(found, expected) {
  let [most, largest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const apart = Math.abs(found[i] - expected[i]);
    most = Math.max(most, Number.isNaN(apart) ? Infinity : apart);
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  return most === 0 ? 0 : most / largest;
}

const [strict, other] = [await loadKernels("strict", true), await loadKernels(tier, true)];
const runAll = (kernels) =>
  new Map([
    ...runKernels(kernels.module),
    ...runNetwork(kernels, network, plain),
    ...runNetwork(kernels, ofHeads, headed),
  ]);
const [expected, found] = [runAll(strict), runAll(other)];
const wrong = [...expected.keys()].filter((name) => !(difference(found.get(name), expected.get(name)) <= tolerance));
console.log(JSON.stringify({ tier: other.tier, why: other.why, exports: found.size, wrong }));
