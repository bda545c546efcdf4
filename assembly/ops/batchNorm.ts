/**
 * n = (x - mean) / sqrt(variance + epsilon), unit by unit: in training over the samples of the batch, otherwise with the moving
 * statistics, and so in training where its layer is frozen (Ioffe and Szegedy, "Batch normalization", 2015). numbers: epsilon,
 * momentum. statistics: the moving mean and variance, [units] each. batch: of the last batch mean, 1 / sqrt(variance + epsilon), variance by count - 1, and the means of
 * dn and dn n, [units] each.
 *
 * What panels contribute is summed up by each panel first, so that the sum over panels is taken in the same order whoever
 * computed them. kept: [panel, units, 4], with mean, squares around it, and the sums of dn and dn n.
 */
import { ONES } from "../constants";
import { aliveBytes, LANES, madd, panelsIn, ROW, sumLanesF32 } from "../lanes";
import { Op, Pass, TRAINING, USE } from "../tables";

/** A panel's part of `kept`: 16 bytes a unit, by whole cache lines. */
function partBytes(units: usize): usize {
  return ((units + 3) >> 2) << 6;
}

/** [16]: 1 for each sample of the panel that starts with sample `first`, 0 for dead lanes. */
function onesOf(first: i32, end: i32): usize {
  return ONES + ((<usize>(LANES - min(end - first, LANES))) << 2);
}

/** Of each panel and unit the mean, and the sum of squares around it. */
export function forwardSums(op: Op, pass: Pass, begin: i32, end: i32): void {
  const units = <usize>op.fanOut;
  for (let first = begin; first < end; first += LANES) {
    const p = panelsIn(first);
    const count = <f32>min(end - first, LANES);
    const alive = aliveBytes(first, end);
    const weights = onesOf(first, end);
    for (let unit: usize = 0; unit < units; unit++) {
      const x = op.input + (p * units + unit) * ROW;
      let sum = f32x4.splat(0);
      for (let lanes: usize = 0; lanes < alive; lanes += 16) {
        sum = madd(sum, v128.load(x + lanes), v128.load(weights + lanes));
      }
      const mean = sumLanesF32(sum) / count;
      let squares = f32x4.splat(0);
      for (let lanes: usize = 0; lanes < alive; lanes += 16) {
        const d = f32x4.mul(f32x4.sub(v128.load(x + lanes), f32x4.splat(mean)), v128.load(weights + lanes));
        squares = madd(squares, d, d);
      }
      const part = op.kept + p * partBytes(units) + (unit << 4);
      store<f32>(part, mean);
      store<f32>(part, sumLanesF32(squares), 4);
    }
  }
}

/** n, x: [panel, units, 16]; n may be x. */
export function forward(op: Op, pass: Pass, begin: i32, end: i32): void {
  const units = <usize>op.fanOut;
  const epsilon = <f64>load<f32>(op.numbers);
  for (let unit: usize = 0; unit < units; unit++) {
    const own = op.batch + (unit << 2);
    let mean = load<f32>(own);
    let r = load<f32>(own + (units << 2));
    if (pass.mode == USE || op.frozen != 0) {
      mean = load<f32>(op.statistics + (unit << 2));
      r = <f32>(1 / sqrt(<f64>load<f32>(op.statistics + ((units + unit) << 2)) + epsilon));
    } else if (pass.mode == TRAINING) {
      const exact = meanOfBatch(op, pass, unit);
      const squares = squaresOfBatch(op, pass, unit, exact);
      mean = <f32>exact;
      r = <f32>(1 / sqrt(squares / <f64>pass.samples + epsilon));
      // One of the threads writes down what all have found.
      if (begin == 0 && end > 0) {
        store<f32>(own, mean);
        store<f32>(own + (units << 2), r);
        store<f32>(own + (units << 3), <f32>(squares / <f64>max(pass.samples - 1, 1)));
      }
    }
    for (let first = begin; first < end; first += LANES) {
      const at = (panelsIn(first) * units + unit) * ROW;
      const alive = aliveBytes(first, end);
      for (let lanes: usize = 0; lanes < alive; lanes += 16) {
        const d = f32x4.sub(v128.load(op.input + at + lanes), f32x4.splat(mean));
        v128.store(op.output + at + lanes, f32x4.mul(d, f32x4.splat(r)));
      }
    }
  }
}

/** How many samples panel p holds. */
function countOf(pass: Pass, p: i32): f64 {
  return <f64>min(pass.samples - p * LANES, LANES);
}

function partOf(op: Op, p: i32, unit: usize): usize {
  return op.kept + <usize>p * partBytes(op.fanOut) + (unit << 4);
}

function meanOfBatch(op: Op, pass: Pass, unit: usize): f64 {
  let sum: f64 = 0;
  for (let p = 0; p < pass.panels; p++) sum += countOf(pass, p) * <f64>load<f32>(partOf(op, p, unit));
  return sum / <f64>pass.samples;
}

/** Around the mean of the batch, from those around the means of its panels (Chan, Golub and LeVeque 1983). */
function squaresOfBatch(op: Op, pass: Pass, unit: usize, mean: f64): f64 {
  let sum: f64 = 0;
  for (let p = 0; p < pass.panels; p++) {
    const part = partOf(op, p, unit);
    const d = <f64>load<f32>(part) - mean;
    sum += <f64>load<f32>(part, 4) + countOf(pass, p) * d * d;
  }
  return sum;
}

/** Of each panel and unit the sums of dn and of dn n. Dead lanes have derivative 0. */
export function backwardSums(op: Op, pass: Pass, begin: i32, end: i32): void {
  const units = <usize>op.fanOut;
  for (let first = begin; first < end; first += LANES) {
    const p = panelsIn(first);
    const alive = aliveBytes(first, end);
    for (let unit: usize = 0; unit < units; unit++) {
      const at = (p * units + unit) * ROW;
      let sum = f32x4.splat(0);
      let dot = f32x4.splat(0);
      for (let lanes: usize = 0; lanes < alive; lanes += 16) {
        const d = v128.load(op.dOutput + at + lanes);
        sum = f32x4.add(sum, d);
        dot = madd(dot, d, v128.load(op.output + at + lanes));
      }
      const part = partOf(op, <i32>p, unit);
      store<f32>(part, sumLanesF32(sum), 8);
      store<f32>(part, sumLanesF32(dot), 12);
    }
  }
}

/** dx = (dn - mean dn - n mean (dn n)) / sqrt(variance + epsilon); outside of training dn / sqrt(variance + epsilon). */
export function backward(op: Op, pass: Pass, begin: i32, end: i32): void {
  if (op.dInput == 0) return;
  const units = <usize>op.fanOut;
  const epsilon = <f64>load<f32>(op.numbers);
  for (let unit: usize = 0; unit < units; unit++) {
    const own = op.batch + (unit << 2);
    let r = load<f32>(own + (units << 2));
    let meanD = load<f32>(own + units * 12);
    let meanDot = load<f32>(own + (units << 4));
    if (pass.mode == USE || op.frozen != 0) {
      r = <f32>(1 / sqrt(<f64>load<f32>(op.statistics + ((units + unit) << 2)) + epsilon));
      meanD = 0;
      meanDot = 0;
    } else if (pass.mode == TRAINING) {
      meanD = meanOfParts(op, pass, unit, 8);
      meanDot = meanOfParts(op, pass, unit, 12);
      if (begin == 0 && end > 0) {
        store<f32>(own + units * 12, meanD);
        store<f32>(own + (units << 4), meanDot);
      }
    }
    for (let first = begin; first < end; first += LANES) {
      const at = (panelsIn(first) * units + unit) * ROW;
      const alive = aliveBytes(first, end);
      const ones = onesOf(first, end);
      for (let lanes: usize = 0; lanes < alive; lanes += 16) {
        const d = f32x4.sub(v128.load(op.dOutput + at + lanes), f32x4.splat(meanD));
        const centred = f32x4.sub(d, f32x4.mul(v128.load(op.output + at + lanes), f32x4.splat(meanDot)));
        // Dead lanes keep derivative 0.
        const rs = f32x4.mul(f32x4.splat(r), v128.load(ones + lanes));
        v128.store(op.dInput + at + lanes, f32x4.mul(centred, rs));
      }
    }
  }
}

function meanOfParts(op: Op, pass: Pass, unit: usize, offset: usize): f32 {
  let sum: f64 = 0;
  for (let p = 0; p < pass.panels; p++) sum += <f64>load<f32>(partOf(op, p, unit) + offset);
  return <f32>(sum / <f64>pass.samples);
}

/** After a step: the moving statistics go some of the way, `momentum`, to those of its batch. */
export function settle(op: Op, pass: Pass, begin: i32, end: i32): void {
  const bytes = (<usize>op.fanOut) << 2;
  const momentum = load<f32>(op.numbers, 4);
  for (let unit: usize = 0; unit < bytes; unit += 4) {
    const mean = op.statistics + unit;
    const variance = mean + bytes;
    store<f32>(mean, (1 - momentum) * load<f32>(mean) + momentum * load<f32>(op.batch + unit));
    store<f32>(variance, (1 - momentum) * load<f32>(variance) + momentum * load<f32>(op.batch + 2 * bytes + unit));
  }
}
