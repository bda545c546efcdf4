/**
 * The tables through which a host describes a network to the kernels, in linear memory. `src/layout.ts` writes them
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
  /** Where the inputs of a layer are packed for its weights' gradient, and a tile to spare. */
  packed: usize;
  edge: usize;
  /** x^(1) and the targets of a pass, as panels. */
  x: usize;
  y: usize;
  /** The standardization of inputs [n_1], or 0 for none. */
  shift: usize;
  scale: usize;
  /** Arenas of one shape: parameters, gradients, and the optimizer's slots one after another. */
  parameters: usize;
  gradients: usize;
  slots: usize;
  byteLength: usize;
  /** Kernels of the optimizer (advance may be 0), and its numbers. */
  advance: u32;
  update: u32;
  state: usize;
}

@unmanaged
export class Samples {
  /** [*, n_1], [*, n_m], [*, n_m] row-major, and the row of each place. */
  inputs: usize;
  targets: usize;
  outputs: usize;
  order: usize;
}

/** What `src/layout.ts` believes these tables to measure is compared with this when a module is loaded. */
export function layerByteLength(): i32 {
  return offsetof<Layer>();
}

export function networkByteLength(): i32 {
  return offsetof<Network>();
}
