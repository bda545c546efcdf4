/** x = 1 / (1 + e^-s); dx/ds = x (1 - x): only the output is kept. */
import { Inlined } from "../math";
import { Op, Pass } from "../tables";
import { backwardEach, forwardEach } from "./elementwise";

@unmanaged
class Sigmoid {
  @inline
  forward(s: v128): v128 {
    return Inlined.sigmoid(s);
  }

  backward(dx: v128, x: v128): v128 {
    return f32x4.mul(dx, f32x4.mul(x, f32x4.sub(f32x4.splat(1), x)));
  }
}

export function forward(op: Op, pass: Pass, begin: i32, end: i32): void {
  forwardEach<Sigmoid>(op, begin, end);
}

export function backward(op: Op, pass: Pass, begin: i32, end: i32): void {
  backwardEach<Sigmoid>(op, begin, end);
}
