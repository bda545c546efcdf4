/**
 * One pass over panels for activations whose every output depends on one sum alone. An activation gives its equation as
 * a class with `forward` and `backward` on vectors; it is resolved at compile time, so the loop costs nothing extra.
 *
 * Ranges are of samples, and begin with a panel. Of a last panel that is not full, vectors without a sample are left alone.
 */
import { aliveBytes, LANES, ROW } from "../lanes";

/** x = f(s) for samples [begin, end). x, s: [panel, units, 16]; x may be s. */
export function forwardEach<F>(x: usize, s: usize, units: i32, begin: i32, end: i32): void {
  const panel = <usize>units * ROW;
  const full = <usize>(end / LANES) * panel;
  for (let at = <usize>(begin / LANES) * panel; at < full; at += 16) {
    v128.store(x + at, changetype<F>(0).forward(v128.load(s + at)));
  }
  const alive = aliveBytes(end & -LANES, end);
  for (let lanes = full; lanes < full + alive; lanes += 16) {
    for (let at = lanes; at < lanes + panel; at += ROW) {
      v128.store(x + at, changetype<F>(0).forward(v128.load(s + at)));
    }
  }
}

/** ds = dx f'(s), from dx and x = f(s), for samples [begin, end). ds may be dx. */
export function backwardEach<F>(ds: usize, dx: usize, x: usize, units: i32, begin: i32, end: i32): void {
  const panel = <usize>units * ROW;
  const full = <usize>(end / LANES) * panel;
  for (let at = <usize>(begin / LANES) * panel; at < full; at += 16) {
    v128.store(ds + at, changetype<F>(0).backward(v128.load(dx + at), v128.load(x + at)));
  }
  const alive = aliveBytes(end & -LANES, end);
  for (let lanes = full; lanes < full + alive; lanes += 16) {
    for (let at = lanes; at < lanes + panel; at += ROW) {
      v128.store(ds + at, changetype<F>(0).backward(v128.load(dx + at), v128.load(x + at)));
    }
  }
}
