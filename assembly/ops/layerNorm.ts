/**
 * n = (x - mean) / sqrt(variance + epsilon), both over the units of a sample, which is one lane; the variance is that of all
 * of them, not of a sample of them (Ba, Kiros and Hinton, "Layer normalization", 2016). kept: x. numbers: epsilon.
 */
import { aliveBytes, LANES, madd, panelsIn, ROW } from "../lanes";
import { Op, Pass } from "../tables";

/** n, x: [panel, units, 16]; n may be x, but x is kept. */
export function forward(op: Op, pass: Pass, begin: i32, end: i32): void {
  const panel = <usize>op.fanOut * ROW;
  const share: f32 = 1.0 / <f32>op.fanOut;
  const epsilon = load<f32>(op.numbers);
  for (let first = begin; first < end; first += LANES) {
    const alive = aliveBytes(first, end);
    for (let lanes: usize = 0; lanes < alive; lanes += 16) {
      const at = panelsIn(first) * panel + lanes;
      forwardLanes(op.output + at, op.input + at, panel, share, epsilon);
    }
  }
}

function forwardLanes(n: usize, x: usize, panel: usize, share: f32, epsilon: f32): void {
  const shares = f32x4.splat(share);
  let sum = f32x4.splat(0);
  for (let u: usize = 0; u < panel; u += ROW) sum = f32x4.add(sum, v128.load(x + u));
  const mean = f32x4.mul(sum, shares);
  let squares = f32x4.splat(0);
  for (let u: usize = 0; u < panel; u += ROW) {
    const d = f32x4.sub(v128.load(x + u), mean);
    squares = madd(squares, d, d);
  }
  const deviation = f32x4.sqrt(f32x4.add(f32x4.mul(squares, shares), f32x4.splat(epsilon)));
  const r = f32x4.div(f32x4.splat(1), deviation);
  for (let u: usize = 0; u < panel; u += ROW) v128.store(n + u, f32x4.mul(f32x4.sub(v128.load(x + u), mean), r));
}

/** dx = (dn - mean dn - n mean (dn n)) / sqrt(variance + epsilon). dx may be dn. */
export function backward(op: Op, pass: Pass, begin: i32, end: i32): void {
  const panel = <usize>op.fanOut * ROW;
  const share: f32 = 1.0 / <f32>op.fanOut;
  const epsilon = load<f32>(op.numbers);
  for (let first = begin; first < end; first += LANES) {
    const alive = aliveBytes(first, end);
    for (let lanes: usize = 0; lanes < alive; lanes += 16) {
      const at = panelsIn(first) * panel + lanes;
      backwardLanes(op.dInput + at, op.dOutput + at, op.kept + at, panel, share, epsilon);
    }
  }
}

function backwardLanes(dx: usize, dn: usize, x: usize, panel: usize, share: f32, epsilon: f32): void {
  const shares = f32x4.splat(share);
  let sum = f32x4.splat(0);
  for (let u: usize = 0; u < panel; u += ROW) sum = f32x4.add(sum, v128.load(x + u));
  const mean = f32x4.mul(sum, shares);
  let squares = f32x4.splat(0);
  let sumD = f32x4.splat(0);
  let dot = f32x4.splat(0);
  for (let u: usize = 0; u < panel; u += ROW) {
    const d = f32x4.sub(v128.load(x + u), mean);
    const by = v128.load(dn + u);
    squares = madd(squares, d, d);
    sumD = f32x4.add(sumD, by);
    dot = madd(dot, by, d);
  }
  const deviation = f32x4.sqrt(f32x4.add(f32x4.mul(squares, shares), f32x4.splat(epsilon)));
  const r = f32x4.div(f32x4.splat(1), deviation);
  const meanD = f32x4.mul(sumD, shares);
  const meanDot = f32x4.mul(f32x4.mul(dot, shares), r);
  for (let u: usize = 0; u < panel; u += ROW) {
    const n = f32x4.mul(f32x4.sub(v128.load(x + u), mean), r);
    const centred = f32x4.sub(f32x4.sub(v128.load(dn + u), meanD), f32x4.mul(n, meanDot));
    v128.store(dx + u, f32x4.mul(centred, r));
  }
}
