/**
 * x_i = e^(s_i) / sum_j e^(s_j); ds_i = x_i (dx_i - sum_j x_j dx_j): only the output is kept. Sums run over the units of
 * one sample, which is one lane.
 */
import { exp } from "../math";
import { aliveBytes, LANES, madd, panelsIn, ROW } from "../lanes";
import { Op, Pass } from "../tables";

/** x, s: [panel, units, 16]; x may be s. */
export function forward(op: Op, pass: Pass, begin: i32, end: i32): void {
  const panel = <usize>op.fanOut * ROW;
  for (let first = begin; first < end; first += LANES) {
    const alive = aliveBytes(first, end);
    for (let lanes: usize = 0; lanes < alive; lanes += 16) {
      const at = panelsIn(first) * panel + lanes;
      forwardLanes(op.output + at, op.input + at, panel);
    }
  }
}

function forwardLanes(x: usize, s: usize, panel: usize): void {
  // The largest is taken off before the exponential, or e^1000 would be infinite. pmax keeps a NaN it starts from;
  // a later one comes back in with its own exponential.
  let largest = v128.load(s);
  for (let u: usize = ROW; u < panel; u += ROW) largest = f32x4.pmax(largest, v128.load(s + u));
  let sum = f32x4.splat(0);
  for (let u: usize = 0; u < panel; u += ROW) {
    const e = exp(f32x4.sub(v128.load(s + u), largest));
    v128.store(x + u, e);
    sum = f32x4.add(sum, e);
  }
  const share = f32x4.div(f32x4.splat(1), sum);
  for (let u: usize = 0; u < panel; u += ROW) v128.store(x + u, f32x4.mul(v128.load(x + u), share));
}

/** ds may be dx. */
export function backward(op: Op, pass: Pass, begin: i32, end: i32): void {
  const panel = <usize>op.fanOut * ROW;
  for (let first = begin; first < end; first += LANES) {
    const alive = aliveBytes(first, end);
    for (let lanes: usize = 0; lanes < alive; lanes += 16) {
      const at = panelsIn(first) * panel + lanes;
      backwardLanes(op.dInput + at, op.dOutput + at, op.kept + at, panel);
    }
  }
}

function backwardLanes(ds: usize, dx: usize, x: usize, panel: usize): void {
  let mean = f32x4.splat(0);
  for (let u: usize = 0; u < panel; u += ROW) mean = madd(mean, v128.load(x + u), v128.load(dx + u));
  for (let u: usize = 0; u < panel; u += ROW) {
    v128.store(ds + u, f32x4.mul(v128.load(x + u), f32x4.sub(v128.load(dx + u), mean)));
  }
}
