/** s = w x + b. w: [fanOut, fanIn]; x: [panel, fanIn, 16]; s: [panel, fanOut, 16]. w is read where it lies. */
import { madd, ROW, WIDE } from "../lanes";
import { Rows1, Rows2, Rows3, Rows4, Rows5, Rows6, ROWS, TILE } from "./rows";

/** One panel, of which `alive` bytes of a row carry samples. */
export function forwardPanel(s: usize, x: usize, w: usize, b: usize, fanIn: usize, fanOut: usize, alive: usize): void {
  const stop = s + fanOut * ROW;
  for (; s + ROWS * ROW <= stop; s += ROWS * ROW) {
    if (ROWS == 6) rowsOf<Rows6>(s, x, w, b, fanIn, alive);
    else rowsOf<Rows4>(s, x, w, b, fanIn, alive);
    w += (ROWS * fanIn) << 2;
    b += ROWS << 2;
  }
  const left = (stop - s) / ROW;
  if (left == 1) rowsOf<Rows1>(s, x, w, b, fanIn, alive);
  else if (left == 2) rowsOf<Rows2>(s, x, w, b, fanIn, alive);
  else if (left == 3) rowsOf<Rows3>(s, x, w, b, fanIn, alive);
  else if (ROWS == 6) {
    if (left == 4) rowsOf<Rows4>(s, x, w, b, fanIn, alive);
    else if (left == 5) rowsOf<Rows5>(s, x, w, b, fanIn, alive);
  }
}

/** All lanes of R rows. Two calls also keep the tile a function of its own, which V8 compiles best. */
function rowsOf<R>(s: usize, x: usize, w: usize, b: usize, fanIn: usize, alive: usize): void {
  forwardTile<R>(s, x, w, b, fanIn);
  if (!WIDE && alive > TILE) forwardTile<R>(s + TILE, x + TILE, w, b, fanIn);
}

/** s[R, TILE] = w[R, fanIn] x[fanIn, TILE] + b[R]. Rows of w are fanIn apart; units of x and s are a panel row apart. */
function forwardTile<R>(s: usize, x: usize, w: usize, b: usize, fanIn: usize): void {
  const rowBytes = fanIn << 2;
  const w0 = w;
  const w1 = w + rowBytes;
  const w2 = w + 2 * rowBytes;
  const w3 = w + 3 * rowBytes;
  const w4 = w + 4 * rowBytes;
  const w5 = w + 5 * rowBytes;
  let c00 = v128.load32_splat(b);
  let c01 = c00;
  let c02 = c00;
  let c03 = c00;
  let c10 = v128.load32_splat(b);
  let c11 = c10;
  let c12 = c10;
  let c13 = c10;
  let c20 = v128.load32_splat(b);
  let c21 = c20;
  let c22 = c20;
  let c23 = c20;
  let c30 = v128.load32_splat(b);
  let c31 = c30;
  let c32 = c30;
  let c33 = c30;
  let c40 = v128.load32_splat(b);
  let c41 = c40;
  let c42 = c40;
  let c43 = c40;
  let c50 = v128.load32_splat(b);
  let c51 = c50;
  let c52 = c50;
  let c53 = c50;
  if (offsetof<R>() > 1) {
    c10 = v128.load32_splat(b, 4);
    c11 = c10;
    c12 = c10;
    c13 = c10;
  }
  if (offsetof<R>() > 2) {
    c20 = v128.load32_splat(b, 8);
    c21 = c20;
    c22 = c20;
    c23 = c20;
  }
  if (offsetof<R>() > 3) {
    c30 = v128.load32_splat(b, 12);
    c31 = c30;
    c32 = c30;
    c33 = c30;
  }
  if (offsetof<R>() > 4) {
    c40 = v128.load32_splat(b, 16);
    c41 = c40;
    c42 = c40;
    c43 = c40;
  }
  if (offsetof<R>() > 5) {
    c50 = v128.load32_splat(b, 20);
    c51 = c50;
    c52 = c50;
    c53 = c50;
  }
  for (let k: usize = 0; k < rowBytes; k += 4) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    let x2 = x0;
    let x3 = x0;
    if (WIDE) {
      x2 = v128.load(x, 32);
      x3 = v128.load(x, 48);
    }
    const a0 = v128.load32_splat(w0 + k);
    c00 = madd(c00, a0, x0);
    c01 = madd(c01, a0, x1);
    if (WIDE) {
      c02 = madd(c02, a0, x2);
      c03 = madd(c03, a0, x3);
    }
    if (offsetof<R>() > 1) {
      const a1 = v128.load32_splat(w1 + k);
      c10 = madd(c10, a1, x0);
      c11 = madd(c11, a1, x1);
      if (WIDE) {
        c12 = madd(c12, a1, x2);
        c13 = madd(c13, a1, x3);
      }
    }
    if (offsetof<R>() > 2) {
      const a2 = v128.load32_splat(w2 + k);
      c20 = madd(c20, a2, x0);
      c21 = madd(c21, a2, x1);
      if (WIDE) {
        c22 = madd(c22, a2, x2);
        c23 = madd(c23, a2, x3);
      }
    }
    if (offsetof<R>() > 3) {
      const a3 = v128.load32_splat(w3 + k);
      c30 = madd(c30, a3, x0);
      c31 = madd(c31, a3, x1);
      if (WIDE) {
        c32 = madd(c32, a3, x2);
        c33 = madd(c33, a3, x3);
      }
    }
    if (offsetof<R>() > 4) {
      const a4 = v128.load32_splat(w4 + k);
      c40 = madd(c40, a4, x0);
      c41 = madd(c41, a4, x1);
      if (WIDE) {
        c42 = madd(c42, a4, x2);
        c43 = madd(c43, a4, x3);
      }
    }
    if (offsetof<R>() > 5) {
      const a5 = v128.load32_splat(w5 + k);
      c50 = madd(c50, a5, x0);
      c51 = madd(c51, a5, x1);
      if (WIDE) {
        c52 = madd(c52, a5, x2);
        c53 = madd(c53, a5, x3);
      }
    }
    x += ROW;
  }
  v128.store(s, c01, 16);
  v128.store(s, c00);
  if (WIDE) {
    v128.store(s, c03, 48);
    v128.store(s, c02, 32);
  }
  if (offsetof<R>() > 1) {
    v128.store(s, c11, 80);
    v128.store(s, c10, 64);
    if (WIDE) {
      v128.store(s, c13, 112);
      v128.store(s, c12, 96);
    }
  }
  if (offsetof<R>() > 2) {
    v128.store(s, c21, 144);
    v128.store(s, c20, 128);
    if (WIDE) {
      v128.store(s, c23, 176);
      v128.store(s, c22, 160);
    }
  }
  if (offsetof<R>() > 3) {
    v128.store(s, c31, 208);
    v128.store(s, c30, 192);
    if (WIDE) {
      v128.store(s, c33, 240);
      v128.store(s, c32, 224);
    }
  }
  if (offsetof<R>() > 4) {
    v128.store(s, c41, 272);
    v128.store(s, c40, 256);
    if (WIDE) {
      v128.store(s, c43, 304);
      v128.store(s, c42, 288);
    }
  }
  if (offsetof<R>() > 5) {
    v128.store(s, c51, 336);
    v128.store(s, c50, 320);
    if (WIDE) {
      v128.store(s, c53, 368);
      v128.store(s, c52, 352);
    }
  }
}
