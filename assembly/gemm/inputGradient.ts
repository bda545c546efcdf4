/**
 * dx = w^T ds. w: [fanOut, fanIn]; ds: [panel, fanOut, 16]; dx: [panel, fanIn, 16].
 *
 * A tile reads w in columns, a few neighbours of each row, where they lie. Only where rows are a multiple of 4 KiB apart is
 * w packed first, tile by tile: all rows of a column would compete for one set of the first cache.
 */
import { aliveBytes, LANES, ROW, WIDE } from "../lanes";
import { Accumulating, Fresh, Rows1, Rows2, Rows3, Rows4, Rows5, Rows6, ROWS, TILE } from "./rows";
import { inputGradientTile } from "./tiles";

/** Rows of w in a block, that is packed at once and stays in the second cache while all panels go by. */
const BLOCK: usize = 128;
/** Fewer samples do not make up for packing. */
const PACKING_PAYS: i32 = 64;

/** Samples [begin, end), from a panel's first on. packed: room for BLOCK rows of w, a tile's width more than fanIn each. */
export function inputGradient(
  dx: usize,
  ds: usize,
  w: usize,
  packed: usize,
  fanIn: usize,
  fanOut: usize,
  begin: i32,
  end: i32,
): void {
  const packs = (fanIn & 1023) == 0 && end - begin >= PACKING_PAYS;
  for (let row: usize = 0; row < fanOut; row += BLOCK) {
    const count = min(BLOCK, fanOut - row);
    const block = w + ((row * fanIn) << 2);
    if (packs) pack(packed, block, fanIn, count);
    const from = packs ? packed : block;
    const rowBytes = packs ? ROWS << 2 : fanIn << 2;
    const tileBytes = packs ? (count * ROWS) << 2 : ROWS << 2;
    for (let first = begin; first < end; first += LANES) {
      const p = <usize>(first / LANES);
      const alive = aliveBytes(first, end);
      const to = dx + p * fanIn * ROW;
      const d = ds + (p * fanOut + row) * ROW;
      if (row == 0) panelOf<Fresh>(to, d, from, rowBytes, tileBytes, fanIn, count, alive);
      else panelOf<Accumulating>(to, d, from, rowBytes, tileBytes, fanIn, count, alive);
    }
  }
}

/** packed: [tile of ROWS columns][row][ROWS]; columns past the last are left as they were, and never used. */
function pack(packed: usize, w: usize, fanIn: usize, count: usize): void {
  const tileBytes = (count * ROWS) << 2;
  for (let row: usize = 0; row < count; row++) {
    let to = packed + ((row * ROWS) << 2);
    const from = w + ((row * fanIn) << 2);
    const stop = from + (fanIn << 2);
    let at = from;
    for (; at + (ROWS << 2) <= stop; at += ROWS << 2) {
      v128.store(to, v128.load(at));
      if (ROWS == 6) store<u64>(to, load<u64>(at, 16), 16);
      to += tileBytes;
    }
    for (; at < stop; at += 4, to += 4) store<f32>(to, load<f32>(at));
  }
}

function panelOf<A>(
  dx: usize,
  ds: usize,
  w: usize,
  rowBytes: usize,
  tileBytes: usize,
  fanIn: usize,
  count: usize,
  alive: usize,
): void {
  const stop = dx + fanIn * ROW;
  for (; dx + ROWS * ROW <= stop; dx += ROWS * ROW) {
    if (ROWS == 6) rowsOf<Rows6, A>(dx, ds, w, rowBytes, count, alive);
    else rowsOf<Rows4, A>(dx, ds, w, rowBytes, count, alive);
    w += tileBytes;
  }
  const left = (stop - dx) / ROW;
  if (left == 1) rowsOf<Rows1, A>(dx, ds, w, rowBytes, count, alive);
  else if (left == 2) rowsOf<Rows2, A>(dx, ds, w, rowBytes, count, alive);
  else if (left == 3) rowsOf<Rows3, A>(dx, ds, w, rowBytes, count, alive);
  else if (ROWS == 6) {
    if (left == 4) rowsOf<Rows4, A>(dx, ds, w, rowBytes, count, alive);
    else if (left == 5) rowsOf<Rows5, A>(dx, ds, w, rowBytes, count, alive);
  }
}

/** All lanes of R rows. Two calls also keep the tile a function of its own, which V8 compiles best. */
function rowsOf<R, A>(dx: usize, ds: usize, w: usize, rowBytes: usize, count: usize, alive: usize): void {
  inputGradientTile<R, A>(dx, ds, w, rowBytes, count);
  if (!WIDE && alive > TILE) inputGradientTile<R, A>(dx + TILE, ds + TILE, w, rowBytes, count);
}
