/** Rows by falling score, of each class against the rest, or of each label; of a single yes-or-no output, of class 1 alone. */
import type { Pieces } from "../../../ground/pieces.ts";
import { classOf } from "../metric.ts";
import { Kept } from "./kept.ts";

/**
 * How many rows there are, in weights, with scores as high as a threshold or higher, positive ones and negative ones: for
 * each score that occurs as a threshold, the highest first.
 */
export interface Ranking {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
  /** Whether there is a score that is NaN, so that nothing can be said. */
  readonly hasNaN: boolean;
}

/** Rows that are sorted, merged or counted between two pieces. */
const PIECE = 2 ** 12;

export class Ranked extends Kept {
  readonly rankings: Ranking[] = [];

  *finish(): Pieces<void> {
    const { kind, units } = this.task;
    const { outputs, targets, weights } = this;
    for (let unit = 0; unit < units; unit++) {
      const scores = new Float64Array(weights.length);
      const signed = new Float64Array(weights.length);
      for (let row = 0; row < weights.length; row++) {
        if (row % PIECE === 0) yield;
        scores[row] = outputs[row * units + unit]!;
        const isPositive =
          kind === "classes" ? classOf(this.task, targets, row) === unit : targets[row * units + unit]! > 0.5;
        signed[row] = isPositive ? weights[row]! : -weights[row]!;
      }
      this.rankings.push(yield* rank(scores, signed));
    }
  }
}

/** signed: weights, those of negative rows below 0. */
function* rank(scores: Float64Array, signed: Float64Array): Pieces<Ranking> {
  const order = yield* byFallingScore(scores);
  const [positives, negatives] = [new Float64Array(order.length), new Float64Array(order.length)];
  let [positive, negative, groups] = [0, 0, 0];
  let hasNaN = false;
  for (let at = 0; at < order.length; at++) {
    if (at % PIECE === 0) yield;
    const row = order[at]!;
    if (Number.isNaN(scores[row])) hasNaN = true;
    if (signed[row]! > 0) positive += signed[row]!;
    else negative -= signed[row]!;
    // Of equal scores, only what they all add up to is a threshold's.
    if (at + 1 < order.length && scores[order[at + 1]!] === scores[row]) continue;
    positives[groups] = positive;
    negatives[groups++] = negative;
  }
  return { positives: positives.subarray(0, groups), negatives: negatives.subarray(0, groups), hasNaN };
}

/** The rows in that order: runs are sorted, then merged two by two. */
export function* byFallingScore(scores: Float64Array): Pieces<Uint32Array> {
  const count = scores.length;
  let [from, to] = [new Uint32Array(count), new Uint32Array(count)];
  for (let begin = 0; begin < count; begin += PIECE) {
    const end = Math.min(begin + PIECE, count);
    for (let row = begin; row < end; row++) from[row] = row;
    from.subarray(begin, end).sort((a, b) => scores[b]! - scores[a]!);
    yield;
  }
  for (let width = PIECE; width < count; width *= 2) {
    for (let begin = 0; begin < count; begin += 2 * width) yield* merge(to, from, scores, begin, width);
    [from, to] = [to, from];
  }
  return from;
}

/** Of two runs of `width`, from `begin` on; the last may be shorter, or missing. */
function* merge(to: Uint32Array, from: Uint32Array, scores: Float64Array, begin: number, width: number): Pieces<void> {
  const middle = Math.min(begin + width, from.length);
  const end = Math.min(begin + 2 * width, from.length);
  let [a, b] = [begin, middle];
  for (let at = begin; at < end; at++) {
    if (at % PIECE === 0) yield;
    const takesFirst = b === end || (a < middle && !(scores[from[b]!]! > scores[from[a]!]!));
    to[at] = takesFirst ? from[a++]! : from[b++]!;
  }
}

/** NaN where nothing can be said; otherwise the sum of what each threshold adds. */
export function sumOver(
  { positives, negatives, hasNaN }: Ranking,
  term: (positives: number, negatives: number, newPositives: number, newNegatives: number) => number,
): number {
  if (hasNaN) return NaN;
  let sum = 0;
  for (let i = 0; i < positives.length; i++) {
    const [p, n] = [positives[i]!, negatives[i]!];
    sum += term(p, n, p - (positives[i - 1] ?? 0), n - (negatives[i - 1] ?? 0));
  }
  return sum;
}
