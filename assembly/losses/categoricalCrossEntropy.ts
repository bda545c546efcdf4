/**
 * l = -sum_i y_i ln x_i, the y_i of a sample adding up to 1, or to Y of about 1 as floating point has it.
 * From logits, x = softmax(s): l = Y ln(sum_j e^(s_j)) - sum_i y_i s_i and dl/ds = Y x - y, finite however large s is.
 * With label smoothing e, y is (1 - e) y + e / n.
 */
import { exp, log } from "../math";
import { LANES, panelsIn, ROW, sumLanesF64 } from "../lanes";
import { weightsAt } from "../panel";
import { Op, Pass } from "../tables";
import { awayFromZero, gradientEach, LARGEST, Smoothing, Unsmoothed, valueEach } from "./elementwise";

@unmanaged
class FromOutputs extends Smoothing {
  term(x: v128, s: v128, y: v128): v128 {
    return f32x4.neg(f32x4.mul(this.smoothed(y), log(awayFromZero(x))));
  }

  derivative(x: v128, y: v128): v128 {
    return f32x4.neg(f32x4.div(this.smoothed(y), awayFromZero(x)));
  }
}

export function value(op: Op, pass: Pass, begin: i32, end: i32): void {
  valueEach<FromOutputs>(op, pass, begin, end, 1);
}

export function gradient(op: Op, pass: Pass, begin: i32, end: i32): void {
  gradientEach<FromOutputs>(op, pass, begin, end, pass.scale);
}

export function valueFromLogits(op: Op, pass: Pass, begin: i32, end: i32): void {
  if (changetype<Smoothing>(op.numbers).isOff) valueBy<Unsmoothed>(op, pass, begin, end);
  else valueBy<Smoothing>(op, pass, begin, end);
}

function valueBy<S>(op: Op, pass: Pass, begin: i32, end: i32): void {
  const smoothing = changetype<S>(op.numbers);
  const panel = <usize>op.fanIn * ROW;
  for (let first = begin; first < end; first += LANES) {
    const p = panelsIn(first);
    const weights = weightsAt(pass, first, end);
    let sum: f64 = 0;
    for (let lane = 0; lane < LANES && first + lane < end; lane += 4) {
      const offset = (<usize>lane) << 2;
      const losses = lossOfLanes<S>(op.kept + p * panel + offset, pass.y + p * panel + offset, smoothing, panel);
      sum += sumLanesF64(f32x4.mul(losses, v128.load(weights + offset)));
    }
    store<f64>(op.output + (p << 3), sum);
  }
}

function lossOfLanes<S>(s: usize, y: usize, smoothing: S, panel: usize): v128 {
  let largest = v128.load(s);
  for (let u: usize = ROW; u < panel; u += ROW) largest = f32x4.pmax(largest, v128.load(s + u));
  // Taken from every logit alike, the largest leaves the loss as it is and keeps its terms small. By halves, since of the
  // ends of float32 the difference would overflow, and make NaN of a target of 0.
  const half = f32x4.splat(0.5);
  const halfLargest = f32x4.mul(largest, half);
  let exponentials = f32x4.splat(0);
  let halfChosen = f32x4.splat(0);
  let total = f32x4.splat(0);
  for (let u: usize = 0; u < panel; u += ROW) {
    const halfLogit = f32x4.sub(f32x4.mul(v128.load(s + u), half), halfLargest);
    exponentials = f32x4.add(exponentials, exp(f32x4.add(halfLogit, halfLogit)));
    const target = smoothing.smoothed(v128.load(y + u));
    halfChosen = f32x4.add(halfChosen, f32x4.mul(target, halfLogit));
    total = f32x4.add(total, target);
  }
  const chosen = f32x4.add(halfChosen, halfChosen);
  return f32x4.pmin(f32x4.sub(f32x4.mul(total, log(exponentials)), chosen), f32x4.splat(LARGEST));
}

export function gradientFromLogits(op: Op, pass: Pass, begin: i32, end: i32): void {
  if (changetype<Smoothing>(op.numbers).isOff) gradientBy<Unsmoothed>(op, pass, begin, end);
  else gradientBy<Smoothing>(op, pass, begin, end);
}

function gradientBy<S>(op: Op, pass: Pass, begin: i32, end: i32): void {
  const smoothing = changetype<S>(op.numbers);
  const panel = <usize>op.fanIn * ROW;
  for (let first = begin; first < end; first += LANES) {
    const weights = weightsAt(pass, first, end);
    for (let lane = 0; lane < LANES && first + lane < end; lane += 4) {
      const offset = (<usize>lane) << 2;
      const at = panelsIn(first) * panel + offset;
      const scale = f32x4.mul(f32x4.splat(pass.scale), v128.load(weights + offset));
      gradientOfLanes<S>(op.dInput + at, op.input + at, pass.y + at, smoothing, panel, scale);
    }
  }
}

/** scale: by samples, 0 in dead lanes. */
function gradientOfLanes<S>(d: usize, x: usize, y: usize, smoothing: S, panel: usize, scale: v128): void {
  let total = f32x4.splat(0);
  for (let u: usize = 0; u < panel; u += ROW) total = f32x4.add(total, smoothing.smoothed(v128.load(y + u)));
  for (let u: usize = 0; u < panel; u += ROW) {
    const target = smoothing.smoothed(v128.load(y + u));
    const derivative = f32x4.sub(f32x4.mul(total, v128.load(x + u)), target);
    v128.store(d + u, f32x4.mul(scale, derivative));
  }
}
