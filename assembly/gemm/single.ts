/**
 * s = w x + b for a single sample, where lanes of samples would be dead but for one: here lanes run along the inputs, which
 * lie one behind the other in a row of w and are copied so from x; they are added up at the end.
 */
import { madd, ROW, sumLanes, WIDE } from "../lanes";
import { ROWS, TILE } from "./rows";

/**
 * What `forwardSingle` works in: a tile of sums. Where rows are added up four at a time, what lies behind the sixth is read
 * too, and not used.
 */
const TILE_BYTES: usize = 6 * 64;

/** The first lane of a panel's units one behind the other, behind that tile. */
export function rowOf(x: usize, workspace: usize, units: usize): usize {
  const row = workspace + TILE_BYTES;
  for (let u: usize = 0; u < units; u++) store<f32>(row + (u << 2), load<f32>(x + u * ROW));
  return row;
}

/** w: [fanOut, fanIn]; x: [fanIn]; s: a panel [fanOut, 16] of which the first vector of each row is written. */
export function forwardSingle(s: usize, x: usize, w: usize, b: usize, tile: usize, fanIn: usize, fanOut: usize): void {
  const rowBytes = fanIn << 2;
  const whole = rowBytes & ~(TILE - 1);
  let unit: usize = 0;
  for (; unit + ROWS <= fanOut; unit += ROWS) {
    singleTile(tile, w, rowBytes, ROWS, x, whole);
    finishUnits(s, tile, w, b, x, whole, rowBytes, ROWS);
    w += ROWS * rowBytes;
    s += ROWS * ROW;
    b += ROWS << 2;
  }
  if (unit == fanOut) return;
  singleTile(tile, w, rowBytes, fanOut - unit, x, whole);
  finishUnits(s, tile, w, b, x, whole, rowBytes, fanOut - unit);
}

/**
 * tile[ROWS, TILE] = the products of rows of w and x, summed over every TILE-th of the first `bytes` bytes. Rows that are
 * not there are read as the first.
 */
function singleTile(tile: usize, w: usize, stride: usize, rows: usize, x: usize, bytes: usize): void {
  let w0 = w;
  let w1 = w + (rows > 1 ? stride : 0);
  let w2 = w + (rows > 2 ? 2 * stride : 0);
  let w3 = w + (rows > 3 ? 3 * stride : 0);
  let w4 = w + (rows > 4 ? 4 * stride : 0);
  let w5 = w + (rows > 5 ? 5 * stride : 0);
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c02 = c00;
  let c03 = c00;
  let c10 = c00;
  let c11 = c00;
  let c12 = c00;
  let c13 = c00;
  let c20 = c00;
  let c21 = c00;
  let c22 = c00;
  let c23 = c00;
  let c30 = c00;
  let c31 = c00;
  let c32 = c00;
  let c33 = c00;
  let c40 = c00;
  let c41 = c00;
  let c42 = c00;
  let c43 = c00;
  let c50 = c00;
  let c51 = c00;
  let c52 = c00;
  let c53 = c00;
  const stop = x + bytes;
  for (; x < stop; x += TILE) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    let x2 = x0;
    let x3 = x0;
    if (WIDE) {
      x2 = v128.load(x, 32);
      x3 = v128.load(x, 48);
    }
    c00 = madd(c00, v128.load(w0), x0);
    c01 = madd(c01, v128.load(w0, 16), x1);
    if (WIDE) {
      c02 = madd(c02, v128.load(w0, 32), x2);
      c03 = madd(c03, v128.load(w0, 48), x3);
    }
    c10 = madd(c10, v128.load(w1), x0);
    c11 = madd(c11, v128.load(w1, 16), x1);
    if (WIDE) {
      c12 = madd(c12, v128.load(w1, 32), x2);
      c13 = madd(c13, v128.load(w1, 48), x3);
    }
    c20 = madd(c20, v128.load(w2), x0);
    c21 = madd(c21, v128.load(w2, 16), x1);
    if (WIDE) {
      c22 = madd(c22, v128.load(w2, 32), x2);
      c23 = madd(c23, v128.load(w2, 48), x3);
    }
    c30 = madd(c30, v128.load(w3), x0);
    c31 = madd(c31, v128.load(w3, 16), x1);
    if (WIDE) {
      c32 = madd(c32, v128.load(w3, 32), x2);
      c33 = madd(c33, v128.load(w3, 48), x3);
    }
    if (ROWS == 6) {
      c40 = madd(c40, v128.load(w4), x0);
      c41 = madd(c41, v128.load(w4, 16), x1);
      if (WIDE) {
        c42 = madd(c42, v128.load(w4, 32), x2);
        c43 = madd(c43, v128.load(w4, 48), x3);
      }
      c50 = madd(c50, v128.load(w5), x0);
      c51 = madd(c51, v128.load(w5, 16), x1);
      if (WIDE) {
        c52 = madd(c52, v128.load(w5, 32), x2);
        c53 = madd(c53, v128.load(w5, 48), x3);
      }
    }
    w0 += TILE;
    w1 += TILE;
    w2 += TILE;
    w3 += TILE;
    w4 += TILE;
    w5 += TILE;
  }
  v128.store(tile, c01, 16);
  v128.store(tile, c00);
  if (WIDE) {
    v128.store(tile, c03, 48);
    v128.store(tile, c02, 32);
  }
  v128.store(tile, c11, TILE + 16);
  v128.store(tile, c10, TILE);
  if (WIDE) {
    v128.store(tile, c13, TILE + 48);
    v128.store(tile, c12, TILE + 32);
  }
  v128.store(tile, c21, 2 * TILE + 16);
  v128.store(tile, c20, 2 * TILE);
  if (WIDE) {
    v128.store(tile, c23, 2 * TILE + 48);
    v128.store(tile, c22, 2 * TILE + 32);
  }
  v128.store(tile, c31, 3 * TILE + 16);
  v128.store(tile, c30, 3 * TILE);
  if (WIDE) {
    v128.store(tile, c33, 3 * TILE + 48);
    v128.store(tile, c32, 3 * TILE + 32);
  }
  if (ROWS == 6) {
    v128.store(tile, c41, 4 * TILE + 16);
    v128.store(tile, c40, 4 * TILE);
    if (WIDE) {
      v128.store(tile, c43, 4 * TILE + 48);
      v128.store(tile, c42, 4 * TILE + 32);
    }
    v128.store(tile, c51, 5 * TILE + 16);
    v128.store(tile, c50, 5 * TILE);
    if (WIDE) {
      v128.store(tile, c53, 5 * TILE + 48);
      v128.store(tile, c52, 5 * TILE + 32);
    }
  }
}

/** s = the sum of each row's lanes, of the products that no tile took, and of b; each becomes a vector. */
function finishUnits(
  s: usize,
  tile: usize,
  w: usize,
  b: usize,
  x: usize,
  whole: usize,
  rowBytes: usize,
  rows: usize,
): void {
  for (let row: usize = 0; row < rows; row += 4) {
    const sums = sumLanes(rowSum(tile), rowSum(tile + TILE), rowSum(tile + 2 * TILE), rowSum(tile + 3 * TILE));
    const left = rows - row;
    finishUnit(s, f32x4.extract_lane(sums, 0), w, b, x, whole, rowBytes);
    if (left > 1) finishUnit(s + ROW, f32x4.extract_lane(sums, 1), w + rowBytes, b + 4, x, whole, rowBytes);
    if (left > 2) finishUnit(s + 2 * ROW, f32x4.extract_lane(sums, 2), w + 2 * rowBytes, b + 8, x, whole, rowBytes);
    if (left > 3) finishUnit(s + 3 * ROW, f32x4.extract_lane(sums, 3), w + 3 * rowBytes, b + 12, x, whole, rowBytes);
    tile += 4 * TILE;
    s += 4 * ROW;
    w += 4 * rowBytes;
    b += 16;
  }
}

function rowSum(tile: usize): v128 {
  const sum = f32x4.add(v128.load(tile), v128.load(tile, 16));
  if (!WIDE) return sum;
  return f32x4.add(sum, f32x4.add(v128.load(tile, 32), v128.load(tile, 48)));
}

function finishUnit(s: usize, sum: f32, w: usize, b: usize, x: usize, whole: usize, rowBytes: usize): void {
  for (let at = whole; at < rowBytes; at += 4) sum += load<f32>(w + at) * load<f32>(x + at);
  v128.store(s, f32x4.splat(sum + load<f32>(b)));
}
