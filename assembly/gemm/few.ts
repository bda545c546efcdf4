/**
 * s = w x + b for few samples, most of whose lanes in a panel would be dead: here lanes run along the inputs, so the rows
 * of the samples are read as they lie and nothing is transposed. Lanes are added up at the end.
 */
import { madd, ROW, sumLanes, WIDE } from "../lanes";
import { fewTile } from "./dots";
import { STEP } from "./rows";

/** Samples of a tile. */
const GROUP: i32 = 5;
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
