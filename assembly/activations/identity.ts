/** x = s; dx/ds = 1. */

import { backwardEach, forwardEach } from "./elementwise";

@unmanaged
class Identity {
  forward(s: v128): v128 {
    return s;
  }

  backward(dx: v128, x: v128): v128 {
    return dx;
  }
}

export function forward(x: usize, s: usize, units: i32, begin: i32, end: i32): void {
  forwardEach<Identity>(x, s, units, begin, end);
}

export function backward(ds: usize, dx: usize, x: usize, units: i32, begin: i32, end: i32): void {
  backwardEach<Identity>(ds, dx, x, units, begin, end);
}
