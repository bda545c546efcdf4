/**
 * One pass over panels for activations whose every output depends on one sum alone. An activation gives its equation as
 * a class with `forward` and `backward` on vectors; it is resolved at compile time, so the loop costs nothing extra.
 *
 * Ranges are of samples, and begin with a panel. Of a last panel that is not full, vectors without a sample are left alone,
 * pairs of vectors where two make a wide one.
 */
import { aliveBytes, LANES, ROW, WIDE } from "../lanes";

/** Bytes that are taken at once. */
const STEP: usize = WIDE ? 32 : 16;

/** x = f(s) for samples [begin, end). x, s: [panel, units, 16]; x may be s. */
export function forwardEach<F>(x: usize, s: usize, units: i32, begin: i32, end: i32): void {
  const panel = <usize>units * ROW;
  const from = <usize>(begin / LANES) * panel;
  const full = <usize>(end / LANES) * panel;
  if (from < full) forwardRows<F>(x + from, s + from, full - from, 1, full - from);
  if (end & (LANES - 1)) forwardRows<F>(x + full, s + full, ROW, units, aliveSteps(end));
}

/** Of `rows` rows, `rowBytes` apart, the first `bytes`. */
function forwardRows<F>(x: usize, s: usize, rowBytes: usize, rows: i32, bytes: usize): void {
  for (; rows > 0; rows--) {
    for (let at: usize = 0; at < bytes; at += STEP) {
      const first = changetype<F>(0).forward(v128.load(s + at));
      if (WIDE) v128.store(x + at, changetype<F>(0).forward(v128.load(s + at, 16)), 16);
      v128.store(x + at, first);
    }
    x += rowBytes;
    s += rowBytes;
  }
}

/** ds = dx f'(s), from dx and x = f(s), for samples [begin, end). ds may be dx. */
export function backwardEach<F>(ds: usize, dx: usize, x: usize, units: i32, begin: i32, end: i32): void {
  const panel = <usize>units * ROW;
  const from = <usize>(begin / LANES) * panel;
  const full = <usize>(end / LANES) * panel;
  if (from < full) backwardRows<F>(ds + from, dx + from, x + from, full - from, 1, full - from);
  if (end & (LANES - 1)) backwardRows<F>(ds + full, dx + full, x + full, ROW, units, aliveSteps(end));
}

function backwardRows<F>(ds: usize, dx: usize, x: usize, rowBytes: usize, rows: i32, bytes: usize): void {
  for (; rows > 0; rows--) {
    for (let at: usize = 0; at < bytes; at += STEP) {
      const first = changetype<F>(0).backward(v128.load(dx + at), v128.load(x + at));
      if (WIDE) v128.store(ds + at, changetype<F>(0).backward(v128.load(dx + at, 16), v128.load(x + at, 16)), 16);
      v128.store(ds + at, first);
    }
    ds += rowBytes;
    dx += rowBytes;
    x += rowBytes;
  }
}

/** How many bytes of a row carry samples, by whole steps, of the panel that `end` lies in. */
function aliveSteps(end: i32): usize {
  return (aliveBytes(end & -LANES, end) + STEP - 1) & ~(STEP - 1);
}
