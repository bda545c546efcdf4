/** A dataflow diagram in the language of Graphviz, which lays it out: columns stay columns where they are given. */
import type { Graph } from "../graph.ts";
import { toText } from "../label.ts";
import { checkDrawOptions, type DrawOptions } from "./options.ts";
import { type PlannedArrow, type PlannedCircle, planOf } from "./plan.ts";
import { escapeXml, type Piece, plain, type Text } from "./text.ts";
import { type Palette, paletteOf } from "./theme.ts";
import { arrowColour, arrowTip, arrowWidth, circleTip, columnsOf, fillOf, titleOf } from "./words.ts";

/** Appended to a colour: how much of what is faded is left. */
const FADED = "38";

/**
 * The diagram in DOT. `legend` has no meaning in it, and "auto" is light.
 * @throws InvalidInputError for options that are unknown or wrong.
 */
export function toDot(graph: Graph, options: DrawOptions = {}): string {
  const checked = checkDrawOptions(graph, options);
  const plan = planOf(graph, checked);
  const palette = paletteOf(checked.theme);
  const names = new Map(plan.circles.map(({ circle }, i) => [circle.id, `n${i}`]));
  const captions = [...(checked.title === undefined ? [] : [plain(checked.title)]), ...plan.captions];
  return [
    "digraph {",
    `  graph [rankdir=LR, bgcolor="${palette.background}", fontcolor="${palette.ink}", fontname="Times", tooltip=${quoted(titleOf(graph, checked))}]`,
    ...(captions.length === 0 ? [] : [`  graph [labelloc=b, labeljust=l, label=<${linesOf(captions)}>]`]),
    `  node [shape=ellipse, style=filled, margin="0.05,0.03", fontname="Times", color="${palette.ink}", fontcolor="${palette.ink}"]`,
    `  edge [fontname="Times", fontsize=12]`,
    ...plan.circles.map((planned) => `  ${names.get(planned.circle.id)} ${nodeAttributes(planned, graph, palette)}`),
    ...columnsOf(plan).map((column) => `  ${rankOf(column.map((id) => names.get(id)!))}`),
    ...plan.arrows.map((planned) => `  ${edgeOf(planned, names, palette)}`),
    "}",
    "",
  ].join("\n");
}

/** Circles of a column have one rank, and arrows that are not seen keep their order in it. */
function rankOf(names: readonly string[]): string {
  return names.length === 1 ? `{ rank=same; ${names[0]} }` : `{ rank=same; ${names.join(" -> ")} [style=invis] }`;
}

function nodeAttributes(planned: PlannedCircle, graph: Graph, palette: Palette): string {
  const { circle, label, value, step, derivative, isFaded, isStrong } = planned;
  const lines = [html(label), ...(value ? [html(value)] : [])];
  if (derivative) lines.push(`<FONT COLOR="${palette.backward}">(${step}) ${html(derivative)}</FONT>`);
  const attributes = [
    `label=<${lines.join("<BR/>")}>`,
    `tooltip=${quoted(circleTip(circle, graph))}`,
    `fillcolor="${isFaded ? palette.background : fillOf(circle, palette)}"`,
  ];
  const isGrey = circle.role === "constant" || circle.role === "fold";
  const ink = (isGrey ? palette.muted : palette.ink) + (isFaded ? FADED : "");
  if (isGrey || isFaded) attributes.push(`color="${ink}"`, `fontcolor="${ink}"`);
  if (circle.role === "fold") attributes.push(`style="filled,dashed"`);
  if (isStrong || circle.role === "output") attributes.push(`penwidth=${isStrong ? 3 : 2}`);
  return `[${attributes.join(", ")}]`;
}

function edgeOf(planned: PlannedArrow, names: ReadonlyMap<string, string>, palette: Palette): string {
  const { arrow, text, sign, isFaded, isFolded, isSwept } = planned;
  const colour = arrowColour(planned, palette) + (isFaded ? FADED : "");
  const attributes = [
    `color="${colour}"`,
    `fontcolor="${colour}"`,
    `penwidth=${arrowWidth(planned).toFixed(2)}`,
    `tooltip=${quoted(arrowTip(planned))}`,
  ];
  if (text) attributes.push(`label=<${html(text)}>`);
  if (isFolded) attributes.push("style=dotted", "arrowhead=none");
  else if (sign < 0) attributes.push("style=dashed");
  if (isSwept) attributes.push("dir=back");
  return `${names.get(arrow.from)} -> ${names.get(arrow.to)} [${attributes.join(", ")}]`;
}

function linesOf(texts: readonly Text[]): string {
  return texts.map((text) => `${html(text)}<BR ALIGN="LEFT"/>`).join("");
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
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll(/\r?\n/g, "\\n")}"`;
}
