/** Lines over two axes, as one self-contained SVG that is light or dark as its reader's system is. */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { superscript } from "./sheet.ts";

export interface Axis {
  readonly label: string;
  readonly type: "log" | "linear";
}

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  /** One or two. */
  readonly series: readonly Series[];
}

const FONT = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
const SIZE = { width: 700, height: 410, marginLeft: 64, marginRight: 130, marginTop: 62, marginBottom: 52 };
/** Orange and blue, which no kind of colour blindness confuses. Attributes are light; the style sheet has the dark ones. */
const light = { page: "#ffffff", ink: "#1b1f24", lines: ["#b04a00", "#0b5cad"] };
const dark = { page: "#14171c", ink: "#e8eaed", lines: ["#ffa657", "#6cb4ff"] };

export function drawLines({ title, x, y, series }: Chart): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const chart = Plot.plot({
    document: document as unknown as Document,
    ...SIZE,
    className: "lanegrad-chart",
    style: { color: light.ink, fontFamily: FONT, fontSize: "12px" },
    x: { type: x.type, label: null, grid: true, ticks: 8, tickFormat: tick(x) },
    y: { type: y.type, label: null, grid: true, ticks: 8, tickFormat: tick(y) },
    marks: series.map((each, i) => marks(each, light.lines[i]!)),
  });
  return finish(chart.toString(), title, x.label, y.label);
}

/** A line, its points, and its name behind the last one. */
function marks({ name, points }: Series, colour: string) {
  return [
    Plot.line(points, { stroke: colour, strokeWidth: 2.2 }),
    Plot.dot(points, { fill: colour, r: 2.6 }),
    Plot.text(points.slice(-1), { text: () => name, textAnchor: "start", dx: 9, fill: colour, fontWeight: 600 }),
  ];
}

/** Powers of ten by their exponents. */
function tick({ type }: Axis): (value: number) => string {
  if (type === "linear") return String;
  return (value) => `10${superscript(Math.round(Math.log10(value)))}`;
}

/** With a namespace, a background, words around the plot, and the colours of the dark theme. */
function finish(chart: string, title: string, x: string, y: string): string {
  const { width, height, marginLeft, marginTop, marginBottom } = SIZE;
  const write = (left: number, top: number, style: string, text: string) =>
    `<text x="${left}" y="${top}" fill="currentColor" text-anchor="start" ${style}>${text}</text>`;
  const words = [
    `<title>${title}</title>`,
    `<rect class="page" width="${width}" height="${height}" fill="${light.page}"/>`,
    write(marginLeft, 26, 'font-size="16" font-weight="700"', title),
    write(marginLeft - 40, marginTop - 14, "", y),
    write(marginLeft, height - marginBottom + 40, "", x),
  ];
  const rules = [
    `.lanegrad-chart{color:${dark.ink}!important}.lanegrad-chart .page{fill:${dark.page}}`,
    ...light.lines.flatMap((colour, i) =>
      ["fill", "stroke"].map((name) => `.lanegrad-chart [${name}="${colour}"]{${name}:${dark.lines[i]}}`),
    ),
  ];
  const style = `<style>@media screen and (prefers-color-scheme:dark){${rules.join("")}}</style>`;
  return chart.replace(
    /<svg([^>]*)>/,
    `<svg xmlns="http://www.w3.org/2000/svg" role="img"$1>${style}${words.join("")}`,
  );
}
