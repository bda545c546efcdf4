/** A dataflow diagram as SVG that stands by itself: no script, no font, no other file. */
import type { Graph } from "../graph.ts";
import { extentOf, plain, type Text, textAt } from "../typeset/text.ts";
import { MATHS, Painter as ThemePainter } from "../typeset/theme.ts";
import { type Attributes, element, escapeXml } from "../typeset/xml.ts";
import { drawArrow, FADED } from "./arrows.ts";
import { compose } from "./compose.ts";
import type { Box } from "./geometry.ts";
import { drawLegend } from "./legend.ts";
import { checkDrawOptions, type DrawOptions } from "./options.ts";
import type { Line } from "./paragraph.ts";
import type { SceneArrow, SceneCircle } from "./scene.ts";
import { BADGE, FONT, insideOf } from "./sizes.ts";
import { type Colour, colours } from "./theme.ts";
import { arrowColour, borderOf, circleTip, descriptionOf, fillOf, inkOf, titleOf } from "./words.ts";

type Painter = ThemePainter<Colour>;

/**
 * The diagram as SVG. Circles and arrows have tooltips with all digits, and `data-circle`, `data-from` and `data-to` with the
 * ids in the graph.
 * @throws InvalidInputError for options that are unknown or wrong.
 */
export function toSvg(graph: Graph, options: DrawOptions = {}): string {
  const checked = checkDrawOptions(graph, options);
  const { scene, title, captions, legend, edges } = compose(graph, checked);
  const painter: Painter = new ThemePainter(checked.theme, colours);
  const [x, y, width, height] = [edges.left, edges.top, edges.right - edges.left, edges.bottom - edges.top];
  const circles = scene.circles.map(({ planned }) => planned.circle);
  const parts = [
    element("rect", { x, y, width, height, ...painter.paint({ fill: "background" }, "background") }),
    ...backToFront(scene.arrows).map((arrow) => drawArrow(arrow, graph, painter)),
    ...scene.circles.map((circle) => drawCircle(circle, graph, painter)),
    ...scene.arrows.map((arrow) => drawLabel(arrow, painter)),
    ...scene.circles.map((circle) => drawDerivative(circle, painter)),
    ...title.map((line) => drawLine(line, FONT.title, "title", painter)),
    ...captions.map((line) => drawLine(line, FONT.caption, "caption", painter)),
    ...drawLegend(legend, painter),
  ].filter((part) => part !== "");
  const root = {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `${x} ${y} ${width} ${height}`,
    width,
    height,
    class: "lanegrad-graph",
    role: "img",
    "font-family": MATHS,
    "xml:space": "preserve",
  };
  return `${element(
    "svg",
    root,
    element("title", {}, escapeXml(titleOf(graph, checked))),
    element("desc", {}, escapeXml(descriptionOf(circles, scene.arrows.length))),
    painter.styleSheet(),
    ...parts.map((part) => `\n${part}`),
    "\n",
  )}\n`;
}

/** Faded arrows behind the others, highlighted ones before them. */
function backToFront(arrows: readonly SceneArrow[]): SceneArrow[] {
  const depth = ({ planned: { isFaded, isStrong } }: SceneArrow) => (isFaded ? 0 : isStrong ? 2 : 1);
  return arrows.toSorted((a, b) => depth(a) - depth(b));
}

function drawCircle({ planned, box }: SceneCircle, graph: Graph, painter: Painter): string {
  const { circle, isFaded, isStrong } = planned;
  const { x, y } = box;
  const classes = ["circle", circle.role, ...(isFaded ? ["faded"] : []), ...(isStrong ? ["strong"] : [])];
  const ink = inkOf(circle);
  const border = {
    "stroke-width": borderOf(planned) ?? 1.4,
    "stroke-dasharray": circle.role === "fold" ? "2 3" : undefined,
    ...painter.paint({ fill: fillOf(circle), stroke: ink }),
  };
  return element(
    "g",
    { class: classes.join(" "), "data-circle": circle.id, opacity: isFaded ? FADED : undefined },
    element("title", {}, escapeXml(circleTip(circle, graph))),
    drawBox(box, box.height / 2, border),
    ...insideOf(planned).map((line) =>
      textAt(line.text, x, y + line.y, line.size, { "text-anchor": "middle", ...painter.paint({ fill: ink }) }),
    ),
  );
}

function drawBox({ x, y, width, height }: Box, rx: number, attributes: Attributes): string {
  return element("rect", { x: x - width / 2, y: y - height / 2, width, height, rx, ...attributes });
}

function drawLabel({ planned, label }: SceneArrow, painter: Painter): string {
  const { text, sign, isFaded } = planned;
  if (label === undefined || text === undefined) return "";
  const colour = sign === 0 ? "ink" : arrowColour({ sign, isSwept: false });
  const classes = [...(sign === 0 ? [] : [colour]), ...(isFaded ? ["faded"] : [])];
  const paint = painter.paint({ fill: colour }, classes.join(" ") || undefined);
  return (
    drawPlate(label, painter) +
    drawCentred(text, label, FONT.partial, { ...paint, opacity: isFaded ? FADED : undefined })
  );
}

/** Keeps lines clear of a label. */
function drawPlate(box: Box, painter: Painter): string {
  return drawBox(box, 3, painter.paint({ fill: "background" }, "plate"));
}

function drawCentred(text: Text, box: Box, size: number, attributes: Attributes): string {
  return textAt(text, box.x, baselineOf(text, box, size), size, { "text-anchor": "middle", ...attributes });
}

function baselineOf(text: Text, { y }: Box, size: number): number {
  const { ascent, descent } = extentOf(text, size);
  return y + (ascent - descent) / 2;
}

/** A disc with the number of the step, and the derivative. */
function drawDerivative({ planned, derivative: box }: SceneCircle, painter: Painter): string {
  if (box === undefined || planned.derivative === undefined) return "";
  const disc = { ...box, x: box.x - box.width / 2 + BADGE / 2 };
  const rest = { ...box, width: box.width - BADGE - 4, x: box.x + (BADGE + 4) / 2 };
  const bold = { "font-weight": "bold", ...painter.paint({ fill: "background" }) };
  return [
    drawPlate(box, painter),
    element(
      "g",
      { class: "badge" },
      element("circle", { cx: disc.x, cy: disc.y, r: BADGE / 2, ...painter.paint({ fill: "backward" }) }),
      drawCentred(plain(String(planned.step)), disc, 11, bold),
    ),
    drawLine({ text: planned.derivative, box: rest }, FONT.derivative, "backward", painter, "backward"),
  ].join("");
}

function drawLine({ text, box }: Line, size: number, name: string, painter: Painter, fill: Colour = "ink"): string {
  return textAt(text, box.x - box.width / 2, baselineOf(text, box, size), size, painter.paint({ fill }, name));
}
