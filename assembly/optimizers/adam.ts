/**
 * m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w = w - rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)
 * (Kingma and Ba 2015, algorithm 1), w having first decayed by rate * decay * w (AdamW: Loshchilov and Hutter 2019).
 * state: [rate, b1, b2, epsilon, b1^t, b2^t, decay] float64. slots: m, then v.
 */
import { madd } from "../lanes";

/** Once a step: the powers of b1 and b2 go up by one. */
export function advance(state: usize): void {
  store<f64>(state, load<f64>(state, 32) * load<f64>(state, 8), 32);
  store<f64>(state, load<f64>(state, 40) * load<f64>(state, 16), 40);
}

export function update(
  w: usize,
  g: usize,
  slots: usize,
  byteLength: usize,
  state: usize,
  begin: usize,
  end: usize,
): void {
  const b1 = load<f64>(state, 8);
  const b2 = load<f64>(state, 16);
  const step = f32x4.splat(<f32>(load<f64>(state) / (1 - load<f64>(state, 32))));
  const correction = f32x4.splat(<f32>(1 / sqrt(1 - load<f64>(state, 40))));
  const epsilon = f32x4.splat(<f32>load<f64>(state, 24));
  // Without decay this is 1, which changes no bit.
  const keepW = f32x4.splat(<f32>(1 - load<f64>(state) * load<f64>(state, 48)));
  const keepM = f32x4.splat(<f32>b1);
  const keepV = f32x4.splat(<f32>b2);
  const takeM = f32x4.splat(<f32>(1 - b1));
  const takeV = f32x4.splat(<f32>(1 - b2));
  for (let at = begin; at < end; at += 32) {
    const g0 = v128.load(g + at);
    const g1 = v128.load(g + at, 16);
    const m0 = madd(f32x4.mul(takeM, g0), keepM, v128.load(slots + at));
    const m1 = madd(f32x4.mul(takeM, g1), keepM, v128.load(slots + at, 16));
    const v0 = madd(f32x4.mul(takeV, f32x4.mul(g0, g0)), keepV, v128.load(slots + byteLength + at));
    const v1 = madd(f32x4.mul(takeV, f32x4.mul(g1, g1)), keepV, v128.load(slots + byteLength + at, 16));
    const change0 = f32x4.div(f32x4.mul(step, m0), madd(epsilon, f32x4.sqrt(v0), correction));
    const change1 = f32x4.div(f32x4.mul(step, m1), madd(epsilon, f32x4.sqrt(v1), correction));
    const w0 = f32x4.sub(f32x4.mul(keepW, v128.load(w + at)), change0);
    const w1 = f32x4.sub(f32x4.mul(keepW, v128.load(w + at, 16)), change1);
    v128.store(slots + at, m0);
    v128.store(slots + at, m1, 16);
    v128.store(slots + byteLength + at, v0);
    v128.store(slots + byteLength + at, v1, 16);
    v128.store(w + at, w0);
    v128.store(w + at, w1, 16);
  }
}
