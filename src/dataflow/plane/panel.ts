/** A panel: the surface of one unit, with its name, its axes and the samples. */
import { formatNumber, type Label } from "../label.ts";
import { weightName } from "../network/names.ts";
import { labelAt, widthOf, wrap } from "../typeset/text.ts";
import type { Painter } from "../typeset/theme.ts";
import { element, escapeXml, round } from "../typeset/xml.ts";
import { drawAxes, drawGuides, type Frame } from "./axes.ts";
import { surfaceColour } from "./colours.ts";
import type { Panel, Picture, Section } from "./picture.ts";
import { decisionLines, type Point, regionsOf, shareOf, simplify, type Unit } from "./surface.ts";

/** In pixels. */
const TEXT = { body: 13, line: 17, symbol: 20 };
const LEAST_HEADER = 28;

/** What the drawing of all panels goes by. */
export interface Sheet {
  readonly picture: Picture;
  readonly painter: Painter;
  readonly columns: number;
  /** From a panel's left edge to the next one's. */
  readonly pitch: number;
  readonly frame: Frame;
  /** Above the frame: symbol and captions. */
  readonly header: number;
  /** The references to the samples, for each output. */
  readonly marks: readonly string[];
}

/** How much room symbols and captions need above the frames. */
export function headerOf(panels: readonly Panel[], frame: Frame): number {
  const lines = panels.map((panel) => captionLines(panel, frame).length);
  return Math.max(LEAST_HEADER, 11 + TEXT.line * Math.max(...lines));
}

export function drawPanel(sheet: Sheet, section: Section, panel: Panel, labelled: { x: boolean; y: boolean }): string {
  const { painter, frame, header, picture, marks } = sheet;
  const { unit, caption } = panel;
  const plot = element(
    "g",
    { class: "plot", transform: `translate(0 ${header})` },
    drawSurface(unit, section, frame, painter),
    marks[section.isOutput ? unit.i - 1 : 0] ?? "",
    drawGuides(picture.axes, frame, painter),
    element("rect", { ...frame, fill: "none", ...painter.paint({ stroke: "edge" }, "frame") }),
    drawAxes(picture.axes, frame, labelled, painter),
  );
  const name = caption === undefined ? unit.id : `${unit.id}: ${caption}`;
  return element(
    "g",
    { class: "panel", "data-unit": unit.id },
    element("title", {}, escapeXml(name)),
    drawCaption(panel, frame, painter),
    plot,
  );
}

type CaptionLine = string | Label;

/** Beside a unit's name: what is said of it, and its weight where it goes. */
function captionLines({ unit, caption, weight }: Panel, frame: Frame): CaptionLine[] {
  const room = frame.width - symbolWidth(unit);
  const said = caption === undefined ? [] : wrap(caption, TEXT.body, room, 3);
  if (weight === undefined) return said;
  return [...said, [...weightName(unit.k, 1, unit.i), { text: ` = ${formatNumber(weight)}` }]];
}

function symbolWidth({ label }: Unit): number {
  return widthOf(label, TEXT.symbol) + 10;
}

function drawCaption(panel: Panel, frame: Frame, painter: Painter): string {
  const { unit } = panel;
  const x = symbolWidth(unit);
  const ink = painter.paint({ fill: "ink" });
  const lines = captionLines(panel, frame).map((line, n) => {
    const y = 16 + TEXT.line * n;
    if (typeof line === "string") return element("text", { x, y, ...ink }, escapeXml(line));
    return labelAt(line, x, y, TEXT.body + 1, painter.paint({ fill: "muted" }));
  });
  return element("g", { class: "caption" }, labelAt(unit.label, 0, 17, TEXT.symbol, ink), ...lines);
}

function drawSurface(unit: Unit, { scale, grid }: Section, frame: Frame, painter: Painter): string {
  const paint = (band: number) => painter.paint({ fill: surfaceColour(scale.kind, shareOf(scale, band)) });
  const { lowest, regions } = regionsOf(unit, scale, grid);
  const bands = regions.map(({ band, rings }) => {
    const d = rings.map((ring) => `${pathOf(ring, frame)}Z`).join("");
    return element("path", { d, "fill-rule": "evenodd", ...paint(band) });
  });
  const lines = decisionLines(unit, grid);
  const d = lines.map((line) => pathOf(line, frame)).join("");
  const line = { d, fill: "none", "stroke-linejoin": "round" };
  return (
    element("g", { class: "surface" }, element("rect", { ...frame, ...paint(lowest) }), ...bands) +
    (d === ""
      ? ""
      : element("path", {
          ...line,
          "stroke-width": 5,
          "stroke-opacity": 0.7,
          ...painter.paint({ stroke: "background" }),
        }) + element("path", { ...line, "stroke-width": 2.2, ...painter.paint({ stroke: "line" }, "decision") }))
  );
}

/** No eye sees a tenth of a pixel. */
const TOLERANCE = 0.1;

function pathOf(points: readonly Point[], { width, height }: Frame): string {
  const pixels = points.map(([u, v]): Point => [u * width, (1 - v) * height]);
  return `M${simplify(pixels, TOLERANCE)
    .map(([x, y]) => `${round(x)},${round(y)}`)
    .join("L")}`;
}
