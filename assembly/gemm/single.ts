/**
 * s = w x + b for a single sample, where lanes of samples would be dead but for one: here lanes run along the inputs, which
 * lie one behind the other in a row of w and are copied so from x; they are added up at the end.
 */
import { ROW, sumLanes, WIDE } from "../lanes";
import { singleTile } from "./dots";
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
