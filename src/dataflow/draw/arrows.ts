/** How arrows look in SVG: a shaft, dashed where the partial is negative, and a head. */
import type { Graph } from "../graph.ts";
import type { Painter } from "../typeset/theme.ts";
import { type Attributes, element, escapeXml, round } from "../typeset/xml.ts";
import { along, between, lengthOf, type Point } from "./geometry.ts";
import type { PlannedArrow } from "./plan.ts";
import type { SceneArrow } from "./scene.ts";
import type { Colour } from "./theme.ts";
import { arrowColour, arrowTip, arrowWidth } from "./words.ts";

/** Of what is behind what is marked, and of arrows to and from folds. */
export const FADED = 0.22;
const FOLDED = 0.6;

export type Look = Pick<PlannedArrow, "sign" | "isSwept" | "isFolded" | "isFaded">;

/** The group of an arrow, whose colour is its parts' too. */
export function arrowGroup(look: Look, painter: Painter<Colour>, rest: Attributes, ...parts: string[]): string {
  const { sign, isSwept, isFolded, isFaded } = look;
  const classes = ["arrow"];
  if (sign !== 0) classes.push(sign > 0 ? "positive" : "negative");
  if (isFolded) classes.push("folded");
  if (isFaded) classes.push("faded");
  if (isSwept) classes.push("swept");
  const colour = arrowColour(look);
  const opacity = isFaded ? FADED : isFolded ? FOLDED : undefined;
  return element(
    "g",
    { ...painter.paint({ fill: colour, stroke: colour }, classes.join(" ")), opacity, ...rest },
    ...parts,
  );
}

export function shaftPath({ sign, isFolded }: Look, width: number, d: string): string {
  const dashes = isFolded ? "1.5 4" : sign < 0 ? "8 3.5" : undefined;
  return element("path", { class: "shaft", fill: "none", "stroke-width": width, "stroke-dasharray": dashes, d });
}

export function headPath(d: string): string {
  return element("path", { class: "head", stroke: "none", d });
}

export function drawArrow({ planned, line }: SceneArrow, graph: Graph, painter: Painter<Colour>): string {
  const { arrow, isFolded, isSwept } = planned;
  const width = arrowWidth(planned);
  const { shaft, head } = arrowShape(isSwept ? line.toReversed() : line, width);
  return arrowGroup(
    planned,
    painter,
    { "data-from": arrow.from, "data-to": arrow.to },
    element("title", {}, escapeXml(arrowTip(planned, graph))),
    shaftPath(planned, width, pathOf(shaft)),
    // Many would come to one fold.
    isFolded ? "" : headPath(`${pathOf(head)}Z`),
  );
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
  return points.map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${round(x)} ${round(y)}`).join("");
}
