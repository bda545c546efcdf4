/** x = tanh s; dx/ds = 1 - x^2: only the output is kept. */
import * as C from "../constants";
import { constant } from "../constants";
import { madd, select } from "../lanes";
import { Exponential } from "../math";
import { backwardEach, forwardEach } from "./elementwise";

@unmanaged
class Tanh {
  /** An odd polynomial near 0, and 1 - 2 / (e^2|s| + 1) with the sign of s elsewhere. */
  @inline
  forward(s: v128): v128 {
    const one = constant(C.ONE);
    const sign = v128.and(s, constant(C.SIGN));
    const size = v128.xor(s, sign);
    const z = f32x4.mul(s, s);
    let p = madd(constant(C.TANH_3), constant(C.TANH_4), z);
    p = madd(constant(C.TANH_2), p, z);
    p = madd(constant(C.TANH_1), p, z);
    p = madd(constant(C.TANH_0), p, z);
    const near = madd(s, f32x4.mul(p, z), s);
    const e = Exponential.of(f32x4.add(size, size));
    const far = f32x4.sub(one, f32x4.div(constant(C.TWO), f32x4.add(e, one)));
    return v128.or(select(f32x4.lt(size, constant(C.NEAR)), near, far), sign);
  }

  backward(dx: v128, x: v128): v128 {
    return f32x4.mul(dx, f32x4.sub(f32x4.splat(1), f32x4.mul(x, x)));
  }
}

export function forward(x: usize, s: usize, units: i32, begin: i32, end: i32): void {
  forwardEach<Tanh>(x, s, units, begin, end);
}

export function backward(ds: usize, dx: usize, x: usize, units: i32, begin: i32, end: i32): void {
  backwardEach<Tanh>(ds, dx, x, units, begin, end);
}
