/**
 * dx = w^T ds. w: [fanOut, fanIn]; ds: [panel, fanOut, 16]; dx: [panel, fanIn, 16].
 *
 * A tile reads w in columns, a few neighbours of each row, where they lie. Only where rows are a multiple of 4 KiB apart is
 * w packed first, tile by tile: all rows of a column would compete for one set of the first cache.
 */
import { aliveBytes, LANES, madd, ROW, WIDE } from "../lanes";
import { Accumulating, Fresh, Rows1, Rows2, Rows3, Rows4, Rows5, Rows6, ROWS, TILE } from "./rows";

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

/** dx[R, TILE] = (or, accumulating, +=) w[count, R]^T ds[count, TILE]; rows of w are rowBytes apart. */
function inputGradientTile<R, A>(dx: usize, ds: usize, w: usize, rowBytes: usize, count: usize): void {
  const stop = ds + count * ROW;
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
    c00 = v128.load(dx);
    c01 = v128.load(dx, 16);
    if (WIDE) {
      c02 = v128.load(dx, 32);
      c03 = v128.load(dx, 48);
    }
    if (offsetof<R>() > 1) {
      c10 = v128.load(dx, 64);
      c11 = v128.load(dx, 80);
      if (WIDE) {
        c12 = v128.load(dx, 96);
        c13 = v128.load(dx, 112);
      }
    }
    if (offsetof<R>() > 2) {
      c20 = v128.load(dx, 128);
      c21 = v128.load(dx, 144);
      if (WIDE) {
        c22 = v128.load(dx, 160);
        c23 = v128.load(dx, 176);
      }
    }
    if (offsetof<R>() > 3) {
      c30 = v128.load(dx, 192);
      c31 = v128.load(dx, 208);
      if (WIDE) {
        c32 = v128.load(dx, 224);
        c33 = v128.load(dx, 240);
      }
    }
    if (offsetof<R>() > 4) {
      c40 = v128.load(dx, 256);
      c41 = v128.load(dx, 272);
      if (WIDE) {
        c42 = v128.load(dx, 288);
        c43 = v128.load(dx, 304);
      }
    }
    if (offsetof<R>() > 5) {
      c50 = v128.load(dx, 320);
      c51 = v128.load(dx, 336);
      if (WIDE) {
        c52 = v128.load(dx, 352);
        c53 = v128.load(dx, 368);
      }
    }
  }
  for (; ds < stop; ds += ROW) {
    const d0 = v128.load(ds);
    const d1 = v128.load(ds, 16);
    let d2 = d0;
    let d3 = d0;
    if (WIDE) {
      d2 = v128.load(ds, 32);
      d3 = v128.load(ds, 48);
    }
    const a0 = v128.load32_splat(w);
    c00 = madd(c00, a0, d0);
    c01 = madd(c01, a0, d1);
    if (WIDE) {
      c02 = madd(c02, a0, d2);
      c03 = madd(c03, a0, d3);
    }
    if (offsetof<R>() > 1) {
      const a1 = v128.load32_splat(w, 4);
      c10 = madd(c10, a1, d0);
      c11 = madd(c11, a1, d1);
      if (WIDE) {
        c12 = madd(c12, a1, d2);
        c13 = madd(c13, a1, d3);
      }
    }
    if (offsetof<R>() > 2) {
      const a2 = v128.load32_splat(w, 8);
      c20 = madd(c20, a2, d0);
      c21 = madd(c21, a2, d1);
      if (WIDE) {
        c22 = madd(c22, a2, d2);
        c23 = madd(c23, a2, d3);
      }
    }
    if (offsetof<R>() > 3) {
      const a3 = v128.load32_splat(w, 12);
      c30 = madd(c30, a3, d0);
      c31 = madd(c31, a3, d1);
      if (WIDE) {
        c32 = madd(c32, a3, d2);
        c33 = madd(c33, a3, d3);
      }
    }
    if (offsetof<R>() > 4) {
      const a4 = v128.load32_splat(w, 16);
      c40 = madd(c40, a4, d0);
      c41 = madd(c41, a4, d1);
      if (WIDE) {
        c42 = madd(c42, a4, d2);
        c43 = madd(c43, a4, d3);
      }
    }
    if (offsetof<R>() > 5) {
      const a5 = v128.load32_splat(w, 20);
      c50 = madd(c50, a5, d0);
      c51 = madd(c51, a5, d1);
      if (WIDE) {
        c52 = madd(c52, a5, d2);
        c53 = madd(c53, a5, d3);
      }
    }
    w += rowBytes;
  }
  v128.store(dx, c01, 16);
  v128.store(dx, c00);
  if (WIDE) {
    v128.store(dx, c03, 48);
    v128.store(dx, c02, 32);
  }
  if (offsetof<R>() > 1) {
    v128.store(dx, c11, 80);
    v128.store(dx, c10, 64);
    if (WIDE) {
      v128.store(dx, c13, 112);
      v128.store(dx, c12, 96);
    }
  }
  if (offsetof<R>() > 2) {
    v128.store(dx, c21, 144);
    v128.store(dx, c20, 128);
    if (WIDE) {
      v128.store(dx, c23, 176);
      v128.store(dx, c22, 160);
    }
  }
  if (offsetof<R>() > 3) {
    v128.store(dx, c31, 208);
    v128.store(dx, c30, 192);
    if (WIDE) {
      v128.store(dx, c33, 240);
      v128.store(dx, c32, 224);
    }
  }
  if (offsetof<R>() > 4) {
    v128.store(dx, c41, 272);
    v128.store(dx, c40, 256);
    if (WIDE) {
      v128.store(dx, c43, 304);
      v128.store(dx, c42, 288);
    }
  }
  if (offsetof<R>() > 5) {
    v128.store(dx, c51, 336);
    v128.store(dx, c50, 320);
    if (WIDE) {
      v128.store(dx, c53, 368);
      v128.store(dx, c52, 352);
    }
  }
}
