/** What explains a picture of units: the strong line, the marks, and what was done to them. */
import { activationOf } from "../../kinds/activations/index.ts";
import { nameOf } from "../../kinds/named.ts";
import { formatNumber, toText } from "../label.ts";
import { curveOf } from "./curve.ts";
import type { Block, Picture, Section } from "./picture.ts";
import { markColours, outline, type Targets } from "./samples.ts";
import { wrap } from "../typeset/text.ts";
import type { Painter } from "../typeset/theme.ts";
import { element, escapeXml } from "../typeset/xml.ts";
import { surfaceColour } from "./colours.ts";

const SIZE = 13;
const LINE = 19;
const INDENT = 34;
const HEADING = 14;

interface Entry {
  /** Drawn around INDENT / 2 - 4, 0. */
  readonly sign: string;
  readonly text: string;
}

interface Group {
  readonly heading: string;
  readonly entries: readonly Entry[];
  readonly notes: readonly string[];
}

/** Stacked in a column, or beside each other in a line of their own. */
export function drawLegend(picture: Picture, painter: Painter, room: number, isColumn: boolean): Block {
  const groups = [lineGroup(picture.sections, painter), ...sampleGroups(picture, painter)];
  const width = isColumn ? room : Math.min(340, (room - 24 * (groups.length - 1)) / groups.length);
  const blocks = groups.map((group) => drawGroup(group, width, painter));
  let [offset, height] = [0, 0];
  const markup = blocks.map((block) => {
    const transform = isColumn ? `translate(0 ${offset})` : `translate(${offset} 0)`;
    offset += isColumn ? block.height + 16 : width + 24;
    height = isColumn ? offset - 16 : Math.max(height, block.height);
    return element("g", { transform }, block.markup);
  });
  return { markup: element("g", { class: "legend" }, ...markup), height };
}

function drawGroup({ heading, entries, notes }: Group, width: number, painter: Painter): Block {
  const ink = painter.paint({ fill: "ink" });
  const parts = [element("text", { y: 14, "font-size": HEADING, "font-weight": 700, ...ink }, escapeXml(heading))];
  let y = 14;
  const write = (text: string, x: number, paint: Record<string, string>) => {
    for (const line of wrap(text, SIZE, width - x, 6)) {
      y += LINE;
      parts.push(element("text", { x, y, ...paint }, escapeXml(line)));
    }
  };
  for (const { sign, text } of entries) {
    parts.push(element("g", { transform: `translate(0 ${y + LINE - 4.5})` }, sign));
    write(text, INDENT, ink);
    y += 2;
  }
  for (const note of notes) {
    y += 3;
    write(note, 0, painter.paint({ fill: "muted" }));
  }
  return { markup: parts.join(""), height: y + 6 };
}

/** What the strong line means, for the activations there are. */
function lineGroup(sections: readonly Section[], painter: Painter): Group {
  const values = new Map<string, string>();
  const texts = new Set<string>();
  for (const { activation, units, isOutput } of sections) {
    if (activation === undefined) continue;
    const name = nameOf(activation);
    const { field, isAlone, at0, value } = curveOf(activationOf(activation));
    if (at0 === "switchesOn") texts.add(`where a ${name} unit switches on`);
    else if (at0 === "bends") texts.add(`where a ${name} unit bends`);
    else if (!isAlone && (field === "value" || (field === "logOdds" && isOutput && units > 2))) {
      texts.add(isOutput ? "where the largest output is another" : `where the largest ${name} unit is another`);
    } else values.set(name, formatNumber(value(0)));
  }
  const isOne = new Set(values.values()).size === 1;
  const listed = isOne ? [...values.values()].slice(0, 1) : [...values].map(([name, value]) => `${value} (${name})`);
  if (listed.length > 0) texts.add(`where the value is ${listed.join(" or ")}`);
  const sign = element("path", { d: "M0 0h24", "stroke-width": 2.2, ...painter.paint({ stroke: "line" }) });
  return { heading: "Line", entries: [...texts].map((text) => ({ sign, text })), notes: [] };
}

function sampleGroups({ samples, axes, sections }: Picture, painter: Painter): Group[] {
  if (!samples) return [];
  const { places, targets } = samples;
  const drawn = places.filter((place) => place !== undefined).length;
  const notes: string[] = [];
  const spread = [axes.x, axes.y].filter(({ crowded }) => crowded.length > 0);
  const names = spread.map(({ title }) => (typeof title === "string" ? title : toText(title)));
  if (names.length > 0)
    notes.push(`Samples that share a value of ${names.join(" or ")} are spread around its dashed line.`);
  if (drawn < places.length) notes.push(`${places.length - drawn} of ${places.length} lie outside of the plane.`);
  const different = [...new Set(targets)];
  const measured = different.find(({ kind }) => kind === "measured");
  if (different.length > 1 && sections.length > 1) {
    notes.push("Outputs show their own targets, hidden units those of the first output.");
  }
  // What stands for one output's measurements stands for all.
  const listed = different.filter((each) => each.kind === "classes" || each === measured);
  const entries = listed.flatMap((each) => entriesOf(each, places, sections.at(-1)!, painter));
  if (entries.length > ENTRIES_LIMIT)
    notes.push(`Not listed: ${entries.length - ENTRIES_LIMIT} more kinds of targets.`);
  return [{ heading: drawn === 1 ? "1 sample" : `${drawn} samples`, entries: entries.slice(0, ENTRIES_LIMIT), notes }];
}

const ENTRIES_LIMIT = 12;

function entriesOf(
  targets: Targets,
  places: readonly (unknown | undefined)[],
  { scale }: Section,
  painter: Painter,
): Entry[] {
  const mark = (n: number, paint: Record<string, string>) =>
    element("path", { d: outline(n, 12, 0, 4.5), "stroke-width": 1.4, ...paint });
  if (targets.kind === "measured") {
    const paint = painter.paint({ fill: surfaceColour(scale.kind, 0.8), stroke: "line" });
    return [{ sign: mark(1, paint), text: "a sample, its target in the colours of the output" }];
  }
  return targets.names.map((name, n) => {
    const count = targets.of.filter((kind, row) => kind === n && places[row] !== undefined).length;
    return { sign: mark(n, painter.paint(markColours(n))), text: `${name} (${count})` };
  });
}
