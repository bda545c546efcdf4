/**
 * The pass that is looked at: panels of the open plan, in which every s, x, dx and ds has a buffer of its own, copied to
 * rows; and the kernels one at a time, in the same buffers.
 */
import { LANES, type LayerTable, type PassPlan } from "./layout.ts";
import type { NetworkShape } from "../../model/shape.ts";
import type { LayerRecord, LayerValues, PassRecord, SingleKernels } from "../engine.ts";

/** Runs the kernels of a pass over one panel, places [begin, end) of the order. */
type RunPanel = (begin: number, end: number) => void;

/** The kernels by their names in `assembly/index.ts`. */
type KernelExports = Readonly<Record<string, unknown>>;
type ActivationForward = (x: number, s: number, units: number, begin: number, end: number) => void;
type ActivationBackward = (ds: number, dx: number, x: number, units: number, begin: number, end: number) => void;
type LossGradient = (d: number, x: number, y: number, units: number, begin: number, end: number, scale: number) => void;

interface SingleRecord extends LayerRecord {
  readonly preActivations: Float32Array;
  readonly activations: Float32Array;
  readonly activationDerivatives: Float32Array | undefined;
  readonly preActivationDerivatives: Float32Array;
}

export class OpenPass implements SingleKernels {
  readonly #memory: WebAssembly.Memory;
  readonly #plan: PassPlan;
  readonly #shape: NetworkShape;
  readonly #exports: KernelExports;

  constructor(memory: WebAssembly.Memory, plan: PassPlan, shape: NetworkShape, exports: KernelExports) {
    this.#memory = memory;
    this.#plan = plan;
    this.#shape = shape;
    this.#exports = exports;
  }

  layerValues(begin: number, end: number, forward: RunPanel): LayerValues[] {
    const rows = end - begin;
    const values = this.#shape.layers.map(({ fanOut }) => ({
      preActivations: new Float32Array(rows * fanOut),
      activations: new Float32Array(rows * fanOut),
    }));
    this.#eachPanel(rows, (row, count) => {
      forward(begin + row, begin + row + count);
      this.#plan.layers.forEach(({ s, x, fanOut }, k) => {
        this.#read(values[k]!.preActivations, s, fanOut, row, count);
        this.#read(values[k]!.activations, x, fanOut, row, count);
      });
    });
    return values;
  }

  record(begin: number, end: number, gradient: RunPanel): PassRecord {
    const rows = end - begin;
    const { inputs, layers, fusedLoss } = this.#shape;
    const inputDerivatives = new Float32Array(rows * inputs);
    const records = layers.map(({ fanOut }, k): SingleRecord => ({
      preActivations: new Float32Array(rows * fanOut),
      activations: new Float32Array(rows * fanOut),
      activationDerivatives: fusedLoss && k === layers.length - 1 ? undefined : new Float32Array(rows * fanOut),
      preActivationDerivatives: new Float32Array(rows * fanOut),
    }));
    this.#eachPanel(rows, (row, count) => {
      gradient(begin + row, begin + row + count);
      this.#read(inputDerivatives, this.#plan.layers[0]!.dInput, inputs, row, count);
      this.#plan.layers.forEach((layer, k) => this.#readLayer(records[k]!, layer, row, count));
    });
    return { layers: records, inputDerivatives };
  }

  #readLayer(to: SingleRecord, layer: LayerTable, row: number, count: number): void {
    const { fanOut, s, x, dx, ds } = layer;
    this.#read(to.preActivations, s, fanOut, row, count);
    this.#read(to.activations, x, fanOut, row, count);
    this.#read(to.preActivationDerivatives, ds, fanOut, row, count);
    if (to.activationDerivatives) this.#read(to.activationDerivatives, dx, fanOut, row, count);
  }

  activationForward(k: number, s: ArrayLike<number>, rows: number): Float32Array {
    const layer = this.#plan.layers[k]!;
    const kernel = this.#exports[`${this.#shape.layers[k]!.activation}Forward`] as ActivationForward;
    return this.#apply(layer.fanOut, rows, layer.x, [[layer.s, s]], (count) => {
      kernel(layer.x, layer.s, layer.fanOut, 0, count);
    });
  }

  activationBackward(k: number, dx: ArrayLike<number>, x: ArrayLike<number>, rows: number): Float32Array {
    const layer = this.#plan.layers[k]!;
    const kernel = this.#exports[`${this.#shape.layers[k]!.activation}Backward`] as ActivationBackward;
    const given: [number, ArrayLike<number>][] = [
      [layer.dx, dx],
      [layer.x, x],
    ];
    return this.#apply(layer.fanOut, rows, layer.ds, given, (count) => {
      kernel(layer.ds, layer.dx, layer.x, layer.fanOut, 0, count);
    });
  }

  lossGradient(x: ArrayLike<number>, y: ArrayLike<number>, rows: number, scale: number): Float32Array {
    const layer = this.#plan.layers.at(-1)!;
    const targets = this.#plan.network.y;
    const kernel = this.#exports[`${this.#shape.loss}Gradient`] as LossGradient;
    const given: [number, ArrayLike<number>][] = [
      [layer.x, x],
      [targets, y],
    ];
    return this.#apply(layer.fanOut, rows, layer.dx, given, (count) => {
      kernel(layer.dx, layer.x, targets, layer.fanOut, 0, count, scale);
    });
  }

  /** Rows into panels, a kernel on each, and the panel at `result` back to rows. */
  #apply(
    units: number,
    rows: number,
    result: number,
    given: readonly (readonly [offset: number, rows: ArrayLike<number>])[],
    kernel: (count: number) => void,
  ): Float32Array {
    const results = new Float32Array(rows * units);
    this.#eachPanel(rows, (row, count) => {
      for (const [offset, values] of given) this.#write(offset, values, units, row, count);
      kernel(count);
      this.#read(results, result, units, row, count);
    });
    return results;
  }

  #eachPanel(rows: number, each: (row: number, count: number) => void): void {
    for (let row = 0; row < rows; row += LANES) each(row, Math.min(LANES, rows - row));
  }

  /** Copies `count` samples of one panel [units, 16] to rows, the first of them row `row`. */
  #read(rows: Float32Array, offset: number, units: number, row: number, count: number): void {
    const panel = new Float32Array(this.#memory.buffer, offset, units * LANES);
    for (let i = 0; i < count; i++) {
      for (let u = 0; u < units; u++) rows[(row + i) * units + u] = panel[u * LANES + i]!;
    }
  }

  #write(offset: number, rows: ArrayLike<number>, units: number, row: number, count: number): void {
    const panel = new Float32Array(this.#memory.buffer, offset, units * LANES);
    for (let i = 0; i < count; i++) {
      for (let u = 0; u < units; u++) panel[u * LANES + i] = rows[(row + i) * units + u]!;
    }
  }
}
