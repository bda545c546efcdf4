/**
 * v = mu v + g; w = w - rate v (Polyak 1964, in the form of Sutskever et al. 2013). state: [rate, mu] float64.
 * slots: v.
 */
import { madd } from "../lanes";

export function update(
  w: usize,
  g: usize,
  slots: usize,
  byteLength: usize,
  state: usize,
  begin: usize,
  end: usize,
): void {
  const rate = f32x4.splat(<f32>load<f64>(state));
  const mu = f32x4.splat(<f32>load<f64>(state, 8));
  for (let at = begin; at < end; at += 16) {
    const v = madd(v128.load(g + at), mu, v128.load(slots + at));
    v128.store(slots + at, v);
    v128.store(w + at, f32x4.sub(v128.load(w + at), f32x4.mul(rate, v)));
  }
}
