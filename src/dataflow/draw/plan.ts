/** What is to be drawn, for any kind of drawing: texts, signs, strengths and marks; not yet where. */
import type { Arrow, Circle, Graph, Value } from "../graph.ts";
import { toText } from "../label.ts";
import { sans, type Text } from "../typeset/text.ts";
import { captionsOf, type Emphasis, type Marks, marksOf } from "./marks.ts";
import { rounded } from "./numbers.ts";
import type { CheckedOptions } from "./options.ts";

export interface PlannedCircle extends Emphasis {
  readonly circle: Circle;
  readonly label: Text;
  readonly value: Text | undefined;
  /** Of the sweep: the number of its step, and what it finds. */
  readonly step: number | undefined;
  readonly derivative: Text | undefined;
}

export interface PlannedArrow extends Emphasis {
  readonly arrow: Arrow;
  readonly text: Text | undefined;
  /** 0 where there is no number, or a vector. */
  readonly sign: -1 | 0 | 1;
  /** From 0 to 1, growing with the magnitude of the partial. */
  readonly strength: number;
  /** Whether the sweep has come along it. */
  readonly isSwept: boolean;
  readonly isFolded: boolean;
}

export interface Plan {
  readonly circles: readonly PlannedCircle[];
  readonly arrows: readonly PlannedArrow[];
  /** Written below, a line each. */
  readonly captions: readonly Text[];
  readonly hasColumns: boolean;
}

/** With more arrows than this between two columns, labels could not be told apart. */
const LABELS_LIMIT = 60;

export function planOf(graph: Graph, options: CheckedOptions): Plan {
  const circles = graph.circles.filter(({ role }) => options.parameters || role !== "parameter");
  const ids = new Set(circles.map(({ id }) => id));
  const arrows = graph.arrows.filter(({ from, to }) => ids.has(from) && ids.has(to));
  const marks = marksOf(graph, options);
  return {
    circles: circles.map((circle) => planCircle(circle, marks, options)),
    arrows: planArrows(graph, arrows, marks, options),
    captions: captionsOf(graph, options),
    hasColumns: circles.every(({ column, row }) => column !== undefined && row !== undefined),
  };
}

function planCircle(circle: Circle, marks: Marks, options: CheckedOptions): PlannedCircle {
  const mark = marks.circles.get(circle.id);
  return {
    circle,
    label: circle.label,
    value: circle.value === undefined ? undefined : sans(rounded(circle.value, options.digits)),
    step: mark?.step,
    derivative: mark?.derivative,
    isFaded: marks.isMarked && mark === undefined,
    isStrong: mark?.isStrong ?? false,
  };
}

function planArrows(graph: Graph, arrows: readonly Arrow[], marks: Marks, options: CheckedOptions): PlannedArrow[] {
  const reference = referenceOf(arrows);
  const crowded = crowdedGaps(graph, arrows);
  return arrows.map((arrow) => {
    const mark = marks.arrows.get(arrow);
    return {
      arrow,
      text: crowded.has(gapOf(graph, arrow)) ? undefined : textOf(arrow, options),
      sign: signOf(arrow.partial),
      strength: strengthOf(arrow.partial, reference),
      isSwept: mark?.isSwept ?? false,
      isFolded: graph.circle(arrow.from).role === "fold" || graph.circle(arrow.to).role === "fold",
      isFaded: marks.isMarked && mark === undefined,
      isStrong: mark?.isStrong ?? false,
    };
  });
}

function gapOf(graph: Graph, { from, to }: Arrow): string {
  return `${graph.circle(from).column} ${graph.circle(to).column}`;
}

function crowdedGaps(graph: Graph, arrows: readonly Arrow[]): Set<string> {
  const counts = new Map<string, number>();
  for (const arrow of arrows) {
    if (graph.circle(arrow.from).column === undefined) continue;
    const gap = gapOf(graph, arrow);
    counts.set(gap, (counts.get(gap) ?? 0) + 1);
  }
  return new Set([...counts].filter(([, count]) => count > LABELS_LIMIT).map(([gap]) => gap));
}

function textOf({ formula, partial }: Arrow, { partials, digits }: CheckedOptions): Text | undefined {
  const number = partial === undefined ? undefined : sans(rounded(partial, digits));
  if (partials === "none") return undefined;
  if (partials === "formulas") return formula;
  if (partials === "values" || formula === undefined || number === undefined) return number ?? formula;
  // A formula that is a number needs no other.
  if (toText(formula) === toText(number)) return number;
  return [...formula, { text: " = " }, ...number];
}

function signOf(partial: Value | undefined): -1 | 0 | 1 {
  if (typeof partial !== "number" || Number.isNaN(partial)) return 0;
  return Math.sign(partial) as -1 | 0 | 1;
}

function magnitudeOf(partial: Value): number {
  if (typeof partial === "number") return Math.abs(partial);
  let sum = 0;
  for (let i = 0; i < partial.length; i++) sum += partial[i]! ** 2;
  return Math.sqrt(sum);
}

/** The magnitude drawn thickest: the largest, unless it stands out so far that all others would look alike. */
function referenceOf(arrows: readonly Arrow[]): number {
  const magnitudes = arrows
    .filter(({ partial }) => partial !== undefined)
    .map(({ partial }) => magnitudeOf(partial!))
    .filter((magnitude) => Number.isFinite(magnitude) && magnitude > 0)
    .sort((a, b) => a - b);
  if (magnitudes.length === 0) return 1;
  return Math.min(magnitudes.at(-1)!, 8 * magnitudes[Math.floor(magnitudes.length / 2)]!);
}

function strengthOf(partial: Value | undefined, reference: number): number {
  const magnitude = partial === undefined ? 0 : magnitudeOf(partial);
  return Number.isNaN(magnitude) ? 0 : Math.sqrt(Math.min(1, magnitude / reference));
}
