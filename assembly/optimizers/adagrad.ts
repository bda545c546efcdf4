/**
 * v = v + g^2; w = w - rate g / (sqrt(initial + v) + epsilon) (Duchi, Hazan and Singer 2011). What w goes along is written
 * over g. state: [epsilon, initial] float64. slots: v.
 */
import { madd } from "../lanes";
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
  const epsilon = f32x4.splat(<f32>load<f64>(state));
  const initial = f32x4.splat(<f32>load<f64>(state, 8));
  for (let at = begin; at < end; at += 32) {
    const g0 = v128.load(g + at);
    const g1 = v128.load(g + at, 16);
    const v0 = madd(v128.load(slots + at), g0, g0);
    const v1 = madd(v128.load(slots + at, 16), g1, g1);
    const d0 = f32x4.div(g0, f32x4.add(f32x4.sqrt(f32x4.add(initial, v0)), epsilon));
    const d1 = f32x4.div(g1, f32x4.add(f32x4.sqrt(f32x4.add(initial, v1)), epsilon));
    v128.store(slots + at, v1, 16);
    v128.store(slots + at, v0);
    v128.store(g + at, d1, 16);
    v128.store(g + at, d0);
  }
  descend(w, g, slots, byteLength, rate, state, begin, end);
}
