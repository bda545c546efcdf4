/**
 * m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w = w - rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)
 * (Kingma and Ba 2015, algorithm 1).
 * state: [b1, b2, epsilon, b1^t, b2^t] float64. slots: m / (1 - b1), then v / (1 - b2), which saves two products.
 *
 * Roots and quotients are what takes the time, so two quotients share a division: m / d = m d' / (d d'). For that products
 * must be float32 numbers: epsilon is at least 1e-18, the rate at most 100, and gradients beyond 1e16 count as 1e16.
 */
import { madd } from "../lanes";

/** Once a step: the powers of b1 and b2 go up by one. */
export function advance(state: usize): void {
  store<f64>(state, load<f64>(state, 24) * load<f64>(state), 24);
  store<f64>(state, load<f64>(state, 32) * load<f64>(state, 8), 32);
}

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
  const step = f32x4.splat(<f32>((rate * (1 - b1)) / (1 - load<f64>(state, 24))));
  const correction = f32x4.splat(<f32>sqrt((1 - b2) / (1 - load<f64>(state, 32))));
  const epsilon = f32x4.splat(<f32>load<f64>(state, 16));
  const most = f32x4.splat(1e16);
  const least = f32x4.splat(-1e16);
  const keepM = f32x4.splat(<f32>b1);
  const keepV = f32x4.splat(<f32>b2);
  for (let at = begin; at < end; at += 64) {
    const g0 = f32x4.pmax(f32x4.pmin(v128.load(g + at), most), least);
    const g1 = f32x4.pmax(f32x4.pmin(v128.load(g + at, 16), most), least);
    const g2 = f32x4.pmax(f32x4.pmin(v128.load(g + at, 32), most), least);
    const g3 = f32x4.pmax(f32x4.pmin(v128.load(g + at, 48), most), least);
    const m0 = madd(g0, keepM, v128.load(slots + at));
    const m1 = madd(g1, keepM, v128.load(slots + at, 16));
    const m2 = madd(g2, keepM, v128.load(slots + at, 32));
    const m3 = madd(g3, keepM, v128.load(slots + at, 48));
    const v0 = madd(f32x4.mul(keepV, v128.load(slots + byteLength + at)), g0, g0);
    const v1 = madd(f32x4.mul(keepV, v128.load(slots + byteLength + at, 16)), g1, g1);
    const v2 = madd(f32x4.mul(keepV, v128.load(slots + byteLength + at, 32)), g2, g2);
    const v3 = madd(f32x4.mul(keepV, v128.load(slots + byteLength + at, 48)), g3, g3);
    const d0 = madd(epsilon, f32x4.sqrt(v0), correction);
    const d1 = madd(epsilon, f32x4.sqrt(v1), correction);
    const d2 = madd(epsilon, f32x4.sqrt(v2), correction);
    const d3 = madd(epsilon, f32x4.sqrt(v3), correction);
    const share02 = f32x4.div(step, f32x4.mul(d0, d2));
    const share13 = f32x4.div(step, f32x4.mul(d1, d3));
    const change0 = f32x4.mul(f32x4.mul(m0, d2), share02);
    const change1 = f32x4.mul(f32x4.mul(m1, d3), share13);
    const change2 = f32x4.mul(f32x4.mul(m2, d0), share02);
    const change3 = f32x4.mul(f32x4.mul(m3, d1), share13);
    const w0 = f32x4.sub(v128.load(w + at), change0);
    const w1 = f32x4.sub(v128.load(w + at, 16), change1);
    const w2 = f32x4.sub(v128.load(w + at, 32), change2);
    const w3 = f32x4.sub(v128.load(w + at, 48), change3);
    v128.store(slots + at, m1, 16);
    v128.store(slots + at, m0);
    v128.store(slots + at, m3, 48);
    v128.store(slots + at, m2, 32);
    v128.store(slots + byteLength + at, v1, 16);
    v128.store(slots + byteLength + at, v0);
    v128.store(slots + byteLength + at, v3, 48);
    v128.store(slots + byteLength + at, v2, 32);
    v128.store(w + at, w1, 16);
    v128.store(w + at, w0);
    v128.store(w + at, w3, 48);
    v128.store(w + at, w2, 32);
  }
}
