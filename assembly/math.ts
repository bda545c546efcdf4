/**
 * exp, log, tanh, the sigmoid, e^x - 1 and erf over lanes. The maximum error of each over every float32 is measured by `npm run ulp`
 * and stated in the README. NaN in gives NaN out; zeros keep their signs; subnormal results are right.
 */
import * as C from "./constants";
import { constant } from "./constants";
import { madd, select } from "./lanes";

/** 2^n of a whole number n in [-126, 127], by writing the exponent bits. */
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, constant(C.BIAS)), 23);
}

/**
 * Inlined, or V8 would not pair stores over a call. Methods, since TypeScript's grammar, by which formatter and linter go,
 * has decorators only there. Where speed matters less, the functions below save code.
 */
@unmanaged
export class Inlined {
  @inline
  static exp(x: v128): v128 {
    // Beyond these e^x is infinite or 0 all the same. pmin and pmax hand a NaN in their first operand on.
    const bounded = f32x4.pmax(f32x4.pmin(x, constant(C.EXP_MOST)), constant(C.EXP_LEAST));
    // Added to 1.5 * 2^23, a number is rounded to a whole one, which then stands in the last bits of the sum.
    const shifted = madd(constant(C.ROUNDER), bounded, constant(C.LOG2_E));
    const n = f32x4.sub(shifted, constant(C.ROUNDER));
    const r = madd(madd(bounded, n, constant(C.MINUS_LN2_HIGH)), n, constant(C.MINUS_LN2_LOW));
    const e = f32x4.add(constant(C.ONE), Inlined.expm1Near(r));
    // 2^n by halves: 2^128 is no float32, and a subnormal result must be rounded only once.
    const whole = i32x4.sub(shifted, constant(C.ROUNDER));
    const half = i32x4.shr_s(whole, 1);
    return f32x4.mul(f32x4.mul(e, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
  }

  /** e^r - 1 for |r| up to ln 2 / 2. */
  @inline
  static expm1Near(r: v128): v128 {
    let p = madd(constant(C.EXP_4), constant(C.EXP_5), r);
    p = madd(constant(C.EXP_3), p, r);
    p = madd(constant(C.EXP_2), p, r);
    p = madd(constant(C.EXP_1), p, r);
    p = madd(constant(C.EXP_0), p, r);
    return madd(r, p, f32x4.mul(r, r));
  }

  /**
   * 1 / (1 + e^-x), from e = e^-|x|, which never overflows: q = 1 / (1 + e), or q = e / (1 + e) for negative x. The latter
   * is taken as e - e q, a correction of e, since there the rounding of 1 + e weighs less.
   */
  @inline
  static sigmoid(x: v128): v128 {
    const one = constant(C.ONE);
    const negative = f32x4.lt(x, f32x4.splat(0));
    const e = Inlined.exp(v128.or(x, constant(C.SIGN)));
    const q = f32x4.div(select(negative, e, one), f32x4.add(one, e));
    return select(negative, f32x4.sub(e, f32x4.mul(e, q)), q);
  }

  /** An odd polynomial near 0, and 1 - 2 / (e^2|x| + 1) with the sign of x elsewhere. */
  @inline
  static tanh(x: v128): v128 {
    const one = constant(C.ONE);
    const sign = v128.and(x, constant(C.SIGN));
    const size = v128.xor(x, sign);
    const z = f32x4.mul(x, x);
    let p = madd(constant(C.TANH_3), constant(C.TANH_4), z);
    p = madd(constant(C.TANH_2), p, z);
    p = madd(constant(C.TANH_1), p, z);
    p = madd(constant(C.TANH_0), p, z);
    const near = madd(x, f32x4.mul(p, z), x);
    const e = Inlined.exp(f32x4.add(size, size));
    const far = f32x4.sub(one, f32x4.div(constant(C.TWO), f32x4.add(e, one)));
    return v128.or(select(f32x4.lt(size, constant(C.NEAR)), near, far), sign);
  }

  /** ln(x / 2^scaling) of normal, positive, finite x. */
  @inline
  static logNormal(x: v128, scaling: v128): v128 {
    // x = 2^n m with m in [sqrt(1/2), sqrt(2)): the exponent of x relative to sqrt(1/2) is taken off its bits.
    const bits = i32x4.sub(x, constant(C.SQRT_HALF_BITS));
    const m = i32x4.add(v128.and(bits, constant(C.MANTISSA)), constant(C.SQRT_HALF_BITS));
    const n = f32x4.sub(f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23)), scaling);
    const f = f32x4.sub(m, constant(C.ONE));
    const z = f32x4.mul(f, f);
    let p = madd(constant(C.LOG_7), constant(C.LOG_8), f);
    p = madd(constant(C.LOG_6), p, f);
    p = madd(constant(C.LOG_5), p, f);
    p = madd(constant(C.LOG_4), p, f);
    p = madd(constant(C.LOG_3), p, f);
    p = madd(constant(C.LOG_2), p, f);
    p = madd(constant(C.LOG_1), p, f);
    p = madd(constant(C.LOG_0), p, f);
    let y = f32x4.mul(f32x4.mul(f, z), p);
    y = madd(y, n, constant(C.LN2_LOW));
    y = madd(y, z, constant(C.MINUS_HALF));
    return madd(f32x4.add(f, y), n, constant(C.LN2_HIGH));
  }

  /**
   * ln(1 + e) for e in [0, 1], right for small e as well, where u = 1 + e forgets most of it: what is lost comes back divided
   * by u, for which a line through 1 and 1/2 is near enough.
   */
  @inline
  static log1p(e: v128): v128 {
    const u = f32x4.add(constant(C.ONE), e);
    const lost = f32x4.sub(e, f32x4.sub(u, constant(C.ONE)));
    return madd(Inlined.logNormal(u, f32x4.splat(0)), lost, madd(constant(C.THREE_HALVES), u, constant(C.MINUS_HALF)));
  }
}

export function exp(x: v128): v128 {
  return Inlined.exp(x);
}

export function sigmoid(x: v128): v128 {
  return Inlined.sigmoid(x);
}

export function tanh(x: v128): v128 {
  return Inlined.tanh(x);
}

/** ln x: -Infinity at 0, NaN below it. */
export function log(x: v128): v128 {
  const subnormal = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const scaled = select(subnormal, f32x4.mul(x, f32x4.splat(8388608)), x);
  const result = Inlined.logNormal(scaled, v128.and(subnormal, f32x4.splat(23)));
  const infinity = constant(C.INFINITY_BITS);
  const positive = f32x4.gt(x, f32x4.splat(0));
  const atEdge = select(f32x4.eq(x, f32x4.splat(0)), f32x4.splat(-Infinity), f32x4.splat(NaN));
  return select(positive, select(f32x4.eq(x, infinity), infinity, result), atEdge);
}

/** ln(1 + e) for e in [0, 1]. */
export function log1p(e: v128): v128 {
  return Inlined.log1p(e);
}

/** e^x - 1 for x up to 0, right for small x as well: 2^n (e^r - 1) + (2^n - 1), where n is 0 near 0. */
export function expm1(x: v128): v128 {
  // Below, e^x is nothing beside 1.
  const bounded = f32x4.pmax(x, f32x4.splat(-87));
  const shifted = madd(constant(C.ROUNDER), bounded, constant(C.LOG2_E));
  const n = f32x4.sub(shifted, constant(C.ROUNDER));
  const r = madd(madd(bounded, n, constant(C.MINUS_LN2_HIGH)), n, constant(C.MINUS_LN2_LOW));
  const power = powerOfTwo(i32x4.sub(shifted, constant(C.ROUNDER)));
  return madd(f32x4.sub(power, constant(C.ONE)), power, Inlined.expm1Near(r));
}

/**
 * 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x: an odd polynomial near 0, 1 - e^p(|x|) with the sign of x elsewhere.
 * The polynomials are those of N. Juffa's erff.
 */
export function erf(x: v128): v128 {
  const sign = v128.and(x, constant(C.SIGN));
  const t = v128.xor(x, sign);
  const z = f32x4.mul(x, x);
  let q = madd(f32x4.splat(4.99119423e-3), f32x4.splat(-5.96761703e-4), z);
  q = madd(f32x4.splat(-2.67681349e-2), q, z);
  q = madd(f32x4.splat(1.12819925e-1), q, z);
  q = madd(f32x4.splat(-3.76125336e-1), q, z);
  q = madd(f32x4.splat(1.28379166e-1), q, z);
  const near = madd(x, q, x);
  // Beyond, erf is 1; the polynomial falls only up to there.
  const u = f32x4.pmin(t, f32x4.splat(4));
  let p = madd(f32x4.splat(3.83197126e-4), f32x4.splat(-1.7285347e-5), u);
  p = madd(f32x4.splat(-3.88396438e-3), p, u);
  p = madd(f32x4.splat(2.42546219e-2), p, u);
  p = madd(f32x4.splat(-1.06777877e-1), p, u);
  p = madd(f32x4.splat(-6.34846687e-1), p, u);
  p = madd(f32x4.splat(-1.28717512e-1), p, u);
  const far = f32x4.sub(constant(C.ONE), Inlined.exp(madd(f32x4.neg(u), p, u)));
  return v128.or(select(f32x4.lt(t, f32x4.splat(0.927734375)), v128.xor(near, sign), far), sign);
}
