/** db, the sum of ds over samples. ds: [panel, fanOut, 16]; db: [fanOut]. */
import { ROW, sumLanesF32 } from "../lanes";
import { storeColumn } from "./columns";

/** Rows [begin, end) of db. */
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
    const sum = sumLanesF32(f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3)));
    storeColumn(db + (row << 2), sum, accumulate);
  }
}
