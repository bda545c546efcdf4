/**
 * v = mu v + take g; w = w - rate (own g + look v): the momentum of Polyak 1964, in the form of Sutskever et al. 2013, where
 * own = 0 and look = 1; Nesterov's where own = 1 and look = mu. The first step takes all of g, as in PyTorch; the others
 * take 1 - dampening of it.
 * state: [mu, take, own, look, the next take, those after it] float64. slots: v.
 */
import { madd } from "../lanes";

/** Once a step: what the step takes of its gradient. */
export function advance(state: usize): void {
  store<f64>(state, load<f64>(state, 32), 8);
  store<f64>(state, load<f64>(state, 40), 32);
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
  const rates = f32x4.splat(<f32>rate);
  const mu = f32x4.splat(<f32>load<f64>(state));
  const take = f32x4.splat(<f32>load<f64>(state, 8));
  const own = f32x4.splat(<f32>load<f64>(state, 16));
  const look = f32x4.splat(<f32>load<f64>(state, 24));
  for (let at = begin; at < end; at += 32) {
    const g0 = v128.load(g + at);
    const g1 = v128.load(g + at, 16);
    const v0 = madd(f32x4.mul(take, g0), mu, v128.load(slots + at));
    const v1 = madd(f32x4.mul(take, g1), mu, v128.load(slots + at, 16));
    const d0 = madd(f32x4.mul(own, g0), look, v0);
    const d1 = madd(f32x4.mul(own, g1), look, v1);
    const w0 = f32x4.sub(v128.load(w + at), f32x4.mul(rates, d0));
    const w1 = f32x4.sub(v128.load(w + at, 16), f32x4.mul(rates, d1));
    v128.store(slots + at, v1, 16);
    v128.store(slots + at, v0);
    v128.store(w + at, w1, 16);
    v128.store(w + at, w0);
  }
}
