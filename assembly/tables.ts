/**
 * The tables through which a host describes a network to the kernels, in linear memory. `src/engine/wasm/layout.ts` writes
 * them field by field in this order; a test holds the two together. Fields that name a kernel hold its index in the function
 * table, where the host has put the exported functions: a new op, activation, loss or optimizer is a new entry there, and
 * nothing here branches on its kind.
 */

/**
 * What is done with a pass of samples: a dense layer's sums, an activation, in the end the loss. Its kernels are called as
 * kernel(op, pass, begin, end). Ranges are of samples, and begin with a panel; those of `parameterGradient` are of units.
 */
@unmanaged
export class Op {
  /** From `input` to `output`. */
  forward: u32;
  /** From `dOutput` to `dInput`; 0 where there is nothing to do, as where the loss has been derived by this op's input. */
  backward: u32;
  /** From `dOutput`, after all samples went backward, to `gradients`; 0 without parameters. */
  parameterGradient: u32;
  /** Units of input and output, which are panels [panel, units, 16]. */
  fanIn: u32;
  fanOut: u32;
  /** One buffer with the output where that may be written over it. */
  input: usize;
  /** Of the loss: the sums of each panel's losses, float64. */
  output: usize;
  /** The derivatives of the loss by input and output: likewise. dInput is 0 where nobody asks for it. */
  dInput: usize;
  dOutput: usize;
  /** Where its part of these arenas starts. */
  parameters: usize;
  gradients: usize;
  /** What its backward needs besides: as its kind says, one of its ends, or room of its own; 0 for nothing. */
  kept: usize;
  /** Its constants, float32, as its kind says in which order; 0 without any. */
  numbers: usize;
  /** Where it stands in the table. */
  index: u32;
  /**
   * In training, before `forward` and before `backward`, for ops that need to know of the whole batch: sums over samples, after
   * which all threads meet. 0 for all others.
   */
  forwardSums: u32;
  backwardSums: u32;
  /** After a step, by one thread: what it learns without a gradient, from its batch. 0 for all others. */
  settle: u32;
  /** What it has learned so, and what it keeps of the last batch, float32, as its kind says; in all tables the same. */
  statistics: usize;
  batch: usize;
  /** Whether its layer is frozen: what it learns without a gradient stays, and a batch goes through it as when it is used. */
  frozen: u32;
}

/** What a pass is: ops such as dropout do otherwise in training. AGAIN looks at rows of the batch that was trained on last. */
export const USE: u32 = 0;
export const TRAINING: u32 = 1;
export const AGAIN: u32 = 2;

/** A pass under way, as one thread sees it: at most `capacity` samples, counted from 0. */
@unmanaged
export class Pass {
  /** How many samples and panels there are, those of other threads included. */
  samples: i32;
  panels: i32;
  /** x^(1) as it lies, [*, n_1] row-major, the row of each sample, and where the first op makes panels of these. */
  rows: usize;
  order: usize;
  x: usize;
  /** The targets as panels. */
  y: usize;
  /** The weight of each sample, [panel, 16], 0 in dead lanes; 0 where all samples weigh 1. */
  weights: usize;
  /** Room for the thread to work in. */
  workspace: usize;
  /** By what the sum of the losses is multiplied. */
  scale: f32;
  /** Whether samples go backward after they went forward. */
  goesBackward: u32;
  /** Whether gradients are added to what is there. */
  accumulate: u32;
  /** USE, TRAINING or AGAIN; and in training the step, what its noise is drawn by, and the place of sample 0 in its batch. */
  mode: u32;
  step: u32;
  seed: u32;
  place: u32;
}

@unmanaged
export class Network {
  /** The table of ops, in order, and behind them the loss. */
  ops: usize;
  depth: u32;
  /** The most samples in one pass; a multiple of 16. */
  capacity: u32;
  /** A table `Pass` for each thread, 64 bytes apart. */
  passes: usize;
  /** The weights of a pass, as panels. */
  weights: usize;
  /** Arenas of one shape: parameters, gradients, and the optimizer's slots one after another. */
  parameters: usize;
  gradients: usize;
  slots: usize;
  byteLength: usize;
  /** Kernels of the optimizer (advance may be 0), and its numbers. */
  advance: u32;
  update: u32;
  state: usize;
  /** The threads that share the work. */
  team: usize;
  /** Whether any op needs to know of the whole batch. */
  meets: u32;
  /** In training: which step it is, what its noise is drawn by, and at which place of its batch the call begins. */
  step: u32;
  seed: u32;
  place: u32;
  /** What updates do besides; 0 for nothing. */
  refinement: usize;
}

/** What an update does besides its rule: `refinement.ts`. */
@unmanaged
export class Refinement {
  /** The largest norm of all gradients, and the largest size of one; Infinity for none. */
  clipNorm: f64;
  clipValue: f64;
  /** How much of itself the average of the parameters keeps in a step. */
  averageDecay: f64;
  /** The table of groups, which together are the whole arena. */
  groups: usize;
  groupCount: u32;
  /** Where the sum of squares of each block of gradients goes, float64; 0 where nobody asks for the norm. */
  squares: usize;
  /** The arena of the average; 0 where there is none. */
  average: usize;
}

/** A range of the arena, in bytes. */
@unmanaged
export class Group {
  /** What is added to the gradient, times the sign of the weight, and times the weight. */
  l1: f64;
  l2: f64;
  /** The share of the weight, times the rate, that a step takes away. */
  decay: f64;
  /** The largest norm of a row of so many bytes; Infinity for none. */
  maxNorm: f64;
  row: usize;
  begin: usize;
  end: usize;
  /** Whether it stays as it is. */
  frozen: u32;
}

/** What threads need to work together. Words that one thread writes while others wait for them lie 64 bytes apart. */
@unmanaged
export class Team {
  /** How many there are, the caller included. */
  threads: u32;
  /** Multiply-adds from which a call is shared. */
  pays: u32;
  /** How often a waiting thread looks before it goes to sleep. */
  spins: u32;
  /** For how many seconds it then waits for the others before it takes one of them for lost. */
  patience: u32;
  /** Not 0: workers are to return. */
  stop: u32;
  /** The call to be shared: see `network.ts`. */
  network: usize;
  kind: u32;
  samples: usize;
  begin: i32;
  end: i32;
  accumulate: u32;
  mode: u32;
  /** By what the sum of the losses is divided, and the rate of a step. */
  total: f64;
  rate: f64;
}

/** Byte offsets, in a team's table, of the number of the call under way, and of the barrier's two words. */
export const CALL: usize = 64;
export const ARRIVED: usize = 128;
export const GENERATION: usize = 192;

@unmanaged
export class Samples {
  /** [*, n_1], [*, n_m], [*, n_m] row-major, and the row of each place. */
  inputs: usize;
  targets: usize;
  outputs: usize;
  order: usize;
  /** [*]; 0 where all rows weigh 1. */
  weights: usize;
}
