/**
 * Plans linear memory: from a network's shape to the byte offset of every tensor and of the tables that describe them to
 * the kernels. Pure; nothing is allocated here, and offsets are computed nowhere else.
 *
 * The plan has two parts. The network's own part comes first and never moves: tables, parameters, gradients, the
 * activations of one pass, and scratch rows for calls outside of training. The training part, behind it, holds the
 * optimizer's slots and the training rows, and is planned anew by each run.
 */
import { CapacityError } from "../../ground/errors.ts";
import type { NetworkShape } from "../../model/shape.ts";

/** Samples in a panel, and bytes of one unit's row in it: `assembly/lanes.ts`. */
export const LANES = 16;
const ROW_BYTES = 64;
/** Room for `assembly/constants.ts`, behind the first cache line. */
const CONSTANTS_BYTES = 256;
/** A register tile in memory, at its largest 6 rows of 64 bytes: `assembly/gemm/weightGradient.ts`. */
const TILE_BYTES = 6 * 64;
/** Rows of weights that are packed at once: `assembly/gemm/inputGradient.ts`. */
const BLOCK_ROWS = 128;
/** From so many inputs and outputs on, packing the inputs for the weights' gradient pays. */
const PACKING_PAYS = { fanIn: 16, fanOut: 12 };

/** The fields of `Layer` in `assembly/tables.ts`, in order, 4 bytes each. */
export const layerFields = [
  "fanIn",
  "fanOut",
  "forward",
  "backward",
  "w",
  "b",
  "dw",
  "db",
  "input",
  "dInput",
  "s",
  "x",
  "dx",
  "ds",
  "packed",
] as const;

/** The fields of `Network` in `assembly/tables.ts`, in order, 4 bytes each. */
export const networkFields = [
  "layers",
  "depth",
  "capacity",
  "lossValue",
  "lossGradient",
  "losses",
  "workspace",
  "workspaceBytes",
  "x",
  "y",
  "parameters",
  "gradients",
  "slots",
  "byteLength",
  "advance",
  "update",
  "state",
  "team",
] as const;

/** The first fields of `Team` in `assembly/tables.ts`, in order, 4 bytes each; the kernels write the others. */
export const teamFields = ["threads", "pays", "spins", "patience"] as const;

/** All of `Team`, and the words behind it that threads wait for: `GENERATION` is the last. */
const TEAM_BYTES = 256;

export type LayerTable = Record<(typeof layerFields)[number], number>;
export type NetworkTable = Record<(typeof networkFields)[number], number>;

/** Byte offsets of rows. */
export interface SamplesPlan {
  readonly table: number;
  readonly capacity: number;
  readonly inputs: number;
  readonly targets: number;
  readonly outputs: number;
  readonly order: number;
}

/** A table of layers with its own buffers for one pass. Fields that name kernels are 0: the engine knows them. */
export interface PassPlan {
  /** Where the `Network` table lies. */
  readonly table: number;
  readonly network: NetworkTable;
  readonly layers: readonly LayerTable[];
}

export interface MemoryPlan {
  /** Passes of training and prediction: buffers are shared wherever a value is not needed again. */
  readonly pass: PassPlan;
  /** Passes of one panel in which every s, x, dx and ds has a buffer of its own, to be looked at. */
  readonly open: PassPlan;
  readonly parameters: number;
  readonly gradients: number;
  /** Losses of the steps of one call, float64. */
  readonly stepLosses: number;
  /** Eight float64 numbers of the optimizer. */
  readonly state: number;
  /** The threads' table. */
  readonly team: number;
  readonly scratch: SamplesPlan;
  /** Bytes of the parameters' arena, a multiple of 64. */
  readonly arenaBytes: number;
  /** Where the training part starts. */
  readonly byteLength: number;
}

export interface TrainingPlan {
  readonly slots: number;
  readonly samples: SamplesPlan;
  readonly byteLength: number;
}

/** The most steps of one call to an engine. */
export const STEPS_LIMIT = 1024;

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
  const units = shape.inputs + shape.layers.reduce((sum, layer) => sum + 2 * layer.fanOut, 0);
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
    stepLosses: cursor.take(STEPS_LIMIT * 8),
    state: cursor.take(STATE_COUNT * 8),
    team: cursor.take(TEAM_BYTES),
    arenaBytes,
  };
  const pass = planPass(cursor, shape, own, capacity, threads, false);
  const open = planPass(cursor, shape, own, LANES, threads, true);
  const scratch = planSamples(cursor, shape, capacity);
  refuseBeyondLimit(`a network of ${shape.parameterCount} parameters`, cursor.at);
  return { ...own, pass, open, scratch, byteLength: cursor.at };
}

/**
 * The training part of memory, behind the network's own.
 * @throws CapacityError if it would not fit into 4 GiB.
 */
export function planTraining(shape: NetworkShape, own: MemoryPlan, count: number, slots: number): TrainingPlan {
  const cursor = new Cursor(own.byteLength);
  const slotsOffset = cursor.take(slots * own.arenaBytes);
  const samples = planSamples(cursor, shape, count);
  refuseBeyondLimit(`${count} training rows and a network of ${shape.parameterCount} parameters`, cursor.at);
  return { slots: slotsOffset, samples, byteLength: cursor.at };
}

function planSamples(cursor: Cursor, shape: NetworkShape, capacity: number): SamplesPlan {
  return {
    table: cursor.take(4 * 4),
    capacity,
    inputs: cursor.take(capacity * shape.inputs * 4),
    targets: cursor.take(capacity * shape.outputs * 4),
    outputs: cursor.take(capacity * shape.outputs * 4),
    order: cursor.take(capacity * 4),
  };
}

type Own = Pick<MemoryPlan, "parameters" | "gradients" | "state" | "team" | "arenaBytes">;

function planPass(
  cursor: Cursor,
  shape: NetworkShape,
  own: Own,
  capacity: number,
  threads: number,
  open: boolean,
): PassPlan {
  const panels = (units: number) => cursor.take((capacity / LANES) * units * ROW_BYTES);
  // A tile to spare with the inputs of a single sample, or packed rows of weights where columns are read from rows that are a multiple of 4 KiB apart.
  const packedWidths = shape.layers.slice(1).map(({ fanIn }) => (fanIn % 1024 === 0 ? fanIn + LANES : 0));
  const widest = Math.max(...shape.layers.map(({ fanIn }) => fanIn));
  const workspaceBytes = Math.max(TILE_BYTES + widest * 4, BLOCK_ROWS * Math.max(0, ...packedWidths) * 4);
  const network: NetworkTable = {
    layers: cursor.take(shape.layers.length * layerFields.length * 4),
    depth: shape.layers.length,
    capacity,
    lossValue: 0,
    lossGradient: 0,
    losses: cursor.take((capacity / LANES) * 8),
    workspace: cursor.take(threads * workspaceBytes),
    workspaceBytes,
    x: panels(shape.inputs),
    y: panels(shape.outputs),
    parameters: own.parameters,
    gradients: own.gradients,
    slots: 0,
    byteLength: own.arenaBytes,
    advance: 0,
    update: 0,
    state: own.state,
    team: own.team,
  };
  let input = network.x;
  let dInput = open ? panels(shape.inputs) : 0;
  const layers = shape.layers.map((layer, index): LayerTable => {
    // Backward needs outputs only, so s may become x in place; but a loss computed from the logits needs both.
    const fused = shape.fusedLoss && index === shape.layers.length - 1;
    const x = panels(layer.fanOut);
    const dx = panels(layer.fanOut);
    const row: LayerTable = {
      fanIn: layer.fanIn,
      fanOut: layer.fanOut,
      forward: 0,
      backward: 0,
      w: own.parameters + layer.weights * 4,
      b: own.parameters + layer.biases * 4,
      dw: own.gradients + layer.weights * 4,
      db: own.gradients + layer.biases * 4,
      input,
      dInput,
      s: open || fused ? panels(layer.fanOut) : x,
      x,
      dx,
      ds: open && !fused ? panels(layer.fanOut) : dx,
      packed:
        layer.fanIn >= PACKING_PAYS.fanIn && layer.fanOut >= PACKING_PAYS.fanOut
          ? panels(Math.ceil(layer.fanIn / LANES) * LANES)
          : 0,
    };
    input = x;
    dInput = dx;
    return row;
  });
  return { table: cursor.take(networkFields.length * 4), network, layers };
}
