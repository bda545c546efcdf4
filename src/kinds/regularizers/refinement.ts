/**
 * What an update does besides its rule, as engines are told it, and its slow twin: the kernels are in
 * `assembly/refinement.ts`.
 */
import type { Floats } from "../../ground/floats.ts";

/** A range of the arena of parameters, in elements, that is updated alike. */
export interface ParameterGroup {
  readonly begin: number;
  readonly end: number;
  /** What is added to the gradient, times the sign of the weight, and times the weight. */
  readonly l1: number;
  readonly l2: number;
  /** The share of the weight, times the rate, that a step takes away. */
  readonly decay: number;
  /** The largest norm of a row of so many elements; Infinity for none. */
  readonly maxNorm: number;
  readonly row: number;
  /** Whether it stays as it is. */
  readonly frozen: boolean;
}

export interface Refinement {
  /** The largest norm of all gradients, and the largest size of one; Infinity for none. */
  readonly clipNorm: number;
  readonly clipValue: number;
  /**
   * How much of itself the average of the parameters keeps in a step; undefined for no average. It is the last slot, and the
   * last of the rule's numbers what it keeps: below 0 before the first step, which takes all of the parameters.
   */
  readonly averageDecay: number | undefined;
  /** Together they are the whole arena. */
  readonly groups: readonly ParameterGroup[];
}

/** Added to the norm that is divided by: PyTorch's, in clip_grad_norm_. */
const NORM_EPSILON = 1e-6;

/** Where the average's share of itself stands in the rule's numbers. */
export const AVERAGE_KEEP = 7;

/** l1 |w| + l2 w^2 / 2, summed over all parameters: what regularization adds to the loss that is descended. */
export function penalty({ groups }: Refinement, w: Floats): number {
  let sum = 0;
  for (const { begin, end, l1, l2 } of groups) {
    if (l1 === 0 && l2 === 0) continue;
    for (let i = begin; i < end; i++) sum += l1 * Math.abs(w[i]!) + (l2 / 2) * w[i]! ** 2;
  }
  return sum;
}

/** To the gradient: 0 for frozen groups, and for the others that of the penalty added. */
export function penalize({ groups }: Refinement, w: Floats, g: Floats): void {
  for (const { begin, end, l1, l2, frozen } of groups) {
    if (frozen) g.fill(0, begin, end);
    else if (l1 !== 0 || l2 !== 0) for (let i = begin; i < end; i++) g[i]! += l2 * w[i]! + l1 * Math.sign(w[i]!);
  }
}

/**
 * Before the rule: the gradient of frozen groups is 0, that of the others is clipped, by its norm as clip_grad_norm_ of
 * PyTorch does or by value, and gets that of the penalty; then w = w - rate decay w.
 */
export function refine(refinement: Refinement, w: Floats, g: Floats, rate: number): void {
  const { groups, clipNorm, clipValue } = refinement;
  for (const { begin, end, frozen } of groups) if (frozen) g.fill(0, begin, end);
  const scale = clipNorm < Infinity ? Math.min(clipNorm / (normOf(g, 0, g.length) + NORM_EPSILON), 1) : 1;
  if (scale !== 1 || clipValue < Infinity) {
    for (let i = 0; i < g.length; i++) g[i] = Math.max(Math.min(scale * g[i]!, clipValue), -clipValue);
  }
  penalize(refinement, w, g);
  for (const { begin, end, decay, frozen } of groups) {
    if (decay !== 0 && !frozen) for (let i = begin; i < end; i++) w[i]! *= 1 - rate * decay;
  }
}

/** Behind the rule: rows of weights that are too long are made shorter, and the average goes along. */
export function settleUpdate(refinement: Refinement, w: Floats, slots: readonly Floats[], state: Floats): void {
  for (const { begin, end, maxNorm, row, frozen } of refinement.groups) {
    if (maxNorm === Infinity || frozen) continue;
    for (let at = begin; at < end; at += row) {
      const norm = normOf(w, at, at + row);
      if (norm > maxNorm) for (let i = at; i < at + row; i++) w[i]! *= maxNorm / norm;
    }
  }
  if (refinement.averageDecay === undefined) return;
  const keep = state[AVERAGE_KEEP]! < 0 ? 0 : refinement.averageDecay;
  state[AVERAGE_KEEP] = keep;
  const average = slots.at(-1)!;
  for (let i = 0; i < w.length; i++) average[i] = keep * average[i]! + (1 - keep) * w[i]!;
}

function normOf(values: Floats, begin: number, end: number): number {
  let sum = 0;
  for (let i = begin; i < end; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum);
}
