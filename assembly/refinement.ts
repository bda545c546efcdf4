/**
 * What an update does besides its rule, of which a plain one pays a branch: the gradient is clipped by its norm or by value,
 * penalties are added to it, weights decay and keep within a norm, groups of parameters stay as they are, and an average of
 * the parameters goes along. All of that is two passes over the arena before the rule's own, and one behind it.
 *
 * Sums of squares are taken block by block and then in order, whoever takes which block, so any number of threads computes
 * the same bits.
 */
import { madd, signOf, sumLanesF64 } from "./lanes";
import { Group, Refinement } from "./tables";

/** Bytes of the arena of which one sum is kept; threads take whole blocks. */
export const BLOCK: usize = 1024;

/** Added to the norm that is divided by: PyTorch's, in clip_grad_norm_. */
const NORM_EPSILON: f64 = 1e-6;

/** Where the average's share of itself stands in the rule's state: below 0 before the first step, which takes all of w. */
const AVERAGE_KEEP: usize = 56;

/** Once a step: the average's share of itself. */
export function advanceAverage(refinement: Refinement, state: usize): void {
  if (refinement.average == 0) return;
  store<f64>(state, load<f64>(state, AVERAGE_KEEP) < 0 ? 0 : refinement.averageDecay, AVERAGE_KEEP);
}

/** Of [begin, end) of the gradients: those of frozen groups become 0, and the sum of squares of each block is kept. */
export function measure(refinement: Refinement, g: usize, begin: usize, end: usize): void {
  for (let i: u32 = 0; i < refinement.groupCount; i++) {
    const group = groupAt(refinement, i);
    if (group.frozen == 0) continue;
    const until = min(end, group.end);
    for (let at = max(begin, group.begin); at < until; at += 4) store<f32>(g + at, 0);
  }
  if (refinement.squares == 0) return;
  for (let at = begin; at < end; at += BLOCK) {
    store<f64>(refinement.squares + ((at / BLOCK) << 3), sumOfSquares(g, at, min(at + BLOCK, end)));
  }
}

/** begin, end: whole cache lines. */
function sumOfSquares(g: usize, begin: usize, end: usize): f64 {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  for (let at = begin; at < end; at += 64) {
    const g0 = v128.load(g + at);
    const g1 = v128.load(g + at, 16);
    const g2 = v128.load(g + at, 32);
    const g3 = v128.load(g + at, 48);
    s0 = madd(s0, g0, g0);
    s1 = madd(s1, g1, g1);
    s2 = madd(s2, g2, g2);
    s3 = madd(s3, g3, g3);
  }
  return sumLanesF64(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
}

/**
 * Of [begin, end), after all have measured: g = clip(scale g) + l2 w + l1 sign(w), then w = w - rate decay w. scale is at most
 * 1, and takes the norm of all gradients to clipNorm where it is larger.
 */
export function regularize(
  refinement: Refinement,
  w: usize,
  g: usize,
  byteLength: usize,
  rate: f64,
  begin: usize,
  end: usize,
): void {
  const scale = scaleOf(refinement, byteLength);
  const isClipped = scale != 1 || refinement.clipValue < Infinity;
  for (let i: u32 = 0; i < refinement.groupCount; i++) {
    const group = groupAt(refinement, i);
    const from = max(begin, group.begin);
    const until = min(end, group.end);
    const isPlain = !isClipped && group.l1 == 0 && group.l2 == 0 && group.decay == 0;
    if (from >= until || isPlain || group.frozen != 0) continue;
    const keep = <f32>(1 - rate * group.decay);
    regularizeRange(w, g, from, until, scale, <f32>refinement.clipValue, <f32>group.l1, <f32>group.l2, keep);
  }
}

function scaleOf(refinement: Refinement, byteLength: usize): f32 {
  if (refinement.squares == 0) return 1;
  let sum: f64 = 0;
  for (let at: usize = 0; at < byteLength; at += BLOCK) sum += load<f64>(refinement.squares + ((at / BLOCK) << 3));
  return <f32>min(refinement.clipNorm / (sqrt(sum) + NORM_EPSILON), 1);
}

/** Lanes and the numbers behind the last of them are computed alike, in two roundings each: which is which is the threads'. */
function regularizeRange(
  w: usize,
  g: usize,
  from: usize,
  until: usize,
  scale: f32,
  most: f32,
  l1: f32,
  l2: f32,
  keep: f32,
): void {
  const scales = f32x4.splat(scale);
  const highest = f32x4.splat(most);
  const lowest = f32x4.splat(-most);
  const l1s = f32x4.splat(l1);
  const l2s = f32x4.splat(l2);
  const keeps = f32x4.splat(keep);
  let at = from;
  for (; at + 32 <= until; at += 32) {
    const w0 = v128.load(w + at);
    const w1 = v128.load(w + at, 16);
    const c0 = f32x4.pmax(f32x4.pmin(f32x4.mul(scales, v128.load(g + at)), highest), lowest);
    const c1 = f32x4.pmax(f32x4.pmin(f32x4.mul(scales, v128.load(g + at, 16)), highest), lowest);
    const d0 = f32x4.add(c0, f32x4.add(f32x4.mul(l2s, w0), f32x4.mul(l1s, signOf(w0))));
    const d1 = f32x4.add(c1, f32x4.add(f32x4.mul(l2s, w1), f32x4.mul(l1s, signOf(w1))));
    v128.store(g + at, d1, 16);
    v128.store(g + at, d0);
    v128.store(w + at, f32x4.mul(keeps, w1), 16);
    v128.store(w + at, f32x4.mul(keeps, w0));
  }
  for (; at < until; at += 4) {
    const weight = load<f32>(w + at);
    const clipped = max<f32>(min<f32>(scale * load<f32>(g + at), most), -most);
    const sign: f32 = weight > 0 ? 1 : weight < 0 ? -1 : 0;
    store<f32>(g + at, clipped + (l2 * weight + l1 * sign));
    store<f32>(w + at, keep * weight);
  }
}

/** Whether rows of weights keep within a norm. */
export function constrains(refinement: Refinement): bool {
  for (let i: u32 = 0; i < refinement.groupCount; i++) {
    if (groupAt(refinement, i).maxNorm < Infinity) return true;
  }
  return false;
}

/** After all have updated: a thread's share of the rows of weights, each of which is made shorter where its norm is too large. */
export function constrain(refinement: Refinement, w: usize, thread: u32, threads: u32): void {
  for (let i: u32 = 0; i < refinement.groupCount; i++) {
    const group = groupAt(refinement, i);
    if (!(group.maxNorm < Infinity) || group.frozen != 0) continue;
    const rows = <u64>((group.end - group.begin) / group.row);
    const last = <usize>((rows * <u64>(thread + 1)) / <u64>threads);
    for (let row = <usize>((rows * <u64>thread) / <u64>threads); row < last; row++) {
      constrainRow(w + group.begin + row * group.row, group.row, group.maxNorm);
    }
  }
}

function constrainRow(w: usize, byteLength: usize, maxNorm: f64): void {
  let sum: f64 = 0;
  for (let at = w; at < w + byteLength; at += 4) sum += <f64>load<f32>(at) * <f64>load<f32>(at);
  if (!(sum > maxNorm * maxNorm)) return;
  const scale = <f32>(maxNorm / sqrt(sum));
  for (let at = w; at < w + byteLength; at += 4) store<f32>(at, scale * load<f32>(at));
}

/** Of [begin, end), whole cache lines: a = keep a + (1 - keep) w. */
export function average(refinement: Refinement, w: usize, state: usize, begin: usize, end: usize): void {
  const a = refinement.average;
  if (a == 0) return;
  const share = load<f64>(state, AVERAGE_KEEP);
  const keep = f32x4.splat(<f32>share);
  const take = f32x4.splat(<f32>(1 - share));
  for (let at = begin; at < end; at += 32) {
    const a0 = madd(f32x4.mul(take, v128.load(w + at)), keep, v128.load(a + at));
    const a1 = madd(f32x4.mul(take, v128.load(w + at, 16)), keep, v128.load(a + at, 16));
    v128.store(a + at, a1, 16);
    v128.store(a + at, a0);
  }
}

function groupAt(refinement: Refinement, index: u32): Group {
  return changetype<Group>(refinement.groups + <usize>index * offsetof<Group>());
}
