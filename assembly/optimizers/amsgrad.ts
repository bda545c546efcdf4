/**
 * Adam that divides by the largest of its mean squares so far: m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2;
 * u = max(u, v); w = w - rate (m / (1 - b1^t)) / (sqrt(u / (1 - b2^t)) + epsilon) (Reddi, Kale and Kumar 2018, as PyTorch
 * has it). What w goes along is written over g. state: as Adam's. slots: m, v, u.
 */
import { normalize } from "./moments";
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
  const b1 = load<f64>(state);
  const b2 = load<f64>(state, 8);
  const look = 1 / (1 - load<f64>(state, 24));
  const correction = sqrt(1 / (1 - load<f64>(state, 32)));
  const v = slots + byteLength;
  normalize(g, slots, v, v + byteLength, b1, b2, 0, look, correction, load<f64>(state, 16), begin, end);
  descend(w, g, slots, byteLength, rate, state, begin, end);
}
