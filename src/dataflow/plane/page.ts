/**
 * The page of a picture of units: sections of panels, one section a layer, from left to right and from top to bottom, and
 * what explains them. It takes surfaces and places and gives SVG.
 */
import { wrap } from "../typeset/text.ts";
import { Painter, SANS, type Theme } from "../typeset/theme.ts";
import { element, escapeXml, round } from "../typeset/xml.ts";
import { AXIS_HEIGHT, axisWidth } from "./axes.ts";
import { drawBar } from "./bar.ts";
import { colours } from "./colours.ts";
import { drawLegend } from "./legend.ts";
import { defineSamples } from "./marks.ts";
import { drawPanel, headerOf, type Sheet } from "./panel.ts";
import type { Block, Picture, Section } from "./picture.ts";

/** In pixels. */
const MARGIN = 26;
const TITLE_LINE = 26;
const TEXT = { title: 20, heading: 14, body: 13 };
/** Above the panels of a section: its heading, and the bar of its colours. */
const HEAD = { height: 64, heading: 14 };
const GAP = { lines: 26, rows: 16 };
/** The least width that a section's heading and the legend need. */
const LEAST = 236;

interface Placed {
  readonly block: Block;
  readonly x: number;
  readonly y: number;
}

export function drawPage(picture: Picture, theme: Theme): string {
  const painter = new Painter(theme, colours);
  const size = sizes(picture);
  const header = headerOf(
    picture.sections.flatMap(({ panels }) => panels),
    size.frame,
  );
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

function headingOf({ k, isOutput, units, kind, panels }: Section): string {
  const what = isOutput ? "output" : "hidden";
  if (panels.length < units) return `Layer ${k}: ${what}, the first ${panels.length} of ${units}, ${kind}`;
  return `Layer ${k}: ${what}, ${kind}`;
}
