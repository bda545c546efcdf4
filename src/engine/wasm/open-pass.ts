/**
 * The pass that is looked at: panels of the open plan, in which every end of every op has a buffer of its own, copied to
 * rows; and the kernels one at a time, in the same buffers.
 */
import { LANES, opFields, passFields, type OpRow, type PassPlan, ROW_BYTES, rowsOf } from "./layout.ts";
import { ops as kinds } from "../../kinds/ops/index.ts";
import { nameOf } from "../../kinds/named.ts";
import type { NetworkShape } from "../../model/shape.ts";
import type { LayerRecord, LayerValues, PassRecord, SingleKernels } from "../engine.ts";

/** Runs the kernels of a pass over one panel, places [begin, end) of the order. */
type RunPanel = (begin: number, end: number) => void;

/** The kernels by their names in `assembly/index.ts`; they find their buffers in the tables `op` and `pass`. */
type KernelExports = Readonly<Record<string, unknown>>;
type Kernel = (op: number, pass: number, begin: number, end: number) => void;

/** One buffer, how many units it has, and what is to be in it. */
type Given = readonly [offset: number, units: number, rows: ArrayLike<number>];

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
      values.forEach(({ preActivations, activations }, k) => {
        const { fanOut, input: s, output: x } = this.#lastOp(k).table;
        this.#read(preActivations, s, fanOut, row, count);
        this.#read(activations, x, fanOut, row, count);
      });
    });
    return values;
  }

  record(begin: number, end: number, gradient: RunPanel): PassRecord {
    const rows = end - begin;
    const { inputs, layers } = this.#shape;
    const inputDerivatives = new Float32Array(rows * inputs);
    const records = layers.map(({ fanOut }, k): SingleRecord => ({
      preActivations: new Float32Array(rows * fanOut),
      activations: new Float32Array(rows * fanOut),
      activationDerivatives: this.#goesBackward(k) ? new Float32Array(rows * fanOut) : undefined,
      preActivationDerivatives: new Float32Array(rows * fanOut),
    }));
    this.#eachPanel(rows, (row, count) => {
      gradient(begin + row, begin + row + count);
      this.#read(inputDerivatives, this.#plan.ops[0]!.table.dInput, inputs, row, count);
      records.forEach((record, k) => this.#readLayer(record, this.#lastOp(k), row, count));
    });
    return { layers: records, inputDerivatives };
  }

  #readLayer(to: SingleRecord, { table }: OpRow, row: number, count: number): void {
    const { fanOut, input: s, output: x, dOutput: dx, dInput: ds } = table;
    this.#read(to.preActivations, s, fanOut, row, count);
    this.#read(to.activations, x, fanOut, row, count);
    this.#read(to.preActivationDerivatives, ds, fanOut, row, count);
    if (to.activationDerivatives) this.#read(to.activationDerivatives, dx, fanOut, row, count);
  }

  forward(op: number, values: ArrayLike<number>, rows: number): Float32Array {
    const { fanIn, fanOut, input, output } = this.#plan.ops[op]!.table;
    const run = (count: number) => this.#run(`${this.#shape.ops[op]!.name}Forward`, op, count);
    return this.#apply(run, rows, [output, fanOut], [[input, fanIn, values]]);
  }

  backward(op: number, derivatives: ArrayLike<number>, values: ArrayLike<number>, rows: number): Float32Array {
    const { fanIn, fanOut, input, output, dInput, dOutput } = this.#plan.ops[op]!.table;
    const { name } = this.#shape.ops[op]!;
    const { keeps } = kinds[name];
    const given: Given[] = [[dOutput, fanOut, derivatives]];
    if (keeps === "input" || keeps === "both") given.push([input, fanIn, values]);
    if (keeps !== "input") given.push([output, fanOut, values]);
    return this.#apply((count) => this.#run(`${name}Backward`, op, count), rows, [dInput, fanIn], given);
  }

  lossGradient(x: ArrayLike<number>, y: ArrayLike<number>, rows: number, scale: number): Float32Array {
    const { loss, passes, heads } = this.#plan;
    const lines = rowsOf(this.#plan);
    const { input, dInput, fanIn } = loss.table;
    const { table: passTable, y: targets } = passes[0]!;
    const at = (field: (typeof passFields)[number]) => passTable + 4 * passFields.indexOf(field);
    const { buffer } = this.#memory;
    const run = (count: number) => {
      for (const [h, { loss: own, weight, begin }] of this.#shape.heads.entries()) {
        new Float32Array(buffer, at("scale"), 1)[0] = scale * weight;
        new Uint32Array(buffer, at("y"), 1)[0] = targets + begin * ROW_BYTES;
        this.#run(`${nameOf(own)}Gradient`, lines.indexOf(heads[h]?.loss ?? loss), count);
      }
      new Uint32Array(buffer, at("y"), 1)[0] = targets;
    };
    const given: Given[] = [
      [input, fanIn, x],
      [targets, fanIn, y],
    ];
    return this.#apply(run, rows, [dInput, fanIn], given);
  }

  /** A kernel on the open pass, with a row of its table of ops. */
  #run(kernel: string, row: number, count: number): void {
    const table = this.#plan.network.ops + row * opFields.length * 4;
    (this.#exports[kernel] as Kernel)(table, this.#plan.passes[0]!.table, 0, count);
  }

  /** The last op of layer k. */
  #lastOp(k: number): OpRow {
    return this.#plan.ops[this.#shape.layers[k]!.op]!;
  }

  /** Not where the loss is derived by its input. */
  #goesBackward(k: number): boolean {
    const { dInput, dOutput } = this.#lastOp(k).table;
    return dInput !== dOutput;
  }

  /** Rows into panels, kernels on each, and the panel at `result` back to rows. */
  #apply(
    run: (count: number) => void,
    rows: number,
    [result, units]: readonly [offset: number, units: number],
    given: readonly Given[],
  ): Float32Array {
    const results = new Float32Array(rows * units);
    this.#eachPanel(rows, (row, count) => {
      for (const [offset, width, values] of given) this.#write(offset, values, width, row, count);
      run(count);
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
