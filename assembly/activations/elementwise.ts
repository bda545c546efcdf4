/**
 * One pass over panels for activations whose every output depends on one sum alone. An activation gives its equation as
 * a class with `forward` and `backward` on vectors; it is resolved at compile time, so the loop costs nothing extra. The
 * fields of the class are the op's numbers.
 *
 * Ranges are of samples, and begin with a panel. Of a last panel that is not full, vectors without a sample are left alone,
 * pairs of vectors where two make a wide one.
 */
import { aliveBytes, LANES, panelsIn, ROW, WIDE } from "../lanes";
import { Op } from "../tables";

/** Bytes that are taken at once. */
const STEP: usize = WIDE ? 32 : 16;

/** x = f(s) for samples [begin, end). x, s: [panel, units, 16]; x may be s. */
export function forwardEach<F>(op: Op, begin: i32, end: i32): void {
  const f = changetype<F>(op.numbers);
  const x = op.output;
  const s = op.input;
  const units = op.fanOut;
  const panel = <usize>units * ROW;
  const from = panelsIn(begin) * panel;
  const full = panelsIn(end) * panel;
  if (from < full) forwardRows<F>(f, x + from, s + from, full - from, 1, full - from);
  if (end & (LANES - 1)) forwardRows<F>(f, x + full, s + full, ROW, units, aliveSteps(end));
}

/** Of `rows` rows, `rowBytes` apart, the first `bytes`. */
function forwardRows<F>(f: F, x: usize, s: usize, rowBytes: usize, rows: i32, bytes: usize): void {
  for (; rows > 0; rows--) {
    for (let at: usize = 0; at < bytes; at += STEP) {
      const first = f.forward(v128.load(s + at));
      if (WIDE) v128.store(x + at, f.forward(v128.load(s + at, 16)), 16);
      v128.store(x + at, first);
    }
    x += rowBytes;
    s += rowBytes;
  }
}

/** ds = dx f'(s), from dx and what is kept, x or s, for samples [begin, end). ds may be dx. */
export function backwardEach<F>(op: Op, begin: i32, end: i32): void {
  const f = changetype<F>(op.numbers);
  const ds = op.dInput;
  const dx = op.dOutput;
  const kept = op.kept;
  const units = op.fanOut;
  const panel = <usize>units * ROW;
  const from = panelsIn(begin) * panel;
  const full = panelsIn(end) * panel;
  if (from < full) backwardRows<F>(f, ds + from, dx + from, kept + from, full - from, 1, full - from);
  if (end & (LANES - 1)) backwardRows<F>(f, ds + full, dx + full, kept + full, ROW, units, aliveSteps(end));
}

function backwardRows<F>(f: F, ds: usize, dx: usize, kept: usize, rowBytes: usize, rows: i32, bytes: usize): void {
  for (; rows > 0; rows--) {
    for (let at: usize = 0; at < bytes; at += STEP) {
      const first = f.backward(v128.load(dx + at), v128.load(kept + at));
      if (WIDE) v128.store(ds + at, f.backward(v128.load(dx + at, 16), v128.load(kept + at, 16)), 16);
      v128.store(ds + at, first);
    }
    ds += rowBytes;
    dx += rowBytes;
    kept += rowBytes;
  }
}

/** How many bytes of a row carry samples, by whole steps, of the panel that `end` lies in. */
function aliveSteps(end: i32): usize {
  return (aliveBytes(end & -LANES, end) + STEP - 1) & ~(STEP - 1);
}
