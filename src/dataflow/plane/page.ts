/**
 * The page of a picture of units: sections of panels, one section a layer, from left to right and from top to bottom, and
 * what explains them. It takes surfaces and places and gives SVG.
 */
import type { LayerDescription } from "../../model/description.ts";
import { formatNumber, type Label } from "../label.ts";
import { weightName } from "../network/names.ts";
import { type Axis, AXIS_HEIGHT, axisWidth, drawAxes, drawGuides, type Frame, TICK_SIZE } from "./axes.ts";
import { type Block, drawLegend } from "./legend.ts";
import { markColours, outline, type Targets } from "./samples.ts";
import {
  bandOf,
  decisionLines,
  type Point,
  regionsOf,
  type Scale,
  shareOf,
  simplify,
  ticksBetween,
  type Unit,
} from "./surface.ts";
import { labelAt, sans, widthOf, wrap } from "../typeset/text.ts";
import { Painter, SANS, type Theme } from "../typeset/theme.ts";
import { element, escapeXml, round } from "../typeset/xml.ts";
import { colours, surfaceColour } from "./colours.ts";

export interface Panel {
  readonly unit: Unit;
  readonly caption?: string;
  /** Into the one unit of the next layer. */
  readonly weight?: number;
}

/** The units of a layer, or the first ones. */
export interface Section {
  /** As in the notes: the inputs are layer 1. */
  readonly k: number;
  readonly isOutput: boolean;
  readonly layer: LayerDescription;
  readonly scale: Scale;
  readonly panels: readonly Panel[];
  readonly grid: number;
}

export interface Picture {
  readonly title: string;
  readonly axes: { readonly x: Axis; readonly y: Axis };
  readonly sections: readonly Section[];
  readonly samples?: {
    /** Of every sample, undefined where it is outside. */
    readonly places: readonly (Point | undefined)[];
    /** For each output. */
    readonly targets: readonly Targets[];
  };
}

/** In pixels. */
const MARGIN = 26;
const TITLE_LINE = 26;
const TEXT = { title: 20, heading: 14, body: 13, line: 17, symbol: 20 };
/** Above the panels of a section: its heading, and the bar of its colours. */
const HEAD = { height: 64, heading: 14, bar: 26, barHeight: 11, ticks: 50 };
const GAP = { lines: 26, rows: 16 };
/** The least width that a section's heading and the legend need. */
const LEAST = 236;

/** What the drawing of all panels goes by. */
interface Sheet {
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

interface Placed {
  readonly block: Block;
  readonly x: number;
  readonly y: number;
}

export function drawPage(picture: Picture, theme: Theme): string {
  const painter = new Painter(theme, colours);
  const size = sizes(picture);
  const lines = picture.sections.flatMap(({ panels }) => panels.map((panel) => captionLines(panel, size.frame).length));
  const header = Math.max(28, 11 + TEXT.line * Math.max(...lines));
  const { definitions, references } = defineSamples(picture, size.frame, painter);
  const left = MARGIN + axisWidth(picture.axes.y, size.frame);
  const width = Math.ceil(left + (size.columns - 1) * size.pitch + size.frame.width + MARGIN);
  const title = wrap(picture.title, TEXT.title, width - 2 * MARGIN, 3);
  const top = MARGIN + (title.length > 0 ? TITLE_LINE * title.length + 16 : 0);
  const placed = place({ picture, painter, ...size, header, marks: references }, left, top);
  const height = Math.ceil(Math.max(...placed.map(({ block, y }) => y + block.height)) + MARGIN);
  const content = [
    definitions,
    element("rect", { width, height, ...painter.paint({ fill: "background" }) }),
    ...drawTitle(title, painter),
    ...placed.map(({ block, x, y }) => element("g", { transform: `translate(${round(x)} ${round(y)})` }, block.markup)),
  ];
  const label = picture.title || "What each unit computes";
  return `${element("svg", rootOf(width, height, label), painter.styleSheet(), ...content)}\n`;
}

function rootOf(width: number, height: number, label: string) {
  return {
    xmlns: "http://www.w3.org/2000/svg",
    class: "lanegrad-plane",
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    role: "img",
    "aria-label": label,
    // Wide pages shrink to the window and to paper.
    style: "max-width:100%;height:auto",
    "font-family": SANS,
    "font-size": TEXT.body,
  };
}

function drawTitle(lines: readonly string[], painter: Painter): string[] {
  const style = { "font-size": TEXT.title, "font-weight": 700, ...painter.paint({ fill: "ink" }) };
  return lines.map((line, n) =>
    element("text", { x: MARGIN, y: MARGIN + 18 + TITLE_LINE * n, ...style }, escapeXml(line)),
  );
}

/** Few units have large panels. */
function sizes({ sections }: Picture): Pick<Sheet, "columns" | "pitch" | "frame"> {
  const counts = sections.map(({ panels }) => panels.length);
  const largest = Math.max(...counts);
  // One more for the legend.
  const needed = counts.reduce((sum, count) => sum + count, 1);
  const columns = largest <= 8 ? Math.min(4, needed) : largest <= 24 ? 6 : 8;
  const pitch = { 6: 206, 8: 158 }[columns] ?? 306;
  const width = pitch - (columns <= 4 ? 24 : 16);
  return { columns, pitch, frame: { width, height: Math.round(0.8 * width) } };
}

/** Where every section goes, and the legend: beside each other as long as they fit. */
function place(sheet: Sheet, left: number, top: number): Placed[] {
  const { columns, pitch, picture } = sheet;
  const least = Math.ceil(LEAST / pitch);
  const placed: Placed[] = [];
  let [column, y, tallest] = [0, top, 0];
  const breakLine = () => {
    if (column > 0) y += tallest + GAP.lines;
    [column, tallest] = [0, 0];
  };
  const put = (block: Block, span: number) => {
    placed.push({ block, x: left + column * pitch, y });
    column += span;
    tallest = Math.max(tallest, block.height);
  };
  for (const section of picture.sections) {
    const span = Math.max(least, section.panels.length);
    if (column + span > columns) breakLine();
    put(drawSection(sheet, section, column === 0), span);
  }
  const isBeside = column + least <= columns;
  if (!isBeside) breakLine();
  const room = (isBeside ? least * pitch : columns * pitch) - (pitch - sheet.frame.width);
  put(drawLegend(picture, sheet.painter, room, isBeside), least);
  return placed;
}

function drawSection(sheet: Sheet, section: Section, isFirst: boolean): Block {
  const { columns, pitch, frame, header, painter } = sheet;
  const { panels } = section;
  const rowHeight = header + frame.height + GAP.rows;
  const cells = panels.map((panel, n) => {
    const labelled = { x: n + columns >= panels.length, y: isFirst && n % columns === 0 };
    const x = round((n % columns) * pitch);
    const y = round(HEAD.height + Math.floor(n / columns) * rowHeight);
    return element("g", { transform: `translate(${x} ${y})` }, drawPanel(sheet, section, panel, labelled));
  });
  const rows = Math.ceil(panels.length / columns);
  const style = { "font-size": TEXT.heading, "font-weight": 700, ...painter.paint({ fill: "ink" }) };
  return {
    markup: element(
      "g",
      { class: "section" },
      element("text", { y: HEAD.heading, ...style }, escapeXml(headingOf(section))),
      drawBar(section, Math.max(LEAST, frame.width) - 6, painter),
      ...cells,
    ),
    height: HEAD.height + rows * rowHeight - GAP.rows + AXIS_HEIGHT,
  };
}

function headingOf({ k, isOutput, layer, panels }: Section): string {
  const { units, activation } = layer;
  const what = isOutput ? "output" : "hidden";
  if (panels.length < units) return `Layer ${k}: ${what}, the first ${panels.length} of ${units}, ${activation}`;
  return `Layer ${k}: ${what}, ${activation}`;
}

/** The colours of a section, with values. */
function drawBar({ scale }: Section, width: number, painter: Painter): string {
  const { edges, kind } = scale;
  const [low, high] = [edges[0]!, edges.at(-1)!];
  const at = (value: number) => (width * (value - low)) / (high - low);
  const bands = edges.slice(0, -1).map((edge, band) =>
    element("rect", {
      x: at(edge),
      y: HEAD.bar,
      // Over the next one's edge, or the page would shine through between them.
      width: at(edges[band + 1]!) - at(edge) + (band < edges.length - 2 ? 0.6 : 0),
      height: HEAD.barHeight,
      "data-from": String(edge),
      ...painter.paint({ fill: surfaceColour(kind, shareOf(scale, band)) }),
    }),
  );
  const middle = kind === "diverging" ? (low + high) / 2 : 0;
  const frame = { x: 0, y: HEAD.bar, width, height: HEAD.barHeight };
  const strong = { "stroke-width": 2, ...painter.paint({ stroke: "line" }) };
  return element(
    "g",
    { class: "bar" },
    ...bands,
    element("rect", { ...frame, fill: "none", ...painter.paint({ stroke: "edge" }) }),
    middle > low && middle < high
      ? element("path", { d: `M${round(at(middle))} ${HEAD.bar - 3}v${HEAD.barHeight + 6}`, ...strong })
      : "",
    element("g", { "font-size": TICK_SIZE, ...painter.paint({ fill: "muted" }) }, ...barLabels(scale, width)),
  );
}

function barLabels({ kind, edges }: Scale, width: number): string[] {
  const [low, high] = [edges[0]!, edges.at(-1)!];
  // Quarters, of which the middle is what the strong line is for.
  const quarters = [0, 0.25, 0.5, 0.75, 1].map((share) => low + share * (high - low));
  let end = -Infinity;
  return (kind === "diverging" ? quarters : ticksBetween(low, high, 5)).map((value) => {
    const text = formatNumber(value);
    const wide = widthOf(sans(text), TICK_SIZE);
    const x = Math.min(Math.max((width * (value - low)) / (high - low), wide / 2), width - wide / 2);
    if (x - wide / 2 < end + 6) return "";
    end = x + wide / 2;
    return element("text", { x, y: HEAD.ticks, "text-anchor": "middle" }, escapeXml(text));
  });
}

function drawPanel(sheet: Sheet, section: Section, panel: Panel, labelled: { x: boolean; y: boolean }): string {
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

/** The samples of a plane, drawn once for all panels that show the same of them. */
function defineSamples(picture: Picture, frame: Frame, painter: Painter) {
  const { samples, sections } = picture;
  if (!samples) return { definitions: "", references: [] };
  const { scale } = sections.at(-1)!;
  const drawn = new Map<Targets, string>();
  for (const targets of samples.targets) {
    if (!drawn.has(targets)) drawn.set(targets, drawSamples(samples.places, targets, scale, frame, painter));
  }
  // Named by what they are: pictures on one page may share a name only for the same marks.
  const ids = samples.targets.map((targets) => `lanegrad-samples-${hash(drawn.get(targets)!)}`);
  const different = new Map(ids.map((id, n) => [id, drawn.get(samples.targets[n]!)!]));
  return {
    definitions: element(
      "defs",
      {},
      ...[...different].map(([id, markup]) => element("g", { id, class: "samples" }, markup)),
    ),
    references: ids.map((id) => element("use", { href: `#${id}` })),
  };
}

function drawSamples(
  places: readonly (Point | undefined)[],
  targets: Targets,
  scale: Scale,
  frame: Frame,
  painter: Painter,
): string {
  const radius = markRadius(places.length, frame);
  const mark = (row: number, shape: number, paint: Record<string, string>) => {
    const [u, v] = places[row]!;
    return element("path", {
      d: outline(shape, round(u * frame.width), round((1 - v) * frame.height), radius),
      ...paint,
    });
  };
  const rows = [...places.keys()].filter((row) => places[row] !== undefined);
  const width = { "stroke-width": round(Math.min(1, 0.45 * radius)) };
  if (targets.kind === "measured") {
    const colour = (value: number) => surfaceColour(scale.kind, shareOf(scale, bandOf(scale, value)));
    const marks = rows.map((row) => mark(row, 1, painter.paint({ fill: colour(targets.values[row]!) })));
    return element("g", { ...width, ...painter.paint({ stroke: "line" }) }, ...marks);
  }
  return targets.names
    .map((_, kind) => {
      const marks = rows.filter((row) => targets.of[row] === kind).map((row) => mark(row, kind, {}));
      return marks.length === 0 ? "" : element("g", { ...width, ...painter.paint(markColours(kind)) }, ...marks);
    })
    .join("");
}

/** The marks cover about a sixth of the plane, if it is crowded. */
function markRadius(count: number, { width, height }: Frame): number {
  return round(Math.min(Math.max(0.23 * Math.sqrt((width * height) / count), 0.9), 4));
}

/** Fowler, Noll and Vo's, of 32 bits. */
function hash(text: string): string {
  let state = 0x811c9dc5;
  for (let n = 0; n < text.length; n++) state = Math.imul(state ^ text.charCodeAt(n), 0x01000193);
  return (state >>> 0).toString(16).padStart(8, "0");
}
