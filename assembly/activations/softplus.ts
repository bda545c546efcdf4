/** x = ln(1 + e^s); dx/ds = 1 - e^-x: only the output is kept. */
import { exp, expm1, log1p } from "../math";
import { Op, Pass } from "../tables";
import { backwardEach, forwardEach } from "./elementwise";

@unmanaged
class Softplus {
  @inline
  forward(s: v128): v128 {
    return f32x4.add(f32x4.pmax(s, f32x4.splat(0)), log1p(exp(f32x4.neg(f32x4.abs(s)))));
  }

  @inline
  backward(dx: v128, x: v128): v128 {
    return f32x4.neg(f32x4.mul(dx, expm1(f32x4.neg(x))));
  }
}

export function forward(op: Op, pass: Pass, begin: i32, end: i32): void {
  forwardEach<Softplus>(op, begin, end);
}

export function backward(op: Op, pass: Pass, begin: i32, end: i32): void {
  backwardEach<Softplus>(op, begin, end);
}
