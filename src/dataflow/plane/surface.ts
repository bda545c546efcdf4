/**
 * What units compute over a plane of two inputs, as surfaces: a grid of values, a scale of them, and contours. Places in
 * the plane are shares [u, v] from 0 to 1 of the ranges, v upwards. Colours and pixels are others' business.
 *
 * Contours are taken from s where x = f(s) depends on nothing else, not from x: s is straight where x is a step, so the line
 * of a saturated unit is not jagged.
 */
import { contours } from "d3-contour";
import { activationOf } from "../../kinds/activations/index.ts";
import { layerKindOf } from "../../kinds/layers/index.ts";
import { refuse } from "../../ground/errors.ts";
import type { Network } from "../../network/network.ts";
import type { LayerActivations } from "../../inspect/gradients.ts";
import { type Label, toText } from "../label.ts";
import { unitName } from "../network/names.ts";
import { type Curve, curveOf } from "./curve.ts";

/** x_i^(k) over the plane. */
export interface Unit {
  /** As in the notes: layer k, unit i, both from 1; the inputs are layer 1. */
  readonly k: number;
  readonly i: number;
  /** x_1^(2) */
  readonly id: string;
  readonly label: Label;
  readonly curve: Curve;
  /** What contours are taken from, [grid, grid], rows upwards. */
  readonly field: readonly number[];
  /** It is 0 where the decision changes. */
  readonly decision: readonly number[];
}

export type Range = readonly [low: number, high: number];
export type Point = readonly [u: number, v: number];

/** How many numbers of activations are asked for at once: a wide network would fill the memory. */
const CHUNK = 2 ** 20;

/**
 * The units 1 to shown[k - 2] of each layer k over the plane, on a grid of `grid` by `grid` points.
 * @throws InvalidInputError where a unit's value is not finite.
 */
export function readUnits(network: Network, ranges: readonly [Range, Range], shown: number[], grid: number): Unit[] {
  const { layers } = network.description;
  const last = layers.length - 1;
  const { widths } = network;
  const units = layers.flatMap((layer, n) =>
    Array.from({ length: shown[n]! }, (_, j): MutableUnit => {
      const label = unitName(n + 2, j + 1);
      const field: number[] = [];
      return {
        k: n + 2,
        i: j + 1,
        id: toText(label),
        label,
        curve: curveOf(activationOf(layerKindOf(layer).activation?.(layer) ?? "identity")),
        field,
        decision: field,
      };
    }),
  );
  // With two outputs the largest is the one above a half; with more it is another question.
  for (const unit of units) {
    const asksForLargest = unit.k === last + 2 && widths.at(-1)! > 2;
    if (unit.curve.field === "value" || (unit.curve.field === "logOdds" && asksForLargest)) unit.decision = [];
  }
  const rows = gridRows(ranges, grid);
  const size = 2 * Math.max(1, Math.floor(CHUNK / network.widths.reduce((sum, width) => sum + width)));
  for (let begin = 0; begin < rows.length; begin += size) {
    const values = network.activations(rows.subarray(begin, begin + size));
    for (const unit of units) append(unit, values[unit.k - 1]!, widths[unit.k - 1]!);
  }
  return units;
}

type MutableUnit = Omit<Unit, "field" | "decision"> & { field: number[]; decision: number[] };

function gridRows([x, y]: readonly [Range, Range], grid: number): Float64Array {
  const rows = new Float64Array(2 * grid * grid);
  for (let n = 0; n < grid * grid; n++) {
    rows[2 * n] = x[0] + ((n % grid) / (grid - 1)) * (x[1] - x[0]);
    rows[2 * n + 1] = y[0] + (Math.floor(n / grid) / (grid - 1)) * (y[1] - y[0]);
  }
  return rows;
}

function append(unit: MutableUnit, { preActivations, activations: x }: LayerActivations, width: number): void {
  const s = preActivations!;
  const { field, isAlone } = unit.curve;
  const compared = field === "value" ? x : s;
  for (let row = 0; row < s.length; row += width) {
    const at = row + unit.i - 1;
    const own = compared[at]!;
    if (!Number.isFinite(own)) refuse("drawPlane", `a finite value of ${unit.id} all over the plane`, String(own));
    if (field === "sum") {
      unit.field.push(own);
      continue;
    }
    const others = Array.from(compared.subarray(row, row + width)).filter((_, j) => j !== unit.i - 1);
    const largest = others.reduce((a, b) => Math.max(a, b), -Infinity);
    unit.field.push(field === "value" ? own : logOdds(own, others, largest));
    if (unit.decision !== unit.field) unit.decision.push(isAlone ? s[at]! : own - largest);
  }
}

/** Of an output among others that are to each other as e^s. */
function logOdds(own: number, others: readonly number[], largest: number): number {
  const sum = others.reduce((total, other) => total + Math.exp(other - largest), 0);
  // A hidden softmax of one unit has no others: its value is 1, however it came to it.
  return others.length === 0 ? Number.MAX_VALUE : own - largest - Math.log(sum);
}

/** Of the values of a layer: edges between bands of one colour. */
export interface Scale {
  readonly kind: "diverging" | "sequential";
  /** From the least value to the greatest, ascending. */
  readonly edges: readonly number[];
  readonly curve: Curve;
}

const steps = (low: number, step: number, count: number) => Array.from({ length: count + 1 }, (_, n) => low + n * step);

/** In twentieths of where a bounded activation's values lie; otherwise in round steps of the range that is found. */
export function scaleOf(units: readonly Unit[]): Scale {
  const { curve } = units[0]!;
  if (curve.range !== undefined) {
    const [low, high] = curve.range;
    return { kind: "diverging", edges: steps(0, 1, 20).map((n) => rounded(low + (n * (high - low)) / 20)), curve };
  }
  const [low, high] = units
    .map(({ field }) => extent(field))
    .reduce((a, b) => [Math.min(a[0], b[0]), Math.max(a[1], b[1])]);
  return { kind: "sequential", edges: roundEdges(curve.value(low), curve.value(high)), curve };
}

export function extent(values: readonly number[]): Range {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

function roundEdges(low: number, high: number): number[] {
  // A constant layer still needs a scale around its value.
  if (!(high > low))
    return roundEdges(low === 0 ? 0 : low - Math.abs(low) / 2, low === 0 ? 1 : low + Math.abs(low) / 2);
  const step = roundStep(high - low, 20);
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  return steps(first, 1, Math.max(1, last - first)).map((n) => rounded(n * step));
}

/** 1, 2 or 5 times a power of ten, of which about `count` make the span. */
export function roundStep(span: number, count: number): number {
  const power = 10 ** Math.floor(Math.log10(span / count));
  const factor = [1, 2, 5, 10].find((each) => each * power * count >= span * 0.999) ?? 10;
  return factor * power;
}

/** Without the error of adding tenths. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

/** Round numbers from low to high, both included where they are round. */
export function ticksBetween(low: number, high: number, count: number): number[] {
  const step = roundStep(high - low, Math.max(1, count));
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
  return last < first ? [] : steps(first, 1, last - first).map((n) => rounded(n * step));
}

/** The band that a value lies in, from 0. */
export function bandOf({ edges }: Scale, value: number): number {
  const above = edges.findIndex((edge) => edge > value);
  return above === -1 ? edges.length - 2 : Math.max(0, above - 1);
}

/** The place of a band's middle on its scale, from 0 to 1. */
export function shareOf({ edges }: Scale, band: number): number {
  return (band + 0.5) / (edges.length - 1);
}

export interface Region {
  readonly band: number;
  /** Closed: all that is in the band or above it. */
  readonly rings: readonly (readonly Point[])[];
}

/** The whole plane is of band `lowest`; over it lie the regions, each over the one before. */
export function regionsOf(unit: Unit, scale: Scale, grid: number): { lowest: number; regions: Region[] } {
  const [low, high] = extent(unit.field).map((field) => bandOf(scale, scale.curve.value(field))) as [number, number];
  const regions = Array.from({ length: high - low }, (_, n) => {
    const band = low + n + 1;
    return { band, rings: ringsOf(unit.field, scale.curve.fieldOf(scale.edges[band]!), grid) };
  });
  return { lowest: low, regions: regions.filter(({ rings }) => rings.length > 0) };
}

/** Where the decision changes: lines that end at the edge of the plane, or closed ones. */
export function decisionLines(unit: Unit, grid: number): Point[][] {
  return ringsOf(unit.decision, 0, grid).flatMap(withoutBorder);
}

function ringsOf(field: readonly number[], level: number, grid: number): Point[][] {
  const { coordinates } = contours()
    .size([grid, grid])
    .contour(field as number[], level);
  // Values lie in the middle of d3's cells. Rings close half a cell beyond the outermost ones: back to the edge with them.
  const share = (at: number) => Math.min(Math.max((at - 0.5) / (grid - 1), 0), 1);
  return coordinates.flat().map((ring) => ring.map(([x, y]): Point => [share(x!), share(y!)]));
}

/** The parts of a ring that do not run along the edge of the plane. */
function withoutBorder(ring: readonly Point[]): Point[][] {
  const points = ring.slice(0, -1);
  const runsAlong = (n: number) => isOnBorder(points[n % points.length]!, points[(n + 1) % points.length]!);
  const start = points.findIndex((_, n) => runsAlong(n));
  if (start === -1) return [[...ring]];
  const lines: Point[][] = [];
  let line: Point[] = [];
  for (let n = start + 1; n <= start + points.length; n++) {
    line.push(points[n % points.length]!);
    if (!runsAlong(n)) continue;
    if (line.length > 1) lines.push(line);
    line = [];
  }
  return lines;
}

function isOnBorder([u1, v1]: Point, [u2, v2]: Point): boolean {
  return (u1 === u2 && (u1 === 0 || u1 === 1)) || (v1 === v2 && (v1 === 0 || v1 === 1));
}

/** Ramer, Douglas and Peucker: leaves out the points that are nearer to the line without them than `tolerance`. */
export function simplify(points: readonly Point[], tolerance: number): Point[] {
  const [first, last] = [points[0]!, points.at(-1)!];
  let [farthest, distance] = [0, tolerance];
  for (let n = 1; n < points.length - 1; n++) {
    const away = distanceTo(points[n]!, first, last);
    if (away > distance) [farthest, distance] = [n, away];
  }
  if (farthest === 0) return [first, last];
  const before = simplify(points.slice(0, farthest + 1), tolerance);
  return [...before.slice(0, -1), ...simplify(points.slice(farthest), tolerance)];
}

function distanceTo([x, y]: Point, [x1, y1]: Point, [x2, y2]: Point): number {
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (length === 0) return Math.hypot(x - x1, y - y1);
  return Math.abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length;
}
