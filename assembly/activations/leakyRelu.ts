/** x = s where s > 0, else slope s; dx/ds = 1 or slope: only the output is kept. */
import { Op, Pass } from "../tables";
import { backwardEach, forwardEach } from "./elementwise";

@unmanaged
class LeakyRelu {
  slope: f32;

  @inline
  forward(s: v128): v128 {
    const zero = f32x4.splat(0);
    return f32x4.add(f32x4.pmax(s, zero), f32x4.mul(f32x4.splat(this.slope), f32x4.pmin(s, zero)));
  }

  @inline
  backward(dx: v128, x: v128): v128 {
    return v128.bitselect(dx, f32x4.mul(dx, f32x4.splat(this.slope)), f32x4.gt(x, f32x4.splat(0)));
  }
}

export function forward(op: Op, pass: Pass, begin: i32, end: i32): void {
  forwardEach<LeakyRelu>(op, begin, end);
}

export function backward(op: Op, pass: Pass, begin: i32, end: i32): void {
  backwardEach<LeakyRelu>(op, begin, end);
}
