/** l = mean_i (x_i - y_i)^2; dl/dx_i = 2 (x_i - y_i) / n. */
import { Op, Pass } from "../tables";
import { gradientEach, valueEach } from "./elementwise";

@unmanaged
class MeanSquaredError {
  term(x: v128, s: v128, y: v128): v128 {
    const difference = f32x4.sub(x, y);
    return f32x4.mul(difference, difference);
  }

  derivative(x: v128, y: v128): v128 {
    return f32x4.sub(x, y);
  }
}

export function value(op: Op, pass: Pass, begin: i32, end: i32): void {
  valueEach<MeanSquaredError>(op, pass, begin, end, 1 / <f64>op.fanIn);
}

export function gradient(op: Op, pass: Pass, begin: i32, end: i32): void {
  gradientEach<MeanSquaredError>(op, pass, begin, end, (2 * pass.scale) / <f32>op.fanIn);
}
