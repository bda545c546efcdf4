/** x = tanh s; dx/ds = 1 - x^2: only the output is kept. */
import { Inlined } from "../math";
import { backwardEach, forwardEach } from "./elementwise";

@unmanaged
class Tanh {
  @inline
  forward(s: v128): v128 {
    return Inlined.tanh(s);
  }

  backward(dx: v128, x: v128): v128 {
    return f32x4.mul(dx, f32x4.sub(f32x4.splat(1), f32x4.mul(x, x)));
  }
}

export function forward(x: usize, s: usize, units: i32, begin: i32, end: i32): void {
  forwardEach<Tanh>(x, s, units, begin, end);
}

export function backward(ds: usize, dx: usize, x: usize, units: i32, begin: i32, end: i32): void {
  backwardEach<Tanh>(ds, dx, x, units, begin, end);
}
