/** The circles and arrows of a network, each by itself: names, values and partials as they stand in a recording. */
import { lossPartialFormula, slopeFormula } from "./backpropagation.ts";
import type { Arrow, Circle, Value } from "../graph.ts";
import { type Label, toText } from "../label.ts";
import { lossName, sumName, targetName, unitName, unitsName, weightName, weightsName } from "./names.ts";
import type { Values } from "./values.ts";

/** The numbers of units that are folded into one circle. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

export const unitId = (k: number, i: number): string => toText(unitName(k, i));
export const sumId = (k: number, i: number): string => toText(sumName(k, i));

/** x_i^(k); one behind the last is the unit that is always 1. */
export function unitCircle(trace: Values, k: number, i: number, sample: number): Circle {
  const isOne = i > trace.widths[k - 1]!;
  return {
    id: unitId(k, i),
    label: unitName(k, i),
    role: isOne ? "constant" : k === 1 ? "input" : "operation",
    value: trace.x(k, i, sample),
    ...(!isOne && { derivative: trace.dx(k, i, sample) }),
  };
}

export function sumCircle(trace: Values, k: number, i: number, sample: number): Circle {
  return {
    id: sumId(k, i),
    label: sumName(k, i),
    role: "operation",
    value: trace.s(k, i, sample),
    derivative: trace.ds(k, i, sample),
  };
}

export function weightsCircle(trace: Values, k: number, i: number): Circle {
  const units = trace.weightCount(k);
  const label = weightsName(k, i);
  return {
    id: toText(label),
    label,
    role: "parameter",
    value: Array.from({ length: units }, (_, j) => trace.w(k, i, j + 1)),
    derivative: Array.from({ length: units }, (_, j) => trace.dw(k, i, j + 1)),
  };
}

export function weightCircle(trace: Values, k: number, i: number, j: number): Circle {
  const label = weightName(k, i, j);
  return {
    id: toText(label),
    label,
    role: "parameter",
    value: trace.w(k, i, j),
    derivative: trace.dw(k, i, j),
  };
}

export function targetCircle(trace: Values, i: number, sample: number): Circle {
  const label = targetName(i, trace.widths.at(-1)!);
  return { id: toText(label), label, role: "constant", value: trace.y(i, sample) };
}

/** The mean loss l, or the loss l_n of one of several samples. */
export function lossCircle(trace: Values, sample: number | undefined): Circle {
  const label = lossName(sample);
  if (sample === undefined) return { id: "l", label, role: "output", value: trace.loss, derivative: 1 };
  return {
    id: toText(label),
    label,
    role: "operation",
    value: trace.sampleLoss(sample),
    derivative: 1 / trace.count,
  };
}

export const foldId = ({ first, last }: Range, letter: string, k: number): string =>
  `${letter}_${first}..${last}^(${k})`;

export function foldOf(range: Range, letter: string, first: Label, last: Label, k: number): Circle {
  return { id: foldId(range, letter, k), label: [...first, { text: " … " }, ...last], role: "fold" };
}

export function fold(range: Range, k: number): Circle {
  return foldOf(range, "x", unitName(k, range.first), unitName(k, range.last), k);
}

export function targetFold(range: Range): Circle {
  const [first, last] = [targetName(range.first, Infinity), targetName(range.last, Infinity)];
  return { id: `y_${range.first}..${range.last}`, label: [...first, { text: " … " }, ...last], role: "fold" };
}

/** x_j^(k) to s_i^(k+1): the partial is the weight. */
export function weightArrow(trace: Values, k: number, i: number, j: number): Arrow {
  return { from: unitId(k, j), to: sumId(k + 1, i), formula: weightName(k, i, j), partial: trace.w(k, i, j) };
}

/** What a normalized unit, or one that is passed on, has of one before it. */
export function passingArrow(trace: Values, k: number, i: number, j: number, sample: number): Arrow {
  const [own, other = own] = trace.kindOf(k).derivatives ?? ["∂/∂x"];
  const to = trace.drawn(k) === "passed" ? unitId(k + 1, i) : sumId(k + 1, i);
  return {
    from: unitId(k, j),
    to,
    formula: [{ text: i === j ? own : other }],
    partial: trace.passing(k, i, j, sample),
  };
}

/** w_i^(k) = [w, b] to x_i^(k+1), which is w s + b. */
export function scalingArrow(trace: Values, k: number, i: number, sample: number): Arrow {
  const partial = [trace.s(k + 1, i, sample), 1];
  return { from: toText(weightsName(k, i)), to: unitId(k + 1, i), formula: sumName(k + 1, i), partial };
}

/** s_i^(k+1) to x_i^(k+1) of a scaled unit: the partial is its weight. */
export function scaledArrow(trace: Values, k: number, i: number): Arrow {
  return { from: sumId(k + 1, i), to: unitId(k + 1, i), formula: weightName(k, i, 1), partial: trace.w(k, i, 1) };
}

/** w_i^(k) to s_i^(k+1): the gradient is x^(k). */
export function weightsArrow(trace: Values, k: number, i: number, sample: number): Arrow {
  const gradient: Value = Array.from({ length: trace.widths[k - 1]! + 1 }, (_, j) => trace.x(k, j + 1, sample));
  return { from: toText(weightsName(k, i)), to: sumId(k + 1, i), formula: unitsName(k), partial: gradient };
}

/** w_(i,j)^(k) to s_i^(k+1): the partial is x_j^(k). */
export function unitArrow(trace: Values, k: number, i: number, j: number, sample: number): Arrow {
  const partial = trace.x(k, j, sample);
  return { from: toText(weightName(k, i, j)), to: sumId(k + 1, i), formula: unitName(k, j), partial };
}

/** s_i^(k) to x_j^(k) */
export function slopeArrow(trace: Values, k: number, j: number, i: number, sample: number): Arrow {
  const partial = trace.slope(k, j, i, sample);
  return { from: sumId(k, i), to: unitId(k, j), formula: slopeFormula(trace, k, j, i), partial };
}

/** x_i^(m) to the loss of its sample. */
export function lossArrow(trace: Values, i: number, sample: number): Arrow {
  const partial = trace.lossPartial(i, sample);
  return {
    from: unitId(trace.depth, i),
    to: ownLossId(trace, sample),
    formula: lossPartialFormula(trace, i),
    partial,
  };
}

/** l_n to l */
export function meanArrow(trace: Values, sample: number): Arrow {
  const { count } = trace;
  return { from: ownLossId(trace, sample), to: "l", partial: 1 / count, formula: [{ text: `1/${count}` }] };
}

export function ownLossId(trace: Values, sample: number): string {
  return toText(lossName(trace.count > 1 ? sample : undefined));
}
