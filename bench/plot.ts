/** Draws the time of a training step against its size, a line for each contender, as one self-contained SVG. */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { entries, type Entry } from "./contender.ts";
import { figure } from "./report.ts";
import type { Result } from "./rounds.ts";
import { describeWorkload, stepFlops, type Workload, workloads } from "./shapes.ts";

interface Point {
  readonly contender: string;
  readonly flops: number;
  /** Microseconds. */
  readonly median: number;
}

interface Label {
  readonly contender: string;
  readonly at: Point;
  /** Where its text stands. */
  readonly y: number;
}

const PAGE = { width: 1080, height: 720, left: 64, right: 176, top: 92, bottom: 52 };
const FONT = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
const INK = "#1f2328";
const FAINT = "#8c959f";
/** Decades of time that a label is high. */
const LABEL_HEIGHT = 0.145;

/** lanegrad in blues; others in colours that stay apart for the colour-blind. */
const colours: Readonly<Record<string, string>> = {
  wide: "#0a3069",
  fused: "#0969da",
  strict: "#54aeff",
  float32: "#80b3d9",
  pytorch: "#cf222e",
  "pytorch-compile": "#fa4549",
  jax: "#8250df",
  "scikit-learn": "#bf8700",
  "tfjs-wasm": "#bc4c00",
  "tfjs-cpu": "#e16f24",
  "jax-js": "#1a7f37",
  "brain.js": "#6e7781",
  synaptic: "#424a53",
};

/** `limits`: floating-point operations a second by tier. */
export function drawSteps(results: readonly Result[], limits: Readonly<Record<string, number>>): string {
  const points = results.flatMap(({ question, optimizer, contender, workload, median }): Point[] =>
    question === "steps" && optimizer === "sgd" && median !== undefined
      ? [{ contender, flops: stepFlops(workload), median }]
      : [],
  );
  const shown = entries.filter(({ name }) => points.some(({ contender }) => contender === name));
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const largest = Math.max(...points.map(({ flops }) => flops));
  const smallest = Math.min(...points.map(({ flops }) => flops));
  const labels = spread(shown.map((entry) => lastPoint(points, entry)));
  const chart = Plot.plot({
    document: document as unknown as Document,
    width: PAGE.width,
    height: PAGE.height,
    marginLeft: PAGE.left,
    marginRight: PAGE.right,
    marginTop: PAGE.top,
    marginBottom: PAGE.bottom,
    style: { background: "white", color: INK, fontFamily: FONT, fontSize: "12px", overflow: "visible" },
    x: { type: "log", domain: [smallest / 1.4, largest * 1.4], label: null, ticks: 8, tickFormat: operations },
    y: { type: "log", label: null, grid: true, ticks: 8, tickFormat: duration },
    marks: [
      Plot.ruleX(new Set(points.map(({ flops }) => flops)), { stroke: "#d0d7de", strokeDasharray: "2,3" }),
      networkNames(points),
      limitLine(limits.wide, smallest, largest),
      ...shown.map((entry) => line(points, entry)),
      ...leaders(labels, largest * 1.4),
    ],
  });
  return page(chart.toString());
}

function line(points: readonly Point[], { name, threads, file }: Entry) {
  const own = points.filter(({ contender }) => contender === name).toSorted((a, b) => a.flops - b.flops);
  const options = {
    x: "flops",
    y: "median",
    stroke: colourOf(name),
    strokeWidth: file === "lanegrad" ? 2.4 : 1.5,
    ...(threads > 1 && { strokeDasharray: "5,3" }),
  };
  return [Plot.line(own, options), Plot.dot(own, { x: "flops", y: "median", fill: colourOf(name), r: 2.4 })];
}

/** Contenders on two threads have the colour of those on one. */
function colourOf(name: string): string {
  return colours[name.replace(/-\d$/, "")] ?? FAINT;
}

function lastPoint(points: readonly Point[], { name }: Entry): Point {
  return points.filter(({ contender }) => contender === name).reduce((last, p) => (p.flops > last.flops ? p : last));
}

/** Labels from the lowest to the highest, pushed apart, up and down alike, until none covers another. */
function spread(last: readonly Point[]): Label[] {
  const sorted = last.toSorted((a, b) => a.median - b.median);
  const heights = sorted.map(({ median }) => Math.log10(median));
  for (let pass = 0; pass < 500; pass++) {
    for (let i = 1; i < heights.length; i++) {
      const overlap = heights[i - 1]! + LABEL_HEIGHT - heights[i]!;
      if (overlap <= 0) continue;
      heights[i - 1]! -= overlap / 2;
      heights[i]! += overlap / 2;
    }
  }
  return sorted.map((at, i) => ({ contender: at.contender, at, y: 10 ** heights[i]! }));
}

function leaders(labels: readonly Label[], edge: number) {
  const ends = labels.map(({ contender, at, y }) => ({ contender, x1: at.flops, y1: at.median, y2: y, edge }));
  return [
    Plot.link(ends, {
      x1: "x1",
      y1: "y1",
      x2: "edge",
      y2: "y2",
      stroke: ({ contender }: Label) => colourOf(contender),
      strokeOpacity: 0.45,
      strokeWidth: 0.8,
    }),
    Plot.text(ends, {
      x: "edge",
      y: "y2",
      text: ({ contender }: Label) => nameOf(contender),
      fill: ({ contender }: Label) => colourOf(contender),
      textAnchor: "start",
      dx: 5,
      fontWeight: 600,
    }),
  ];
}

function nameOf(contender: string): string {
  const entry = entries.find(({ name }) => name === contender)!;
  const plain = contender.replace(/-\d$/, "");
  const name = entry.file === "lanegrad" ? `lanegrad ${plain}` : plain;
  return entry.threads > 1 ? `${name}, ${entry.threads} threads` : name;
}

/** Above the plot, one below the other where two are near. */
function networkNames(points: readonly Point[]) {
  const shown = workloads.filter((workload) => points.some(({ flops }) => flops === stepFlops(workload)));
  const data = shown.map((workload: Workload, i) => ({
    flops: stepFlops(workload),
    text: describeWorkload(workload),
    row: i % 2,
  }));
  return [0, 1].map((row) =>
    Plot.text(
      data.filter((item) => item.row === row),
      { x: "flops", text: "text", frameAnchor: "top", dy: row === 0 ? -40 : -26, fontSize: 10, fill: "#57606a" },
    ),
  );
}

/** The time at the limit of the tier. */
function limitLine(limit: number | undefined, smallest: number, largest: number) {
  if (limit === undefined) return [];
  const ends = [smallest, largest].map((flops) => ({ flops, median: (flops / limit) * 1e6 }));
  const above = ends.filter(({ median }) => median > 0.1);
  const start = { flops: 0.1e-6 * limit, median: 0.1 };
  const data = above.length === 2 ? above : [start, ...above];
  return [
    Plot.line(data, { x: "flops", y: "median", stroke: INK, strokeDasharray: "1,4", strokeWidth: 1.4 }),
    Plot.text(data.slice(0, 1), {
      x: "flops",
      y: "median",
      text: () => `limit of wide, one thread: ${figure(limit / 1e9)} GFLOP/s`,
      textAnchor: "start",
      dx: 34,
      dy: -14,
      fill: INK,
      fontSize: 10,
    }),
  ];
}

function duration(microseconds: number): string {
  if (microseconds >= 1e6) return `${Number((microseconds / 1e6).toPrecision(3))} s`;
  if (microseconds >= 1e3) return `${Number((microseconds / 1e3).toPrecision(3))} ms`;
  return `${Number(microseconds.toPrecision(3))} µs`;
}

function operations(flops: number): string {
  const units = ["", " k", " M", " G"];
  const power = Math.min(3, Math.floor(Math.log10(flops) / 3));
  return `${Number((flops / 1000 ** power).toPrecision(3))}${units[power]}`;
}

/** The chart with its namespace, a title and a description. */
function page(chart: string): string {
  const title = "Time of a training step with SGD, by floating-point operations in it";
  const heading = (y: number, size: number, weight: number, text: string) =>
    `<text x="${PAGE.left}" y="${y}" text-anchor="start" font-size="${size}" font-weight="${weight}" fill="${INK}">${text}</text>`;
  const inserted = [
    `<title>${title}</title>`,
    heading(24, 17, 700, title),
    `<text x="${PAGE.width - PAGE.right}" y="${PAGE.height - 12}" text-anchor="end" fill="#57606a">floating-point operations in a step</text>`,
  ].join("");
  const open = chart.indexOf(">", chart.indexOf("<svg")) + 1;
  const tag = chart.slice(0, open);
  const named = tag.includes("xmlns=") ? tag : tag.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"');
  const rest = chart.slice(open);
  const body = rest.startsWith("<style>") ? rest.replace("</style>", `</style>${inserted}`) : `${inserted}${rest}`;
  return `${named}${body}\n`;
}
