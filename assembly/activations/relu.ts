/** x = max(0, s); dx/ds = 1 where x > 0, else 0. NaN stays NaN. */
import { Op, Pass } from "../tables";
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

export function forward(op: Op, pass: Pass, begin: i32, end: i32): void {
  forwardEach<Relu>(op, begin, end);
}

export function backward(op: Op, pass: Pass, begin: i32, end: i32): void {
  backwardEach<Relu>(op, begin, end);
}
