/**
 * x = scale s where s > 0, else scale alpha (e^s - 1); dx/ds = scale, or x + scale alpha: only the output is kept. Of elu the
 * scale is 1, of selu it is fixed, as its alpha is.
 */
import { expm1 } from "../math";
import { select } from "../lanes";
import { Op, Pass } from "../tables";
import { backwardEach, forwardEach } from "./elementwise";

@unmanaged
class Elu {
  scale: f32;
  scaledAlpha: f32;

  @inline
  forward(s: v128): v128 {
    const zero = f32x4.splat(0);
    const below = f32x4.mul(f32x4.splat(this.scaledAlpha), expm1(f32x4.pmin(s, zero)));
    return f32x4.add(f32x4.mul(f32x4.splat(this.scale), f32x4.pmax(s, zero)), below);
  }

  @inline
  backward(dx: v128, x: v128): v128 {
    const below = f32x4.add(x, f32x4.splat(this.scaledAlpha));
    return f32x4.mul(dx, select(f32x4.gt(x, f32x4.splat(0)), f32x4.splat(this.scale), below));
  }
}

export function forward(op: Op, pass: Pass, begin: i32, end: i32): void {
  forwardEach<Elu>(op, begin, end);
}

export function backward(op: Op, pass: Pass, begin: i32, end: i32): void {
  backwardEach<Elu>(op, begin, end);
}
