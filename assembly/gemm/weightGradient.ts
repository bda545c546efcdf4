/**
 * dw = ds x^T, a sum over samples, and db. ds: [panel, fanOut, 16]; x: [panel, fanIn, 16]; dw: [fanOut, fanIn]. Every row
 * of dw sums all samples in the same order, whoever computes it.
 *
 * Here lanes carry samples in both factors, while a tile wants one of them to run along the result. So x is packed: 8
 * units (16 where vectors are wide), sample after sample. For a layer of few units that does not pay: there the sums are
 * kept lane by lane, and lanes are added up at the end.
 */
import { aliveBytes, LANES, madd, ROW, sumLanes, WIDE } from "../lanes";
import { Accumulating, Fresh, Rows1, Rows2, Rows3, Rows4, Rows5, Rows6, ROWS, TILE } from "./rows";

/** Packed units that stay in the second cache while all rows of ds go by, in bytes. */
const GROUP: usize = 1 << 18;

/**
 * Packs x of samples [begin, end), from a panel's first on, of `panels` panels in all. packed: [block of TILE / 4 units]
 * [16 panels samples][TILE / 4]; units past the last are 0.
 */
export function pack(packed: usize, x: usize, units: usize, panels: usize, begin: i32, end: i32): void {
  const blockBytes = panels * 16 * TILE;
  for (let first = begin; first < end; first += LANES) {
    const p = <usize>(first / LANES);
    const alive = aliveBytes(first, end);
    const panel = x + p * units * ROW;
    for (let u: usize = 0; u < units; u += 4) {
      const block = packed + ((u << 2) / TILE) * blockBytes;
      const to = block + p * 16 * TILE + ((u << 2) & (TILE - 1));
      if (u + 4 <= units) packFour(to, panel + u * ROW, alive);
      else packEdge(to, panel + u * ROW, units - u, alive);
    }
  }
}

/** The same of few samples, not more than a panel's, from the rows at `count` places of `order`. rows: [*, units]. */
export function packRows(packed: usize, rows: usize, order: usize, units: usize, count: i32): void {
  const rowBytes = units << 2;
  for (let place: usize = 0; place < <usize>count; place++) {
    const row = rows + <usize>load<u32>(order + (place << 2)) * rowBytes;
    const whole = rowBytes & ~(TILE - 1);
    let to = packed + place * TILE;
    for (let at: usize = 0; at < whole; at += TILE) {
      v128.store(to, v128.load(row + at));
      v128.store(to, v128.load(row + at, 16), 16);
      if (WIDE) {
        v128.store(to, v128.load(row + at, 32), 32);
        v128.store(to, v128.load(row + at, 48), 48);
      }
      to += 16 * TILE;
    }
    // What lies behind the last unit goes into columns of the last tile that nobody reads; it need only be there.
    for (let at = whole; at < rowBytes; at += 4) store<f32>(to + at - whole, load<f32>(row + at));
  }
}

function packFour(to: usize, from: usize, alive: usize): void {
  for (let lanes: usize = 0; lanes < alive; lanes += 16) {
    const a = v128.load(from + lanes);
    const b = v128.load(from + lanes, 64);
    const c = v128.load(from + lanes, 128);
    const d = v128.load(from + lanes, 192);
    const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5));
    v128.store(to + TILE, v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7));
    v128.store(to + 2 * TILE, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
    v128.store(to + 3 * TILE, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
    to += 4 * TILE;
  }
}

function packEdge(to: usize, from: usize, units: usize, alive: usize): void {
  for (let lane: usize = 0; lane < alive; lane += 4) {
    v128.store(to, f32x4.splat(0));
    for (let u: usize = 0; u < units; u++) store<f32>(to + (u << 2), load<f32>(from + lane + u * ROW));
    to += TILE;
  }
}

/**
 * Rows [begin, end) of dw, over `samples` samples. packed: x as `pack` leaves it; edge: 6 rows of TILE bytes to spare.
 */
export function weightGradient(
  dw: usize,
  ds: usize,
  packed: usize,
  edge: usize,
  fanIn: usize,
  fanOut: usize,
  samples: usize,
  begin: usize,
  end: usize,
  accumulate: bool,
): void {
  if (accumulate) groups<Accumulating>(dw, ds, packed, edge, fanIn, fanOut, samples, begin, end);
  else groups<Fresh>(dw, ds, packed, edge, fanIn, fanOut, samples, begin, end);
}

/** Group by group of packed units, all rows. */
function groups<A>(
  dw: usize,
  ds: usize,
  packed: usize,
  edge: usize,
  fanIn: usize,
  fanOut: usize,
  samples: usize,
  begin: usize,
  end: usize,
): void {
  const blockBytes = ((samples + 15) >> 4) * 16 * TILE;
  const perGroup = max(GROUP / blockBytes, 1) * (TILE >> 2);
  for (let first: usize = 0; first < fanIn; first += perGroup) {
    const units = min(perGroup, fanIn - first);
    const from = packed + ((first << 2) / TILE) * blockBytes;
    for (let row = begin; row < end; row += ROWS) {
      const to = dw + ((row * fanIn + first) << 2);
      const rows = min(ROWS, end - row);
      const d = ds + row * ROW;
      if (ROWS == 6 && rows == 6) rowsOf<Rows6, A>(to, d, from, edge, fanIn, fanOut, samples, units);
      else if (rows == 4) rowsOf<Rows4, A>(to, d, from, edge, fanIn, fanOut, samples, units);
      else if (rows == 1) rowsOf<Rows1, A>(to, d, from, edge, fanIn, fanOut, samples, units);
      else if (rows == 2) rowsOf<Rows2, A>(to, d, from, edge, fanIn, fanOut, samples, units);
      else if (rows == 3) rowsOf<Rows3, A>(to, d, from, edge, fanIn, fanOut, samples, units);
      else if (ROWS == 6) rowsOf<Rows5, A>(to, d, from, edge, fanIn, fanOut, samples, units);
    }
  }
}

/** R rows of dw over some packed units; a last block that is not full goes through the spare tile. */
function rowsOf<R, A>(
  dw: usize,
  ds: usize,
  packed: usize,
  edge: usize,
  fanIn: usize,
  fanOut: usize,
  samples: usize,
  units: usize,
): void {
  const blockBytes = ((samples + 15) >> 4) * 16 * TILE;
  const stop = dw + (units << 2);
  for (; dw + TILE <= stop; dw += TILE) {
    weightGradientTile<R, A>(dw, fanIn << 2, ds, fanOut * ROW, packed, samples);
    packed += blockBytes;
  }
  if (dw == stop) return;
  weightGradientTile<R, Fresh>(edge, TILE, ds, fanOut * ROW, packed, samples);
  copyEdge(dw, fanIn << 2, edge, offsetof<R>(), (stop - dw) >> 2, offsetof<A>() > 0);
}

/** The columns of a tile that are there. */
function copyEdge(dw: usize, stride: usize, edge: usize, rows: usize, columns: usize, accumulate: bool): void {
  for (let row: usize = 0; row < rows; row++) {
    for (let column: usize = 0; column < columns; column++) {
      storeColumn(dw + row * stride + (column << 2), load<f32>(edge + row * TILE + (column << 2)), accumulate);
    }
  }
}

/**
 * dw[R, TILE] = (or, accumulating, +=) the sum over samples of ds[R] x[TILE], lanes running along the units of x. ds:
 * panels fanOut units apart; x: packed, [samples, TILE]; rows of dw are `stride` bytes apart.
 */
function weightGradientTile<R, A>(dw: usize, stride: usize, ds: usize, dsPanel: usize, x: usize, samples: usize): void {
  const w0 = dw;
  const w1 = dw + stride;
  const w2 = dw + 2 * stride;
  const w3 = dw + 3 * stride;
  const w4 = dw + 4 * stride;
  const w5 = dw + 5 * stride;
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c02 = c00;
  let c03 = c00;
  let c10 = f32x4.splat(0);
  let c11 = c10;
  let c12 = c10;
  let c13 = c10;
  let c20 = f32x4.splat(0);
  let c21 = c20;
  let c22 = c20;
  let c23 = c20;
  let c30 = f32x4.splat(0);
  let c31 = c30;
  let c32 = c30;
  let c33 = c30;
  let c40 = f32x4.splat(0);
  let c41 = c40;
  let c42 = c40;
  let c43 = c40;
  let c50 = f32x4.splat(0);
  let c51 = c50;
  let c52 = c50;
  let c53 = c50;
  if (offsetof<A>() > 0) {
    c00 = v128.load(w0);
    c01 = v128.load(w0, 16);
    if (WIDE) {
      c02 = v128.load(w0, 32);
      c03 = v128.load(w0, 48);
    }
    if (offsetof<R>() > 1) {
      c10 = v128.load(w1);
      c11 = v128.load(w1, 16);
      if (WIDE) {
        c12 = v128.load(w1, 32);
        c13 = v128.load(w1, 48);
      }
    }
    if (offsetof<R>() > 2) {
      c20 = v128.load(w2);
      c21 = v128.load(w2, 16);
      if (WIDE) {
        c22 = v128.load(w2, 32);
        c23 = v128.load(w2, 48);
      }
    }
    if (offsetof<R>() > 3) {
      c30 = v128.load(w3);
      c31 = v128.load(w3, 16);
      if (WIDE) {
        c32 = v128.load(w3, 32);
        c33 = v128.load(w3, 48);
      }
    }
    if (offsetof<R>() > 4) {
      c40 = v128.load(w4);
      c41 = v128.load(w4, 16);
      if (WIDE) {
        c42 = v128.load(w4, 32);
        c43 = v128.load(w4, 48);
      }
    }
    if (offsetof<R>() > 5) {
      c50 = v128.load(w5);
      c51 = v128.load(w5, 16);
      if (WIDE) {
        c52 = v128.load(w5, 32);
        c53 = v128.load(w5, 48);
      }
    }
  }
  const stop = x + samples * TILE;
  // Over a panel's 16 samples ds goes by 4 bytes, from one panel to the next by dsPanel.
  let turn = x + 16 * TILE;
  while (x < stop) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    let x2 = x0;
    let x3 = x0;
    if (WIDE) {
      x2 = v128.load(x, 32);
      x3 = v128.load(x, 48);
    }
    const a0 = v128.load32_splat(ds);
    c00 = madd(c00, a0, x0);
    c01 = madd(c01, a0, x1);
    if (WIDE) {
      c02 = madd(c02, a0, x2);
      c03 = madd(c03, a0, x3);
    }
    if (offsetof<R>() > 1) {
      const a1 = v128.load32_splat(ds, 64);
      c10 = madd(c10, a1, x0);
      c11 = madd(c11, a1, x1);
      if (WIDE) {
        c12 = madd(c12, a1, x2);
        c13 = madd(c13, a1, x3);
      }
    }
    if (offsetof<R>() > 2) {
      const a2 = v128.load32_splat(ds, 128);
      c20 = madd(c20, a2, x0);
      c21 = madd(c21, a2, x1);
      if (WIDE) {
        c22 = madd(c22, a2, x2);
        c23 = madd(c23, a2, x3);
      }
    }
    if (offsetof<R>() > 3) {
      const a3 = v128.load32_splat(ds, 192);
      c30 = madd(c30, a3, x0);
      c31 = madd(c31, a3, x1);
      if (WIDE) {
        c32 = madd(c32, a3, x2);
        c33 = madd(c33, a3, x3);
      }
    }
    if (offsetof<R>() > 4) {
      const a4 = v128.load32_splat(ds, 256);
      c40 = madd(c40, a4, x0);
      c41 = madd(c41, a4, x1);
      if (WIDE) {
        c42 = madd(c42, a4, x2);
        c43 = madd(c43, a4, x3);
      }
    }
    if (offsetof<R>() > 5) {
      const a5 = v128.load32_splat(ds, 320);
      c50 = madd(c50, a5, x0);
      c51 = madd(c51, a5, x1);
      if (WIDE) {
        c52 = madd(c52, a5, x2);
        c53 = madd(c53, a5, x3);
      }
    }
    x += TILE;
    ds += 4;
    if (x == turn) {
      ds += dsPanel - ROW;
      turn += 16 * TILE;
    }
  }
  v128.store(w0, c01, 16);
  v128.store(w0, c00);
  if (WIDE) {
    v128.store(w0, c03, 48);
    v128.store(w0, c02, 32);
  }
  if (offsetof<R>() > 1) {
    v128.store(w1, c11, 16);
    v128.store(w1, c10);
    if (WIDE) {
      v128.store(w1, c13, 48);
      v128.store(w1, c12, 32);
    }
  }
  if (offsetof<R>() > 2) {
    v128.store(w2, c21, 16);
    v128.store(w2, c20);
    if (WIDE) {
      v128.store(w2, c23, 48);
      v128.store(w2, c22, 32);
    }
  }
  if (offsetof<R>() > 3) {
    v128.store(w3, c31, 16);
    v128.store(w3, c30);
    if (WIDE) {
      v128.store(w3, c33, 48);
      v128.store(w3, c32, 32);
    }
  }
  if (offsetof<R>() > 4) {
    v128.store(w4, c41, 16);
    v128.store(w4, c40);
    if (WIDE) {
      v128.store(w4, c43, 48);
      v128.store(w4, c42, 32);
    }
  }
  if (offsetof<R>() > 5) {
    v128.store(w5, c51, 16);
    v128.store(w5, c50);
    if (WIDE) {
      v128.store(w5, c53, 48);
      v128.store(w5, c52, 32);
    }
  }
}

/** The same for layers of few units, from panels as they are: rows [begin, end) of dw. */
export function weightGradientByLanes(
  dw: usize,
  ds: usize,
  x: usize,
  fanIn: usize,
  fanOut: usize,
  samples: usize,
  begin: usize,
  end: usize,
  accumulate: bool,
): void {
  let row = begin;
  for (; row + 2 <= end; row += 2) sumRows<Rows2>(dw, ds, x, fanIn, fanOut, samples, row, accumulate);
  if (row < end) sumRows<Rows1>(dw, ds, x, fanIn, fanOut, samples, row, accumulate);
}

function sumRows<R>(
  dw: usize,
  ds: usize,
  x: usize,
  fanIn: usize,
  fanOut: usize,
  samples: usize,
  row: usize,
  accumulate: bool,
): void {
  const stop = dw + (((row + 1) * fanIn) << 2);
  dw += (row * fanIn) << 2;
  ds += row * ROW;
  for (; dw + 16 <= stop; dw += 16, x += 4 * ROW) {
    sumTile<R, Rows4>(dw, ds, x, fanIn, fanOut, samples, accumulate);
  }
  const left = (stop - dw) >> 2;
  if (left == 1) sumTile<R, Rows1>(dw, ds, x, fanIn, fanOut, samples, accumulate);
  else if (left == 2) sumTile<R, Rows2>(dw, ds, x, fanIn, fanOut, samples, accumulate);
  else if (left == 3) sumTile<R, Rows3>(dw, ds, x, fanIn, fanOut, samples, accumulate);
}

/**
 * dw[R, C] = the sum over samples of ds[R] x[C]: lanes are summed only at the end, so nothing is packed and a layer of 2
 * or 3 units wastes none. Panels of ds are fanOut, those of x fanIn units apart; R is at most 2, C at most 4.
 */
function sumTile<R, C>(
  dw: usize,
  ds: usize,
  x: usize,
  fanIn: usize,
  fanOut: usize,
  samples: usize,
  accumulate: bool,
): void {
  const dsSkip = (fanOut - 1) * ROW;
  const xSkip = (fanIn - 1) * ROW;
  // Vector by vector through a panel's row, then on to the same unit in the next panel.
  let turn = ds + ROW;
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c02 = f32x4.splat(0);
  let c03 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c12 = f32x4.splat(0);
  let c13 = f32x4.splat(0);
  for (let left = (samples + 3) >> 2; left > 0; left--) {
    const d0 = v128.load(ds);
    let d1 = d0;
    if (offsetof<R>() > 1) d1 = v128.load(ds, 64);
    const x0 = v128.load(x);
    c00 = madd(c00, d0, x0);
    if (offsetof<R>() > 1) c10 = madd(c10, d1, x0);
    if (offsetof<C>() > 1) {
      const x1 = v128.load(x, 64);
      c01 = madd(c01, d0, x1);
      if (offsetof<R>() > 1) c11 = madd(c11, d1, x1);
    }
    if (offsetof<C>() > 2) {
      const x2 = v128.load(x, 128);
      c02 = madd(c02, d0, x2);
      if (offsetof<R>() > 1) c12 = madd(c12, d1, x2);
    }
    if (offsetof<C>() > 3) {
      const x3 = v128.load(x, 192);
      c03 = madd(c03, d0, x3);
      if (offsetof<R>() > 1) c13 = madd(c13, d1, x3);
    }
    ds += 16;
    x += 16;
    if (ds == turn) {
      ds += dsSkip;
      x += xSkip;
      turn = ds + ROW;
    }
  }
  storeColumns<C>(dw, sumLanes(c00, c01, c02, c03), accumulate);
  if (offsetof<R>() > 1) storeColumns<C>(dw + (fanIn << 2), sumLanes(c10, c11, c12, c13), accumulate);
}

/** Stores, or adds, the first C lanes. */
function storeColumns<C>(dw: usize, sums: v128, accumulate: bool): void {
  if (offsetof<C>() == 4) {
    v128.store(dw, accumulate ? f32x4.add(v128.load(dw), sums) : sums);
    return;
  }
  storeColumn(dw, f32x4.extract_lane(sums, 0), accumulate);
  if (offsetof<C>() > 1) storeColumn(dw + 4, f32x4.extract_lane(sums, 1), accumulate);
  if (offsetof<C>() > 2) storeColumn(dw + 8, f32x4.extract_lane(sums, 2), accumulate);
}

function storeColumn(dw: usize, sum: f32, accumulate: bool): void {
  store<f32>(dw, accumulate ? load<f32>(dw) + sum : sum);
}

/** db = (or, accumulating, +=) the sum over samples of ds, rows [begin, end). */
export function biasGradient(
  db: usize,
  ds: usize,
  fanOut: usize,
  samples: usize,
  begin: usize,
  end: usize,
  accumulate: bool,
): void {
  const panel = fanOut * ROW;
  const zero = f32x4.splat(0);
  for (let row = begin; row < end; row++) {
    let at = ds + row * ROW;
    const stop = at + (samples >> 4) * panel;
    let c0 = zero;
    let c1 = zero;
    let c2 = zero;
    let c3 = zero;
    for (; at < stop; at += panel) {
      c0 = f32x4.add(c0, v128.load(at));
      c1 = f32x4.add(c1, v128.load(at, 16));
      c2 = f32x4.add(c2, v128.load(at, 32));
      c3 = f32x4.add(c3, v128.load(at, 48));
    }
    const left = samples & 15;
    if (left > 0) c0 = f32x4.add(c0, v128.load(at));
    if (left > 4) c1 = f32x4.add(c1, v128.load(at, 16));
    if (left > 8) c2 = f32x4.add(c2, v128.load(at, 32));
    if (left > 12) c3 = f32x4.add(c3, v128.load(at, 48));
    const sums = sumLanes(f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3)), zero, zero, zero);
    storeColumn(db + (row << 2), f32x4.extract_lane(sums, 0), accumulate);
  }
}
