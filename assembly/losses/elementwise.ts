/**
 * Losses that are a sum of one term for each output. A loss gives its equation as a class with `term` and `derivative`
 * on vectors, resolved at compile time, whose fields are the op's numbers. Values are summed by panel, so that the sum over panels can be taken in the same
 * order whoever computed them. A sample counts as much as it weighs: dead lanes, those past the last one, nothing, and so
 * they get derivative 0; vectors of dead lanes only are left alone.
 */
import { LANES, panelsIn, ROW, sumLanesF64 } from "../lanes";
import { weightsAt } from "../panel";
import { Op, Pass } from "../tables";

/**
 * sums[p] = share * the sum over units and samples of panel p of the terms by their weights, for samples [begin, end).
 * A sample's sum counts as `bound` at most. sums: [panel] float64; x, s, y: [panel, units, 16].
 */
export function valueEach<L>(op: Op, pass: Pass, begin: i32, end: i32, share: f64, bound: f32 = Infinity): void {
  const l = changetype<L>(op.numbers);
  const most = f32x4.splat(bound);
  const x = op.input;
  const s = op.kept;
  const y = pass.y;
  const panel = <usize>op.fanIn * ROW;
  for (let first = begin; first < end; first += LANES) {
    const p = panelsIn(first);
    const weights = weightsAt(pass, first, end);
    let sum: f64 = 0;
    for (let lane = 0; lane < LANES && first + lane < end; lane += 4) {
      let at = p * panel + ((<usize>lane) << 2);
      const stop = at + panel;
      let terms = f32x4.splat(0);
      for (; at < stop; at += ROW) {
        terms = f32x4.add(terms, l.term(v128.load(x + at), v128.load(s + at), v128.load(y + at)));
      }
      sum += sumLanesF64(f32x4.mul(f32x4.pmin(terms, most), v128.load(weights + ((<usize>lane) << 2))));
    }
    store<f64>(op.output + (p << 3), sum * share);
  }
}

/** d = scale * weight * the derivative of the term, for samples [begin, end). d, x, y: [panel, units, 16]. */
export function gradientEach<L>(op: Op, pass: Pass, begin: i32, end: i32, scale: f32): void {
  const l = changetype<L>(op.numbers);
  const d = op.dInput;
  const x = op.input;
  const y = pass.y;
  const panel = <usize>op.fanIn * ROW;
  for (let first = begin; first < end; first += LANES) {
    const weights = weightsAt(pass, first, end);
    for (let lane = 0; lane < LANES && first + lane < end; lane += 4) {
      const scales = f32x4.mul(f32x4.splat(scale), v128.load(weights + ((<usize>lane) << 2)));
      let at = panelsIn(first) * panel + ((<usize>lane) << 2);
      const stop = at + panel;
      for (; at < stop; at += ROW) {
        const derivative = l.derivative(v128.load(x + at), v128.load(y + at));
        v128.store(d + at, f32x4.mul(scales, derivative));
      }
    }
  }
}

/** What a loss reads as targets with label smoothing: y' = keep y + share, which is y where these are 1 and 0. */
@unmanaged
export class Smoothing {
  keep: f32;
  share: f32;

  get isOff(): bool {
    return this.keep == 1;
  }

  @inline
  smoothed(y: v128): v128 {
    return f32x4.add(f32x4.mul(f32x4.splat(this.keep), y), f32x4.splat(this.share));
  }
}

/** The same without label smoothing, which then costs nothing where most trainings go by. */
@unmanaged
export class Unsmoothed {
  @inline
  smoothed(y: v128): v128 {
    return y;
  }
}

/** The smallest normal float32: outputs are kept this far from 0 in a logarithm or a quotient. */
export function awayFromZero(x: v128): v128 {
  return f32x4.pmax(x, f32x4.splat(1.17549435e-38));
}

/** The largest float32, as which a sum counts that is beyond it where every logit is right. pmin and pmax leave a NaN. */
export const LARGEST: f32 = 3.40282347e38;
