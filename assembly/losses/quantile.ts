/**
 * l = mean_i of over (x_i - y_i) where an output is above its target, under (y_i - x_i) where it is below: the mean absolute
 * error by 1 and 1, the pinball loss of a quantile q by 1 - q and q; dl/dx_i = over / n, -under / n, or 0 where they are equal.
 */
import { Op, Pass } from "../tables";
import { gradientEach, valueEach } from "./elementwise";

@unmanaged
class Quantile {
  over: f32;
  under: f32;

  term(x: v128, s: v128, y: v128): v128 {
    const difference = f32x4.sub(x, y);
    const above = f32x4.mul(difference, f32x4.splat(this.over));
    return f32x4.pmax(above, f32x4.mul(difference, f32x4.splat(-this.under)));
  }

  derivative(x: v128, y: v128): v128 {
    const above = v128.and(f32x4.gt(x, y), f32x4.splat(this.over));
    return v128.or(above, v128.and(f32x4.lt(x, y), f32x4.splat(-this.under)));
  }
}

export function value(op: Op, pass: Pass, begin: i32, end: i32): void {
  valueEach<Quantile>(op, pass, begin, end, 1 / <f64>op.fanIn);
}

export function gradient(op: Op, pass: Pass, begin: i32, end: i32): void {
  gradientEach<Quantile>(op, pass, begin, end, pass.scale / <f32>op.fanIn);
}
