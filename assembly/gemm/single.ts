/**
 * s = w x + b for a single sample, where lanes of samples would be dead but for one: here lanes carry four units. w is
 * transposed four rows by four columns at a time in registers, and each sum takes the same terms in the same order as in a
 * panel, so a row has the same outputs alone as among others, to the bit.
 */
import { madd, ROW } from "../lanes";

/** w: [fanOut, fanIn]; x, s: a panel [units, 16] of which the first vector of each row is read and written. */
export function forwardSingle(s: usize, x: usize, w: usize, b: usize, fanIn: usize, fanOut: usize): void {
  let unit: usize = 0;
  // Four groups of four units at once: the sums of one group wait for each other, those of four do not.
  for (; unit + 16 <= fanOut; unit += 16) {
    sixteenUnits(s + unit * ROW, x, w + ((unit * fanIn) << 2), b + (unit << 2), fanIn);
  }
  for (; unit < fanOut; unit += 4) {
    const count = min<usize>(4, fanOut - unit);
    fourUnits(s + unit * ROW, x, w + ((unit * fanIn) << 2), b + (unit << 2), fanIn, count);
  }
}

function sixteenUnits(s: usize, x: usize, w: usize, b: usize, fanIn: usize): void {
  const rowBytes = fanIn << 2;
  const group = rowBytes << 2;
  let c0 = v128.load(b);
  let c1 = v128.load(b, 16);
  let c2 = v128.load(b, 32);
  let c3 = v128.load(b, 48);
  let k: usize = 0;
  for (; k + 16 <= rowBytes; k += 16) {
    const at = w + k;
    const x0 = v128.load32_splat(x);
    const x1 = v128.load32_splat(x, 64);
    const x2 = v128.load32_splat(x, 128);
    const x3 = v128.load32_splat(x, 192);
    c0 = fourColumns(c0, at, rowBytes, x0, x1, x2, x3);
    c1 = fourColumns(c1, at + group, rowBytes, x0, x1, x2, x3);
    c2 = fourColumns(c2, at + 2 * group, rowBytes, x0, x1, x2, x3);
    c3 = fourColumns(c3, at + 3 * group, rowBytes, x0, x1, x2, x3);
    x += 4 * ROW;
  }
  for (; k < rowBytes; k += 4) {
    const at = w + k;
    const x0 = v128.load32_splat(x);
    c0 = madd(c0, column(at, rowBytes), x0);
    c1 = madd(c1, column(at + group, rowBytes), x0);
    c2 = madd(c2, column(at + 2 * group, rowBytes), x0);
    c3 = madd(c3, column(at + 3 * group, rowBytes), x0);
    x += ROW;
  }
  storeUnits(s, c0, 4);
  storeUnits(s + 4 * ROW, c1, 4);
  storeUnits(s + 8 * ROW, c2, 4);
  storeUnits(s + 12 * ROW, c3, 4);
}

/** `count` units, 1 to 4. */
function fourUnits(s: usize, x: usize, w: usize, b: usize, fanIn: usize, count: usize): void {
  const rowBytes = fanIn << 2;
  // Rows that are not there are read as the last one that is, and come to nothing.
  const w1 = w + (count > 1 ? rowBytes : 0);
  const w2 = w1 + (count > 2 ? rowBytes : 0);
  const w3 = w2 + (count > 3 ? rowBytes : 0);
  const b1 = b + (count > 1 ? 4 : 0);
  const b2 = b1 + (count > 2 ? 4 : 0);
  const b3 = b2 + (count > 3 ? 4 : 0);
  let c = fourOf(b, b1, b2, b3);
  for (let k: usize = 0; k < rowBytes; k += 4) {
    c = madd(c, fourOf(w + k, w1 + k, w2 + k, w3 + k), v128.load32_splat(x));
    x += ROW;
  }
  storeUnits(s, c, count);
}

/** sum + w[4 rows, 4 columns] x[4], column after column. */
function fourColumns(sum: v128, at: usize, rowBytes: usize, x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  const a = v128.load(at);
  const b = v128.load(at + rowBytes);
  const c = v128.load(at + 2 * rowBytes);
  const d = v128.load(at + 3 * rowBytes);
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  sum = madd(sum, v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5), x0);
  sum = madd(sum, v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7), x1);
  sum = madd(sum, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5), x2);
  return madd(sum, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7), x3);
}

function column(at: usize, rowBytes: usize): v128 {
  return fourOf(at, at + rowBytes, at + 2 * rowBytes, at + 3 * rowBytes);
}

function fourOf(a: usize, b: usize, c: usize, d: usize): v128 {
  let lanes = v128.load32_zero(a);
  lanes = v128.load_lane<f32>(b, lanes, 1);
  lanes = v128.load_lane<f32>(c, lanes, 2);
  return v128.load_lane<f32>(d, lanes, 3);
}

/** Each of the first `count` lanes becomes a vector of its own row. */
function storeUnits(s: usize, units: v128, count: usize): void {
  v128.store(s, v128.shuffle<f32>(units, units, 0, 0, 0, 0));
  if (count > 1) v128.store(s, v128.shuffle<f32>(units, units, 1, 1, 1, 1), ROW);
  if (count > 2) v128.store(s, v128.shuffle<f32>(units, units, 2, 2, 2, 2), 2 * ROW);
  if (count > 3) v128.store(s, v128.shuffle<f32>(units, units, 3, 3, 3, 3), 3 * ROW);
}
