/**
 * l = mean_i (x_i - y_i ln x_i); dl/dx_i = (1 - y_i / x_i) / n. From logits, x = e^s: l = mean_i (x_i - y_i s_i) and
 * dl/ds_i = (x_i - y_i) / n.
 */
import { log } from "../math";
import { Op, Pass } from "../tables";
import { awayFromZero, gradientEach, valueEach } from "./elementwise";

@unmanaged
class FromOutputs {
  term(x: v128, s: v128, y: v128): v128 {
    return f32x4.sub(x, f32x4.mul(y, log(awayFromZero(x))));
  }

  derivative(x: v128, y: v128): v128 {
    return f32x4.sub(f32x4.splat(1), f32x4.div(y, awayFromZero(x)));
  }
}

@unmanaged
class FromLogits {
  term(x: v128, s: v128, y: v128): v128 {
    return f32x4.sub(x, f32x4.mul(y, s));
  }

  derivative(x: v128, y: v128): v128 {
    return f32x4.sub(x, y);
  }
}

export function value(op: Op, pass: Pass, begin: i32, end: i32): void {
  valueEach<FromOutputs>(op, pass, begin, end, 1 / <f64>op.fanIn);
}

export function gradient(op: Op, pass: Pass, begin: i32, end: i32): void {
  gradientEach<FromOutputs>(op, pass, begin, end, pass.scale / <f32>op.fanIn);
}

export function valueFromLogits(op: Op, pass: Pass, begin: i32, end: i32): void {
  valueEach<FromLogits>(op, pass, begin, end, 1 / <f64>op.fanIn);
}

export function gradientFromLogits(op: Op, pass: Pass, begin: i32, end: i32): void {
  gradientEach<FromLogits>(op, pass, begin, end, pass.scale / <f32>op.fanIn);
}
