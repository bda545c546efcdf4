/**
 * Plans linear memory: from a network's shape to the byte offset of every tensor and of the tables that describe them to
 * the kernels. Pure; nothing is allocated here, and offsets are computed nowhere else.
 *
 * The plan has two parts. The network's own part comes first and never moves: tables, parameters, gradients, the
 * activations of one pass, and scratch rows for calls outside of training. The training part, behind it, holds the
 * optimizer's slots and the training rows, and is planned anew by each run.
 */
import { CapacityError } from "../../ground/errors.ts";
import { STEPS_LIMIT } from "../engine.ts";
import { activationOf } from "../../kinds/activations/index.ts";
import { lossOf } from "../../kinds/losses/index.ts";
import { nameOf } from "../../kinds/named.ts";
import { type Head, ops as kinds } from "../../kinds/ops/index.ts";
import type { NetworkShape } from "../../model/shape.ts";
import { type Buffer, type OpPlan, planOps } from "../ops.ts";

/** Samples in a panel, and bytes of one unit's row in it: `assembly/lanes.ts`. */
export const LANES = 16;
export const ROW_BYTES = 64;
/** Room for `assembly/constants.ts`, behind the first cache line. */
const CONSTANTS_BYTES = 320;

/** The fields of `Op` in `assembly/tables.ts`, in order, 4 bytes each. */
export const opFields = [
  "forward",
  "backward",
  "parameterGradient",
  "fanIn",
  "fanOut",
  "input",
  "output",
  "dInput",
  "dOutput",
  "parameters",
  "gradients",
  "kept",
  "numbers",
  "index",
  "forwardSums",
  "backwardSums",
  "settle",
  "statistics",
  "batch",
  "frozen",
] as const;

/** The fields of `Pass`, likewise. Kernels write the others than `x`, `y` and `workspace`. */
export const passFields = [
  "samples",
  "panels",
  "rows",
  "order",
  "x",
  "y",
  "weights",
  "workspace",
  "scale",
  "goesBackward",
  "accumulate",
  "mode",
  "step",
  "seed",
  "place",
] as const;

/** The fields of `Network`, likewise. */
export const networkFields = [
  "ops",
  "depth",
  "capacity",
  "passes",
  "weights",
  "parameters",
  "gradients",
  "slots",
  "byteLength",
  "advance",
  "update",
  "state",
  "team",
  "meets",
  "step",
  "seed",
  "place",
  "refinement",
] as const;

/** The fields of `Refinement`, likewise, behind its numbers, which are float64. */
export const refinementNumbers = ["clipNorm", "clipValue", "averageDecay"] as const;
export const refinementFields = ["groups", "groupCount", "squares", "average"] as const;

/** The fields of `Group`, likewise. */
export const groupNumbers = ["l1", "l2", "decay", "maxNorm"] as const;
export const groupFields = ["row", "begin", "end", "frozen"] as const;

/** The fields of `Samples`, likewise. */
export const samplesFields = ["inputs", "targets", "outputs", "order", "weights"] as const;

/** The first fields of `Team`, likewise; the kernels write the others. */
export const teamFields = ["threads", "pays", "spins", "patience"] as const;

/** All of `Team`, and the words behind it that threads wait for: `GENERATION` is the last. */
const TEAM_BYTES = 256;

/** From one thread's `Pass` to the next. */
export const PASS_TABLE_BYTES = 64;

export type OpTable = Record<(typeof opFields)[number], number>;
export type NetworkTable = Record<(typeof networkFields)[number], number>;

/** Byte offsets of rows. */
export interface SamplesPlan {
  readonly table: number;
  readonly capacity: number;
  readonly inputs: number;
  readonly targets: number;
  readonly outputs: number;
  readonly order: number;
  /** 0 where all rows weigh 1. */
  readonly weights: number;
}

/** A row of the table of ops; its kernels by their names in `assembly/index.ts`. */
export interface OpRow {
  readonly table: Omit<OpTable, KernelField>;
  readonly kernels: Readonly<Partial<Record<KernelField, string | undefined>>>;
  /** What lies at `numbers`. */
  readonly numbers: readonly number[];
}

export const kernelFields = [
  "forward",
  "backward",
  "parameterGradient",
  "forwardSums",
  "backwardSums",
  "settle",
] as const;
type KernelField = (typeof kernelFields)[number];

/** A table of ops with buffers of its own for one pass. The engine knows where kernels are: those of the network are 0. */
export interface PassPlan {
  /** Where the `Network` table lies. */
  readonly table: number;
  readonly network: NetworkTable;
  /** Of each thread. */
  readonly passes: readonly {
    readonly table: number;
    readonly x: number;
    readonly y: number;
    readonly workspace: number;
  }[];
  readonly ops: readonly OpRow[];
  readonly loss: OpRow;
  /** Of a network with heads; of others there are none. */
  readonly heads: readonly HeadRows[];
}

export interface HeadRows {
  readonly activation: OpRow;
  readonly loss: OpRow;
}

/** The rows of a pass's table of ops, in order. */
export function rowsOf({ ops, loss, heads }: Pick<PassPlan, "ops" | "loss" | "heads">): OpRow[] {
  return [...ops, loss, ...heads.flatMap((head) => [head.activation, head.loss])];
}

export interface MemoryPlan {
  /** Passes of training and prediction: buffers are shared wherever a value is not needed again. */
  readonly pass: PassPlan;
  /** Passes of one panel in which every s, x, dx and ds has a buffer of its own, to be looked at. */
  readonly open: PassPlan;
  readonly parameters: number;
  readonly gradients: number;
  /** What ops learn without a gradient, and what they keep of the last batch. */
  readonly statistics: number;
  readonly batch: number;
  /** Losses and rates of the steps of one call, float64. */
  readonly stepLosses: number;
  readonly rates: number;
  /** Eight float64 numbers of the optimizer. */
  readonly state: number;
  /** The threads' table. */
  readonly team: number;
  readonly scratch: SamplesPlan;
  /** The same rows, with weights. */
  readonly weightedScratch: SamplesPlan;
  /** Bytes of the parameters' arena, a multiple of 64. */
  readonly arenaBytes: number;
  /** Where the training part starts. */
  readonly byteLength: number;
}

export interface TrainingPlan {
  /** The pass of its steps: the network's own, or a larger one where an op needs all of a batch at once. */
  readonly pass: PassPlan;
  readonly slots: number;
  /** Undefined where updates do nothing besides. */
  readonly refinement: RefinementPlan | undefined;
  readonly samples: SamplesPlan;
  readonly byteLength: number;
}

export interface RefinementPlan {
  readonly table: number;
  readonly groups: number;
  readonly squares: number;
}

/** `BLOCK` in `assembly/refinement.ts`. */
const BLOCK_BYTES = 1024;

/** The numbers of an optimizer's state. */
export const STATE_COUNT = 8;

/** WebAssembly's 4 GiB, less a page, so that no end of a tensor wraps around. */
const MEMORY_LIMIT = 2 ** 32 - 2 ** 16;
/** A pass's activations should stay in a core's second cache; more than 1,024 samples gain nothing. */
const PASS_BYTES = 2 ** 19;
const DECENT_BYTES = 2 ** 26;

/** Hands out consecutive ranges of memory, each aligned to a cache line. */
class Cursor {
  at: number;

  constructor(start: number) {
    this.at = start;
  }

  take(byteLength: number): number {
    const offset = this.at;
    this.at = Math.ceil((offset + byteLength) / ROW_BYTES) * ROW_BYTES;
    return offset;
  }
}

function refuseBeyondLimit(what: string, byteLength: number): void {
  if (byteLength > MEMORY_LIMIT) {
    throw new CapacityError(
      `memory: expected ${what} to fit into ${formatBytes(MEMORY_LIMIT)} of linear memory, got ${formatBytes(byteLength)}`,
    );
  }
}

export function formatBytes(byteLength: number): string {
  if (byteLength < 1024) return `${byteLength} bytes`;
  const unit = Math.min(Math.floor(Math.log2(byteLength) / 10), 5);
  return `${(byteLength / 1024 ** unit).toFixed(1)} ${["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"][unit]}`;
}

/**
 * How many samples one pass takes: as many panels as fit the cache, from 16 to 64; fewer only where 16 would take more
 * memory than is decent.
 */
export function passCapacity(shape: NetworkShape): number {
  const units = shape.ops.reduce((sum, { fanOut }) => sum + fanOut, shape.inputs);
  const fitting = (byteLength: number) => Math.floor(byteLength / (units * ROW_BYTES));
  const least = Math.min(16, Math.max(1, fitting(DECENT_BYTES)));
  return LANES * Math.min(64, Math.max(least, fitting(PASS_BYTES)));
}

/**
 * The network's own part of memory, for so many threads.
 * @throws CapacityError if it would not fit into 4 GiB.
 */
export function planMemory(shape: NetworkShape, threads = 1): MemoryPlan {
  const cursor = new Cursor(ROW_BYTES + CONSTANTS_BYTES); // offset 0 stays unused, so that 0 can mean "none"
  const capacity = passCapacity(shape);
  const arenaBytes = Math.ceil((shape.parameterCount * 4) / ROW_BYTES) * ROW_BYTES;
  const own = {
    parameters: cursor.take(arenaBytes),
    gradients: cursor.take(arenaBytes),
    statistics: cursor.take(shape.statisticsCount * 4),
    batch: cursor.take(shape.batchCount * 4),
    stepLosses: cursor.take(STEPS_LIMIT * 8),
    rates: cursor.take(STEPS_LIMIT * 8),
    state: cursor.take(STATE_COUNT * 8),
    team: cursor.take(TEAM_BYTES),
    arenaBytes,
  };
  const pass = planPass(cursor, shape, own, capacity, threads, false);
  const open = planPass(cursor, shape, own, LANES, threads, true);
  const scratch = planSamples(cursor, shape, capacity, false);
  const weightedScratch = {
    ...scratch,
    table: cursor.take(samplesFields.length * 4),
    weights: cursor.take(capacity * 4),
  };
  refuseBeyondLimit(`a network of ${shape.parameterCount} parameters`, cursor.at);
  return { ...own, pass, open, scratch, weightedScratch, byteLength: cursor.at };
}

/**
 * The training part of memory, behind the network's own.
 * @throws CapacityError if it would not fit into 4 GiB.
 */
export function planTraining(
  shape: NetworkShape,
  own: MemoryPlan,
  count: number,
  slots: number,
  weighted = false,
  batchSize = 0,
  groups?: number,
): TrainingPlan {
  const cursor = new Cursor(own.byteLength);
  const isBeyond = shape.batchCount > 0 && batchSize > own.pass.network.capacity;
  const capacity = Math.ceil(batchSize / LANES) * LANES;
  const pass = isBeyond ? planPass(cursor, shape, own, capacity, own.pass.passes.length, false) : own.pass;
  const slotsOffset = cursor.take(slots * own.arenaBytes);
  const refinement = groups === undefined ? undefined : planRefinement(cursor, own.arenaBytes, groups);
  const samples = planSamples(cursor, shape, count, weighted);
  refuseBeyondLimit(`${count} training rows and a network of ${shape.parameterCount} parameters`, cursor.at);
  return { pass, slots: slotsOffset, refinement, samples, byteLength: cursor.at };
}

function planRefinement(cursor: Cursor, arenaBytes: number, groups: number): RefinementPlan {
  return {
    table: cursor.take(8 * refinementNumbers.length + 4 * refinementFields.length),
    groups: cursor.take(groups * (8 * groupNumbers.length + 4 * groupFields.length)),
    squares: cursor.take(Math.ceil(arenaBytes / BLOCK_BYTES) * 8),
  };
}

function planSamples(cursor: Cursor, shape: NetworkShape, capacity: number, weighted: boolean): SamplesPlan {
  return {
    table: cursor.take(samplesFields.length * 4),
    capacity,
    inputs: cursor.take(capacity * shape.inputs * 4),
    targets: cursor.take(capacity * shape.outputs * 4),
    outputs: cursor.take(capacity * shape.outputs * 4),
    order: cursor.take(capacity * 4),
    weights: weighted ? cursor.take(capacity * 4) : 0,
  };
}

type Own = Pick<MemoryPlan, "parameters" | "gradients" | "statistics" | "batch" | "state" | "team" | "arenaBytes">;

function planPass(
  cursor: Cursor,
  shape: NetworkShape,
  own: Own,
  capacity: number,
  threads: number,
  open: boolean,
): PassPlan {
  const panels = capacity / LANES;
  const offsets = new Map<Buffer, number>();
  const offsetOf = (buffer: Buffer) => {
    const offset = offsets.get(buffer) ?? cursor.take(panels * buffer.units * ROW_BYTES);
    offsets.set(buffer, offset);
    return offset;
  };
  const placeOf = (numbers: readonly number[]) => (numbers.length > 0 ? cursor.take(numbers.length * 4) : 0);
  const { ops, inputs, outputs, lossKeeps, dLoss } = planOps(shape, open);
  const { heads, hasHeads } = shape;
  const workspaceBytes = Math.max(
    ...ops.map(({ name, fanIn, fanOut }, i) => kinds[name].workspaceBytes?.(fanIn, fanOut, i === 0) ?? 0),
  );
  const network: NetworkTable = {
    ops: cursor.take((ops.length + 1 + (hasHeads ? 2 * heads.length : 0)) * opFields.length * 4),
    depth: ops.length,
    capacity,
    passes: cursor.take(threads * PASS_TABLE_BYTES),
    weights: cursor.take(capacity * 4),
    parameters: own.parameters,
    gradients: own.gradients,
    slots: 0,
    byteLength: own.arenaBytes,
    advance: 0,
    update: 0,
    state: own.state,
    team: own.team,
    meets: shape.batchCount > 0 ? 1 : 0,
    step: 0,
    seed: 0,
    place: 0,
    refinement: 0,
  };
  const y = cursor.take(panels * shape.outputs * ROW_BYTES);
  const passes = Array.from({ length: threads }, (_, thread) => ({
    table: network.passes + thread * PASS_TABLE_BYTES,
    x: kinds[ops[0]!.name].readsRows ? offsetOf(inputs) : 0,
    y,
    workspace: cursor.take(workspaceBytes),
  }));
  const table = cursor.take(networkFields.length * 4);
  const rows = ops.map((op, index) => planOp(op, index, own, offsetOf, placeOf));
  const takeSums = () => cursor.take(panels * 8);
  const ends = { input: offsetOf(outputs), kept: offsetOf(lossKeeps), dInput: offsetOf(dLoss), index: ops.length };
  const [sole] = heads;
  const loss = hasHeads
    ? { numbers: heads.map(({ weight }) => weight), kernels: { forward: "headsValue", backward: "headsGradient" } }
    : { numbers: lossOf(sole!.loss).numbers?.(shape.outputs) ?? [], kernels: lossKernels(sole!) };
  return {
    table,
    network,
    passes,
    ops: rows,
    loss: planEnd({ ...ends, fanIn: shape.outputs, output: takeSums() }, loss, placeOf),
    heads: hasHeads ? heads.map((head) => planHead(head, ends, y, takeSums(), placeOf)) : [],
  };
}

/** A row without parameters. */
function planEnd(
  ends: Partial<OpRow["table"]> & Pick<OpRow["table"], "fanIn">,
  { numbers, kernels }: Pick<OpRow, "numbers" | "kernels">,
  placeOf: (numbers: readonly number[]) => number,
): OpRow {
  const none = { fanOut: 0, input: 0, output: 0, dInput: 0, dOutput: 0, parameters: 0, gradients: 0, kept: 0 };
  const table = { ...none, statistics: 0, batch: 0, frozen: 0, index: 0, ...ends, numbers: placeOf(numbers) };
  return { table, kernels, numbers };
}

/** Activation and loss of a head. whole: the ends of the loss of all heads; y: their targets; sums: where its own go. */
function planHead(
  head: Head,
  whole: Pick<OpRow["table"], "input" | "kept" | "dInput" | "index">,
  y: number,
  sums: number,
  placeOf: (numbers: readonly number[]) => number,
): HeadRows {
  const { begin, units, fusedLoss } = head;
  const shift = begin * ROW_BYTES;
  const [x, s, d] = [whole.input + shift, whole.kept + shift, whole.dInput + shift];
  const { keeps, numbers = [] } = activationOf(head.activation);
  const name = nameOf(head.activation);
  const ends = { fanIn: units, dInput: d, index: whole.index };
  return {
    activation: planEnd(
      { ...ends, fanOut: units, input: s, output: x, dOutput: d, kept: keeps === "preActivation" ? s : x },
      { numbers, kernels: { forward: `${name}Forward`, backward: `${name}Backward` } },
      placeOf,
    ),
    // What a loss has no use for says where its targets lie.
    loss: planEnd(
      { ...ends, input: x, output: sums, dOutput: y + shift, kept: fusedLoss ? s : x },
      { numbers: lossOf(head.loss).numbers?.(units) ?? [], kernels: lossKernels(head) },
      placeOf,
    ),
  };
}

function planOp(
  op: OpPlan,
  index: number,
  own: Own,
  offsetOf: (buffer: Buffer) => number,
  placeOf: (numbers: readonly number[]) => number,
): OpRow {
  const { roomToKeep } = kinds[op.name];
  const room = roomToKeep?.(op.fanIn, op.fanOut) ?? 0;
  const table = {
    fanIn: op.fanIn,
    fanOut: op.fanOut,
    input: offsetOf(op.input),
    output: offsetOf(op.output),
    dInput: op.dInput === undefined ? 0 : offsetOf(op.dInput),
    dOutput: offsetOf(op.dOutput),
    parameters: own.parameters + op.parameters * 4,
    gradients: own.gradients + op.parameters * 4,
    kept: roomToKeep === undefined ? offsetOf(op.kept) : room === 0 ? 0 : offsetOf({ units: room }),
    numbers: placeOf(op.numbers),
    index,
    statistics: own.statistics + op.statistics * 4,
    batch: own.batch + op.batch * 4,
    frozen: 0,
  };
  return { table, kernels: kernelsOf(op, room), numbers: op.numbers };
}

/** The first op may have nothing to do backward but its parameters' gradient. */
function kernelsOf({ name, goesBackward, dInput, batchCount }: OpPlan, room: number): OpRow["kernels"] {
  const hasWork = goesBackward && (dInput !== undefined || room > 0);
  return {
    forward: `${name}Forward`,
    backward: hasWork ? `${name}Backward` : undefined,
    parameterGradient: kinds[name].parameterGradient && `${name}ParameterGradient`,
    ...(batchCount > 0 && { forwardSums: `${name}ForwardSums`, backwardSums: `${name}BackwardSums` }),
    ...(kinds[name].settle && { settle: `${name}Settle` }),
  };
}

function lossKernels({ loss, fusedLoss }: Head): OpRow["kernels"] {
  const logits = fusedLoss ? "FromLogits" : "";
  const name = nameOf(loss);
  return { forward: `${name}Value${logits}`, backward: `${name}Gradient${logits}` };
}
