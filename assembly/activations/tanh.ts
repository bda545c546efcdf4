/** x = tanh s; dx/ds = 1 - x^2: only the output is kept. */
import { Inlined } from "../math";
import { Op, Pass } from "../tables";
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

export function forward(op: Op, pass: Pass, begin: i32, end: i32): void {
  forwardEach<Tanh>(op, begin, end);
}

export function backward(op: Op, pass: Pass, begin: i32, end: i32): void {
  backwardEach<Tanh>(op, begin, end);
}
