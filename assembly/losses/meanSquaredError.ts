/** l = mean_i (x_i - y_i)^2; dl/dx_i = 2 (x_i - y_i) / n. */
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

export function value(sums: usize, x: usize, s: usize, y: usize, units: i32, begin: i32, end: i32): void {
  valueEach<MeanSquaredError>(sums, x, s, y, units, begin, end, 1 / <f64>units);
}

export function gradient(d: usize, x: usize, y: usize, units: i32, begin: i32, end: i32, scale: f32): void {
  gradientEach<MeanSquaredError>(d, x, y, units, begin, end, (2 * scale) / <f32>units);
}
