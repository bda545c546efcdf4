/** The marks of samples, drawn once for all panels that show the same of them. */
import type { Painter } from "../typeset/theme.ts";
import { element, round } from "../typeset/xml.ts";
import type { Frame } from "./axes.ts";
import { surfaceColour } from "./colours.ts";
import type { Picture } from "./picture.ts";
import { markColours, outline, type Targets } from "./samples.ts";
import { bandOf, type Point, type Scale, shareOf } from "./surface.ts";

/** The definitions, and a reference for each output. */
export function defineSamples(picture: Picture, frame: Frame, painter: Painter) {
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
