/**
 * The Engine in plain JavaScript, in two precisions from one source. In float64 it is the oracle that everything else
 * is compared with; in float32 it is what JavaScript can do without WebAssembly.
 *
 * Nothing is allocated while training: rows go through buffers of a fixed number of rows, pass after pass, so that a
 * batch of any size fits.
 */
import { CapacityError } from "../../ground/errors.ts";
import { gradientOfHead, lossGradientOfHead, lossOfHead } from "../../kinds/ops/heads.ts";
import { type OpBuffers, type OpKind, ops as kinds, type Part } from "../../kinds/ops/index.ts";
import { type Loss, lossOf } from "../../kinds/losses/index.ts";
import { NO_RULE, type UpdateRule } from "../../kinds/optimizers/optimizer.ts";
import { refine, settleUpdate } from "../../kinds/regularizers/refinement.ts";
import type { NetworkShape } from "../../model/shape.ts";
import type {
  Engine,
  EngineReport,
  LayerRecord,
  LayerValues,
  PassRecord,
  Samples,
  SingleKernels,
  TrainingNeeds,
  TrainingPart,
} from "../engine.ts";
import { STEPS_LIMIT } from "../engine.ts";
import type { Floats } from "../../ground/floats.ts";
import { type Buffer, frozenOps, type OpPlan, planOps, startStatistics } from "../ops.ts";

/** Rows of one pass: enough to amortize reading the weights, few enough for activations to stay in the cache. */
const MOST_ROWS = 256;
/** Numbers of one pass, 128 MiB in float64: a network of more units than that allows takes fewer rows at a time. */
const PASS_NUMBERS = 2 ** 24;

/** How many rows a pass takes, each through inputs, targets and what every unit computes, the samples' own included. */
function rowsOfPass({ inputs, outputs, ops }: NetworkShape): number {
  const numbers = 2 * inputs + 3 * outputs + ops.reduce((sum, { fanOut }) => sum + 2 * fanOut, 0);
  return Math.max(1, Math.min(MOST_ROWS, Math.floor(PASS_NUMBERS / numbers)));
}

/** Of a network that is not in training. */
const AS_USED: Part = { mode: "use", step: 0, seed: 0, place: 0 };

/** An op at work, on the buffers of a pass. */
interface Op extends OpBuffers {
  frozen: boolean;
  readonly kind: OpKind;
  readonly goesBackward: boolean;
}

/** What a pass works on: the ops and what the loss reads and writes, [rows of a pass, units] each. */
interface Pass {
  /** How many rows it takes. */
  readonly rows: number;
  readonly ops: readonly Op[];
  /** x^(1), the targets and x^(m); what the loss keeps, x^(m) or the logits; and the derivative by that. */
  readonly inputs: Floats;
  readonly targets: Floats;
  readonly outputs: Floats;
  readonly lossKeeps: Floats;
  readonly dLoss: Floats;
}

export class ReferenceEngine implements Engine {
  readonly report: EngineReport;
  readonly shape: NetworkShape;
  readonly parameters: Floats;
  readonly gradients: Floats;
  readonly statistics: Floats;
  readonly batch: Floats;
  readonly scratch: Samples;
  readonly weightedScratch: Samples;
  readonly stepLosses = new Float64Array(STEPS_LIMIT);
  readonly rates = new Float64Array(STEPS_LIMIT);

  readonly #newFloats: new (count: number) => Floats;
  readonly #passRows: number;
  readonly #pass: Pass;
  /** That of a training's steps: a larger one where an op needs all of a batch at once; and what its noise is drawn by. */
  #stepPass: Pass;
  seed = 0;
  frozen: readonly boolean[];
  /** The one that is looked at, made when it is needed. */
  #open: Pass | undefined;
  /** Of the outputs, where there are no heads. */
  readonly #loss: Loss;
  #headLosses: readonly number[] = [];
  #rule: UpdateRule = NO_RULE;
  slots: readonly Floats[] = [];
  /** Doubles in both precisions: it holds Adam's running powers. */
  readonly ruleState = new Float64Array(8);

  /** @throws CapacityError if there is no memory for the network. */
  constructor(
    shape: NetworkShape,
    precision: "float32" | "float64",
    why = `plain JavaScript in ${precision}, which runs wherever JavaScript does`,
  ) {
    this.report = {
      kind: "javascript",
      tier: precision,
      why,
      shared: false,
      threads: 1,
    };
    this.shape = shape;
    this.#newFloats = precision === "float32" ? Float32Array : Float64Array;
    this.#passRows = rowsOfPass(shape);
    this.parameters = this.#allocate(shape.parameterCount);
    this.gradients = this.#allocate(shape.parameterCount);
    this.scratch = this.#newSamples(this.#passRows, false);
    this.weightedScratch = { ...this.scratch, weights: this.#allocate(this.#passRows) };
    this.statistics = this.#allocate(shape.statisticsCount);
    startStatistics(this.statistics, shape);
    this.batch = this.#allocate(shape.batchCount);
    this.frozen = frozenOps(shape, new Set());
    this.#pass = this.#newPass(false, this.#passRows);
    this.#stepPass = this.#pass;
    this.#loss = lossOf(shape.heads[0]!.loss);
  }

  release(): void {
    // It has no threads.
  }

  prepare(count: number, rule: UpdateRule, weighted = false, needs: TrainingNeeds = {}): Samples {
    const { batchSize = 0, seed = 0, frozen = new Set() } = needs;
    const isBeyond = this.shape.batchCount > 0 && batchSize > this.#passRows;
    this.#stepPass = isBeyond ? this.#newPass(false, batchSize) : this.#pass;
    this.seed = seed;
    this.frozen = frozenOps(this.shape, frozen);
    for (const pass of [this.#pass, this.#stepPass, this.#open]) {
      pass?.ops.forEach((op, i) => (op.frozen = this.frozen[i]!));
    }
    const samples = this.#newSamples(count, weighted);
    const slots = Array.from({ length: rule.slots }, () => this.#allocate(this.shape.parameterCount));
    this.slots = slots;
    this.#rule = rule;
    this.ruleState.fill(0);
    this.ruleState.set(rule.state);
    this.rates.fill(rule.rate(0));
    return samples;
  }

  get partRows(): number {
    return this.#stepPass.rows;
  }

  forward(samples: Samples, begin: number, end: number): void {
    this.#eachPart(this.#pass, begin, end, undefined, (at, rows, part) => {
      this.#forwardPass(this.#pass, samples, at, rows, part);
      this.#writeOutputs(this.#pass, samples, at, rows);
    });
  }

  loss(samples: Samples, begin: number, end: number, total: number, given?: TrainingPart): number {
    const pass = given ? this.#stepPass : this.#pass;
    let sum = 0;
    this.#eachPart(pass, begin, end, given, (at, rows, part) => {
      this.#forwardPass(pass, samples, at, rows, part);
      this.#writeOutputs(pass, samples, at, rows);
      sum += this.#lossPass(pass, samples, at, rows);
    });
    return sum / total;
  }

  /** Places [begin, end), as many at a time as a pass takes. */
  #eachPart(
    pass: Pass,
    begin: number,
    end: number,
    given: TrainingPart | undefined,
    each: (at: number, rows: number, part: Part) => void,
  ): void {
    const mode = given === undefined ? "use" : given.isAgain ? "again" : "training";
    for (let at = begin; at < end; at += pass.rows) {
      const place = (given?.place ?? 0) + at - begin;
      each(at, Math.min(pass.rows, end - at), { mode, step: given?.step ?? 0, seed: this.seed, place });
    }
  }

  headLosses(): readonly number[] {
    return this.#headLosses;
  }

  totalWeight({ weights, order }: Samples, begin: number, end: number): number {
    if (!weights) return end - begin;
    let sum = 0;
    for (let place = begin; place < end; place++) sum += weights[order[place]!]!;
    return sum > 0 ? sum : 1;
  }

  gradient(
    samples: Samples,
    begin: number,
    end: number,
    total: number,
    accumulate: boolean,
    given?: TrainingPart,
  ): number {
    if (!accumulate) this.gradients.fill(0);
    const pass = given ? this.#stepPass : this.#pass;
    let sum = 0;
    this.#eachPart(pass, begin, end, given, (at, rows, part) => {
      this.#forwardPass(pass, samples, at, rows, part);
      sum += this.#lossPass(pass, samples, at, rows);
      this.#backwardPass(pass, samples, at, rows, 1 / total, part);
    });
    return sum / total;
  }

  step(samples: Samples, begin: number, end: number, step = 0): number {
    return this.#step(samples, begin, end, step, 0);
  }

  /** By the i-th of the rates. */
  #step(samples: Samples, begin: number, end: number, step: number, i: number): number {
    const total = this.totalWeight(samples, begin, end);
    const loss = this.gradient(samples, begin, end, total, false, { step, place: 0 });
    if (Number.isFinite(loss)) this.#update(this.rates[i]!);
    return loss;
  }

  steps(samples: Samples, begin: number, batchSize: number, count: number, step = 0): number {
    let at = begin;
    for (let i = 0; i < count; i++) {
      const end = Math.min(at + batchSize, samples.capacity);
      const loss = this.#step(samples, at, end, step + i, i);
      this.stepLosses[i] = loss;
      if (!Number.isFinite(loss)) return i + 1;
      at = end === samples.capacity ? 0 : end;
    }
    return count;
  }

  update(): void {
    this.#update(this.rates[0]!);
  }

  #update(rate: number): void {
    const { parameters, gradients, slots, ruleState } = this;
    const { twin, refinement } = this.#rule;
    if (refinement) refine(refinement, parameters, gradients, rate);
    twin.advance?.(ruleState);
    twin.update(parameters, gradients, slots, rate, ruleState);
    if (refinement) settleUpdate(refinement, parameters, slots, ruleState);
    for (const op of this.#stepPass.ops) op.kind.settle?.(op);
  }

  layerValues(samples: Samples, begin: number, end: number, given?: TrainingPart): LayerValues[] {
    const values = this.shape.layers.map(({ fanOut }) => ({
      preActivations: this.#allocate((end - begin) * fanOut),
      activations: this.#allocate((end - begin) * fanOut),
    }));
    this.#eachPart(this.#openPass, begin, end, given, (at, rows, part) => {
      this.#forwardPass(this.#openPass, samples, at, rows, part);
      values.forEach((layer, k) => {
        const { fanOut, input: s, output: x } = this.#lastOp(k);
        copyRows(layer.preActivations, s, fanOut, at - begin, rows);
        copyRows(layer.activations, x, fanOut, at - begin, rows);
      });
    });
    return values;
  }

  record(samples: Samples, begin: number, end: number, total: number, given?: TrainingPart): PassRecord {
    const inputDerivatives = this.#allocate((end - begin) * this.shape.inputs);
    const layers = this.shape.layers.map((_, k) => this.#newRecord(this.#lastOp(k), end - begin));
    this.#eachPart(this.#openPass, begin, end, given, (at, rows, part) => {
      this.#forwardPass(this.#openPass, samples, at, rows, part);
      this.#lossPass(this.#openPass, samples, at, rows);
      this.#backwardPass(this.#openPass, samples, at, rows, 1 / total, part);
      layers.forEach((record, k) => this.#fillRecord(record, this.#lastOp(k), at - begin, rows));
      copyRows(inputDerivatives, this.#openPass.ops[0]!.dInput!, this.shape.inputs, at - begin, rows);
    });
    return { layers, inputDerivatives };
  }

  readonly kernels: SingleKernels = {
    forward: (op, input, rows) => {
      const { kind, ...buffers } = this.#openPass.ops[op]!;
      const output = this.#allocate(rows * buffers.fanOut);
      kind.forward({ ...buffers, input, output }, rows, AS_USED);
      return output;
    },
    backward: (op, dOutput, kept, rows) => {
      const { kind, ...buffers } = this.#openPass.ops[op]!;
      const dInput = this.#allocate(rows * buffers.fanIn);
      kind.backward!({ ...buffers, dOutput, kept, dInput }, rows, AS_USED);
      return dInput;
    },
    lossGradient: (x, y, rows, scale) => {
      const dx = this.#allocate(x.length);
      const { outputs: units, heads, hasHeads } = this.shape;
      if (!hasHeads) this.#loss.gradient(dx, x, y, units, rows, scale, false);
      else for (const head of heads) lossGradientOfHead(dx, head, { x, y }, units, rows, scale);
      return dx;
    },
  };

  get #openPass(): Pass {
    return (this.#open ??= this.#newPass(true, this.#passRows));
  }

  /** The last op of layer k, as it is looked at. */
  #lastOp(k: number): Op {
    return this.#openPass.ops[this.shape.layers[k]!.op]!;
  }

  #newRecord({ fanOut, goesBackward }: Op, rows: number): LayerRecord {
    const length = rows * fanOut;
    return {
      preActivations: this.#allocate(length),
      activations: this.#allocate(length),
      // Not where the loss is derived by the logits.
      activationDerivatives: goesBackward ? this.#allocate(length) : undefined,
      preActivationDerivatives: this.#allocate(length),
    };
  }

  #fillRecord(to: LayerRecord, { fanOut, input: s, output: x, dInput: ds, dOutput: dx }: Op, at: number, rows: number) {
    copyRows(to.preActivations, s, fanOut, at, rows);
    copyRows(to.activations, x, fanOut, at, rows);
    copyRows(to.preActivationDerivatives, ds!, fanOut, at, rows);
    if (to.activationDerivatives) copyRows(to.activationDerivatives, dx, fanOut, at, rows);
  }

  /** From x^(1) to x^(m), for the rows at places [begin, begin + rows). */
  #forwardPass({ inputs, ops }: Pass, samples: Samples, begin: number, rows: number, part: Part): void {
    gatherRows(inputs, samples.inputs, samples.order, begin, rows, this.shape.inputs);
    for (const op of ops) op.kind.forward(op, rows, part);
  }

  /** The sum of the losses of the rows that went forward last. */
  #lossPass({ outputs, lossKeeps, targets }: Pass, samples: Samples, begin: number, rows: number): number {
    const { outputs: units, fusedLoss } = this.shape;
    gatherRows(targets, samples.targets, samples.order, begin, rows, units);
    const { weights, order } = samples;
    if (this.shape.hasHeads) {
      const ends = { x: outputs, s: lossKeeps, y: targets };
      const weightOf = (row: number) => (weights ? weights[order[begin + row]!]! : 1);
      const { heads } = this.shape;
      this.#headLosses = heads.map((head) => lossOfHead(head, ends, units, rows, weightOf));
      return heads.reduce((sum, { weight }, h) => sum + weight * this.#headLosses[h]!, 0);
    }
    if (!weights) return this.#loss.value(outputs, lossKeeps, targets, units, rows, fusedLoss);
    let sum = 0;
    for (let r = 0; r < rows; r++) {
      const [x, s, y] = [outputs, lossKeeps, targets].map((values) => values.subarray(r * units, (r + 1) * units));
      sum += weights[order[begin + r]!]! * this.#loss.value(x!, s!, y!, units, 1, fusedLoss);
    }
    return sum;
  }

  /** Adds `scale` times the gradient of the sum that `#lossPass` found. */
  #backwardPass(pass: Pass, samples: Samples, begin: number, rows: number, scale: number, part: Part): void {
    const { ops, outputs, targets, dLoss, lossKeeps } = pass;
    const { heads, hasHeads, outputs: units, fusedLoss } = this.shape;
    const ends = { x: outputs, s: lossKeeps, y: targets };
    if (hasHeads) for (const head of heads) gradientOfHead(dLoss, head, ends, units, rows, scale);
    else this.#loss.gradient(dLoss, outputs, targets, units, rows, scale, fusedLoss);
    weighRows(dLoss, samples, begin, rows, this.shape.outputs);
    for (let i = ops.length - 1; i >= 0; i--) {
      const op = ops[i]!;
      if (op.goesBackward && op.dInput !== undefined) op.kind.backward!(op, rows, part);
    }
    for (const op of ops) op.kind.parameterGradient?.(op, rows);
  }

  #writeOutputs({ outputs: x }: Pass, samples: Samples, begin: number, rows: number): void {
    const units = this.shape.outputs;
    for (let r = 0; r < rows; r++) {
      const to = samples.order[begin + r]! * units;
      for (let i = 0; i < units; i++) samples.outputs[to + i] = x[r * units + i]!;
    }
  }

  #newPass(open: boolean, rows: number): Pass {
    const plan = planOps(this.shape, open);
    const arrays = new Map<Buffer, Floats>();
    const arrayOf = (buffer: Buffer) => {
      const array = arrays.get(buffer) ?? this.#allocate(rows * buffer.units);
      arrays.set(buffer, array);
      return array;
    };
    return {
      rows,
      inputs: arrayOf(plan.inputs),
      targets: this.#allocate(rows * this.shape.outputs),
      ops: plan.ops.map((op, index) => this.#newOp(op, index, arrayOf)),
      outputs: arrayOf(plan.outputs),
      lossKeeps: arrayOf(plan.lossKeeps),
      dLoss: arrayOf(plan.dLoss),
    };
  }

  #newOp(op: OpPlan, index: number, arrayOf: (buffer: Buffer) => Floats): Op {
    const { name, fanIn, fanOut, parameters, parameterCount, numbers, goesBackward, heads } = op;
    return {
      kind: kinds[name],
      goesBackward,
      fanIn,
      fanOut,
      input: arrayOf(op.input),
      output: arrayOf(op.output),
      dInput: op.dInput && arrayOf(op.dInput),
      dOutput: arrayOf(op.dOutput),
      kept: arrayOf(op.kept),
      parameters: this.parameters.subarray(parameters, parameters + parameterCount),
      gradients: this.gradients.subarray(parameters, parameters + parameterCount),
      numbers,
      index,
      statistics: this.statistics.subarray(op.statistics, op.statistics + op.statisticsCount),
      batch: this.batch.subarray(op.batch, op.batch + op.batchCount),
      frozen: this.frozen[index]!,
      heads,
    };
  }

  #newSamples(capacity: number, weighted: boolean): Samples {
    const order = allocate(Uint32Array, capacity);
    for (let place = 0; place < capacity; place++) order[place] = place;
    return {
      capacity,
      inputs: this.#allocate(capacity * this.shape.inputs),
      targets: this.#allocate(capacity * this.shape.outputs),
      outputs: this.#allocate(capacity * this.shape.outputs),
      order,
      weights: weighted ? this.#allocate(capacity).fill(1) : undefined,
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

/** Multiplies the rows at places [begin, begin + rows) by their weights. d: [rows, units]. */
function weighRows(d: Floats, { weights, order }: Samples, begin: number, rows: number, units: number): void {
  if (!weights) return;
  for (let i = 0; i < rows * units; i++) d[i]! *= weights[order[begin + Math.floor(i / units)]!]!;
}

/** `rows` rows of a pass become those from row `at` on. */
function copyRows(to: Floats, from: Floats, units: number, at: number, rows: number): void {
  to.set(from.subarray(0, rows * units), at * units);
}
