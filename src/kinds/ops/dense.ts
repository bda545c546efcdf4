import type { OpKind } from "./op.ts";
import { forwardProduct, inputGradientProduct, weightGradientProduct } from "./products.ts";

/** From so many inputs and outputs on, packing the inputs for the weights' gradient pays. */
const PACKING_PAYS = { fanIn: 16, fanOut: 12 };
/** A register tile in memory, at its largest 6 rows of 64 bytes: `assembly/gemm/`. */
const TILE_BYTES = 6 * 64;
/** Rows of weights that are packed at once: `assembly/gemm/inputGradient.ts`. */
const BLOCK_ROWS = 128;
const LANES = 16;

/** s = w x + b. parameters: w [fanOut, fanIn], b [fanOut]. */
export const dense: OpKind = {
  keeps: "input",
  inPlace: false,
  readsRows: true,
  parameterCount: (fanIn, fanOut) => fanIn * fanOut + fanOut,
  roomToKeep: (fanIn, fanOut) =>
    fanIn >= PACKING_PAYS.fanIn && fanOut >= PACKING_PAYS.fanOut ? Math.ceil(fanIn / LANES) * LANES : 0,
  // A tile with the inputs of a single sample, or rows of weights where columns are read from rows 4 KiB apart.
  workspaceBytes: (fanIn, _fanOut, isFirst) =>
    Math.max(TILE_BYTES + fanIn * 4, !isFirst && fanIn % 1024 === 0 ? BLOCK_ROWS * (fanIn + LANES) * 4 : 0),
  forward({ output: s, input: x, parameters, fanIn, fanOut }, rows) {
    const biases = fanIn * fanOut;
    for (let r = 0; r < rows; r++) {
      for (let i = 0; i < fanOut; i++) s[r * fanOut + i] = parameters[biases + i]!;
    }
    forwardProduct(s, x, parameters, fanIn, fanOut, rows);
  },
  /** dX = dS W. */
  backward({ dInput: dx, dOutput: ds, parameters, fanIn, fanOut }, rows) {
    dx!.fill(0, 0, rows * fanIn);
    inputGradientProduct(dx!, ds, parameters, fanIn, fanOut, rows);
  },
  /** dW += dS^T X and db += the sum of dS over rows. */
  parameterGradient({ gradients, dOutput: ds, kept: x, fanIn, fanOut }, rows) {
    weightGradientProduct(gradients, ds, x, fanIn, fanOut, rows);
    const biases = fanIn * fanOut;
    for (let i = 0; i < fanOut; i++) {
      let sum = 0;
      for (let r = 0; r < rows; r++) sum += ds[r * fanOut + i]!;
      gradients[biases + i]! += sum;
    }
  },
};
