/** Kernels exported only to be measured: exp and log over a buffer, and the machine's multiply-add limit. */
import { FUSED, madd, WIDE } from "./lanes";
import { exp, log } from "./math";

/** y = e^x, `count` elements, a multiple of 4. */
export function expEach(y: usize, x: usize, count: i32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) v128.store(y + at, exp(v128.load(x + at)));
}

/** y = ln x, `count` elements, a multiple of 4. */
export function logEach(y: usize, x: usize, count: i32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) v128.store(y + at, log(v128.load(x + at)));
}

/**
 * c = c a + b on 12 registers, `turns` times: 96 floating-point operations a turn (12 vectors, 4 lanes, multiply and add),
 * 192 where vectors are wide. Nothing is faster. sums: 24 vectors, then twice a and twice b; from memory, since V8 would
 * make a constant vector anew each time it is used, and sees neighbours by how they are loaded and stored.
 */
export function multiplyAdds(sums: usize, turns: i32): void {
  const a0 = v128.load(sums, 384);
  const a1 = v128.load(sums, 400);
  const b0 = v128.load(sums, 416);
  const b1 = v128.load(sums, 432);
  let c00 = v128.load(sums, 0);
  let c01 = v128.load(sums, 16);
  let c10 = v128.load(sums, 32);
  let c11 = v128.load(sums, 48);
  let c20 = v128.load(sums, 64);
  let c21 = v128.load(sums, 80);
  let c30 = v128.load(sums, 96);
  let c31 = v128.load(sums, 112);
  let c40 = v128.load(sums, 128);
  let c41 = v128.load(sums, 144);
  let c50 = v128.load(sums, 160);
  let c51 = v128.load(sums, 176);
  let c60 = v128.load(sums, 192);
  let c61 = v128.load(sums, 208);
  let c70 = v128.load(sums, 224);
  let c71 = v128.load(sums, 240);
  let c80 = v128.load(sums, 256);
  let c81 = v128.load(sums, 272);
  let c90 = v128.load(sums, 288);
  let c91 = v128.load(sums, 304);
  let c100 = v128.load(sums, 320);
  let c101 = v128.load(sums, 336);
  let c110 = v128.load(sums, 352);
  let c111 = v128.load(sums, 368);
  for (let i = 0; i < turns; i++) {
    c00 = turn(c00, a0, b0);
    if (WIDE) c01 = turn(c01, a1, b1);
    c10 = turn(c10, a0, b0);
    if (WIDE) c11 = turn(c11, a1, b1);
    c20 = turn(c20, a0, b0);
    if (WIDE) c21 = turn(c21, a1, b1);
    c30 = turn(c30, a0, b0);
    if (WIDE) c31 = turn(c31, a1, b1);
    c40 = turn(c40, a0, b0);
    if (WIDE) c41 = turn(c41, a1, b1);
    c50 = turn(c50, a0, b0);
    if (WIDE) c51 = turn(c51, a1, b1);
    c60 = turn(c60, a0, b0);
    if (WIDE) c61 = turn(c61, a1, b1);
    c70 = turn(c70, a0, b0);
    if (WIDE) c71 = turn(c71, a1, b1);
    c80 = turn(c80, a0, b0);
    if (WIDE) c81 = turn(c81, a1, b1);
    c90 = turn(c90, a0, b0);
    if (WIDE) c91 = turn(c91, a1, b1);
    c100 = turn(c100, a0, b0);
    if (WIDE) c101 = turn(c101, a1, b1);
    c110 = turn(c110, a0, b0);
    if (WIDE) c111 = turn(c111, a1, b1);
  }
  v128.store(sums, c01, 16);
  v128.store(sums, c00, 0);
  v128.store(sums, c11, 48);
  v128.store(sums, c10, 32);
  v128.store(sums, c21, 80);
  v128.store(sums, c20, 64);
  v128.store(sums, c31, 112);
  v128.store(sums, c30, 96);
  v128.store(sums, c41, 144);
  v128.store(sums, c40, 128);
  v128.store(sums, c51, 176);
  v128.store(sums, c50, 160);
  v128.store(sums, c61, 208);
  v128.store(sums, c60, 192);
  v128.store(sums, c71, 240);
  v128.store(sums, c70, 224);
  v128.store(sums, c81, 272);
  v128.store(sums, c80, 256);
  v128.store(sums, c91, 304);
  v128.store(sums, c90, 288);
  v128.store(sums, c101, 336);
  v128.store(sums, c100, 320);
  v128.store(sums, c111, 368);
  v128.store(sums, c110, 352);
}

/** Fused, the product goes onto c, as in a tile; strict, that product would be the same in each turn, and made only once. */
function turn(c: v128, a: v128, b: v128): v128 {
  return FUSED ? madd(c, a, b) : madd(b, c, a);
}
