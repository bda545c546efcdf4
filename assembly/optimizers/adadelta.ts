/**
 * v = rho v + (1 - rho) g^2; d = g sqrt(u + epsilon) / sqrt(v + epsilon); u = rho u + (1 - rho) d^2; w = w - rate d (Zeiler
 * 2012). d is written over g. state: [rho, epsilon] float64. slots: v, then u.
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
  const rho = load<f64>(state);
  const keep = f32x4.splat(<f32>rho);
  const take = f32x4.splat(<f32>(1 - rho));
  const epsilon = f32x4.splat(<f32>load<f64>(state, 8));
  const u = slots + byteLength;
  for (let at = begin; at < end; at += 32) {
    const g0 = v128.load(g + at);
    const g1 = v128.load(g + at, 16);
    const v0 = madd(f32x4.mul(keep, v128.load(slots + at)), f32x4.mul(take, g0), g0);
    const v1 = madd(f32x4.mul(keep, v128.load(slots + at, 16)), f32x4.mul(take, g1), g1);
    const u0 = v128.load(u + at);
    const u1 = v128.load(u + at, 16);
    const size0 = f32x4.sqrt(f32x4.div(f32x4.add(u0, epsilon), f32x4.add(v0, epsilon)));
    const size1 = f32x4.sqrt(f32x4.div(f32x4.add(u1, epsilon), f32x4.add(v1, epsilon)));
    const d0 = f32x4.mul(g0, size0);
    const d1 = f32x4.mul(g1, size1);
    const n0 = madd(f32x4.mul(keep, u0), f32x4.mul(take, d0), d0);
    const n1 = madd(f32x4.mul(keep, u1), f32x4.mul(take, d1), d1);
    v128.store(slots + at, v1, 16);
    v128.store(slots + at, v0);
    v128.store(u + at, n1, 16);
    v128.store(u + at, n0);
    v128.store(g + at, d1, 16);
    v128.store(g + at, d0);
  }
  descend(w, g, slots, byteLength, rate, state, begin, end);
}
