/**
 * s = w x + b for few samples, most of whose lanes in a panel would be dead: here lanes run along the inputs, so the rows
 * of the samples are read as they lie and nothing is transposed. Lanes are added up at the end.
 */
import { madd, sumLanes, ROW, WIDE } from "../lanes";

/** Samples of a tile. */
const GROUP: i32 = 5;
/** Bytes of inputs that a tile takes at once: of one vector, which is twice as long where V8 makes one of two. */
const STEP: usize = WIDE ? 32 : 16;
/** Inputs from which the sums at the end weigh little. */
const PAYS: u32 = 64;

/** Whether `count` samples are so few that groups of five cost less than the lanes of a panel. */
export function areFew(count: i32, fanIn: u32): bool {
  if (fanIn < PAYS) return false;
  return count <= GROUP || (count <= 2 * GROUP && (WIDE || count > 8));
}

/**
 * The rows at `count` places of `order`, at most ten. w: [fanOut, fanIn]; rows: [*, fanIn]; order: [*] u32; s: a panel
 * [fanOut, 16], whose vectors with a sample are filled up by the last one; tile: room for 10 sums of STEP bytes.
 */
export function forwardFew(
  s: usize,
  rows: usize,
  order: usize,
  count: i32,
  w: usize,
  b: usize,
  tile: usize,
  fanIn: usize,
  fanOut: usize,
): void {
  const rowBytes = fanIn << 2;
  const last = count - 1;
  for (let unit: usize = 0; unit < fanOut; unit += 2) {
    const w0 = w + unit * rowBytes;
    // The last of an odd number of units is its own neighbour.
    const w1 = unit + 1 < fanOut ? w0 + rowBytes : w0;
    for (let first = 0; first < count; first += GROUP) {
      const x0 = rowAt(rows, order, first, last, rowBytes);
      const x1 = rowAt(rows, order, first + 1, last, rowBytes);
      const x2 = rowAt(rows, order, first + 2, last, rowBytes);
      const x3 = rowAt(rows, order, first + 3, last, rowBytes);
      const x4 = rowAt(rows, order, first + 4, last, rowBytes);
      fewTile(tile, w0, w1, x0, x1, x2, x3, x4, rowBytes);
      const to = s + unit * ROW + ((<usize>first) << 2);
      const bias = b + (unit << 2);
      finish(to, tile, w0, bias, x0, x1, x2, x3, x4, rowBytes);
      if (w1 != w0) finish(to + ROW, tile + 5 * STEP, w1, bias + 4, x0, x1, x2, x3, x4, rowBytes);
    }
  }
}

function rowAt(rows: usize, order: usize, place: i32, last: i32, rowBytes: usize): usize {
  return rows + <usize>load<u32>(order + ((<usize>min(place, last)) << 2)) * rowBytes;
}

/** tile[2, 5, STEP] = the products of two rows of w and five of x, summed over every STEP-th of their bytes. */
function fewTile(
  tile: usize,
  w0: usize,
  w1: usize,
  x0: usize,
  x1: usize,
  x2: usize,
  x3: usize,
  x4: usize,
  rowBytes: usize,
): void {
  let a00 = f32x4.splat(0);
  let b00 = a00;
  let a01 = a00;
  let b01 = a00;
  let a02 = a00;
  let b02 = a00;
  let a03 = a00;
  let b03 = a00;
  let a04 = a00;
  let b04 = a00;
  let a10 = a00;
  let b10 = a00;
  let a11 = a00;
  let b11 = a00;
  let a12 = a00;
  let b12 = a00;
  let a13 = a00;
  let b13 = a00;
  let a14 = a00;
  let b14 = a00;
  const stop = w0 + (rowBytes & ~(STEP - 1));
  while (w0 < stop) {
    const u0 = v128.load(w0);
    let v0 = u0;
    if (WIDE) v0 = v128.load(w0, 16);
    const u1 = v128.load(w1);
    let v1 = u1;
    if (WIDE) v1 = v128.load(w1, 16);
    let p = v128.load(x0);
    let q = p;
    if (WIDE) q = v128.load(x0, 16);
    a00 = madd(a00, u0, p);
    if (WIDE) b00 = madd(b00, v0, q);
    a10 = madd(a10, u1, p);
    if (WIDE) b10 = madd(b10, v1, q);
    p = v128.load(x1);
    if (WIDE) q = v128.load(x1, 16);
    a01 = madd(a01, u0, p);
    if (WIDE) b01 = madd(b01, v0, q);
    a11 = madd(a11, u1, p);
    if (WIDE) b11 = madd(b11, v1, q);
    p = v128.load(x2);
    if (WIDE) q = v128.load(x2, 16);
    a02 = madd(a02, u0, p);
    if (WIDE) b02 = madd(b02, v0, q);
    a12 = madd(a12, u1, p);
    if (WIDE) b12 = madd(b12, v1, q);
    p = v128.load(x3);
    if (WIDE) q = v128.load(x3, 16);
    a03 = madd(a03, u0, p);
    if (WIDE) b03 = madd(b03, v0, q);
    a13 = madd(a13, u1, p);
    if (WIDE) b13 = madd(b13, v1, q);
    p = v128.load(x4);
    if (WIDE) q = v128.load(x4, 16);
    a04 = madd(a04, u0, p);
    if (WIDE) b04 = madd(b04, v0, q);
    a14 = madd(a14, u1, p);
    if (WIDE) b14 = madd(b14, v1, q);
    w0 += STEP;
    w1 += STEP;
    x0 += STEP;
    x1 += STEP;
    x2 += STEP;
    x3 += STEP;
    x4 += STEP;
  }
  if (WIDE) v128.store(tile, b00, 16);
  v128.store(tile, a00);
  if (WIDE) v128.store(tile, b01, STEP + 16);
  v128.store(tile, a01, STEP);
  if (WIDE) v128.store(tile, b02, 2 * STEP + 16);
  v128.store(tile, a02, 2 * STEP);
  if (WIDE) v128.store(tile, b03, 3 * STEP + 16);
  v128.store(tile, a03, 3 * STEP);
  if (WIDE) v128.store(tile, b04, 4 * STEP + 16);
  v128.store(tile, a04, 4 * STEP);
  if (WIDE) v128.store(tile, b10, 5 * STEP + 16);
  v128.store(tile, a10, 5 * STEP);
  if (WIDE) v128.store(tile, b11, 6 * STEP + 16);
  v128.store(tile, a11, 6 * STEP);
  if (WIDE) v128.store(tile, b12, 7 * STEP + 16);
  v128.store(tile, a12, 7 * STEP);
  if (WIDE) v128.store(tile, b13, 8 * STEP + 16);
  v128.store(tile, a13, 8 * STEP);
  if (WIDE) v128.store(tile, b14, 9 * STEP + 16);
  v128.store(tile, a14, 9 * STEP);
}

/** s of one unit: each sample's lanes, the products that no tile took, and b. The last sample is repeated three times. */
function finish(
  s: usize,
  tile: usize,
  w: usize,
  b: usize,
  x0: usize,
  x1: usize,
  x2: usize,
  x3: usize,
  x4: usize,
  rowBytes: usize,
): void {
  const zero = f32x4.splat(0);
  let four = sumLanes(sumOf(tile), sumOf(tile + STEP), sumOf(tile + 2 * STEP), sumOf(tile + 3 * STEP));
  let fifth = v128.shuffle<f32>(sumLanes(sumOf(tile + 4 * STEP), zero, zero, zero), zero, 0, 0, 0, 0);
  for (let at = rowBytes & ~(STEP - 1); at < rowBytes; at += 4) {
    let x = v128.load32_zero(x0 + at);
    x = v128.load_lane<f32>(x1 + at, x, 1);
    x = v128.load_lane<f32>(x2 + at, x, 2);
    x = v128.load_lane<f32>(x3 + at, x, 3);
    const weight = v128.load32_splat(w + at);
    four = madd(four, weight, x);
    fifth = madd(fifth, weight, v128.load32_splat(x4 + at));
  }
  const bias = v128.load32_splat(b);
  v128.store(s, f32x4.add(fifth, bias), 16);
  v128.store(s, f32x4.add(four, bias));
}

function sumOf(tile: usize): v128 {
  return WIDE ? f32x4.add(v128.load(tile), v128.load(tile, 16)) : v128.load(tile);
}
