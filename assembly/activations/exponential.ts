/** x = e^s; dx/ds = x: only the output is kept. */
import { exp } from "../math";
import { Op, Pass } from "../tables";
import { backwardEach, forwardEach } from "./elementwise";

@unmanaged
class Exponential {
  @inline
  forward(s: v128): v128 {
    return exp(s);
  }

  @inline
  backward(dx: v128, x: v128): v128 {
    return f32x4.mul(dx, x);
  }
}

export function forward(op: Op, pass: Pass, begin: i32, end: i32): void {
  forwardEach<Exponential>(op, begin, end);
}

export function backward(op: Op, pass: Pass, begin: i32, end: i32): void {
  backwardEach<Exponential>(op, begin, end);
}
