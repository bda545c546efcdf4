/**
 * The Engine in plain JavaScript, in two precisions from one source. In float64 it is the oracle that everything else
 * is compared with; in float32 it is what JavaScript can do without WebAssembly.
 *
 * Nothing is allocated while training: rows go through buffers of a fixed number of rows, pass after pass, so that a
 * batch of any size fits.
 */
import { activations } from "../../kinds/activations/index.ts";
import type { Activation } from "../../kinds/activations/index.ts";
import { CapacityError } from "../../ground/errors.ts";
import { losses } from "../../kinds/losses/index.ts";
import type { Loss } from "../../kinds/losses/index.ts";
import { updates } from "../../kinds/optimizers/index.ts";
import type { Update, UpdateRule } from "../../kinds/optimizers/optimizer.ts";
import type { LayerShape, NetworkShape } from "../../model/shape.ts";
import { STEPS_LIMIT } from "../wasm/layout.ts";
import type { Engine, EngineReport, LayerRecord, LayerValues, PassRecord, Samples, SingleKernels } from "../engine.ts";
import type { Floats } from "../../ground/floats.ts";
import { forwardProduct, inputGradientProduct, weightGradientProduct } from "./products.ts";

/** Rows of one pass: enough to amortize reading the weights, few enough for activations to stay in the cache. */
const passRows = 256;

/** A dense layer at work. Its x is the input of the next one. */
interface Layer {
  readonly fanIn: number;
  readonly fanOut: number;
  readonly activation: Activation;
  /** Views into the arenas: [fanOut, fanIn], [fanOut], and their gradients. */
  readonly w: Floats;
  readonly b: Floats;
  readonly dw: Floats;
  readonly db: Floats;
  /** [passRows, fanIn] */
  readonly input: Floats;
  /** [passRows, fanOut] each; `d` is first dl/dx, then dl/ds. */
  readonly s: Floats;
  readonly x: Floats;
  readonly d: Floats;
}

export class ReferenceEngine implements Engine {
  readonly report: EngineReport;
  readonly shape: NetworkShape;
  readonly parameters: Floats;
  readonly gradients: Floats;
  readonly scratch: Samples;
  readonly stepLosses = new Float64Array(STEPS_LIMIT);

  readonly #newFloats: new (count: number) => Floats;
  /** x^(1) and the targets of the rows of a pass. */
  readonly #inputs: Floats;
  readonly #targets: Floats;
  readonly #layers: readonly Layer[];
  readonly #last: Layer;
  readonly #loss: Loss;
  #rule: Update = updates.sgd!;
  slots: readonly Floats[] = [];
  /** Doubles in both precisions: it holds Adam's running powers. */
  readonly ruleState = new Float64Array(8);

  /** @throws CapacityError if there is no memory for the network. */
  constructor(shape: NetworkShape, precision: "float32" | "float64") {
    this.report = {
      kind: "javascript",
      tier: precision,
      why: `plain JavaScript in ${precision}, which runs wherever JavaScript does`,
      shared: false,
      threads: 1,
    };
    this.shape = shape;
    this.#newFloats = precision === "float32" ? Float32Array : Float64Array;
    this.parameters = this.#allocate(shape.parameterCount);
    this.gradients = this.#allocate(shape.parameterCount);
    this.scratch = this.#newSamples(passRows);
    this.#inputs = this.#allocate(passRows * shape.inputs);
    this.#targets = this.#allocate(passRows * shape.outputs);
    let input = this.#inputs;
    this.#layers = shape.layers.map((layerShape) => {
      const layer = this.#newLayer(layerShape, input);
      input = layer.x;
      return layer;
    });
    this.#last = this.#layers.at(-1)!;
    this.#loss = losses[shape.loss];
  }

  release(): void {
    // It has no threads.
  }

  prepare(count: number, rule: UpdateRule): Samples {
    const samples = this.#newSamples(count);
    const slots = Array.from({ length: rule.slots }, () => this.#allocate(this.shape.parameterCount));
    this.slots = slots;
    this.#rule = updates[rule.kernel]!;
    this.ruleState.fill(0);
    this.ruleState.set(rule.state);
    return samples;
  }

  forward(samples: Samples, begin: number, end: number): void {
    for (let at = begin; at < end; at += passRows) {
      const rows = Math.min(passRows, end - at);
      this.#forwardPass(samples, at, rows);
      this.#writeOutputs(samples, at, rows);
    }
  }

  loss(samples: Samples, begin: number, end: number, total: number): number {
    let sum = 0;
    for (let at = begin; at < end; at += passRows) {
      const rows = Math.min(passRows, end - at);
      this.#forwardPass(samples, at, rows);
      this.#writeOutputs(samples, at, rows);
      sum += this.#lossPass(samples, at, rows);
    }
    return sum / total;
  }

  gradient(samples: Samples, begin: number, end: number, total: number, accumulate: boolean): number {
    if (!accumulate) this.gradients.fill(0);
    let sum = 0;
    for (let at = begin; at < end; at += passRows) {
      const rows = Math.min(passRows, end - at);
      this.#forwardPass(samples, at, rows);
      sum += this.#lossPass(samples, at, rows);
      this.#backwardPass(rows, 1 / total);
    }
    return sum / total;
  }

  step(samples: Samples, begin: number, end: number): number {
    const loss = this.gradient(samples, begin, end, end - begin, false);
    if (Number.isFinite(loss)) this.update();
    return loss;
  }

  steps(samples: Samples, begin: number, batchSize: number, count: number): number {
    let at = begin;
    for (let i = 0; i < count; i++) {
      const end = Math.min(at + batchSize, samples.capacity);
      const loss = this.step(samples, at, end);
      this.stepLosses[i] = loss;
      if (!Number.isFinite(loss)) return i + 1;
      at = end === samples.capacity ? 0 : end;
    }
    return count;
  }

  update(): void {
    this.#rule.advance?.(this.ruleState);
    this.#rule.update(this.parameters, this.gradients, this.slots, this.ruleState);
  }

  layerValues(samples: Samples, begin: number, end: number): LayerValues[] {
    const values = this.#layers.map(({ fanOut }) => ({
      preActivations: this.#allocate((end - begin) * fanOut),
      activations: this.#allocate((end - begin) * fanOut),
    }));
    for (let at = begin; at < end; at += passRows) {
      const rows = Math.min(passRows, end - at);
      this.#forwardPass(samples, at, rows);
      this.#layers.forEach(({ fanOut, s, x }, k) => {
        values[k]!.preActivations.set(s.subarray(0, rows * fanOut), (at - begin) * fanOut);
        values[k]!.activations.set(x.subarray(0, rows * fanOut), (at - begin) * fanOut);
      });
    }
    return values;
  }

  record(samples: Samples, begin: number, end: number, total: number): PassRecord {
    const count = end - begin;
    const inputDerivatives = this.#allocate(count * this.shape.inputs);
    const layers = this.#layers.map((layer) => this.#newRecord(layer, count));
    for (let at = begin; at < end; at += passRows) {
      const rows = Math.min(passRows, end - at);
      this.#forwardPass(samples, at, rows);
      this.#lossPass(samples, at, rows);
      this.#recordPass(layers, inputDerivatives, at - begin, rows, 1 / total);
    }
    return { layers, inputDerivatives };
  }

  readonly kernels: SingleKernels = {
    activationForward: (k, s, rows) => {
      const x = this.#allocate(s.length);
      this.#layers[k]!.activation.forward(x, s, this.#layers[k]!.fanOut, rows);
      return x;
    },
    activationBackward: (k, dx, x, rows) => {
      const ds = this.#allocate(dx.length);
      this.#layers[k]!.activation.backward(ds, dx, x, this.#layers[k]!.fanOut, rows);
      return ds;
    },
    lossGradient: (x, y, rows, scale) => {
      const dx = this.#allocate(x.length);
      this.#loss.gradient(dx, x, y, this.#last.fanOut, rows, scale, false);
      return dx;
    },
  };

  #newRecord(layer: Layer, rows: number): LayerRecord {
    const length = rows * layer.fanOut;
    return {
      preActivations: this.#allocate(length),
      activations: this.#allocate(length),
      activationDerivatives: layer === this.#last && this.shape.fusedLoss ? undefined : this.#allocate(length),
      preActivationDerivatives: this.#allocate(length),
    };
  }

  /** x^(1), then s and x of every layer, for the rows at places [begin, begin + rows). */
  #forwardPass(samples: Samples, begin: number, rows: number): void {
    gatherRows(this.#inputs, samples.inputs, samples.order, begin, rows, this.shape.inputs);
    for (const layer of this.#layers) layerForward(layer, rows);
  }

  /** The sum of the losses of the rows that went forward last. */
  #lossPass(samples: Samples, begin: number, rows: number): number {
    const { x, s, fanOut } = this.#last;
    gatherRows(this.#targets, samples.targets, samples.order, begin, rows, fanOut);
    return this.#loss.value(x, s, this.#targets, fanOut, rows, this.shape.fusedLoss);
  }

  /** Adds `scale` times the gradient of the sum that `#lossPass` found. */
  #backwardPass(rows: number, scale: number): void {
    this.#lossGradient(rows, scale);
    for (let k = this.#layers.length - 1; k >= 0; k--) {
      this.#activationGradient(this.#layers[k]!, rows);
      layerBackward(this.#layers[k]!, this.#layers[k - 1]?.d, rows);
    }
  }

  #lossGradient(rows: number, scale: number): void {
    const { d, x, fanOut } = this.#last;
    this.#loss.gradient(d, x, this.#targets, fanOut, rows, scale, this.shape.fusedLoss);
  }

  /** dl/dx in `d` becomes dl/ds. A fused loss gives the derivative by the logits: the last activation is behind it already. */
  #activationGradient(layer: Layer, rows: number): void {
    if (layer === this.#last && this.shape.fusedLoss) return;
    layer.activation.backward(layer.d, layer.d, layer.x, layer.fanOut, rows);
  }

  /** Backward, and everything copied to the records' rows from `at` on. */
  #recordPass(records: LayerRecord[], inputDerivatives: Floats, at: number, rows: number, scale: number): void {
    const { inputs } = this.shape;
    const dInput = this.#allocate(rows * inputs);
    this.#lossGradient(rows, scale);
    for (let k = this.#layers.length - 1; k >= 0; k--) {
      const layer = this.#layers[k]!;
      const record = records[k]!;
      const copy = (to: Floats | undefined, from: Floats) =>
        to?.set(from.subarray(0, rows * layer.fanOut), at * layer.fanOut);
      copy(record.preActivations, layer.s);
      copy(record.activations, layer.x);
      copy(record.activationDerivatives, layer.d);
      this.#activationGradient(layer, rows);
      copy(record.preActivationDerivatives, layer.d);
      layerBackward(layer, this.#layers[k - 1]?.d ?? dInput, rows);
    }
    inputDerivatives.set(dInput, at * inputs);
  }

  #writeOutputs(samples: Samples, begin: number, rows: number): void {
    const { x, fanOut } = this.#last;
    for (let r = 0; r < rows; r++) {
      const to = samples.order[begin + r]! * fanOut;
      for (let i = 0; i < fanOut; i++) samples.outputs[to + i] = x[r * fanOut + i]!;
    }
  }

  #newLayer({ fanIn, fanOut, activation, weights, biases }: LayerShape, input: Floats): Layer {
    return {
      fanIn,
      fanOut,
      activation: activations[activation],
      w: this.parameters.subarray(weights, biases),
      b: this.parameters.subarray(biases, biases + fanOut),
      dw: this.gradients.subarray(weights, biases),
      db: this.gradients.subarray(biases, biases + fanOut),
      input,
      s: this.#allocate(passRows * fanOut),
      x: this.#allocate(passRows * fanOut),
      d: this.#allocate(passRows * fanOut),
    };
  }

  #newSamples(capacity: number): Samples {
    const order = allocate(Uint32Array, capacity);
    for (let place = 0; place < capacity; place++) order[place] = place;
    return {
      capacity,
      inputs: this.#allocate(capacity * this.shape.inputs),
      targets: this.#allocate(capacity * this.shape.outputs),
      outputs: this.#allocate(capacity * this.shape.outputs),
      order,
    };
  }

  #allocate(count: number): Floats {
    return allocate(this.#newFloats, count);
  }
}

function allocate<T>(newArray: new (count: number) => T, count: number): T {
  try {
    return new newArray(count);
  } catch (cause) {
    throw new CapacityError(`memory: expected room for ${count} more numbers, got none`, { cause });
  }
}

/** The rows at places [begin, begin + rows) of the order. to: [rows, units]. */
function gatherRows(to: Floats, from: Floats, order: Uint32Array, begin: number, rows: number, units: number): void {
  for (let r = 0; r < rows; r++) {
    const row = order[begin + r]! * units;
    for (let i = 0; i < units; i++) to[r * units + i] = from[row + i]!;
  }
}

/** S = X W^T + b, then x = f(s). */
function layerForward({ s, x, input, w, b, activation, fanIn, fanOut }: Layer, rows: number): void {
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < fanOut; i++) s[r * fanOut + i] = b[i]!;
  }
  forwardProduct(s, input, w, fanIn, fanOut, rows);
  activation.forward(x, s, fanOut, rows);
}

/** From dS in `d`: dW += dS^T X and db += the sum of dS over rows; dX = dS W, unless nobody asks for it. */
function layerBackward({ dw, db, d, input, w, fanIn, fanOut }: Layer, dx: Floats | undefined, rows: number): void {
  weightGradientProduct(dw, d, input, fanIn, fanOut, rows);
  for (let i = 0; i < fanOut; i++) {
    let sum = 0;
    for (let r = 0; r < rows; r++) sum += d[r * fanOut + i]!;
    db[i]! += sum;
  }
  if (dx === undefined) return;
  dx.fill(0, 0, rows * fanIn);
  inputGradientProduct(dx, d, w, fanIn, fanOut, rows);
}
