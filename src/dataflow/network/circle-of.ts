/** One circle of a network by its name, with all its arrows. */
import { checkNumber, refuse, show } from "../../ground/errors.ts";
import type { Arrow, Circle } from "../graph.ts";
import {
  unitCircle,
  sumCircle,
  weightsCircle,
  weightCircle,
  targetCircle,
  lossCircle,
  weightArrow,
  weightsArrow,
  unitArrow,
  slopeArrow,
  passingArrow,
  scaledArrow,
  scalingArrow,
  lossArrow,
  meanArrow,
  ownLossId,
} from "./circles.ts";
import { upTo } from "./names.ts";
import type { Values } from "./values.ts";

/** One circle and its arrows. */
export interface NetworkCircle extends Circle {
  readonly into: readonly Arrow[];
  readonly outOf: readonly Arrow[];
}

/**
 * One circle of a network by its name, with all its arrows, however large the layers are.
 * @throws InvalidInputError for a name that is none of this network's.
 */
export function circleOf(trace: Values, name: string, sample: number): NetworkCircle {
  for (const { pattern, circle } of circleKinds) {
    const match = typeof name === "string" && pattern.exec(name);
    if (match) return circle(trace, sample, ...match.slice(1).map(Number));
  }
  return refuse("circle", "a name such as x_1^(2), s_1^(2), w_(1,2)^(1), w_1^(1), y_1 or l", show(name));
}

/** How the circles are named, and what they are; numbers in the order in which the name has them. */
const circleKinds: readonly {
  readonly pattern: RegExp;
  circle(trace: Values, sample: number, ...numbers: number[]): NetworkCircle;
}[] = [
  { pattern: /^x_(\d+)\^\((\d+)\)$/, circle: (trace, sample, i, k) => unitAndArrows(trace, k!, i!, sample) },
  { pattern: /^s_(\d+)\^\((\d+)\)$/, circle: (trace, sample, i, k) => sumAndArrows(trace, k!, i!, sample) },
  {
    pattern: /^w_\((\d+),(\d+)\)\^\((\d+)\)$/,
    circle: (trace, sample, i, j, k) => ({
      ...weightCircle(trace, k!, i!, j!),
      into: [],
      outOf: trace.drawn(k!) === "weighted" ? [unitArrow(trace, k!, i!, j!, sample)] : [],
    }),
  },
  {
    pattern: /^w_(\d+)\^\((\d+)\)$/,
    circle: (trace, sample, i, k) => {
      trace.w(k!, i!, 1); // refuses a layer or a unit that is not there
      return {
        ...weightsCircle(trace, k!, i!),
        into: [],
        outOf: [
          trace.drawn(k!) === "weighted" ? weightsArrow(trace, k!, i!, sample) : scalingArrow(trace, k!, i!, sample),
        ],
      };
    },
  },
  {
    pattern: /^y(?:_(\d+))?$/,
    circle: (trace, sample, i) => {
      const isOnly = trace.widths.at(-1) === 1;
      if (isOnly && !Number.isNaN(i)) refuse("circle", "y, the only target", `"y_${i}"`);
      if (!isOnly && Number.isNaN(i)) refuse("circle", "y_1, y_2, ... of several targets", '"y"');
      return targetAndArrow(trace, isOnly ? 1 : i!, sample);
    },
  },
  { pattern: /^l$/, circle: (trace) => lossAndArrows(trace) },
  {
    pattern: /^l_(\d+)$/,
    circle: (trace, _sample, n) => {
      if (trace.count === 1) refuse("circle", "l, the loss of the only sample", `"l_${n}"`);
      return sampleLossAndArrows(trace, n!);
    },
  },
];

function targetAndArrow(trace: Values, i: number, sample: number): NetworkCircle {
  const circle = targetCircle(trace, i, sample);
  return { ...circle, into: [], outOf: [{ from: circle.id, to: ownLossId(trace, sample) }] };
}

/** The mean over the samples, or the loss of the only one. */
function lossAndArrows(trace: Values): NetworkCircle {
  const into = trace.count > 1 ? upTo(trace.count).map((n) => meanArrow(trace, n)) : outputArrows(trace, 1);
  return { ...lossCircle(trace, undefined), into, outOf: [] };
}

function sampleLossAndArrows(trace: Values, n: number): NetworkCircle {
  checkNumber("circle: sample", n, { integer: true, min: 1, max: trace.count });
  return { ...lossCircle(trace, n), into: outputArrows(trace, n), outOf: [meanArrow(trace, n)] };
}

function outputArrows(trace: Values, sample: number): Arrow[] {
  return upTo(trace.widths.at(-1)!).map((i) => lossArrow(trace, i, sample));
}

function unitAndArrows(trace: Values, k: number, i: number, sample: number): NetworkCircle {
  const circle = unitCircle(trace, k, i, sample);
  const isOne = i > trace.widths[k - 1]!;
  const sources = k === 1 || isOne ? [] : trace.coupled(k, i);
  if (k > 1 && !isOne && trace.drawn(k - 1) !== "weighted") {
    const isPassed = trace.drawn(k - 1) === "passed";
    const into = isPassed
      ? partners(trace, k - 1, i).map((from) => passingArrow(trace, k - 1, i, from, sample))
      : [scalingArrow(trace, k - 1, i, sample), scaledArrow(trace, k - 1, i)];
    return { ...circle, into, outOf: unitOutOf(trace, k, i, sample) };
  }
  return {
    ...circle,
    into: sources.map((from) => slopeArrow(trace, k, i, from, sample)),
    outOf: unitOutOf(trace, k, i, sample),
  };
}

function unitOutOf(trace: Values, k: number, i: number, sample: number): Arrow[] {
  if (k === trace.depth) return [lossArrow(trace, i, sample)];
  if (trace.drawn(k) === "weighted") return upTo(trace.widths[k]!).map((to) => weightArrow(trace, k, to, i));
  return partners(trace, k, i).map((to) => passingArrow(trace, k, to, i, sample));
}

/** The units of the other side that one of a layer without sums has to do with. */
function partners(trace: Values, k: number, i: number): number[] {
  return trace.kindOf(k).couples ? upTo(trace.widths[k]!) : [i];
}

function sumAndArrows(trace: Values, k: number, i: number, sample: number): NetworkCircle {
  const circle = sumCircle(trace, k, i, sample);
  if (trace.drawn(k - 1) === "passed")
    refuse("circle", `x_${i}^(${k}), for a layer that passes units on has no sums`, `"s_${i}^(${k})"`);
  if (trace.drawn(k - 1) === "normalized") {
    const into = partners(trace, k - 1, i).map((from) => passingArrow(trace, k - 1, i, from, sample));
    return { ...circle, into, outOf: [scaledArrow(trace, k - 1, i)] };
  }
  const targets = trace.coupled(k, i);
  return {
    ...circle,
    into: upTo(trace.widths[k - 2]! + 1).map((j) => weightArrow(trace, k - 1, i, j)),
    outOf: targets.map((to) => slopeArrow(trace, k, to, i, sample)),
  };
}
