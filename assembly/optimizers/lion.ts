/**
 * d = sign(b1 m + (1 - b1) g), 0 of 0; m = b2 m + (1 - b2) g; w = w - rate d (Chen et al. 2023, algorithm 2). d is written
 * over g. state: [b1, b2] float64. slots: m.
 */
import { madd, signOf } from "../lanes";
import { update as descend } from "./sgd";

export function update(
  w: usize,
  g: usize,
  slots: usize,
  byteLength: usize,
  rate: f64,
  state: usize,
  begin: usize,
  end: usize,
): void {
  const b1 = load<f64>(state);
  const b2 = load<f64>(state, 8);
  const keepD = f32x4.splat(<f32>b1);
  const takeD = f32x4.splat(<f32>(1 - b1));
  const keepM = f32x4.splat(<f32>b2);
  const takeM = f32x4.splat(<f32>(1 - b2));
  for (let at = begin; at < end; at += 32) {
    const g0 = v128.load(g + at);
    const g1 = v128.load(g + at, 16);
    const m0 = v128.load(slots + at);
    const m1 = v128.load(slots + at, 16);
    const d0 = signOf(madd(f32x4.mul(takeD, g0), keepD, m0));
    const d1 = signOf(madd(f32x4.mul(takeD, g1), keepD, m1));
    const n0 = madd(f32x4.mul(takeM, g0), keepM, m0);
    const n1 = madd(f32x4.mul(takeM, g1), keepM, m1);
    v128.store(slots + at, n1, 16);
    v128.store(slots + at, n0);
    v128.store(g + at, d1, 16);
    v128.store(g + at, d0);
  }
  descend(w, g, slots, byteLength, rate, state, begin, end);
}
