/**
 * l = -sum_i y_i ln x_i, the y_i of a sample adding up to 1, or to Y of about 1 as floating point has it.
 * From logits, x = softmax(s): l = Y ln(sum_j e^(s_j)) - sum_i y_i s_i and dl/ds = Y x - y, finite however large s is.
 */
import { exp, log } from "../math";
import { aliveLanes, LANES, panelsIn, ROW, sumLanesF64 } from "../lanes";
import { Op, Pass } from "../tables";
import { awayFromZero, gradientEach, valueEach } from "./elementwise";

@unmanaged
class FromOutputs {
  term(x: v128, s: v128, y: v128): v128 {
    return f32x4.neg(f32x4.mul(y, log(awayFromZero(x))));
  }

  derivative(x: v128, y: v128): v128 {
    return f32x4.neg(f32x4.div(y, awayFromZero(x)));
  }
}

export function value(op: Op, pass: Pass, begin: i32, end: i32): void {
  valueEach<FromOutputs>(op, pass, begin, end, 1);
}

export function gradient(op: Op, pass: Pass, begin: i32, end: i32): void {
  gradientEach<FromOutputs>(op, pass, begin, end, pass.scale);
}

export function valueFromLogits(op: Op, pass: Pass, begin: i32, end: i32): void {
  const panel = <usize>op.fanIn * ROW;
  for (let first = begin; first < end; first += LANES) {
    const p = panelsIn(first);
    let sum: f64 = 0;
    for (let lane = 0; lane < LANES && first + lane < end; lane += 4) {
      const at = p * panel + ((<usize>lane) << 2);
      sum += sumLanesF64(v128.and(lossOfLanes(op.kept + at, pass.y + at, panel), aliveLanes(first + lane, end)));
    }
    store<f64>(op.output + (p << 3), sum);
  }
}

function lossOfLanes(s: usize, y: usize, panel: usize): v128 {
  let largest = v128.load(s);
  for (let u: usize = ROW; u < panel; u += ROW) largest = f32x4.pmax(largest, v128.load(s + u));
  // Taken from every logit alike, the largest leaves the loss as it is and keeps its terms small.
  let exponentials = f32x4.splat(0);
  let chosen = f32x4.splat(0);
  let total = f32x4.splat(0);
  for (let u: usize = 0; u < panel; u += ROW) {
    const logit = f32x4.sub(v128.load(s + u), largest);
    exponentials = f32x4.add(exponentials, exp(logit));
    const target = v128.load(y + u);
    chosen = f32x4.add(chosen, f32x4.mul(target, logit));
    total = f32x4.add(total, target);
  }
  return f32x4.sub(f32x4.mul(total, log(exponentials)), chosen);
}

export function gradientFromLogits(op: Op, pass: Pass, begin: i32, end: i32): void {
  const panel = <usize>op.fanIn * ROW;
  for (let first = begin; first < end; first += LANES) {
    for (let lane = 0; lane < LANES && first + lane < end; lane += 4) {
      const at = panelsIn(first) * panel + ((<usize>lane) << 2);
      gradientOfLanes(
        op.dInput + at,
        op.input + at,
        pass.y + at,
        panel,
        v128.and(f32x4.splat(pass.scale), aliveLanes(first + lane, end)),
      );
    }
  }
}

/** scale is 0 in dead lanes. */
function gradientOfLanes(d: usize, x: usize, y: usize, panel: usize, scale: v128): void {
  let total = f32x4.splat(0);
  for (let u: usize = 0; u < panel; u += ROW) total = f32x4.add(total, v128.load(y + u));
  for (let u: usize = 0; u < panel; u += ROW) {
    const derivative = f32x4.sub(f32x4.mul(total, v128.load(x + u)), v128.load(y + u));
    v128.store(d + u, f32x4.mul(scale, derivative));
  }
}
