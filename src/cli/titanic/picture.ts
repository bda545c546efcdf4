/**
 * Draws what the models learned as one self-contained SVG: a panel per function of age and sex, its values as a filled
 * surface from female (0) to male (1), and every passenger stacked by age along the edge of the sex they belong to.
 * It takes plain numbers and gives a string; it knows nothing of models, training or files.
 */
import { drawable } from "../../dataflow/typeset/xml.ts";
import * as Plot from "@observablehq/plot";
import { DOMParser } from "linkedom";
import { wrap } from "../terminal.ts";

export interface Passenger {
  /** In years. */
  age: number;
  /** 1 for male, 0 for female. */
  male: number;
  /** 1 for survived, 0 for died. */
  survived: number;
}

export interface Panel {
  title: string;
  caption: string;
  /** What the surface shows, from 0 to 1, for an age from 0 to 80 and any `male` from 0 to 1. */
  value: (age: number, male: number) => number;
}

export interface Picture {
  passengers: readonly Passenger[];
  panels: readonly Panel[];
}

const OLDEST = 80;
const FONT = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";
const INK = "#1f2328";
const FAINT = "#57606a";
const DIED = "#8f3d00";
const SURVIVED = "#0a4a78";
/** The surface at 0, at 0.5 and at 1: orange and blue, which no kind of colour blindness confuses. */
const RAMP = ["#b35f14", "#f7f4ef", "#2676ac"];

/** One colour per step of this size, so that the edges of the steps read as contour lines. */
const STEP = 0.05;

/** In pixels. A panel's width is `left`, the plot and the gap to the next panel; texts align with the plot. */
const PAGE = { width: 1440, margin: 32, columns: 3, top: 128, rowGap: 44, bottom: 36 };
const PLOT = { left: 78, width: 348, men: 112, surface: 140, women: 76, axis: 46 };
const TEXT = { title: 18, body: 14, small: 13, line: 19 };
const DOT = { radius: 1.75, pitch: 4.3, gap: 4 };

/** How far the contours are computed beyond the surface, in pixels: more than half their widest line. */
const RIM = 4;

const COLUMN_WIDTH = (PAGE.width - 2 * PAGE.margin) / PAGE.columns;
const PLOT_HEIGHT = PLOT.men + PLOT.surface + PLOT.women + PLOT.axis;

type Child = Element | string;
type Build = (name: string, attributes: Record<string, string | number>, ...children: Child[]) => Element;

const ramp = Plot.scale({
  color: { type: "diverging", domain: [0, 1], pivot: 0.5, range: RAMP, interpolate: "lab" },
});

/** The colour of a value from 0 to 1: that of the middle of its step. Even in CIELAB, and about as dark at 0 as at 1. */
export function surfaceColour(value: number): string {
  const step = clamp(Math.floor(value / STEP + 1e-9), 0, Math.round(1 / STEP) - 1);
  return ramp.apply((step + 0.5) * STEP) as string;
}

/** The page as the text of an SVG file. The same input gives the same text. */
export function drawPicture({ passengers, panels }: Picture): string {
  // An XML document rather than an HTML one: only there does linkedom escape the text of attributes.
  const document = new DOMParser().parseFromString("<svg/>", "image/svg+xml") as unknown as Document;
  const build: Build = (name, attributes, ...children) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, drawable(String(value)));
    element.append(...children.map((child) => (typeof child === "string" ? drawable(child) : child)));
    return element;
  };
  const captions = panels.map((panel) => wrap(panel.caption, charactersIn(COLUMN_WIDTH - PLOT.left, TEXT.body)));
  const head = TEXT.line * (2 + Math.max(1, ...captions.map((rows) => rows.length)));
  const rowHeight = head + PLOT_HEIGHT + PAGE.rowGap;
  const marks = stack(passengers);
  const cells = panels.map((panel, n) => {
    const plot = drawPlot(document, panel, marks);
    return build(
      "g",
      { class: "panel", role: "img", "aria-label": panel.title, transform: cellAt(n, rowHeight) },
      heading(build, panel.title),
      lines(build, captions[n]!, PLOT.left, 2 * TEXT.line, TEXT.body, FAINT),
      build(
        "g",
        { class: "plot", "text-anchor": "middle", transform: `translate(0 ${head})` },
        ...plot,
        ...counts(build, passengers),
      ),
    );
  });
  const legend = build(
    "g",
    { class: "legend", transform: cellAt(panels.length, rowHeight) },
    ...drawLegend(build, passengers),
  );
  const height = PAGE.top + Math.ceil((panels.length + 1) / PAGE.columns) * rowHeight - PAGE.rowGap + PAGE.bottom;
  return `${page(build, height, panels, passengers, [...cells, legend]).toString()}\n`;
}

function cellAt(n: number, rowHeight: number): string {
  const x = PAGE.margin + (n % PAGE.columns) * COLUMN_WIDTH;
  return `translate(${round(x)} ${PAGE.top + Math.floor(n / PAGE.columns) * rowHeight})`;
}

function page(
  build: Build,
  height: number,
  panels: readonly Panel[],
  passengers: readonly Passenger[],
  cells: Element[],
): Element {
  const survived = passengers.filter((passenger) => passenger.survived === 1).length;
  const title = "Who survived the Titanic, as each model sees it";
  const subtitle = `${passengers.length} passengers of known age, of whom ${survived} survived`;
  const described = panels.map((panel) => `${panel.title}: ${panel.caption}`).join(" \u2014 ");
  return build(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width: PAGE.width,
      height,
      viewBox: `0 0 ${PAGE.width} ${height}`,
      role: "img",
      "aria-labelledby": "titanic-title titanic-description",
      "font-family": FONT,
      "font-size": TEXT.small,
      fill: INK,
      color: INK,
    },
    build("title", { id: "titanic-title" }, title),
    build("desc", { id: "titanic-description" }, `${subtitle}. Panels over age and sex: ${described}`),
    build("defs", {}, build("clipPath", { id: "titanic-surface" }, surfaceRect(build, {}))),
    build("rect", { class: "background", width: "100%", height: "100%", fill: "#ffffff" }),
    text(build, title, PAGE.margin + PLOT.left, 56, { "font-size": 28, "font-weight": 700 }),
    text(build, subtitle, PAGE.margin + PLOT.left, 84, { "font-size": 16, fill: FAINT }),
    ...cells,
  );
}

function surfaceRect(build: Build, attributes: Record<string, string | number>): Element {
  return build("rect", { x: PLOT.left, y: PLOT.men, width: PLOT.width, height: PLOT.surface, ...attributes });
}

/** A passenger's mark: `y` is on the axis of `male`, above 1 for men and below 0 for women. */
interface Mark extends Passenger {
  y: number;
}

/** Stacks the passengers of each sex away from the surface, survivors nearest to it, so that no two marks overlap. */
function stack(passengers: readonly Passenger[]): Mark[] {
  return [0, 1].flatMap((male) => {
    const crowd = passengers.filter((passenger) => passenger.male === male);
    crowd.sort((a, b) => b.survived - a.survived || a.age - b.age);
    const apart = (2 * DOT.radius + 0.6) * (OLDEST / PLOT.width);
    const levels: number[][] = [];
    const placed = crowd.map((passenger) => {
      let level = levels.findIndex((ages) => ages.every((age) => Math.abs(age - passenger.age) >= apart));
      if (level < 0) level = levels.push([]) - 1;
      levels[level]!.push(passenger.age);
      return { passenger, level };
    });
    const room = (male === 1 ? PLOT.men : PLOT.women) - 2 * DOT.gap;
    const pitch = Math.min(DOT.pitch, room / Math.max(1, levels.length));
    return placed.map(({ passenger, level }) => {
      const away = (DOT.gap + (level + 0.5) * pitch) / PLOT.surface;
      return { ...passenger, y: male === 1 ? 1 + away : -away };
    });
  });
}

/** The groups of one panel; Plot's own frame and style sheet are left behind. */
function drawPlot(document: Document, panel: Panel, marks: Mark[]): Element[] {
  const plot = Plot.plot({
    document,
    width: PLOT.left + PLOT.width,
    height: PLOT_HEIGHT,
    marginLeft: PLOT.left,
    marginRight: 0,
    marginTop: 0,
    marginBottom: PLOT.axis,
    x: { domain: [0, OLDEST] },
    y: { domain: [-PLOT.women / PLOT.surface, 1 + PLOT.men / PLOT.surface] },
    marks: [
      Plot.gridX({ ticks: 8, stroke: "#d8dee4", strokeOpacity: 1 }),
      ...surfaceMarks(panel),
      ...passengerMarks(marks),
      ...axes(),
    ],
  });
  return [...plot.children].filter((child) => child.localName === "g");
}

function surfaceMarks(panel: Panel): Plot.Markish[] {
  const sampled = sampleBeyond(panel.value);
  const thresholds = Array.from({ length: Math.round(1 / STEP) }, (_, n) => n * STEP);
  const fill = (contour: { value: number }) => surfaceColour(contour.value);
  const half = { ...sampled, thresholds: [0.5], fill: "none" };
  const border = { x1: 0, y1: 0, x2: OLDEST, y2: 1, stroke: INK, strokeWidth: 1, fill: "none" };
  return [
    Plot.contour({ ...sampled, thresholds, fill, stroke: "none", render: contoursOf("surface") }),
    Plot.contour({ ...half, stroke: "#ffffff", strokeWidth: 5, strokeOpacity: 0.75, render: contoursOf("halo") }),
    Plot.contour({ ...half, stroke: INK, strokeWidth: 2, render: contoursOf("half") }),
    Plot.rect([0], { ...border, render: named("border") }),
  ];
}

function passengerMarks(marks: Mark[]): Plot.Markish[] {
  const place = { x: "age", y: "y", r: DOT.radius, strokeWidth: 0.9 };
  const survivors = marks.filter((mark) => mark.survived === 1);
  const others = marks.filter((mark) => mark.survived !== 1);
  return [
    Plot.dot(others, { ...place, fill: "#ffffff", stroke: DIED, render: named("died") }),
    Plot.dot(survivors, { ...place, fill: SURVIVED, stroke: SURVIVED, render: named("survived") }),
  ];
}

function axes(): Plot.Markish[] {
  const label = { labelAnchor: "center", labelArrow: "none" } as const;
  const tickFormat = (male: number) => (male === 1 ? "male 1" : "female 0");
  return [
    Plot.axisX({ ...label, ticks: 8, label: "age in years", labelOffset: 40 }),
    Plot.axisY([0, 1], { ...label, tickFormat, label: "sex", labelOffset: 76 }),
  ];
}

/** Gives the group of a mark a class, and its circles coordinates no longer than an eye can tell. */
function named(name: string): Plot.RenderFunction {
  return (index, scales, values, dimensions, context, next) => {
    const group = next!(index, scales, values, dimensions, context)!;
    group.setAttribute("class", name);
    group.setAttribute("aria-label", name);
    for (const circle of group.querySelectorAll("circle")) {
      for (const at of ["cx", "cy"]) circle.setAttribute(at, String(round(Number(circle.getAttribute(at)))));
    }
    return group;
  };
}

/** Clips the contours of a mark to the surface, and leaves out what would only make the file four times as large. */
function contoursOf(name: string): Plot.RenderFunction {
  return (index, scales, values, dimensions, context, next) => {
    const group = named(name)(index, scales, values, dimensions, context, next)!;
    group.setAttribute("clip-path", "url(#titanic-surface)");
    for (const path of group.querySelectorAll("path[d]")) path.setAttribute("d", shorten(path.getAttribute("d")!));
    return group;
  };
}

/**
 * One sample a pixel, fine enough for a jump at some age. Contours close along the rim of their grid, so the grid reaches
 * beyond the surface, where the values of the edge go on, and the rim is clipped away.
 */
function sampleBeyond(value: Panel["value"]) {
  const [years, sexes] = [(RIM * OLDEST) / PLOT.width, RIM / PLOT.surface];
  return {
    x1: -years,
    x2: OLDEST + years,
    y1: -sexes,
    y2: 1 + sexes,
    pixelSize: 1,
    value: (age: number, male: number) => value(clamp(age, 0, OLDEST), clamp(male, 0, 1)),
  };
}

type Point = [x: number, y: number];

/** A path of closed rings with the points left out that no eye would miss. */
function shorten(d: string): string {
  const rings = d.split("Z").filter((ring) => ring !== "");
  return rings.map((ring) => `M${simplify(pointsOf(ring)).join("L")}Z`).join("");
}

function pointsOf(ring: string): Point[] {
  return ring
    .slice(1)
    .split("L")
    .map((pair) => pair.split(",").map(Number) as Point);
}

/** Ramer, Douglas and Peucker: keeps the point farthest from the chord as long as it is farther than a tenth of a pixel. */
function simplify(points: Point[]): Point[] {
  const [first, last] = [points[0]!, points.at(-1)!];
  let farthest = 0;
  let distance = 0.1;
  for (let i = 1; i < points.length - 1; i++) {
    const away = distanceTo(points[i]!, first, last);
    if (away > distance) [farthest, distance] = [i, away];
  }
  if (farthest === 0) return [first, last].map(([x, y]) => [round(x), round(y)]);
  return [...simplify(points.slice(0, farthest + 1)).slice(0, -1), ...simplify(points.slice(farthest))];
}

function distanceTo([x, y]: Point, [x1, y1]: Point, [x2, y2]: Point): number {
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (length === 0) return Math.hypot(x - x1, y - y1);
  return Math.abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length;
}

/** How many of each sex, and how many of them survived, in the far corners of the two crowds. */
function counts(build: Build, passengers: readonly Passenger[]): Element[] {
  const right = PLOT.left + PLOT.width - 4;
  return [1, 0].map((male) => {
    const crowd = passengers.filter((passenger) => passenger.male === male);
    const survived = crowd.filter((passenger) => passenger.survived === 1).length;
    const label = `${crowd.length} ${male === 1 ? "male" : "female"}, ${survived} survived`;
    const y = male === 1 ? 14 : PLOT.men + PLOT.surface + PLOT.women - 8;
    const halo = { stroke: "#ffffff", "stroke-width": 5, "stroke-linejoin": "round", "paint-order": "stroke" };
    return text(build, label, right, y, { "text-anchor": "end", fill: FAINT, ...halo });
  });
}

function drawLegend(build: Build, passengers: readonly Passenger[]): Element[] {
  const survived = passengers.filter((passenger) => passenger.survived === 1).length;
  const tick = (value: number) => PLOT.left + value * PLOT.width;
  const steps = Array.from({ length: Math.round(1 / STEP) }, (_, n) => n * STEP);
  const mark = { cx: PLOT.left + 10, r: 5, "stroke-width": 1.6 };
  const explanation =
    "Each mark is one passenger, above or below their own age: men and boys above the surface, women and girls " +
    "below it, so a tall stack is a common age. In between, a model has a value for every number from 0 to 1.";
  return [
    heading(build, "How to read the panels"),
    text(build, "Surface: probability of survival, or value of a hidden unit", PLOT.left, 48, {
      "font-size": TEXT.body,
    }),
    build(
      "g",
      { class: "ramp", "shape-rendering": "crispEdges" },
      ...steps.map((value) =>
        build("rect", { x: tick(value), y: 60, width: PLOT.width * STEP, height: 22, fill: surfaceColour(value) }),
      ),
    ),
    build("rect", { x: tick(0), y: 60, width: PLOT.width, height: 22, fill: "none", stroke: INK }),
    build("path", { d: `M${tick(0.5)},56V86`, stroke: INK, "stroke-width": 2 }),
    ...[0, 0.25, 0.5, 0.75, 1].map((value) =>
      text(build, String(value), tick(value), 102, {
        "text-anchor": value === 0 ? "start" : value === 1 ? "end" : "middle",
      }),
    ),
    build("path", { d: `M${PLOT.left},136h20`, stroke: INK, "stroke-width": 2 }),
    text(build, "value 0.5, where a prediction changes sides", PLOT.left + 34, 141, { "font-size": TEXT.body }),
    build("circle", { ...mark, cy: 164, fill: SURVIVED, stroke: SURVIVED }),
    text(build, `survived (${survived})`, PLOT.left + 34, 169, { "font-size": TEXT.body }),
    build("circle", { ...mark, cy: 192, fill: "#ffffff", stroke: DIED }),
    text(build, `died (${passengers.length - survived})`, PLOT.left + 34, 197, { "font-size": TEXT.body }),
    lines(build, wrap(explanation, charactersIn(PLOT.width, TEXT.body)), PLOT.left, 236, TEXT.body, FAINT),
  ];
}

function heading(build: Build, title: string): Element {
  return text(build, title, PLOT.left, 16, { "font-size": TEXT.title, "font-weight": 700, class: "title" });
}

function text(build: Build, content: string, x: number, y: number, attributes: Record<string, string | number>) {
  return build("text", { x: round(x), y, ...attributes }, content);
}

/** A paragraph whose first baseline is at `y`. */
function lines(build: Build, rows: string[], x: number, y: number, size: number, fill: string): Element {
  return build(
    "text",
    { y, "font-size": size, fill },
    ...rows.map((row, n) => build("tspan", { x, dy: n === 0 ? 0 : TEXT.line }, row)),
  );
}

/** How many characters of an average text surely fit, whichever font of the stack is there. */
function charactersIn(width: number, fontSize: number): number {
  return Math.floor(width / (0.52 * fontSize));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
