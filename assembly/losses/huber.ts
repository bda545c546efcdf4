/**
 * l = mean_i c (d - c / 2), where d = x_i - y_i and c is d kept within [-delta, delta]: d^2 / 2 near 0, linear far away;
 * dl/dx_i = c / n.
 */
import { Op, Pass } from "../tables";
import { gradientEach, valueEach } from "./elementwise";

@unmanaged
class Huber {
  delta: f32;

  term(x: v128, s: v128, y: v128): v128 {
    const difference = f32x4.sub(x, y);
    const bounded = this.derivative(x, y);
    return f32x4.mul(bounded, f32x4.sub(difference, f32x4.mul(bounded, f32x4.splat(0.5))));
  }

  @inline
  derivative(x: v128, y: v128): v128 {
    const delta = f32x4.splat(this.delta);
    return f32x4.pmax(f32x4.pmin(f32x4.sub(x, y), delta), f32x4.neg(delta));
  }
}

export function value(op: Op, pass: Pass, begin: i32, end: i32): void {
  valueEach<Huber>(op, pass, begin, end, 1 / <f64>op.fanIn);
}

export function gradient(op: Op, pass: Pass, begin: i32, end: i32): void {
  gradientEach<Huber>(op, pass, begin, end, pass.scale / <f32>op.fanIn);
}
