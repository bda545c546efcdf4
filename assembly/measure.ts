/** Functions of `math.ts` over a buffer, exported only to be measured. */
import { erf, exp, expm1, log, sigmoid, tanh } from "./math";

/** y = e^x, `count` elements, a multiple of 4. */
export function expEach(y: usize, x: usize, count: i32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) v128.store(y + at, exp(v128.load(x + at)));
}

/** y = ln x, `count` elements, a multiple of 4. */
export function logEach(y: usize, x: usize, count: i32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) v128.store(y + at, log(v128.load(x + at)));
}

/** y = tanh x, `count` elements, a multiple of 4. */
export function tanhEach(y: usize, x: usize, count: i32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) v128.store(y + at, tanh(v128.load(x + at)));
}

/** y = 1 / (1 + e^-x), `count` elements, a multiple of 4. */
export function sigmoidEach(y: usize, x: usize, count: i32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) v128.store(y + at, sigmoid(v128.load(x + at)));
}

/** y = e^-|x| - 1, `count` elements, a multiple of 4. */
export function expm1Each(y: usize, x: usize, count: i32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16)
    v128.store(y + at, expm1(f32x4.neg(f32x4.abs(v128.load(x + at)))));
}

/** y = erf x, `count` elements, a multiple of 4. */
export function erfEach(y: usize, x: usize, count: i32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) v128.store(y + at, erf(v128.load(x + at)));
}
