/**
 * The tables through which a host describes a network to the kernels, in linear memory. `src/engine/wasm/layout.ts` writes them
 * field by field in this order; a test holds the two together. Fields that name a kernel hold its index in the function
 * table, where the host has put the exported functions: a new activation, loss or optimizer is a new entry there, and
 * nothing here branches on its kind.
 */

/** The dense layer w^(k), from layer k to layer k + 1. All buffers are panels. */
@unmanaged
export class Layer {
  fanIn: u32;
  fanOut: u32;
  /** Kernels of the activation. */
  forward: u32;
  backward: u32;
  /** Parameters [fanOut, fanIn], [fanOut], and their gradients. */
  w: usize;
  b: usize;
  dw: usize;
  db: usize;
  /** x^(k) [panel, fanIn, 16], and where dl/dx^(k) goes; 0 for the first layer, whose inputs need none. */
  input: usize;
  dInput: usize;
  /** s^(k+1), x^(k+1) [panel, fanOut, 16]: one buffer where only the output is needed again. */
  s: usize;
  x: usize;
  /** dl/dx^(k+1), dl/ds^(k+1): likewise. */
  dx: usize;
  ds: usize;
  /** Where x^(k) is packed for the weights' gradient; 0 where that does not pay. */
  packed: usize;
}

@unmanaged
export class Network {
  /** The table of layers, in order. */
  layers: usize;
  depth: u32;
  /** The most samples in one pass; a multiple of 16. */
  capacity: u32;
  /** Kernels of the loss. */
  lossValue: u32;
  lossGradient: u32;
  /** Where the loss of each panel of a pass goes, float64. */
  losses: usize;
  /** Room to work in, one after another for each thread, and how much each has. */
  workspace: usize;
  workspaceBytes: usize;
  /** x^(1) and the targets of a pass, as panels. */
  x: usize;
  y: usize;
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
  total: i32;
  accumulate: u32;
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
}

/** What `src/engine/wasm/layout.ts` believes these tables to measure is compared with this when a module is loaded. */
export function layerByteLength(): i32 {
  return offsetof<Layer>();
}

export function teamByteLength(): i32 {
  return offsetof<Team>();
}

export function networkByteLength(): i32 {
  return offsetof<Network>();
}
