/**
 * Register tiles: R rows of the result by 8 samples, held in registers over the whole sum. The edge tiles, 1 to 5 rows,
 * are the same code with fewer rows, cut at compile time.
 *
 * Registers carry their coordinates: c21 is row 2, lanes 4 to 7. V8 has 15 vector registers to give. Fused, 6 rows need
 * 12 sums, two vectors of samples and one weight. Strict, a product needs a register of its own, so 4 rows are best.
 * Sums are set before the loop and stored after it, all together.
 */
import { FUSED, madd, ROW, sumLanes } from "../lanes";

/** Rows of a full tile. */
export const ROWS: i32 = FUSED ? 6 : 4;

// The number of rows as a type: offsetof<Rows3>() is 3 at compile time.
@unmanaged
export class Rows1 {
  r0: u8;
}
@unmanaged
export class Rows2 {
  r0: u8;
  r1: u8;
}
@unmanaged
export class Rows3 {
  r0: u8;
  r1: u8;
  r2: u8;
}
@unmanaged
export class Rows4 {
  r0: u8;
  r1: u8;
  r2: u8;
  r3: u8;
}
@unmanaged
export class Rows5 {
  r0: u8;
  r1: u8;
  r2: u8;
  r3: u8;
  r4: u8;
}
@unmanaged
export class Rows6 {
  r0: u8;
  r1: u8;
  r2: u8;
  r3: u8;
  r4: u8;
  r5: u8;
}
/**
 * s[R, 8] = w[R, fanIn] x[fanIn, 8] + b[R]. Rows of w are fanIn apart; units of x and s are a panel row apart.
 */
export function forwardTile<R>(s: usize, x: usize, w: usize, b: usize, fanIn: usize): void {
  const rowBytes = fanIn << 2;
  const w0 = w;
  let c00 = v128.load32_splat(b);
  let c01 = c00;
  const w1 = w0 + rowBytes;
  let c10 = c00;
  let c11 = c00;
  if (offsetof<R>() > 1) {
    c10 = v128.load32_splat(b, 4);
    c11 = c10;
  }
  const w2 = w1 + rowBytes;
  let c20 = c00;
  let c21 = c00;
  if (offsetof<R>() > 2) {
    c20 = v128.load32_splat(b, 8);
    c21 = c20;
  }
  const w3 = w2 + rowBytes;
  let c30 = c00;
  let c31 = c00;
  if (offsetof<R>() > 3) {
    c30 = v128.load32_splat(b, 12);
    c31 = c30;
  }
  const w4 = w3 + rowBytes;
  let c40 = c00;
  let c41 = c00;
  if (offsetof<R>() > 4) {
    c40 = v128.load32_splat(b, 16);
    c41 = c40;
  }
  const w5 = w4 + rowBytes;
  let c50 = c00;
  let c51 = c00;
  if (offsetof<R>() > 5) {
    c50 = v128.load32_splat(b, 20);
    c51 = c50;
  }
  for (let k: usize = 0; k < rowBytes; k += 4) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const a0 = v128.load32_splat(w0 + k);
    c00 = madd(c00, a0, x0);
    c01 = madd(c01, a0, x1);
    if (offsetof<R>() > 1) {
      const a1 = v128.load32_splat(w1 + k);
      c10 = madd(c10, a1, x0);
      c11 = madd(c11, a1, x1);
    }
    if (offsetof<R>() > 2) {
      const a2 = v128.load32_splat(w2 + k);
      c20 = madd(c20, a2, x0);
      c21 = madd(c21, a2, x1);
    }
    if (offsetof<R>() > 3) {
      const a3 = v128.load32_splat(w3 + k);
      c30 = madd(c30, a3, x0);
      c31 = madd(c31, a3, x1);
    }
    if (offsetof<R>() > 4) {
      const a4 = v128.load32_splat(w4 + k);
      c40 = madd(c40, a4, x0);
      c41 = madd(c41, a4, x1);
    }
    if (offsetof<R>() > 5) {
      const a5 = v128.load32_splat(w5 + k);
      c50 = madd(c50, a5, x0);
      c51 = madd(c51, a5, x1);
    }
    x += ROW;
  }
  v128.store(s, c00, 0);
  v128.store(s, c01, 16);
  if (offsetof<R>() > 1) {
    v128.store(s, c10, 64);
    v128.store(s, c11, 80);
  }
  if (offsetof<R>() > 2) {
    v128.store(s, c20, 128);
    v128.store(s, c21, 144);
  }
  if (offsetof<R>() > 3) {
    v128.store(s, c30, 192);
    v128.store(s, c31, 208);
  }
  if (offsetof<R>() > 4) {
    v128.store(s, c40, 256);
    v128.store(s, c41, 272);
  }
  if (offsetof<R>() > 5) {
    v128.store(s, c50, 320);
    v128.store(s, c51, 336);
  }
}

/**
 * dx[R, 8] = (w[fanOut, R])^T ds[fanOut, 8]: R neighbouring columns of w, whose rows are fanIn apart.
 */
export function inputGradientTile<R>(dx: usize, ds: usize, w: usize, fanIn: usize, fanOut: usize): void {
  const rowBytes = fanIn << 2;
  const stop = ds + fanOut * ROW;
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0);
  let c41 = f32x4.splat(0);
  let c50 = f32x4.splat(0);
  let c51 = f32x4.splat(0);
  for (; ds < stop; ds += ROW) {
    const d0 = v128.load(ds);
    const d1 = v128.load(ds, 16);
    const a0 = v128.load32_splat(w, 0);
    c00 = madd(c00, a0, d0);
    c01 = madd(c01, a0, d1);
    if (offsetof<R>() > 1) {
      const a1 = v128.load32_splat(w, 4);
      c10 = madd(c10, a1, d0);
      c11 = madd(c11, a1, d1);
    }
    if (offsetof<R>() > 2) {
      const a2 = v128.load32_splat(w, 8);
      c20 = madd(c20, a2, d0);
      c21 = madd(c21, a2, d1);
    }
    if (offsetof<R>() > 3) {
      const a3 = v128.load32_splat(w, 12);
      c30 = madd(c30, a3, d0);
      c31 = madd(c31, a3, d1);
    }
    if (offsetof<R>() > 4) {
      const a4 = v128.load32_splat(w, 16);
      c40 = madd(c40, a4, d0);
      c41 = madd(c41, a4, d1);
    }
    if (offsetof<R>() > 5) {
      const a5 = v128.load32_splat(w, 20);
      c50 = madd(c50, a5, d0);
      c51 = madd(c51, a5, d1);
    }
    w += rowBytes;
  }
  v128.store(dx, c00, 0);
  v128.store(dx, c01, 16);
  if (offsetof<R>() > 1) {
    v128.store(dx, c10, 64);
    v128.store(dx, c11, 80);
  }
  if (offsetof<R>() > 2) {
    v128.store(dx, c20, 128);
    v128.store(dx, c21, 144);
  }
  if (offsetof<R>() > 3) {
    v128.store(dx, c30, 192);
    v128.store(dx, c31, 208);
  }
  if (offsetof<R>() > 4) {
    v128.store(dx, c40, 256);
    v128.store(dx, c41, 272);
  }
  if (offsetof<R>() > 5) {
    v128.store(dx, c50, 320);
    v128.store(dx, c51, 336);
  }
}

/**
 * dw[R, C] = the sum over samples of ds[R] x[C]: lanes are summed only at the end, so nothing is packed and a layer of 2
 * or 3 units wastes none. Panels of ds are fanOut, those of x fanIn units apart; R is at most 2, C at most 4.
 */
export function weightGradientTile<R, C>(
  dw: usize,
  ds: usize,
  x: usize,
  fanIn: usize,
  fanOut: usize,
  panels: usize,
  accumulate: bool,
): void {
  const dsPanel = fanOut * ROW;
  const xPanel = fanIn * ROW;
  const stop = ds + panels * dsPanel;
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c02 = f32x4.splat(0);
  let c03 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c12 = f32x4.splat(0);
  let c13 = f32x4.splat(0);
  for (; ds < stop; ds += dsPanel) {
    for (let lanes: usize = 0; lanes < ROW; lanes += 16) {
      const d0 = v128.load(ds + lanes);
      let d1 = d0;
      if (offsetof<R>() > 1) d1 = v128.load(ds + lanes, 64);
      const x0 = v128.load(x + lanes, 0);
      c00 = madd(c00, d0, x0);
      if (offsetof<R>() > 1) c10 = madd(c10, d1, x0);
      if (offsetof<C>() > 1) {
        const x1 = v128.load(x + lanes, 64);
        c01 = madd(c01, d0, x1);
        if (offsetof<R>() > 1) c11 = madd(c11, d1, x1);
      }
      if (offsetof<C>() > 2) {
        const x2 = v128.load(x + lanes, 128);
        c02 = madd(c02, d0, x2);
        if (offsetof<R>() > 1) c12 = madd(c12, d1, x2);
      }
      if (offsetof<C>() > 3) {
        const x3 = v128.load(x + lanes, 192);
        c03 = madd(c03, d0, x3);
        if (offsetof<R>() > 1) c13 = madd(c13, d1, x3);
      }
    }
    x += xPanel;
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
