/**
 * x = s sigma(v), v = s (a + b s^2); dx/ds = sigma(v) (1 + s (1 - sigma(v)) (a + 3 b s^2)): s is kept. Of silu a is 1 and b is
 * 0; gelu's form with tanh is such a one too.
 */
import { madd, select } from "../lanes";
import { sigmoid } from "../math";
import { Op, Pass } from "../tables";
import { backwardEach, forwardEach } from "./elementwise";

@unmanaged
export class Silu {
  a: f32;
  b: f32;

  @inline
  forward(s: v128): v128 {
    return f32x4.mul(s, sigmoid(f32x4.mul(s, madd(f32x4.splat(this.a), f32x4.splat(this.b), square(s)))));
  }

  @inline
  backward(dx: v128, s: v128): v128 {
    const cubic = f32x4.mul(f32x4.splat(this.b), square(s));
    const one = f32x4.splat(1);
    const v = f32x4.mul(s, f32x4.add(f32x4.splat(this.a), cubic));
    // The smaller of sigma(v) and 1 - sigma(v), with all its digits.
    const smaller = sigmoid(f32x4.neg(f32x4.abs(v)));
    const larger = f32x4.sub(one, smaller);
    const slope = madd(f32x4.splat(this.a), f32x4.splat(3), cubic);
    // s times the smaller first: far from 0 that is 0, and s times the slope would be infinite.
    const bent = f32x4.mul(f32x4.mul(s, smaller), larger);
    return f32x4.mul(dx, madd(select(f32x4.lt(v, f32x4.splat(0)), smaller, larger), bent, slope));
  }
}

/** s^2, bounded: of 0 times infinity there would be NaN. */
function square(s: v128): v128 {
  return f32x4.pmin(f32x4.mul(s, s), f32x4.splat(1e30));
}

export function forward(op: Op, pass: Pass, begin: i32, end: i32): void {
  forwardEach<Silu>(op, begin, end);
}

export function backward(op: Op, pass: Pass, begin: i32, end: i32): void {
  backwardEach<Silu>(op, begin, end);
}
