/**
 * x = s Phi(s) = s (1 + erf(s / sqrt(2))) / 2; dx/ds = Phi(s) + s e^(-s^2 / 2) / sqrt(2 pi): s is kept. The form with tanh is
 * that of `Silu`, with numbers of its own.
 */
import { madd } from "../lanes";
import { erf, exp } from "../math";
import { Op, Pass } from "../tables";
import { backwardEach, forwardEach } from "./elementwise";
import { Silu } from "./silu";

@unmanaged
class Gelu {
  a: f32;
  b: f32;
  isApproximate: f32;

  @inline
  forward(s: v128): v128 {
    return f32x4.mul(s, below(s));
  }

  @inline
  backward(dx: v128, s: v128): v128 {
    const density = f32x4.mul(exp(f32x4.mul(f32x4.mul(s, s), f32x4.splat(-0.5))), f32x4.splat(0.3989422804014327));
    return f32x4.mul(dx, madd(below(s), s, density));
  }
}

/** Phi(s), the part of a normal distribution that lies below s. */
function below(s: v128): v128 {
  return madd(f32x4.splat(0.5), f32x4.splat(0.5), erf(f32x4.mul(s, f32x4.splat(0.7071067811865476))));
}

export function forward(op: Op, pass: Pass, begin: i32, end: i32): void {
  if (changetype<Gelu>(op.numbers).isApproximate != 0) forwardEach<Silu>(op, begin, end);
  else forwardEach<Gelu>(op, begin, end);
}

export function backward(op: Op, pass: Pass, begin: i32, end: i32): void {
  if (changetype<Gelu>(op.numbers).isApproximate != 0) backwardEach<Silu>(op, begin, end);
  else backwardEach<Gelu>(op, begin, end);
}
