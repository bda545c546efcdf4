/**
 * v = alpha v + (1 - alpha) g^2; d = g / (sqrt(v) + epsilon), or centered, with a = alpha a + (1 - alpha) g, by
 * sqrt(v - a^2) + epsilon (Tieleman and Hinton 2012; Graves 2013, as PyTorch has them); then a step along d, with momentum
 * if asked for. d is written over g.
 * state: [alpha, epsilon, mu, 1, 0, 1, centered] float64, from mu on momentum's. slots: v, a if centered, the velocity if mu > 0.
 */
import { madd } from "../lanes";
import { update as momentum } from "./momentum";
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
  let velocity = slots + byteLength;
  if (load<f64>(state, 48) != 0) {
    center(g, slots, velocity, state, begin, end);
    velocity += byteLength;
  } else {
    normalize(g, slots, state, begin, end);
  }
  if (load<f64>(state, 16) > 0) momentum(w, g, velocity, byteLength, rate, state + 16, begin, end);
  else descend(w, g, slots, byteLength, rate, state, begin, end);
}

function normalize(g: usize, v: usize, state: usize, begin: usize, end: usize): void {
  const alpha = load<f64>(state);
  const keep = f32x4.splat(<f32>alpha);
  const take = f32x4.splat(<f32>(1 - alpha));
  const epsilon = f32x4.splat(<f32>load<f64>(state, 8));
  for (let at = begin; at < end; at += 32) {
    const g0 = v128.load(g + at);
    const g1 = v128.load(g + at, 16);
    const v0 = madd(f32x4.mul(keep, v128.load(v + at)), f32x4.mul(take, g0), g0);
    const v1 = madd(f32x4.mul(keep, v128.load(v + at, 16)), f32x4.mul(take, g1), g1);
    const d0 = f32x4.div(g0, f32x4.add(f32x4.sqrt(v0), epsilon));
    const d1 = f32x4.div(g1, f32x4.add(f32x4.sqrt(v1), epsilon));
    v128.store(v + at, v1, 16);
    v128.store(v + at, v0);
    v128.store(g + at, d1, 16);
    v128.store(g + at, d0);
  }
}

/** Rounding may take a difference that is nearly 0 below it: then it is 0. */
function center(g: usize, v: usize, a: usize, state: usize, begin: usize, end: usize): void {
  const alpha = load<f64>(state);
  const keep = f32x4.splat(<f32>alpha);
  const take = f32x4.splat(<f32>(1 - alpha));
  const epsilon = f32x4.splat(<f32>load<f64>(state, 8));
  const zero = f32x4.splat(0);
  for (let at = begin; at < end; at += 32) {
    const g0 = v128.load(g + at);
    const g1 = v128.load(g + at, 16);
    const a0 = madd(f32x4.mul(take, g0), keep, v128.load(a + at));
    const a1 = madd(f32x4.mul(take, g1), keep, v128.load(a + at, 16));
    const v0 = madd(f32x4.mul(keep, v128.load(v + at)), f32x4.mul(take, g0), g0);
    const v1 = madd(f32x4.mul(keep, v128.load(v + at, 16)), f32x4.mul(take, g1), g1);
    const c0 = f32x4.pmax(f32x4.sub(v0, f32x4.mul(a0, a0)), zero);
    const c1 = f32x4.pmax(f32x4.sub(v1, f32x4.mul(a1, a1)), zero);
    const d0 = f32x4.div(g0, f32x4.add(f32x4.sqrt(c0), epsilon));
    const d1 = f32x4.div(g1, f32x4.add(f32x4.sqrt(c1), epsilon));
    v128.store(a + at, a1, 16);
    v128.store(a + at, a0);
    v128.store(v + at, v1, 16);
    v128.store(v + at, v0);
    v128.store(g + at, d1, 16);
    v128.store(g + at, d0);
  }
}
