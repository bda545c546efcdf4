/**
 * v = mu v + g; w = w - rate v (Polyak 1964, in the form of Sutskever et al. 2013). state: [mu] float64.
 * slots: v.
 */
import { madd } from "../lanes";

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
  const rates = f32x4.splat(<f32>rate);
  const mu = f32x4.splat(<f32>load<f64>(state));
  for (let at = begin; at < end; at += 32) {
    const v0 = madd(v128.load(g + at), mu, v128.load(slots + at));
    const v1 = madd(v128.load(g + at, 16), mu, v128.load(slots + at, 16));
    const w0 = f32x4.sub(v128.load(w + at), f32x4.mul(rates, v0));
    const w1 = f32x4.sub(v128.load(w + at, 16), f32x4.mul(rates, v1));
    v128.store(slots + at, v1, 16);
    v128.store(slots + at, v0);
    v128.store(w + at, w1, 16);
    v128.store(w + at, w0);
  }
}
