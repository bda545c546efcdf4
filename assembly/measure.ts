/** Kernels exported only to be measured: exp and log over a buffer, and the machine's multiply-add limit. */
import { madd } from "./lanes";
import { exp, log } from "./math";

/** y = e^x, `count` elements, a multiple of 4. */
export function expEach(y: usize, x: usize, count: i32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) v128.store(y + at, exp(v128.load(x + at)));
}

/** y = ln x, `count` elements, a multiple of 4. */
export function logEach(y: usize, x: usize, count: i32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) v128.store(y + at, log(v128.load(x + at)));
}

/** 96 floating-point operations a turn (12 vectors, 4 lanes, multiply and add), all in registers: nothing is faster. */
export function multiplyAdds(turns: i32, x: f32, y: f32): f32 {
  // Arguments, since V8 would make a constant vector anew each time it is used.
  const a = f32x4.splat(x);
  const b = f32x4.splat(y);
  let c0 = f32x4.splat(0);
  let c1 = f32x4.splat(1);
  let c2 = f32x4.splat(2);
  let c3 = f32x4.splat(3);
  let c4 = f32x4.splat(4);
  let c5 = f32x4.splat(5);
  let c6 = f32x4.splat(6);
  let c7 = f32x4.splat(7);
  let c8 = f32x4.splat(8);
  let c9 = f32x4.splat(9);
  let c10 = f32x4.splat(10);
  let c11 = f32x4.splat(11);
  for (let i = 0; i < turns; i++) {
    c0 = madd(b, c0, a);
    c1 = madd(b, c1, a);
    c2 = madd(b, c2, a);
    c3 = madd(b, c3, a);
    c4 = madd(b, c4, a);
    c5 = madd(b, c5, a);
    c6 = madd(b, c6, a);
    c7 = madd(b, c7, a);
    c8 = madd(b, c8, a);
    c9 = madd(b, c9, a);
    c10 = madd(b, c10, a);
    c11 = madd(b, c11, a);
  }
  const sum = f32x4.add(
    f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3)),
    f32x4.add(f32x4.add(c4, c5), f32x4.add(c6, c7)),
  );
  return f32x4.extract_lane(f32x4.add(sum, f32x4.add(f32x4.add(c8, c9), f32x4.add(c10, c11))), 0);
}
