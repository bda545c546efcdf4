/**
 * The dataflow diagram of a network on one sample: figures 1 and 2 of the notes, in columns. Units, the always-1 units,
 * sums, weights, targets and the loss are circles; what stands on the arrows and in the circles is what a trace holds.
 */
import { checkNumber, checkOptions, refuse, show } from "../../ground/errors.ts";
import { Diagram } from "../diagram.ts";
import type { Arrow, Circle } from "../graph.ts";
import type { Label } from "../label.ts";
import { lossName, sumName, upTo } from "./names.ts";
import {
  type Range,
  unitId,
  sumId,
  unitCircle,
  sumCircle,
  weightsCircle,
  weightCircle,
  targetCircle,
  lossCircle,
  foldId,
  foldOf,
  fold,
  targetFold,
  weightArrow,
  weightsArrow,
  unitArrow,
  passingArrow,
  scaledArrow,
  scalingArrow,
  slopeArrow,
  lossArrow,
  meanArrow,
} from "./circles.ts";
import type { Values } from "./values.ts";

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
export function networkGraph(trace: Values, options: NetworkGraphOptions): Diagram {
  checkOptions("graph", options, networkGraphOptions);
  const { sample = 1, weights = "vectors", limit = LIMIT } = options;
  checkNumber("graph: sample", sample, { integer: true, min: 1, max: trace.count });
  checkNumber("graph: limit", limit, { integer: true, min: 5 });
  if (!["vectors", "scalars", "none"].includes(weights)) {
    refuse("graph: weights", '"vectors", "scalars" or "none"', show(weights));
  }
  return new Builder(trace, sample, weights, limit).build();
}

const firstOf = (place: Place): number => (typeof place === "number" ? place : place.first);

/** The places of a column from the top: the numbers of units, and folds of those between. */
type Place = number | Range;

const unitsOf = (place: Place): number[] =>
  typeof place === "number" ? [place] : upTo(place.last).slice(place.first - 1);

class Builder {
  readonly #trace: Values;
  readonly #sample: number;
  readonly #weights: "vectors" | "scalars" | "none";
  readonly #limit: number;
  readonly #circles: Circle[] = [];
  readonly #arrows: Arrow[] = [];

  constructor(trace: Values, sample: number, weights: "vectors" | "scalars" | "none", limit: number) {
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
    // Only sums have a part of it.
    if (k === depth || this.#trace.drawn(k) !== "weighted") return;
    const one = unitCircle(this.#trace, k, widths[k - 1]! + 1, this.#sample);
    this.#circles.push({ ...one, column, row: places.length });
  }

  /** The weights w^(k), the sums s^(k+1) and the units x^(k+1), with the arrows to them. */
  #addLayer(k: number): void {
    const trace = this.#trace;
    if (trace.drawn(k) !== "weighted") return this.#addPassed(k);
    const inputs = [...this.#places(k), trace.widths[k - 1]! + 1];
    const places = this.#places(k + 1);
    places.forEach((place, row) => {
      if (typeof place === "number") this.#addSum(k, place, row, inputs);
      else this.#addFoldedSum(k, place, row, inputs);
    });
    this.#addUnits(k + 1);
    for (const to of places) {
      for (const from of places) {
        if (from === to || this.#areCoupled(k + 1, to, from)) this.#addSlope(k + 1, to, from);
      }
    }
  }

  /** Whether any unit of one place depends on the sum of any of the other. */
  #areCoupled(k: number, to: Place, from: Place): boolean {
    const units = unitsOf(to);
    return unitsOf(from).some((i) => this.#trace.coupled(k, i).some((j) => units.includes(j)));
  }

  /** A layer that has a unit for each before it: normalized and scaled, or just passed on. */
  #addPassed(k: number): void {
    const trace = this.#trace;
    const places = this.#places(k + 1);
    const before = this.#places(k);
    const isPassed = trace.drawn(k) === "passed";
    const letter = isPassed ? "x" : "s";
    if (!isPassed) places.forEach((place, row) => this.#addNormalized(k, place, row));
    this.#addUnits(k + 1);
    for (const to of places) {
      for (const from of before) {
        if (!trace.kindOf(k).couples && firstOf(from) !== firstOf(to)) continue;
        if (typeof to === "number" && typeof from === "number") {
          this.#arrows.push(passingArrow(trace, k, to, from, this.#sample));
          continue;
        }
        const target = isPassed ? unitId : sumId;
        this.#arrows.push({
          from: typeof from === "number" ? unitId(k, from) : foldId(from, "x", k),
          to: typeof to === "number" ? target(k + 1, to) : foldId(to, letter, k + 1),
        });
      }
      if (isPassed) continue;
      if (typeof to !== "number") this.#addSlope(k + 1, to, to);
      else {
        this.#arrows.push(scaledArrow(trace, k, to));
        if (this.#weights !== "none") this.#arrows.push(scalingArrow(trace, k, to, this.#sample));
      }
    }
  }

  #addNormalized(k: number, place: Place, row: number): void {
    const column = 2 * k - 1;
    if (typeof place !== "number") {
      const label = foldOf(place, "s", sumName(k + 1, place.first), sumName(k + 1, place.last), k + 1);
      this.#circles.push({ ...label, column, row });
      return;
    }
    this.#circles.push({ ...sumCircle(this.#trace, k + 1, place, this.#sample), column, row });
    if (this.#weights === "none") return;
    this.#circles.push({ ...weightsCircle(this.#trace, k, place), column: column + 0.5, row });
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
