/**
 * The dataflow diagram of a network on one sample: figures 1 and 2 of the notes, in columns. Units, the always-1 units,
 * sums, weights, targets and the loss are circles; what stands on the arrows and in the circles is what a trace holds.
 */
import { checkNumber, checkOptions, refuse, show } from "../../ground/errors.ts";
import { lossPartialFormula, slopeFormula } from "./backpropagation.ts";
import { Diagram } from "../diagram.ts";
import type { Arrow, Circle, Value } from "../graph.ts";
import { type Label, toText } from "../label.ts";
import { lossName, sumName, targetName, unitName, unitsName, upTo, weightName, weightsName } from "./names.ts";
import type { Trace } from "./trace.ts";

export interface NetworkGraphOptions {
  /** Which sample of a batch, from 1. Default 1. */
  readonly sample?: number;
  /**
   * Whether the weights are circles, as in figure 2: a vector w_i^(k) for each unit, whose arrow carries a gradient; every
   * w_(i,j)^(k) by itself; or none, so that they are found on the arrows only, as the partials that they are. Default
   * "vectors".
   */
  readonly weights?: "vectors" | "scalars" | "none";
  /** Layers of more units than this are folded. At least 5; default 6. */
  readonly limit?: number;
}

/** One circle and its arrows. */
export interface NetworkCircle extends Circle {
  readonly into: readonly Arrow[];
  readonly outOf: readonly Arrow[];
}

export const networkGraphOptions = ["sample", "weights", "limit"];

const LIMIT = 6;
/** Units of a folded layer that are drawn before the folds; one more is behind them. */
const BEFORE_FOLD = 3;
/** Drawing takes about a millisecond for each. */
const ARROWS_LIMIT = 10_000;

/**
 * The diagram, every arrow from an earlier circle to a later one.
 * @throws InvalidInputError for options that are unknown or wrong.
 */
export function networkGraph(trace: Trace, options: NetworkGraphOptions): Diagram {
  checkOptions("graph", options, networkGraphOptions);
  const { sample = 1, weights = "vectors", limit = LIMIT } = options;
  checkNumber("graph: sample", sample, { integer: true, min: 1, max: trace.count });
  checkNumber("graph: limit", limit, { integer: true, min: 5 });
  if (!["vectors", "scalars", "none"].includes(weights)) {
    refuse("graph: weights", '"vectors", "scalars" or "none"', show(weights));
  }
  return new Builder(trace, sample, weights, limit).build();
}

/** The places of a column from the top: the numbers of units, and folds of those between. */
type Place = number | Range;
interface Range {
  readonly first: number;
  readonly last: number;
}

class Builder {
  readonly #trace: Trace;
  readonly #sample: number;
  readonly #weights: "vectors" | "scalars" | "none";
  readonly #limit: number;
  readonly #circles: Circle[] = [];
  readonly #arrows: Arrow[] = [];

  constructor(trace: Trace, sample: number, weights: "vectors" | "scalars" | "none", limit: number) {
    this.#trace = trace;
    this.#sample = sample;
    this.#weights = weights;
    this.#limit = limit;
  }

  build(): Diagram {
    const { depth } = this.#trace;
    this.#checkSize();
    this.#addUnits(1);
    for (let k = 1; k < depth; k++) this.#addLayer(k);
    this.#addLoss();
    return new Diagram(this.#circles, this.#arrows);
  }

  /** Refuses what would take minutes to draw, and nobody could read. */
  #checkSize(): void {
    const drawn = this.#trace.widths.map((_, index) => this.#places(index + 1).length);
    const arrows = drawn.slice(1).reduce((sum, count, index) => sum + count * (drawn[index]! + 1), 0);
    if (arrows <= ARROWS_LIMIT) return;
    refuse(
      "graph: limit",
      `one that leaves at most ${ARROWS_LIMIT} arrows between units`,
      `${this.#limit}, with ${arrows}`,
    );
  }

  /** Which units of layer k are drawn: of a folded one the first and the last, of outputs also where the loss is steepest. */
  #places(k: number): Place[] {
    const count = this.#trace.widths[k - 1]!;
    if (count <= this.#limit) return upTo(count);
    const shown = [...upTo(BEFORE_FOLD), ...(k === this.#trace.depth ? [this.#steepest()] : []), count];
    const places: Place[] = [];
    let next = 1;
    for (const unit of [...new Set(shown)].toSorted((a, b) => a - b)) {
      if (unit === next + 1) places.push(next);
      else if (unit > next) places.push({ first: next, last: unit - 1 });
      places.push(unit);
      next = unit + 1;
    }
    return places;
  }

  /** The output by which the loss has its largest derivative: of classes, the one that the sample is of. */
  #steepest(): number {
    const { depth, widths } = this.#trace;
    const sizes = upTo(widths[depth - 1]!).map((i) => Math.abs(this.#trace.dx(depth, i, this.#sample)));
    return 1 + sizes.indexOf(Math.max(...sizes));
  }

  /** x^(k) and, where a layer follows, the unit that is always 1. */
  #addUnits(k: number): void {
    const { depth, widths } = this.#trace;
    const places = this.#places(k);
    const column = 2 * (k - 1);
    places.forEach((place, row) => {
      const circle = typeof place === "number" ? unitCircle(this.#trace, k, place, this.#sample) : fold(place, k);
      this.#circles.push({ ...circle, column, row });
    });
    if (k === depth) return;
    const one = unitCircle(this.#trace, k, widths[k - 1]! + 1, this.#sample);
    this.#circles.push({ ...one, column, row: places.length });
  }

  /** The weights w^(k), the sums s^(k+1) and the units x^(k+1), with the arrows to them. */
  #addLayer(k: number): void {
    const trace = this.#trace;
    const inputs = [...this.#places(k), trace.widths[k - 1]! + 1];
    const places = this.#places(k + 1);
    places.forEach((place, row) => {
      if (typeof place === "number") this.#addSum(k, place, row, inputs);
      else this.#addFoldedSum(k, place, row, inputs);
    });
    this.#addUnits(k + 1);
    const isCoupled = trace.isCoupled(k + 1);
    for (const to of places) {
      for (const from of isCoupled ? places : [to]) this.#addSlope(k + 1, to, from);
    }
  }

  #addSum(k: number, i: number, row: number, inputs: readonly Place[]): void {
    const column = 2 * k - 1;
    const weights = this.#weightCircles(k, i);
    weights.forEach(({ circle, arrow }) => {
      this.#circles.push({ ...circle, column: column - 0.5, row });
      this.#arrows.push(arrow);
    });
    this.#circles.push({ ...sumCircle(this.#trace, k + 1, i, this.#sample), column, row });
    for (const j of inputs) {
      this.#arrows.push(
        typeof j === "number" ? weightArrow(this.#trace, k, i, j) : { from: foldId(j, "x", k), to: sumId(k + 1, i) },
      );
    }
  }

  #addFoldedSum(k: number, place: { first: number; last: number }, row: number, inputs: readonly Place[]): void {
    const circle = foldOf(place, "s", sumName(k + 1, place.first), sumName(k + 1, place.last), k + 1);
    this.#circles.push({ ...circle, column: 2 * k - 1, row });
    for (const j of inputs) {
      const from = typeof j === "number" ? unitId(k, j) : foldId(j, "x", k);
      this.#arrows.push({ from, to: circle.id });
    }
  }

  #weightCircles(k: number, i: number): { circle: Circle; arrow: Arrow }[] {
    const trace = this.#trace;
    if (this.#weights === "vectors") {
      return [{ circle: weightsCircle(trace, k, i), arrow: weightsArrow(trace, k, i, this.#sample) }];
    }
    if (this.#weights === "none") return [];
    const units = [...this.#places(k), trace.widths[k - 1]! + 1];
    return units
      .filter((j): j is number => typeof j === "number")
      .map((j) => ({ circle: weightCircle(trace, k, i, j), arrow: unitArrow(trace, k, i, j, this.#sample) }));
  }

  #addSlope(k: number, to: Place, from: Place): void {
    if (typeof to === "number" && typeof from === "number") {
      this.#arrows.push(slopeArrow(this.#trace, k, to, from, this.#sample));
      return;
    }
    this.#arrows.push({
      from: typeof from === "number" ? sumId(k, from) : foldId(from, "s", k),
      to: typeof to === "number" ? unitId(k, to) : foldId(to, "x", k),
    });
  }

  /** The targets, the loss of the sample and, of several samples, their mean. */
  #addLoss(): void {
    const trace = this.#trace;
    const { depth, count } = trace;
    const places = this.#places(depth);
    const isMean = count > 1;
    const own = lossCircle(trace, isMean ? this.#sample : undefined);
    const column = 2 * depth - 1;
    places.forEach((place, row) => {
      const circle = typeof place === "number" ? targetCircle(trace, place, this.#sample) : targetFold(place);
      this.#circles.push({ ...circle, column: column - 1, row: places.length + row });
      this.#arrows.push({ from: circle.id, to: own.id });
    });
    this.#circles.push({ ...own, column, row: 0 });
    for (const place of places) {
      this.#arrows.push(
        typeof place === "number"
          ? lossArrow(trace, place, this.#sample)
          : { from: foldId(place, "x", depth), to: own.id },
      );
    }
    if (isMean) this.#addMean(column);
  }

  #addMean(column: number): void {
    const { count } = this.#trace;
    const total = lossCircle(this.#trace, undefined);
    const only = this.#sample === 1 ? 2 : 1;
    const label: Label =
      count === 2
        ? lossName(only)
        : [{ text: "l", italic: true, sub: [{ text: "n" }] }, { text: `, n ≠ ${this.#sample}` }];
    const others: Circle = { id: "other losses", label, role: "fold" };
    // The weights have a part in every sample's loss: paths that one sample's diagram does not show.
    const weights = this.#circles.filter(({ role }) => role === "parameter");
    this.#circles.push({ ...others, column, row: 1 }, { ...total, column: column + 1, row: 0 });
    this.#arrows.push(...weights.map(({ id }) => ({ from: id, to: others.id })), meanArrow(this.#trace, this.#sample), {
      from: others.id,
      to: total.id,
    });
  }
}

const unitId = (k: number, i: number): string => toText(unitName(k, i));
const sumId = (k: number, i: number): string => toText(sumName(k, i));

/** x_i^(k); one behind the last is the unit that is always 1. */
function unitCircle(trace: Trace, k: number, i: number, sample: number): Circle {
  const isOne = i > trace.widths[k - 1]!;
  return {
    id: unitId(k, i),
    label: unitName(k, i),
    role: isOne ? "constant" : k === 1 ? "input" : "operation",
    value: trace.x(k, i, sample),
    ...(!isOne && { derivative: trace.dx(k, i, sample) }),
  };
}

function sumCircle(trace: Trace, k: number, i: number, sample: number): Circle {
  return {
    id: sumId(k, i),
    label: sumName(k, i),
    role: "operation",
    value: trace.s(k, i, sample),
    derivative: trace.ds(k, i, sample),
  };
}

function weightsCircle(trace: Trace, k: number, i: number): Circle {
  const units = trace.widths[k - 1]! + 1;
  const label = weightsName(k, i);
  return {
    id: toText(label),
    label,
    role: "parameter",
    value: Array.from({ length: units }, (_, j) => trace.w(k, i, j + 1)),
    derivative: Array.from({ length: units }, (_, j) => trace.dw(k, i, j + 1)),
  };
}

function weightCircle(trace: Trace, k: number, i: number, j: number): Circle {
  const label = weightName(k, i, j);
  return {
    id: toText(label),
    label,
    role: "parameter",
    value: trace.w(k, i, j),
    derivative: trace.dw(k, i, j),
  };
}

function targetCircle(trace: Trace, i: number, sample: number): Circle {
  const label = targetName(i, trace.widths.at(-1)!);
  return { id: toText(label), label, role: "constant", value: trace.y(i, sample) };
}

/** The mean loss l, or the loss l_n of one of several samples. */
function lossCircle(trace: Trace, sample: number | undefined): Circle {
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

const foldId = ({ first, last }: Range, letter: string, k: number): string => `${letter}_${first}..${last}^(${k})`;

function foldOf(range: Range, letter: string, first: Label, last: Label, k: number): Circle {
  return { id: foldId(range, letter, k), label: [...first, { text: " … " }, ...last], role: "fold" };
}

function fold(range: Range, k: number): Circle {
  return foldOf(range, "x", unitName(k, range.first), unitName(k, range.last), k);
}

function targetFold(range: Range): Circle {
  const [first, last] = [targetName(range.first, Infinity), targetName(range.last, Infinity)];
  return { id: `y_${range.first}..${range.last}`, label: [...first, { text: " … " }, ...last], role: "fold" };
}

/** x_j^(k) to s_i^(k+1): the partial is the weight. */
function weightArrow(trace: Trace, k: number, i: number, j: number): Arrow {
  return { from: unitId(k, j), to: sumId(k + 1, i), formula: weightName(k, i, j), partial: trace.w(k, i, j) };
}

/** w_i^(k) to s_i^(k+1): the gradient is x^(k). */
function weightsArrow(trace: Trace, k: number, i: number, sample: number): Arrow {
  const gradient: Value = Array.from({ length: trace.widths[k - 1]! + 1 }, (_, j) => trace.x(k, j + 1, sample));
  return { from: toText(weightsName(k, i)), to: sumId(k + 1, i), formula: unitsName(k), partial: gradient };
}

/** w_(i,j)^(k) to s_i^(k+1): the partial is x_j^(k). */
function unitArrow(trace: Trace, k: number, i: number, j: number, sample: number): Arrow {
  const partial = trace.x(k, j, sample);
  return { from: toText(weightName(k, i, j)), to: sumId(k + 1, i), formula: unitName(k, j), partial };
}

/** s_i^(k) to x_j^(k) */
function slopeArrow(trace: Trace, k: number, j: number, i: number, sample: number): Arrow {
  const partial = trace.slope(k, j, i, sample);
  return { from: sumId(k, i), to: unitId(k, j), formula: slopeFormula(trace, k, j, i), partial };
}

/** x_i^(m) to the loss of its sample. */
function lossArrow(trace: Trace, i: number, sample: number): Arrow {
  const partial = trace.lossPartial(i, sample);
  return {
    from: unitId(trace.depth, i),
    to: ownLossId(trace, sample),
    formula: lossPartialFormula(trace, i),
    partial,
  };
}

/** l_n to l */
function meanArrow(trace: Trace, sample: number): Arrow {
  const { count } = trace;
  return { from: ownLossId(trace, sample), to: "l", partial: 1 / count, formula: [{ text: `1/${count}` }] };
}

function ownLossId(trace: Trace, sample: number): string {
  return toText(lossName(trace.count > 1 ? sample : undefined));
}

/**
 * One circle of a network by its name, with all its arrows, however large the layers are.
 * @throws InvalidInputError for a name that is none of this network's.
 */
export function circleOf(trace: Trace, name: string, sample: number): NetworkCircle {
  for (const { pattern, circle } of circleKinds) {
    const match = pattern.exec(String(name));
    if (match) return circle(trace, sample, ...match.slice(1).map(Number));
  }
  return refuse("circle", "a name such as x_1^(2), s_1^(2), w_(1,2)^(1), w_1^(1), y_1 or l", show(name));
}

/** How the circles are named, and what they are; numbers in the order in which the name has them. */
const circleKinds: readonly {
  readonly pattern: RegExp;
  circle(trace: Trace, sample: number, ...numbers: number[]): NetworkCircle;
}[] = [
  { pattern: /^x_(\d+)\^\((\d+)\)$/, circle: (trace, sample, i, k) => unitAndArrows(trace, k!, i!, sample) },
  { pattern: /^s_(\d+)\^\((\d+)\)$/, circle: (trace, sample, i, k) => sumAndArrows(trace, k!, i!, sample) },
  {
    pattern: /^w_\((\d+),(\d+)\)\^\((\d+)\)$/,
    circle: (trace, sample, i, j, k) => ({
      ...weightCircle(trace, k!, i!, j!),
      into: [],
      outOf: [unitArrow(trace, k!, i!, j!, sample)],
    }),
  },
  {
    pattern: /^w_(\d+)\^\((\d+)\)$/,
    circle: (trace, sample, i, k) => {
      trace.w(k!, i!, 1); // refuses a layer or a unit that is not there
      return { ...weightsCircle(trace, k!, i!), into: [], outOf: [weightsArrow(trace, k!, i!, sample)] };
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

function targetAndArrow(trace: Trace, i: number, sample: number): NetworkCircle {
  const circle = targetCircle(trace, i, sample);
  return { ...circle, into: [], outOf: [{ from: circle.id, to: ownLossId(trace, sample) }] };
}

/** The mean over the samples, or the loss of the only one. */
function lossAndArrows(trace: Trace): NetworkCircle {
  const into = trace.count > 1 ? upTo(trace.count).map((n) => meanArrow(trace, n)) : outputArrows(trace, 1);
  return { ...lossCircle(trace, undefined), into, outOf: [] };
}

function sampleLossAndArrows(trace: Trace, n: number): NetworkCircle {
  checkNumber("circle: sample", n, { integer: true, min: 1, max: trace.count });
  return { ...lossCircle(trace, n), into: outputArrows(trace, n), outOf: [meanArrow(trace, n)] };
}

function outputArrows(trace: Trace, sample: number): Arrow[] {
  return upTo(trace.widths.at(-1)!).map((i) => lossArrow(trace, i, sample));
}

function unitAndArrows(trace: Trace, k: number, i: number, sample: number): NetworkCircle {
  const circle = unitCircle(trace, k, i, sample);
  const isOne = i > trace.widths[k - 1]!;
  const sources = k === 1 || isOne ? [] : trace.isCoupled(k) ? upTo(trace.widths[k - 1]!) : [i];
  return {
    ...circle,
    into: sources.map((from) => slopeArrow(trace, k, i, from, sample)),
    outOf:
      k === trace.depth
        ? [lossArrow(trace, i, sample)]
        : upTo(trace.widths[k]!).map((to) => weightArrow(trace, k, to, i)),
  };
}

function sumAndArrows(trace: Trace, k: number, i: number, sample: number): NetworkCircle {
  const circle = sumCircle(trace, k, i, sample);
  const targets = trace.isCoupled(k) ? upTo(trace.widths[k - 1]!) : [i];
  return {
    ...circle,
    into: upTo(trace.widths[k - 2]! + 1).map((j) => weightArrow(trace, k - 1, i, j)),
    outOf: targets.map((to) => slopeArrow(trace, k, to, i, sample)),
  };
}
