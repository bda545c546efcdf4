/** x = s / 6 + 1/2, kept within [0, 1]; dx/ds = 1/6 within, 0 at the ends: only the output is kept. */
import { madd } from "../lanes";
import { Op, Pass } from "../tables";
import { backwardEach, forwardEach } from "./elementwise";

@unmanaged
class HardSigmoid {
  @inline
  forward(s: v128): v128 {
    const sloped = madd(f32x4.splat(0.5), s, f32x4.splat(0.16666667));
    return f32x4.pmin(f32x4.pmax(sloped, f32x4.splat(0)), f32x4.splat(1));
  }

  @inline
  backward(dx: v128, x: v128): v128 {
    const within = v128.and(f32x4.gt(x, f32x4.splat(0)), f32x4.lt(x, f32x4.splat(1)));
    return v128.and(f32x4.mul(dx, f32x4.splat(0.16666667)), within);
  }
}

export function forward(op: Op, pass: Pass, begin: i32, end: i32): void {
  forwardEach<HardSigmoid>(op, begin, end);
}

export function backward(op: Op, pass: Pass, begin: i32, end: i32): void {
  backwardEach<HardSigmoid>(op, begin, end);
}
