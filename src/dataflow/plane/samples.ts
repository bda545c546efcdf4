/**
 * Samples in a plane of two inputs: which kinds their targets make, and where each is drawn. Where many share a value, such
 * as a sex of 0 or 1, they are spread around it, evenly and without chance, so that each can be seen.
 */
import { Dataset, isDataset } from "../../data/dataset.ts";
import { checkOptions, refuse, show } from "../../ground/errors.ts";
import type { Floats } from "../../ground/floats.ts";
import type { Numbers } from "../../data/rows.ts";
import { formatNumber } from "../label.ts";
import type { Point, Range } from "./surface.ts";

export type PlaneSamples = Dataset | { readonly inputs: Numbers; readonly targets: Numbers };

/** @throws InvalidInputError unless they fit a network of two inputs and so many outputs. */
export function checkSamples(samples: unknown, outputs: number): Dataset {
  const where = "drawPlane: samples";
  const dataset = isDataset(samples) ? samples : fromNumbers(where, samples, outputs);
  if (dataset.inputWidth !== 2) refuse(where, "2 inputs a row", String(dataset.inputWidth));
  if (dataset.targetWidth !== outputs) refuse(where, `${outputs} targets a row`, String(dataset.targetWidth));
  return dataset;
}

function fromNumbers(where: string, samples: unknown, outputs: number): Dataset {
  checkOptions(where, samples, ["inputs", "targets"]);
  const { inputs, targets } = samples as { inputs: Numbers; targets: Numbers };
  return Dataset.from({
    inputs,
    targets,
    ...(isFlat(inputs) && { inputWidth: 2 }),
    ...(isFlat(targets) && { targetWidth: outputs }),
  });
}

function isFlat(numbers: unknown): boolean {
  return ArrayBuffer.isView(numbers) || (Array.isArray(numbers) && typeof numbers[0] === "number");
}

/** A column of inputs. */
export interface Column {
  readonly values: readonly number[];
  /** Its different values, ascending, where they are few. */
  readonly levels: readonly number[] | undefined;
  /** Whether so many samples share a value that they would hide each other. */
  readonly isCrowded: boolean;
}

const LEVELS_LIMIT = 12;

export function columnOf(dataset: Dataset, j: number): Column {
  const values = Array.from({ length: dataset.count }, (_, row) => dataset.inputs[row * dataset.inputWidth + j]!);
  const levels = levelsOf(values, LEVELS_LIMIT);
  return { values, levels, isCrowded: levels !== undefined && levels.length * 4 <= values.length };
}

function levelsOf(values: readonly number[], limit: number): number[] | undefined {
  const levels = new Set<number>();
  for (const value of values) if (levels.add(value).size > limit) return undefined;
  return [...levels].sort((a, b) => a - b);
}

/** The least distance between two levels. */
function gapOf(levels: readonly number[]): number {
  const gaps = levels.slice(1).map((level, n) => level - levels[n]!);
  return gaps.length > 0 ? Math.min(...gaps) : Math.abs(levels[0]!) || 1;
}

/** The range of a column, with room at its ends. */
export function rangeOf({ values, levels }: Column): Range {
  const sorted = Float64Array.from(values).sort();
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  const room = levels ? 0.44 * gapOf(levels) : 0.04 * (high - low);
  return [low - room, high + room];
}

/** How far a crowd is spread to either side of its value, as a share of the distance to the next. */
const SPREAD = 0.34;
const GOLDEN = 0.6180339887498949;
/** The like of the golden ratio in two dimensions. */
const PLASTIC = [0.7548776662466927, 0.5698402909980532] as const;

/** The place of each sample, as shares of the ranges; undefined for those outside. */
export function placesOf(x: Column, y: Column, ranges: readonly [Range, Range]): (Point | undefined)[] {
  const shares = x.isCrowded && y.isCrowded ? PLASTIC : ([GOLDEN, GOLDEN] as const);
  const places: (Point | undefined)[] = [];
  for (const crowd of crowdsOf(x, y)) {
    crowd.forEach((row, n) => {
      const [u, v] = [x, y].map((column, j) => {
        // Neighbours in order get places far from each other, and any few in a row fill the width evenly.
        const shift = column.isCrowded ? 2 * ((((n + 1) * shares[j]!) % 1) - 0.5) * SPREAD * gapOf(column.levels!) : 0;
        return shareOf(column.values[row]!, shift, ranges[j]!);
      });
      places[row] = u === undefined || v === undefined ? undefined : [u, v];
    });
  }
  return places;
}

/** The rows that share their values in all crowded columns, each crowd in the order of its other values. */
function crowdsOf(x: Column, y: Column): number[][] {
  const crowds = new Map<string, number[]>();
  x.values.forEach((_, row) => {
    const key = [x, y].map(({ isCrowded, values }) => (isCrowded ? values[row] : "")).join();
    const crowd = crowds.get(key);
    if (crowd) crowd.push(row);
    else crowds.set(key, [row]);
  });
  for (const crowd of crowds.values()) {
    crowd.sort((a, b) => x.values[a]! - x.values[b]! || y.values[a]! - y.values[b]! || a - b);
  }
  return [...crowds.values()];
}

/** Where the shift leads out of the range it goes the other way. */
function shareOf(value: number, shift: number, [low, high]: Range): number | undefined {
  const share = (value - low) / (high - low);
  if (share < 0 || share > 1) return undefined;
  const shifted = (value + shift - low) / (high - low);
  const inside = shifted < 0 ? -shifted : shifted > 1 ? 2 - shifted : shifted;
  return Math.min(Math.max(inside, 0), 1);
}

/** What the targets are: classes, or measurements. */
export type Targets =
  | { readonly kind: "classes"; readonly names: readonly string[]; /** Of each row, from 0. */ readonly of: number[] }
  | { readonly kind: "measured"; readonly values: number[] };

const CLASSES_LIMIT = 10;

/**
 * The targets that each of the first `shown` outputs is asked for. One-hot rows are classes, the same for all outputs; so
 * are a few different numbers, but of one output. Many are measurements.
 */
export function targetsOf(dataset: Dataset, shown: number, names: readonly string[] | undefined): Targets[] {
  const { targets, targetWidth: width, targetNames } = dataset;
  const rows = Array.from({ length: dataset.count }, (_, row) => targets.subarray(row * width, (row + 1) * width));
  if (width > 1 && rows.every(isOneHot)) {
    const of = rows.map((row) => row.indexOf(1));
    const classes = withNames({ kind: "classes", names: targetNames, of }, names);
    return Array.from({ length: shown }, () => classes);
  }
  return targetNames.slice(0, shown).map((name, output) => {
    const values = rows.map((row) => row[output]!);
    const kinds = withNames(kindsOf(values, name), names);
    if (kinds.kind === "measured" || names === undefined || width === 1) return kinds;
    return { ...kinds, names: kinds.names.map((each) => `${name}: ${each}`) };
  });
}

function kindsOf(values: number[], name: string): Targets {
  const levels = levelsOf(values, CLASSES_LIMIT);
  if (levels === undefined) return { kind: "measured", values };
  const names = levels.map((level) => `${name} = ${formatNumber(level)}`);
  return { kind: "classes", names, of: values.map((value) => levels.indexOf(value)) };
}

function isOneHot(row: Floats): boolean {
  return (
    row.every((value) => value === 0 || value === 1) && row.indexOf(1) !== -1 && row.indexOf(1) === row.lastIndexOf(1)
  );
}

/** The names a caller gives to the classes, in their order. */
function withNames(targets: Targets, names: readonly string[] | undefined): Targets {
  if (names === undefined) return targets;
  const where = "drawPlane: classes";
  if (targets.kind === "measured") refuse(where, "targets of a few kinds to name", "many different targets");
  const isList = Array.isArray(names) && names.every((name) => typeof name === "string");
  if (!isList || names.length !== targets.names.length) {
    refuse(where, `${targets.names.length} names`, isList ? String(names.length) : show(names));
  }
  return { ...targets, names };
}

/** The outlines of marks around 0, 0: classes take them in turn. */
const outlines: readonly ((r: number) => string)[] = [
  (r) => `m0 ${-1.3 * r}l${1.3 * r} ${1.3 * r}l${-1.3 * r} ${1.3 * r}l${-1.3 * r} ${-1.3 * r}z`,
  (r) => `m${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
  (r) => `m0 ${-1.3 * r}l${1.2 * r} ${2.1 * r}h${-2.4 * r}z`,
  (r) => `m${-0.9 * r} ${-0.9 * r}h${1.8 * r}v${1.8 * r}h${-1.8 * r}z`,
  (r) => `m${-1.2 * r} ${-0.8 * r}h${2.4 * r}l${-1.2 * r} ${2.1 * r}z`,
];

/** The outline of the n-th class's mark at a place, in pixels. */
export function outline(n: number, x: number, y: number, r: number): string {
  const rounded = outlines[n % outlines.length]!(r).replaceAll(/-?\d+\.\d{3,}/g, (text) =>
    String(Number(Number(text).toFixed(2))),
  );
  return `M${x} ${y}${rounded}`;
}

const MARK_COLOURS = 6;

/** Every second class is hollow, so that shape, colour and filling tell neighbours apart. */
export function markColours(n: number): { readonly fill: string; readonly stroke: string } {
  const colour = `mark${n % MARK_COLOURS}`;
  return n % 2 === 0 ? { fill: "background", stroke: colour } : { fill: colour, stroke: "background" };
}
