/**
 * x = input m / (1 - rate), where m is 0 with probability `rate` and otherwise 1 (Srivastava et al., "Dropout", 2014, inverted, so
 * that outside of training x is the input). numbers: how many of 2^24 numbers drop a unit, 1 / (1 - rate).
 *
 * m is a hash of seed, step, op, the sample's place in its batch and unit: whoever computes it, and in how many passes, finds
 * the same, and so does backward.
 */
import { aliveBytes, LANES, panelsIn, ROW } from "../lanes";
import { Op, Pass, USE } from "../tables";

export function forward(op: Op, pass: Pass, begin: i32, end: i32): void {
  thin(op.output, op.input, op, pass, begin, end);
}

export function backward(op: Op, pass: Pass, begin: i32, end: i32): void {
  thin(op.dInput, op.dOutput, op, pass, begin, end);
}

/** to, from: [panel, units, 16]; to may be from. */
function thin(to: usize, from: usize, op: Op, pass: Pass, begin: i32, end: i32): void {
  const panel = <usize>op.fanOut * ROW;
  if (pass.mode == USE) {
    if (to != from)
      memory.copy(to + panelsIn(begin) * panel, from + panelsIn(begin) * panel, panelsTo(begin, end) * panel);
    return;
  }
  const dropped = i32x4.splat(<i32>load<f32>(op.numbers));
  const scale = f32x4.splat(load<f32>(op.numbers, 4));
  const key = mix(mix(mix(pass.seed + 0x9e3779b9) ^ pass.step) ^ (op.index + 1));
  for (let first = begin; first < end; first += LANES) {
    const alive = aliveBytes(first, end);
    let at = panelsIn(first) * panel;
    for (let unit: u32 = 0; unit < op.fanOut; unit++, at += ROW) {
      const unitKey = i32x4.splat(mix(key ^ ((unit + 1) * 0x9e3779b9)));
      for (let lanes: usize = 0; lanes < alive; lanes += 16) {
        const place = i32x4.add(i32x4.splat(<i32>pass.place + first + <i32>(lanes >> 2)), i32x4(1, 2, 3, 4));
        let h = v128.xor(unitKey, i32x4.mul(place, i32x4.splat(0x85ebca77)));
        h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(0x85ebca6b));
        h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(0xc2b2ae35));
        h = v128.xor(h, i32x4.shr_u(h, 16));
        const isKept = i32x4.ge_s(i32x4.shr_u(h, 8), dropped);
        v128.store(to + at + lanes, v128.and(isKept, f32x4.mul(v128.load(from + at + lanes), scale)));
      }
    }
  }
}

/** How many panels samples [begin, end) lie in, `begin` being a panel's first. */
function panelsTo(begin: i32, end: i32): usize {
  return panelsIn(end + LANES - 1) - panelsIn(begin);
}

/** The finalizer of MurmurHash3 (Appleby): each bit of h moves about half of the result's. */
function mix(h: u32): u32 {
  h = (h ^ (h >> 16)) * 0x85ebca6b;
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  return h ^ (h >> 16);
}
