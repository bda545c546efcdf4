/**
 * The three matrix products of a dense layer, cut into register tiles. w: [fanOut, fanIn]; x, dx: [panel, fanIn, 16];
 * s, ds: [panel, fanOut, 16]. Nothing is packed: w is read where it lies.
 */
import { ROW, sumLanes } from "../lanes";
import {
  forwardTile,
  inputGradientTile,
  Rows1,
  Rows2,
  Rows3,
  Rows4,
  Rows5,
  Rows6,
  ROWS,
  weightGradientTile,
} from "./tiles";

/** Half a panel: the samples of a tile, in bytes. */
const HALF: usize = 32;

/** s = w x + b, one panel. */
export function forwardPanel(s: usize, x: usize, w: usize, b: usize, fanIn: usize, fanOut: usize): void {
  let row: usize = 0;
  for (; row + ROWS <= fanOut; row += ROWS) {
    const to = s + row * ROW;
    const from = w + ((row * fanIn) << 2);
    const bias = b + (row << 2);
    if (ROWS == 6) {
      forwardTile<Rows6>(to, x, from, bias, fanIn);
      forwardTile<Rows6>(to + HALF, x + HALF, from, bias, fanIn);
    } else {
      forwardTile<Rows4>(to, x, from, bias, fanIn);
      forwardTile<Rows4>(to + HALF, x + HALF, from, bias, fanIn);
    }
  }
  if (row == fanOut) return;
  s += row * ROW;
  w += (row * fanIn) << 2;
  b += row << 2;
  forwardEdge(s, x, w, b, fanIn, fanOut - row);
  forwardEdge(s + HALF, x + HALF, w, b, fanIn, fanOut - row);
}

function forwardEdge(s: usize, x: usize, w: usize, b: usize, fanIn: usize, rows: usize): void {
  if (rows == 1) forwardTile<Rows1>(s, x, w, b, fanIn);
  else if (rows == 2) forwardTile<Rows2>(s, x, w, b, fanIn);
  else if (rows == 3) forwardTile<Rows3>(s, x, w, b, fanIn);
  else if (ROWS == 6) {
    if (rows == 4) forwardTile<Rows4>(s, x, w, b, fanIn);
    else forwardTile<Rows5>(s, x, w, b, fanIn);
  }
}

/** dx = w^T ds, one panel. */
export function inputGradientPanel(dx: usize, ds: usize, w: usize, fanIn: usize, fanOut: usize): void {
  let row: usize = 0;
  for (; row + ROWS <= fanIn; row += ROWS) {
    const to = dx + row * ROW;
    const from = w + (row << 2);
    if (ROWS == 6) {
      inputGradientTile<Rows6>(to, ds, from, fanIn, fanOut);
      inputGradientTile<Rows6>(to + HALF, ds + HALF, from, fanIn, fanOut);
    } else {
      inputGradientTile<Rows4>(to, ds, from, fanIn, fanOut);
      inputGradientTile<Rows4>(to + HALF, ds + HALF, from, fanIn, fanOut);
    }
  }
  if (row == fanIn) return;
  dx += row * ROW;
  w += row << 2;
  inputGradientEdge(dx, ds, w, fanIn, fanOut, fanIn - row);
  inputGradientEdge(dx + HALF, ds + HALF, w, fanIn, fanOut, fanIn - row);
}

function inputGradientEdge(dx: usize, ds: usize, w: usize, fanIn: usize, fanOut: usize, rows: usize): void {
  if (rows == 1) inputGradientTile<Rows1>(dx, ds, w, fanIn, fanOut);
  else if (rows == 2) inputGradientTile<Rows2>(dx, ds, w, fanIn, fanOut);
  else if (rows == 3) inputGradientTile<Rows3>(dx, ds, w, fanIn, fanOut);
  else if (ROWS == 6) {
    if (rows == 4) inputGradientTile<Rows4>(dx, ds, w, fanIn, fanOut);
    else inputGradientTile<Rows5>(dx, ds, w, fanIn, fanOut);
  }
}

/** dw = (or, accumulating, +=) ds x^T over all panels, rows [begin, end) of dw: every row sums all samples in order. */
export function weightGradient(
  dw: usize,
  ds: usize,
  x: usize,
  fanIn: usize,
  fanOut: usize,
  panels: usize,
  begin: usize,
  end: usize,
  accumulate: bool,
): void {
  let row = begin;
  for (; row + 2 <= end; row += 2) {
    weightGradientRows<Rows2>(dw, ds, x, fanIn, fanOut, panels, row, accumulate);
  }
  if (row < end) weightGradientRows<Rows1>(dw, ds, x, fanIn, fanOut, panels, row, accumulate);
}

function weightGradientRows<R>(
  dw: usize,
  ds: usize,
  x: usize,
  fanIn: usize,
  fanOut: usize,
  panels: usize,
  row: usize,
  accumulate: bool,
): void {
  const stop = dw + (((row + 1) * fanIn) << 2);
  dw += (row * fanIn) << 2;
  ds += row * ROW;
  for (; dw + 16 <= stop; dw += 16, x += 4 * ROW) {
    weightGradientTile<R, Rows4>(dw, ds, x, fanIn, fanOut, panels, accumulate);
  }
  const left = (stop - dw) >> 2;
  if (left == 1) weightGradientTile<R, Rows1>(dw, ds, x, fanIn, fanOut, panels, accumulate);
  else if (left == 2) weightGradientTile<R, Rows2>(dw, ds, x, fanIn, fanOut, panels, accumulate);
  else if (left == 3) weightGradientTile<R, Rows3>(dw, ds, x, fanIn, fanOut, panels, accumulate);
}

/** db = (or, accumulating, +=) the sum over samples of ds, rows [begin, end). */
export function biasGradient(
  db: usize,
  ds: usize,
  fanOut: usize,
  panels: usize,
  begin: usize,
  end: usize,
  accumulate: bool,
): void {
  const panelBytes = fanOut * ROW;
  for (let row = begin; row < end; row++) {
    let at = ds + row * ROW;
    const stop = at + panels * panelBytes;
    let c0 = f32x4.splat(0);
    let c1 = c0;
    let c2 = c0;
    let c3 = c0;
    for (; at < stop; at += panelBytes) {
      c0 = f32x4.add(c0, v128.load(at));
      c1 = f32x4.add(c1, v128.load(at, 16));
      c2 = f32x4.add(c2, v128.load(at, 32));
      c3 = f32x4.add(c3, v128.load(at, 48));
    }
    const sums = sumLanes(c0, c1, c2, c3);
    const sum =
      f32x4.extract_lane(sums, 0) +
      f32x4.extract_lane(sums, 1) +
      f32x4.extract_lane(sums, 2) +
      f32x4.extract_lane(sums, 3);
    const to = db + (row << 2);
    store<f32>(to, accumulate ? load<f32>(to) + sum : sum);
  }
}
