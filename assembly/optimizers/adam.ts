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
  for (let at = begin; at < end; at += 16) {
    const gradient = v128.load(g + at);
    const m = madd(f32x4.mul(takeM, gradient), keepM, v128.load(slots + at));
    const v = madd(f32x4.mul(takeV, f32x4.mul(gradient, gradient)), keepV, v128.load(slots + byteLength + at));
    v128.store(slots + at, m);
    v128.store(slots + byteLength + at, v);
    const change = f32x4.div(f32x4.mul(step, m), madd(epsilon, f32x4.sqrt(v), correction));
    v128.store(w + at, f32x4.sub(f32x4.mul(keepW, v128.load(w + at)), change));
  }
}
