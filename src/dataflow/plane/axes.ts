/** The axes of a plane: which ticks they have, and how they are drawn along a panel. */
import { formatNumber, type Label } from "../label.ts";
import type { Column } from "./samples.ts";
import { type Range, ticksBetween } from "./surface.ts";
import { labelAt, sans, widthOf, wrap } from "../typeset/text.ts";
import type { Painter } from "../typeset/theme.ts";
import { element, escapeXml, round } from "../typeset/xml.ts";

export interface Tick {
  readonly value: number;
  readonly text: string;
}

export interface Axis {
  /** A name in words, or the unit's own. */
  readonly title: string | Label;
  readonly range: Range;
  /** Named values, or the few values there are; round numbers where undefined. */
  readonly ticks: readonly Tick[] | undefined;
  /** Values that samples are spread around. */
  readonly crowded: readonly number[];
}

export interface Frame {
  readonly width: number;
  readonly height: number;
}

export const TICK_SIZE = 11;
const NAME_SIZE = 12.5;
const TICK = 4;
/** No tick label along y is wider. */
const WIDEST = 84;

/** Below a panel that shows its axis. */
export const AXIS_HEIGHT = 42;

export function axisOf(axis: {
  readonly title: string | Label;
  readonly range: Range;
  readonly values: readonly Tick[];
  readonly column: Column | undefined;
}): Axis {
  const { title, range, values, column } = axis;
  const isInside = (value: number) => value >= range[0] && value <= range[1];
  const crowded = column?.isCrowded ? column.levels!.filter(isInside) : [];
  const levels = crowded.map((value) => ({ value, text: formatNumber(value) }));
  const named = values.length > 0 ? values.filter(({ value }) => isInside(value)) : levels;
  return { title, range, ticks: named.length > 0 ? named : undefined, crowded };
}

function ticksOf({ ticks, range }: Axis, count: number): readonly Tick[] {
  return ticks ?? ticksBetween(...range, count).map((value) => ({ value, text: formatNumber(value) }));
}

/** The room that names and ticks need to the left of the first panel. */
export function axisWidth(y: Axis, frame: Frame): number {
  const widths = yTicks(y, frame).map(({ text }) => widthOf(sans(text), TICK_SIZE));
  return Math.max(12, ...widths) + TICK + (typeof y.title === "string" ? 26 : 32);
}

function yTicks(axis: Axis, { height }: Frame): { at: number; text: string }[] {
  const [low, high] = axis.range;
  const placed = ticksOf(axis, height / 40).map(({ value, text }) => ({
    at: height * (1 - (value - low) / (high - low)),
    text: wrap(text, TICK_SIZE, WIDEST, 1)[0] ?? "",
  }));
  placed.sort((a, b) => b.at - a.at);
  return placed.filter(({ at }, n) => n === 0 || placed[n - 1]!.at - at >= TICK_SIZE);
}

function xTicks(axis: Axis, { width }: Frame): { at: number; text: string; left: number }[] {
  const [low, high] = axis.range;
  const kept: { at: number; text: string; left: number; right: number }[] = [];
  for (const { value, text } of [...ticksOf(axis, width / 50)].sort((a, b) => a.value - b.value)) {
    const at = (width * (value - low)) / (high - low);
    const wide = widthOf(sans(text), TICK_SIZE);
    // Not far out of the panel, where the next one's begin.
    const left = Math.min(Math.max(at - wide / 2, -7), width + 7 - wide);
    if (left >= (kept.at(-1)?.right ?? -Infinity) + 6) kept.push({ at, text, left, right: left + wide });
  }
  return kept;
}

/** Where the values are that samples are spread around. */
export function drawGuides(axes: { readonly x: Axis; readonly y: Axis }, frame: Frame, painter: Painter): string {
  const share = ({ range: [low, high] }: Axis, value: number) => (value - low) / (high - low);
  const d = [
    ...axes.x.crowded.map((value) => `M${round(share(axes.x, value) * frame.width)} 0v${frame.height}`),
    ...axes.y.crowded.map((value) => `M0 ${round((1 - share(axes.y, value)) * frame.height)}h${frame.width}`),
  ].join("");
  if (d === "") return "";
  const dashes = { "stroke-width": 1.2, "stroke-dasharray": "5 4", "stroke-opacity": 0.8 };
  return element("path", { d, ...dashes, ...painter.paint({ stroke: "line" }, "guides") });
}

/** The ticks of both axes around a frame at 0, 0, with their labels where asked for. */
export function drawAxes(
  axes: { readonly x: Axis; readonly y: Axis },
  frame: Frame,
  labelled: { readonly x: boolean; readonly y: boolean },
  painter: Painter,
): string {
  const { width, height } = frame;
  const [below, beside] = [xTicks(axes.x, frame), yTicks(axes.y, frame)];
  const ticks =
    below.map(({ at }) => `M${at.toFixed(1)} ${height}v${TICK}`).join("") +
    beside.map(({ at }) => `M0 ${at.toFixed(1)}h${-TICK}`).join("");
  const parts = [element("path", { d: ticks, ...painter.paint({ stroke: "edge" }) })];
  const style = { "font-size": TICK_SIZE, ...painter.paint({ fill: "muted" }) };
  const y = height + TICK + 12;
  if (labelled.x) {
    // In the middle of its estimated room: right in any font.
    const labels = below.map(({ left, text }) => {
      const x = left + widthOf(sans(text), TICK_SIZE) / 2;
      return element("text", { x, y }, escapeXml(text));
    });
    parts.push(element("g", { class: "x-ticks", "text-anchor": "middle" }, element("g", style, ...labels)));
    parts.push(nameOf(axes.x, width / 2, height + AXIS_HEIGHT - 7, width, painter));
  }
  if (labelled.y) {
    const labels = beside.map(({ at, text }) => element("text", { x: -TICK - 4, y: at + 3.8 }, escapeXml(text)));
    parts.push(element("g", { class: "y-ticks", "text-anchor": "end" }, element("g", style, ...labels)));
    const left = 16 - axisWidth(axes.y, frame);
    const name = nameOf(axes.y, 0, 0, height, painter);
    parts.push(element("g", { transform: `translate(${left.toFixed(1)} ${height / 2}) rotate(-90)` }, name));
  }
  return parts.join("");
}

/** The name of an axis, its middle at x. */
function nameOf({ title }: Axis, x: number, y: number, room: number, painter: Painter): string {
  const paint = painter.paint({ fill: "ink" });
  if (typeof title === "string") {
    const text = wrap(title, NAME_SIZE, room, 1)[0] ?? "";
    return element("text", { x, y, "font-size": NAME_SIZE, "text-anchor": "middle", ...paint }, escapeXml(text));
  }
  return labelAt(title, x, y, 16, { "text-anchor": "middle", ...paint });
}
