/** exp and log over a buffer, exported only to be measured. */
import { exp, log } from "./math";

/** y = e^x, `count` elements, a multiple of 4. */
export function expEach(y: usize, x: usize, count: i32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) v128.store(y + at, exp(v128.load(x + at)));
}

/** y = ln x, `count` elements, a multiple of 4. */
export function logEach(y: usize, x: usize, count: i32): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 16) v128.store(y + at, log(v128.load(x + at)));
}
