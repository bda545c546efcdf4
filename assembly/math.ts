/**
 * exp, log, tanh and the sigmoid over lanes. The maximum error of each over every float32 is measured by `npm run ulp`
 * and stated in the README. NaN in gives NaN out; zeros keep their signs; subnormal results are right.
 * The polynomials and the split of ln 2 are those of Cephes (S. Moshier, single/expf.c, logf.c, tanhf.c).
 */
import { madd, select } from "./lanes";

// ln 2 in two parts: the first has few enough bits that its product with a small whole number is exact.
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.1219444e-4;
const LOG2_E: f32 = 1.44269504088896341;

function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** 2^n of a whole number n in [-126, 127], by writing the exponent bits. */
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** e^x. */
export function exp(x: v128): v128 {
  // Beyond these e^x is infinite or 0 all the same. pmin and pmax hand a NaN in their first operand on.
  const bounded = f32x4.pmax(f32x4.pmin(x, splat(89)), splat(-104));
  const n = f32x4.nearest(f32x4.mul(bounded, splat(LOG2_E)));
  const r = madd(madd(bounded, n, splat(-LN2_HIGH)), n, splat(-LN2_LOW));
  let p = madd(splat(1.3981999507e-3), splat(1.98756915e-4), r);
  p = madd(splat(8.3334519073e-3), p, r);
  p = madd(splat(4.1665795894e-2), p, r);
  p = madd(splat(1.6666665459e-1), p, r);
  p = madd(splat(5.0000001201e-1), p, r);
  const e = f32x4.add(splat(1), madd(r, p, f32x4.mul(r, r)));
  // 2^n by halves: 2^128 is no float32, and a subnormal result must be rounded only once.
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(e, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

/** ln x: -Infinity at 0, NaN below it. */
export function log(x: v128): v128 {
  const smallestNormal = splat(1.17549435e-38);
  const subnormal = f32x4.lt(x, smallestNormal);
  const scaled = select(subnormal, f32x4.mul(x, splat(8388608)), x);
  // x = 2^n m with m in [sqrt(1/2), sqrt(2)): the exponent of x relative to sqrt(1/2) is taken off its bits.
  const bits = i32x4.sub(scaled, i32x4.splat(0x3f3504f3));
  const exponent = i32x4.shr_s(bits, 23);
  const m = i32x4.add(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const n = f32x4.sub(f32x4.convert_i32x4_s(exponent), v128.and(subnormal, splat(23)));
  const f = f32x4.sub(m, splat(1));
  const z = f32x4.mul(f, f);
  let p = madd(splat(-1.151461031e-1), splat(7.0376836292e-2), f);
  p = madd(splat(1.167699874e-1), p, f);
  p = madd(splat(-1.2420140846e-1), p, f);
  p = madd(splat(1.4249322787e-1), p, f);
  p = madd(splat(-1.6668057665e-1), p, f);
  p = madd(splat(2.0000714765e-1), p, f);
  p = madd(splat(-2.4999993993e-1), p, f);
  p = madd(splat(3.3333331174e-1), p, f);
  let y = f32x4.mul(f32x4.mul(f, z), p);
  y = madd(y, n, splat(LN2_LOW));
  y = madd(y, z, splat(-0.5));
  const result = madd(f32x4.add(f, y), n, splat(LN2_HIGH));
  const infinity = splat(Infinity);
  const positive = f32x4.gt(x, splat(0));
  const atEdge = select(f32x4.eq(x, splat(0)), splat(-Infinity), splat(NaN));
  return select(positive, select(f32x4.eq(x, infinity), infinity, result), atEdge);
}

/** ln(1 + e) for e in [0, 1], right for small e as well, where 1 + e forgets most of it. */
export function log1p(e: v128): v128 {
  const u = f32x4.add(splat(1), e);
  const lost = f32x4.sub(e, f32x4.sub(u, splat(1)));
  return f32x4.add(log(u), f32x4.div(lost, u));
}

/**
 * 1 / (1 + e^-x), from e = e^-|x|, which never overflows: q = 1 / (1 + e), or q = e / (1 + e) for negative x. The latter
 * is taken as e - e q, a correction of e, since there the rounding of 1 + e weighs less.
 */
export function sigmoid(x: v128): v128 {
  const negative = f32x4.lt(x, splat(0));
  const e = exp(f32x4.neg(f32x4.abs(x)));
  const q = f32x4.div(select(negative, e, splat(1)), f32x4.add(splat(1), e));
  return select(negative, madd(e, f32x4.neg(e), q), q);
}

/** tanh x: an odd polynomial near 0, and 1 - 2 / (e^2|x| + 1) with the sign of x elsewhere. */
export function tanh(x: v128): v128 {
  const size = f32x4.abs(x);
  const z = f32x4.mul(x, x);
  let p = madd(splat(2.06390887954e-2), splat(-5.70498872745e-3), z);
  p = madd(splat(-5.37397155531e-2), p, z);
  p = madd(splat(1.33314422036e-1), p, z);
  p = madd(splat(-3.33332819422e-1), p, z);
  const near = madd(x, f32x4.mul(p, z), x);
  const e = exp(f32x4.add(size, size));
  const far = f32x4.sub(splat(1), f32x4.div(splat(2), f32x4.add(e, splat(1))));
  return v128.or(select(f32x4.lt(size, splat(0.625)), near, far), v128.and(x, i32x4.splat(0x80000000)));
}
