/** A dataflow diagram as SVG that stands by itself: no script, no font, no other file. */
import type { Graph } from "../graph.ts";
import { compose } from "./compose.ts";
import { along, between, type Box, lengthOf, type Point } from "./geometry.ts";
import { legendSvg } from "./legend.ts";
import { checkDrawOptions, type DrawOptions } from "./options.ts";
import type { Line } from "./paragraph.ts";
import type { PlannedArrow } from "./plan.ts";
import type { SceneArrow, SceneCircle } from "./scene.ts";
import { BADGE, FONT, insideOf } from "./sizes.ts";
import { escapeXml, extentOf, plain, short, type Text, tspans } from "./text.ts";
import { rootClass, styleSheet } from "./theme.ts";
import { arrowTip, arrowWidth, circleTip, descriptionOf, titleOf } from "./words.ts";

/**
 * The diagram as SVG. Circles and arrows have tooltips with all digits, and `data-circle`, `data-from` and `data-to` with the
 * ids in the graph.
 * @throws InvalidInputError for options that are unknown or wrong.
 */
export function toSvg(graph: Graph, options: DrawOptions = {}): string {
  const checked = checkDrawOptions(graph, options);
  const { scene, title, captions, legend, edges } = compose(graph, checked);
  const { left, top } = edges;
  const circles = scene.circles.map(({ planned }) => planned.circle);
  const description = descriptionOf(circles, scene.arrows.length);
  const [width, height] = [edges.right - left, edges.bottom - top];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${width} ${height}" width="${width}" height="${height}" class="${rootClass(checked.theme)}" role="img" xml:space="preserve">`,
    `<title>${escapeXml(titleOf(graph, checked))}</title>`,
    `<desc>${escapeXml(description)}</desc>`,
    `<style>${styleSheet(checked.theme)}</style>`,
    `<rect class="background" x="${left}" y="${top}" width="${width}" height="${height}"/>`,
    ...backToFront(scene.arrows).map(arrowSvg),
    ...scene.circles.map((circle) => circleSvg(circle, graph)),
    ...scene.arrows.flatMap(labelSvg),
    ...scene.circles.flatMap(derivativeSvg),
    ...title.map((line) => lineSvg(line, FONT.title, "title")),
    ...captions.map((line) => lineSvg(line, FONT.caption, "caption")),
    ...legendSvg(legend),
    "</svg>",
    "",
  ].join("\n");
}

/** Faded arrows behind the others, highlighted ones before them. */
function backToFront(arrows: readonly SceneArrow[]): SceneArrow[] {
  const depth = ({ planned: { isFaded, isStrong } }: SceneArrow) => (isFaded ? 0 : isStrong ? 2 : 1);
  return arrows.toSorted((a, b) => depth(a) - depth(b));
}

/** The class of an arrow's sign. */
function signClass({ sign }: PlannedArrow): string[] {
  return sign === 0 ? [] : [sign > 0 ? "positive" : "negative"];
}

function arrowSvg({ planned, line }: SceneArrow): string {
  const { arrow, isFolded, isFaded, isSwept } = planned;
  const classes = ["arrow", ...signClass(planned)];
  if (isFolded) classes.push("folded");
  if (isFaded) classes.push("faded");
  if (isSwept) classes.push("swept");
  const width = arrowWidth(planned);
  const { shaft, head } = arrowShape(isSwept ? line.toReversed() : line, width);
  return [
    `<g class="${classes.join(" ")}" data-from="${escapeXml(arrow.from)}" data-to="${escapeXml(arrow.to)}">`,
    `<title>${escapeXml(arrowTip(planned))}</title>`,
    `<path class="shaft" stroke-width="${short(width)}" d="${pathOf(shaft)}"/>`,
    // Many would come to one fold.
    isFolded ? "</g>" : `<path class="head" d="${pathOf(head)}Z"/></g>`,
  ].join("");
}

/** The shaft ends inside the head, so that the tip is sharp. */
function arrowShape(line: readonly Point[], width: number): { shaft: Point[]; head: Point[] } {
  const length = lengthOf(line);
  const size = Math.min(6 + 1.9 * width, length * 0.6);
  const { point: back } = along(line, 1 - size / length);
  const tip = line.at(-1)!;
  const [dx, dy] = [(tip.x - back.x) / size, (tip.y - back.y) / size];
  const half = size * 0.42;
  const head = [
    tip,
    { x: back.x - dy * half, y: back.y + dx * half },
    { x: back.x + dy * half, y: back.y - dx * half },
  ];
  const cut = length - size * 0.7;
  return { shaft: beginningOf(line, cut), head };
}

/** A line up to a length. */
function beginningOf(line: readonly Point[], length: number): Point[] {
  const points: Point[] = [line[0]!];
  let rest = length;
  for (let i = 1; i < line.length; i++) {
    const step = lengthOf([line[i - 1]!, line[i]!]);
    if (step >= rest) return [...points, between(line[i - 1]!, line[i]!, step === 0 ? 0 : rest / step)];
    points.push(line[i]!);
    rest -= step;
  }
  return points;
}

function pathOf(points: readonly Point[]): string {
  return points.map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${short(x)} ${short(y)}`).join("");
}

function circleSvg({ planned, box }: SceneCircle, graph: Graph): string {
  const { circle, isFaded, isStrong } = planned;
  const classes = ["circle", circle.role];
  if (isFaded) classes.push("faded");
  if (isStrong) classes.push("strong");
  const { x, y, width, height } = box;
  return [
    `<g class="${classes.join(" ")}" data-circle="${escapeXml(circle.id)}">`,
    `<title>${escapeXml(circleTip(planned.circle, graph))}</title>`,
    `<rect x="${short(x - width / 2)}" y="${short(y - height / 2)}" width="${short(width)}" height="${short(height)}" rx="${short(height / 2)}"/>`,
    ...insideOf(planned).map(
      ({ text, size, y: baseline }) =>
        `<text x="${short(x)}" y="${short(y + baseline)}" text-anchor="middle">${tspans(text, size)}</text>`,
    ),
    "</g>",
  ].join("");
}

function labelSvg({ planned, label }: SceneArrow): string[] {
  if (label === undefined || planned.text === undefined) return [];
  const classes = signClass(planned);
  if (planned.isFaded) classes.push("faded");
  return [plateSvg(label), textSvg(planned.text, label, FONT.partial, classes)];
}

/** Keeps lines clear of a label. */
function plateSvg({ x, y, width, height }: Box): string {
  return `<rect class="plate" x="${short(x - width / 2)}" y="${short(y - height / 2)}" width="${short(width)}" height="${short(height)}" rx="3"/>`;
}

/** Centred in its box. */
function textSvg(text: Text, { x, y }: Box, size: number, classes: readonly string[]): string {
  const { ascent, descent } = extentOf(text, size);
  const baseline = y + (ascent - descent) / 2;
  return `<text class="${classes.join(" ")}" x="${short(x)}" y="${short(baseline)}" text-anchor="middle">${tspans(text, size)}</text>`;
}

/** A disc with the number of the step, and the derivative. */
function derivativeSvg({ planned, derivative: box }: SceneCircle): string[] {
  if (box === undefined || planned.derivative === undefined) return [];
  const left = box.x - box.width / 2;
  const number = textSvg(plain(String(planned.step)), { ...box, x: left + BADGE / 2 }, 11, []);
  const rest = { ...box, width: box.width - BADGE - 4, x: box.x + (BADGE + 4) / 2 };
  return [
    plateSvg(box),
    `<g class="badge"><circle cx="${short(left + BADGE / 2)}" cy="${short(box.y)}" r="${BADGE / 2}"/>${number}</g>`,
    lineSvg({ text: planned.derivative, box: rest }, FONT.derivative, "backward"),
  ];
}

function lineSvg({ text, box }: Line, size: number, name: string): string {
  const { ascent, descent } = extentOf(text, size);
  const baseline = box.y + (ascent - descent) / 2;
  return `<text class="${name}" x="${short(box.x - box.width / 2)}" y="${short(baseline)}">${tspans(text, size)}</text>`;
}
