/** A dataflow diagram in the language of Graphviz, which lays it out: columns stay columns where they are given. */
import type { Graph } from "../graph.ts";
import { toText } from "../label.ts";
import type { Piece, Text } from "../typeset/text.ts";
import { drawable, escapeXml } from "../typeset/xml.ts";
import type { DrawOptions } from "./options.ts";
import type { PlannedArrow, PlannedCircle } from "./plan.ts";
import { linesOf, type Source, sourceOf } from "./source.ts";
import { arrowColour, arrowTip, arrowWidth, borderOf, circleTip, columnsOf, fillOf, inkOf } from "./words.ts";

/** Appended to a colour: how much of what is faded is left. */
const FADED = "38";

/**
 * The diagram in DOT. `legend` has no meaning in it, and "auto" is light.
 * @throws InvalidInputError for options that are unknown or wrong.
 */
export function toDot(graph: Graph, options: DrawOptions = {}): string {
  const source = sourceOf(graph, options);
  const { plan, palette, names, title, captions } = source;
  return [
    "digraph {",
    `  graph [rankdir=LR, bgcolor="${palette.background}", fontcolor="${palette.ink}", fontname="Times", tooltip=${quoted(title)}]`,
    ...(captions.length === 0
      ? []
      : [
          `  graph [labelloc=b, labeljust=l, label=<${captions.map((text) => `${html(text)}<BR ALIGN="LEFT"/>`).join("")}>]`,
        ]),
    `  node [shape=ellipse, style=filled, margin="0.05,0.03", fontname="Times", color="${palette.ink}", fontcolor="${palette.ink}"]`,
    `  edge [fontname="Times", fontsize=12]`,
    ...plan.circles.map((planned) => `  ${names.get(planned.circle.id)} ${nodeAttributes(planned, graph, source)}`),
    ...columnsOf(plan).map((column) => `  ${rankOf(column.map((id) => names.get(id)!))}`),
    ...plan.arrows.map((planned) => `  ${edgeOf(planned, graph, source)}`),
    "}",
    "",
  ].join("\n");
}

/** Circles of a column have one rank, and arrows that are not seen keep their order in it. */
function rankOf(names: readonly string[]): string {
  return names.length === 1 ? `{ rank=same; ${names[0]} }` : `{ rank=same; ${names.join(" -> ")} [style=invis] }`;
}

function nodeAttributes(planned: PlannedCircle, graph: Graph, { palette }: Source): string {
  const { circle, isFaded } = planned;
  const { inside, derivative } = linesOf(planned, html);
  const lines = derivative ? [...inside, `<FONT COLOR="${palette.backward}">${derivative}</FONT>`] : inside;
  const attributes = [
    `label=<${lines.join("<BR/>")}>`,
    `tooltip=${quoted(circleTip(circle, graph))}`,
    `fillcolor="${palette[isFaded ? "background" : fillOf(circle)]}"`,
  ];
  const ink = palette[inkOf(circle)] + (isFaded ? FADED : "");
  if (ink !== palette.ink) attributes.push(`color="${ink}"`, `fontcolor="${ink}"`);
  if (circle.role === "fold") attributes.push(`style="filled,dashed"`);
  const border = borderOf(planned);
  if (border !== undefined) attributes.push(`penwidth=${border}`);
  return `[${attributes.join(", ")}]`;
}

function edgeOf(planned: PlannedArrow, graph: Graph, { names, palette }: Source): string {
  const { arrow, text, sign, isFaded, isFolded, isSwept } = planned;
  const colour = palette[arrowColour(planned)] + (isFaded ? FADED : "");
  const attributes = [
    `color="${colour}"`,
    `fontcolor="${colour}"`,
    `penwidth=${arrowWidth(planned).toFixed(2)}`,
    `tooltip=${quoted(arrowTip(planned, graph))}`,
  ];
  if (text) attributes.push(`label=<${html(text)}>`);
  if (isFolded) attributes.push("style=dotted", "arrowhead=none");
  else if (sign < 0) attributes.push("style=dashed");
  if (isSwept) attributes.push("dir=back");
  return `${names.get(arrow.from)} -> ${names.get(arrow.to)} [${attributes.join(", ")}]`;
}

/** Graphviz's own small HTML. It writes broken SVG for scripts of scripts, so those are plain text. */
function html(text: Text): string {
  return text.map((piece) => baseOf(piece) + scriptOf("SUB", piece.sub) + scriptOf("SUP", piece.sup)).join("");
}

function baseOf({ text, italic, bold }: Piece): string {
  const tag = bold ? "B" : italic ? "I" : undefined;
  // Backslashes mean something in labels, even behind an entity.
  const escaped = escapeXml(text.replaceAll("\\", "\\\\").replaceAll(/\s+/g, " "));
  // An empty element is an error there.
  return tag === undefined || escaped === "" ? escaped : `<${tag}>${escaped}</${tag}>`;
}

function scriptOf(tag: string, script: Text = []): string {
  const inside = script.map((piece) => baseOf(piece) + escapeXml(toText([{ ...piece, text: "" }]))).join("");
  return inside === "" ? "" : `<${tag}>${inside}</${tag}>`;
}

function quoted(text: string): string {
  return `"${drawable(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll(/\r?\n/g, "\\n")}"`;
}
