/** What is marked in a drawing: highlighted paths with their products, and the steps of the backward sweep. */
import type { Arrow, Circle, Graph, Path, Value } from "../graph.ts";
import { joined, plain, sans, type Text } from "../typeset/text.ts";
import { derivativeLabel, nameOf } from "./names.ts";
import { rounded } from "./numbers.ts";
import type { CheckedOptions } from "./options.ts";

export interface Emphasis {
  readonly isFaded: boolean;
  readonly isStrong: boolean;
}

interface CircleMark {
  isStrong: boolean;
  step?: number;
  derivative?: Text;
}

interface ArrowMark {
  isStrong: boolean;
  isSwept: boolean;
}

/** What is in neither map is faded, where anything is marked at all. */
export interface Marks {
  readonly isMarked: boolean;
  readonly circles: ReadonlyMap<string, CircleMark>;
  readonly arrows: ReadonlyMap<Arrow, ArrowMark>;
}

/** Paths whose products are written out; more are drawn, and counted. */
const CAPTIONS_LIMIT = 8;

export function marksOf(graph: Graph, options: CheckedOptions): Marks {
  const circles = new Map<string, CircleMark>();
  const arrows = new Map<Arrow, ArrowMark>();
  if (options.steps > 0) markSweep(graph, options, circles, arrows);
  for (const arrow of options.paths.flat()) {
    arrows.set(arrow, { isSwept: false, ...arrows.get(arrow), isStrong: true });
    for (const id of [arrow.from, arrow.to]) circles.set(id, { ...circles.get(id), isStrong: true });
  }
  return { isMarked: options.paths.length > 0 || options.steps > 0, circles, arrows };
}

function markSweep(
  graph: Graph,
  { steps, digits }: CheckedOptions,
  circles: Map<string, CircleMark>,
  arrows: Map<Arrow, ArrowMark>,
): void {
  const derivatives = derivativesOf(graph);
  const numbers = stepNumbers(graph, derivatives);
  for (const [id, derivative] of derivatives) {
    const step = numbers.get(id)!;
    if (step > steps) continue;
    const name = derivativeLabel(graph.output, graph.circle(id));
    const text: Text = [...name, { text: " = " }, ...sans(rounded(derivative, digits))];
    circles.set(id, { isStrong: false, step, derivative: text });
    for (const arrow of graph.outOf(id)) {
      const isFolded = graph.circle(arrow.to).role === "fold";
      if (derivatives.has(arrow.to) || isFolded) arrows.set(arrow, { isStrong: false, isSwept: !isFolded });
    }
  }
}

/** The derivatives that the circles know, and otherwise those that a sweep finds. Nobody asks for one by a constant. */
function derivativesOf(graph: Graph): Map<string, Value> {
  const swept = new Map(graph.sweep().map(({ circle, derivative }) => [circle.id, derivative]));
  const derivatives = new Map<string, Value>();
  for (const { id, role, derivative } of graph.circles.toReversed()) {
    const known = derivative ?? swept.get(id);
    if (known !== undefined && role !== "constant") derivatives.set(id, known);
  }
  return derivatives;
}

/** From 1: a number for each column, or where there are none for each distance from the output. */
function stepNumbers(graph: Graph, derivatives: ReadonlyMap<string, Value>): Map<string, number> {
  const distances = distancesOf(graph);
  const swept = graph.circles.filter(({ id }) => derivatives.has(id));
  const hasColumns = swept.every(({ column }) => column !== undefined);
  const orderOf = ({ id, column }: Circle) => (hasColumns ? -column! : distances.get(id)!);
  const orders = [...new Set(swept.map(orderOf))].sort((a, b) => a - b);
  return new Map(swept.map((circle) => [circle.id, orders.indexOf(orderOf(circle)) + 1]));
}

/** The numbers of arrows on the longest ways to the output. */
function distancesOf(graph: Graph): Map<string, number> {
  const distances = new Map<string, number>();
  for (const { id } of graph.circles.toReversed()) {
    distances.set(id, Math.max(0, ...graph.outOf(id).map(({ to }) => distances.get(to)! + 1)));
  }
  return distances;
}

/** The products of the highlighted paths, and their sum where they start from one circle. */
export function captionsOf(graph: Graph, options: CheckedOptions): Text[] {
  const { paths } = options;
  const captions = paths.slice(0, CAPTIONS_LIMIT).map((path) => productText(graph, path, options));
  if (paths.length > CAPTIONS_LIMIT) captions.push(plain(`… and ${paths.length - CAPTIONS_LIMIT} more paths`));
  const sum = sumText(graph, options);
  return sum === undefined ? captions : [...captions, sum];
}

function productText(graph: Graph, path: Path, { digits }: CheckedOptions): Text {
  const circles = [path[0]!.from, ...path.map(({ to }) => to)].map((id) => nameOf(graph.circle(id)));
  const names: Text = [...joined(circles, " → "), { text: ":  " }];
  const product = graph.product(path);
  if (product === undefined) {
    const isLone = path.length === 1;
    return [
      ...names,
      ...joined(
        path.map(({ formula }) => factorText(formula, isLone)),
        " · ",
      ),
    ];
  }
  const isLone = path.length === 1;
  const factors = path.map(({ partial }) => {
    const number = rounded(partial!, digits);
    return sans(number.startsWith("−") && !isLone ? `(${number})` : number);
  });
  return [...names, ...joined(factors, " · "), ...(isLone ? [] : [{ text: " = " }, ...sans(rounded(product, digits))])];
}

/** A formula as a factor: a sum needs parentheses, and so does a sign. */
function factorText(formula: Text | undefined, isLone: boolean): Text {
  if (formula === undefined) return plain("?");
  const isSum = formula.some(({ text }) => /[+−]/.test(text));
  return isSum && !isLone ? [{ text: "(" }, ...formula, { text: ")" }] : formula;
}

function sumText(graph: Graph, { paths, digits }: CheckedOptions): Text | undefined {
  const start = paths[0]?.[0]?.from;
  if (start === undefined || paths.length < 2 || paths.some((path) => path[0]!.from !== start)) return undefined;
  const products = paths.map((path) => graph.product(path));
  if (!products.every((product) => typeof product === "number")) return undefined;
  const sum = products.reduce((total, product) => total + product, 0);
  const isAll = paths.length === graph.pathCount(start) && new Set(paths.map(pathKey)).size === paths.length;
  const name: Text = isAll ? derivativeLabel(graph.output, graph.circle(start)) : plain("their sum");
  const terms = products.length > CAPTIONS_LIMIT ? [] : products.map((product) => sans(rounded(product, digits)));
  return [
    ...name,
    ...[...(terms.length ? [joined(terms, " + ")] : []), sans(rounded(sum, digits))].flatMap((side) => [
      { text: " = " },
      ...side,
    ]),
  ];
}

function pathKey(path: Path): string {
  return JSON.stringify(path.map(({ to }) => to));
}
