/** x = max(0, s); dx/ds = 1 where x > 0, else 0. NaN stays NaN. */

import { backwardEach, forwardEach } from "./elementwise";

@unmanaged
class Relu {
  forward(s: v128): v128 {
    // pmax hands a NaN in its first operand on; an instruction shorter than max.
    return f32x4.pmax(s, f32x4.splat(0));
  }

  backward(dx: v128, x: v128): v128 {
    return v128.and(dx, f32x4.gt(x, f32x4.splat(0)));
  }
}

export function forward(x: usize, s: usize, units: i32, begin: i32, end: i32): void {
  forwardEach<Relu>(x, s, units, begin, end);
}

export function backward(ds: usize, dx: usize, x: usize, units: i32, begin: i32, end: i32): void {
  backwardEach<Relu>(ds, dx, x, units, begin, end);
}
