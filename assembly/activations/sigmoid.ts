/** x = 1 / (1 + e^-s); dx/ds = x (1 - x): only the output is kept. */
import * as C from "../constants";
import { constant } from "../constants";
import { select } from "../lanes";
import { Exponential } from "../math";
import { backwardEach, forwardEach } from "./elementwise";

@unmanaged
class Sigmoid {
  /**
   * From e = e^-|s|, which never overflows: q = 1 / (1 + e), or q = e / (1 + e) for negative s. The latter is taken as
   * e - e q, a correction of e, since there the rounding of 1 + e weighs less.
   */
  @inline
  forward(s: v128): v128 {
    const one = constant(C.ONE);
    const negative = f32x4.lt(s, f32x4.splat(0));
    const e = Exponential.of(v128.or(s, constant(C.SIGN)));
    const q = f32x4.div(select(negative, e, one), f32x4.add(one, e));
    return select(negative, f32x4.sub(e, f32x4.mul(e, q)), q);
  }

  backward(dx: v128, x: v128): v128 {
    return f32x4.mul(dx, f32x4.mul(x, f32x4.sub(f32x4.splat(1), x)));
  }
}

export function forward(x: usize, s: usize, units: i32, begin: i32, end: i32): void {
  forwardEach<Sigmoid>(x, s, units, begin, end);
}

export function backward(ds: usize, dx: usize, x: usize, units: i32, begin: i32, end: i32): void {
  backwardEach<Sigmoid>(ds, dx, x, units, begin, end);
}
