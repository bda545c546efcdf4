/**
 * What every engine does: the passes over a network that training is made of. WebAssembly (`wasm/`) and plain JavaScript
 * (`reference/`) both do it, as `ops.ts` lists it.
 *
 * An engine trusts its caller: widths, names and numbers were checked at the door (`network/`). It knows rows and
 * passes, never epochs, files or options.
 */
import type { Floats } from "../ground/floats.ts";
import type { UpdateRule } from "../kinds/optimizers/optimizer.ts";
import type { NetworkShape } from "../model/shape.ts";

/** The most steps of one call to an engine. */
export const STEPS_LIMIT = 1024;

/** Rows in the engine's own memory, as live views: what is written here is what the kernels read, without a copy. */
export interface Samples {
  /** How many rows there is room for. */
  readonly capacity: number;
  /** Row-major, [capacity, n_1]: x^(1), standardized already if the network standardizes. */
  readonly inputs: Floats;
  /** Row-major, [capacity, n_m]. */
  readonly targets: Floats;
  /** Row-major, [capacity, n_m]: `forward` writes x^(m) of each row here. */
  readonly outputs: Floats;
  /** [capacity]: what each row's loss counts, 0 or more; undefined where all count 1. */
  readonly weights?: Floats | undefined;
  /** [capacity]: place p of a pass is row `order[p]`. Starts as 0, 1, 2, ... */
  readonly order: Uint32Array;
}

/** Which engine runs a network, and why. */
export interface EngineReport {
  readonly kind: "wasm" | "javascript";
  /** `strict`, `fused`, `wide`: WebAssembly tiers; `float32`, `float64`: precisions of the JavaScript reference. */
  readonly tier: "strict" | "fused" | "wide" | "float32" | "float64";
  /** A sentence for people. */
  readonly why: string;
  /** Whether the memory is shared, so that threads may join. */
  readonly shared: boolean;
  /** How many threads share its calls, the caller's included. */
  readonly threads: number;
}

/** s and x of a layer for some rows, [rows, n_k] each, row-major: input and output of the last of its ops. */
export interface LayerValues {
  readonly preActivations: Floats;
  readonly activations: Floats;
}

/** What a layer computed for some rows, forward and backward, s and x as in LayerValues: [rows, n_k] each, row-major. */
export interface LayerRecord extends LayerValues {
  /** dl/dx; undefined for the last layer where loss and activation are derived together, from the logits. */
  readonly activationDerivatives: Floats | undefined;
  /** dl/ds */
  readonly preActivationDerivatives: Floats;
}

/** A pass, forward and backward, as the kernels computed it. */
export interface PassRecord {
  /** One entry a layer. */
  readonly layers: readonly LayerRecord[];
  /** dl/dx^(1): [rows, n_1]. Training has no use for it. */
  readonly inputDerivatives: Floats;
}

/** The kernels that a pass is made of, one at a time, on rows of the caller's: to look at what training never keeps. */
export interface SingleKernels {
  /** The output of an op of the shape's, from 0. input: [rows, fanIn] */
  forward(op: number, input: Floats, rows: number): Floats;
  /**
   * The derivatives by its input, from those by its output and what it keeps. [rows, fanOut]; kept: of the end that it is, or
   * where that is both, of each unit what its activation keeps.
   */
  backward(op: number, dOutput: Floats, kept: Floats, rows: number): Floats;
  /** `scale` times dl/dx of each row's loss by its outputs x, never from the logits. x, y: [rows, n_m] */
  lossGradient(x: Floats, y: Floats, rows: number, scale: number): Floats;
}

/** Which part of a training a call is: ops such as dropout do otherwise in it. */
export interface TrainingPart {
  /** Steps before this one. */
  readonly step: number;
  /** At which place of its batch the call begins. */
  readonly place: number;
  /** Whether it looks at rows of the batch whose gradient was taken last, which need not be all of them. */
  readonly isAgain?: boolean;
}

/** The part that begins so many places later. */
export function partAt(part: TrainingPart, places: number): TrainingPart {
  return { ...part, place: part.place + places };
}

/** What a training needs besides rows: how many of them at a time at most, what its noise is drawn by, and what is frozen. */
export interface TrainingNeeds {
  readonly batchSize?: number;
  /** 32 bits. */
  readonly seed?: number;
  /** The layers, from 0, whose statistics stay as they are, and whose rows go by these. */
  readonly frozen?: ReadonlySet<number>;
}

export interface Engine {
  /** Lets go what would outlive the engine: its worker threads. */
  release(): void;
  readonly report: EngineReport;
  readonly shape: NetworkShape;

  /** All parameters, a live view: layer after layer, weights [fanOut, fanIn] row-major, then biases [fanOut]. */
  readonly parameters: Floats;
  /** What the last `gradient` or `step` found, a live view of the same shape as `parameters`. */
  readonly gradients: Floats;
  /** What ops learn without a gradient, such as the moving statistics of batchNorm, a live view; empty for most networks. */
  readonly statistics: Floats;
  /** What ops keep of the batch that was trained on last, a live view. */
  readonly batch: Floats;
  /** Room for the rows of calls outside of training: enough for one pass. */
  readonly scratch: Samples;
  /** The same room, for rows that have weights. */
  readonly weightedScratch: Samples;

  /**
   * Makes room for `count` training rows, with weights if asked for (all 1), and for the rule's slots (all zero), and takes
   * the rule's numbers over, and for all rates its first.
   * Earlier training rows are forgotten; parameters stay.
   * @throws CapacityError if it does not fit; nothing has changed then.
   */
  prepare(count: number, rule: UpdateRule, weighted?: boolean, needs?: TrainingNeeds): Samples;

  /** What the noise of the training that was prepared last is drawn by. */
  readonly seed: number;
  /** Of each op whether its layer is frozen in that training. */
  readonly frozen: readonly boolean[];

  /** How many rows of a step `gradient` takes at most: a pass's, or where an op needs all of a batch at once, these. */
  readonly partRows: number;

  /** The numbers that the rule keeps from step to step, as `UpdateRule` lists them, a live view; zeros behind them. */
  readonly ruleState: Float64Array;
  /** The slots that the rule keeps, live views of the same shape as `parameters`. They mean the same in every engine. */
  readonly slots: readonly Floats[];

  /** Forward: writes `outputs` of the rows at places [begin, end) of `order`. */
  forward(samples: Samples, begin: number, end: number): void;

  /** Forward, then the sum of the losses of places [begin, end) by their weights, divided by `total`. Writes `outputs` too. */
  loss(samples: Samples, begin: number, end: number, total: number, part?: TrainingPart): number;

  /**
   * Of a network with heads: the sum of each head's losses, before its weight, of the last call of `loss`, over so many rows of
   * one pass.
   */
  headLosses(rows: number): readonly number[];

  /** The sum of the weights of places [begin, end), by which their mean divides; 1 where all of them weigh nothing. */
  totalWeight(samples: Samples, begin: number, end: number): number;

  /**
   * Forward and backward over places [begin, end): returns the sum of their losses by their weights, divided by `total`, and
   * leaves the gradient of that number in `gradients`; with `accumulate` it is added to what is there. As the network is used,
   * unless it is part of a training.
   */
  gradient(
    samples: Samples,
    begin: number,
    end: number,
    total: number,
    accumulate: boolean,
    part?: TrainingPart,
  ): number;

  /**
   * One step of descent: the mean loss over places [begin, end) before the step, with its gradient; then the update.
   * A loss that is not finite leaves the parameters as they are. `step`: how many there were before; default 0.
   */
  step(samples: Samples, begin: number, end: number, step?: number): number;

  /**
   * Up to `count` steps in a row, over batches of `batchSize` places: from place `begin` on, the last batch being what is
   * left, and then from 0 again. The loss of each goes to `stepLosses`. Returns how many were done: fewer than `count`
   * where a loss was not finite, which is then the last one. `step`: how many there were before; default 0.
   */
  steps(samples: Samples, begin: number, batchSize: number, count: number, step?: number): number;

  /** Room for the losses of so many steps as one call may do. */
  readonly stepLosses: Float64Array;
  /** The learning rates of these steps, for the caller to write; `step` and `update` take the first. */
  readonly rates: Float64Array;

  /** Updates the parameters by the rule, from what `gradients` holds, and the statistics: the last part of a step. */
  update(): void;

  /** Forward, keeping every s^(k+1) and x^(k+1), k = 1 .. m-1, of places [begin, end): copies, one entry a layer. */
  layerValues(samples: Samples, begin: number, end: number, part?: TrainingPart): LayerValues[];

  /**
   * Forward and backward over places [begin, end), keeping everything: the derivatives are those of the sum of the rows'
   * losses divided by `total`. What is left in `gradients` is of no use.
   */
  record(samples: Samples, begin: number, end: number, total: number, part?: TrainingPart): PassRecord;

  readonly kernels: SingleKernels;
}
