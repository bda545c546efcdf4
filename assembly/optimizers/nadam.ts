/**
 * Adam with Nesterov's momentum, whose mu_t = b1 (1 - 0.96^(t decay) / 2) warms up (Dozat 2016, as PyTorch has it):
 * m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; d = (1 - mu_t) g / (1 - mu_1 ... mu_t) + mu_(t+1) m / (1 - mu_1 ... mu_(t+1));
 * w = w - rate d / (sqrt(v / (1 - b2^t)) + epsilon). What w goes along is written over g.
 * state: [b1, b2, epsilon, b2^t, q = 0.96^decay, q^t, mu_1 ... mu_t] float64. slots: m, then v.
 */
import { normalize } from "./moments";
import { update as descend } from "./sgd";

/** Once a step: the powers go up by one. */
export function advance(state: usize): void {
  const power = load<f64>(state, 40) * load<f64>(state, 32);
  store<f64>(state, load<f64>(state, 24) * load<f64>(state, 8), 24);
  store<f64>(state, power, 40);
  store<f64>(state, load<f64>(state, 48) * momentum(state, power), 48);
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
  const power = load<f64>(state, 40);
  const product = load<f64>(state, 48);
  const next = momentum(state, power * load<f64>(state, 32));
  const own = (1 - momentum(state, power)) / (1 - product);
  const look = next / (1 - product * next);
  const correction = sqrt(1 / (1 - load<f64>(state, 24)));
  const v = slots + byteLength;
  const b1 = load<f64>(state);
  const b2 = load<f64>(state, 8);
  normalize(g, slots, v, v, b1, b2, own, look, correction, load<f64>(state, 16), begin, end);
  descend(w, g, slots, byteLength, rate, state, begin, end);
}

function momentum(state: usize, power: f64): f64 {
  return load<f64>(state) * (1 - 0.5 * power);
}
