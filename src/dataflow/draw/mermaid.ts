/** A dataflow diagram in the language of Mermaid, as Markdown pages show it; Mermaid lays it out. */
import type { Graph } from "../graph.ts";
import type { Text } from "../typeset/text.ts";
import { drawable } from "../typeset/xml.ts";
import type { DrawOptions } from "./options.ts";
import type { PlannedArrow, PlannedCircle } from "./plan.ts";
import { linesOf, sourceOf } from "./source.ts";
import type { Palette } from "./theme.ts";
import { arrowColour, arrowWidth, borderOf, fillOf, inkOf } from "./words.ts";

const FADED = "opacity:0.25";

/**
 * The diagram in Mermaid. `legend` has no meaning in it, and "auto" is light.
 * @throws InvalidInputError for options that are unknown or wrong.
 */
export function toMermaid(graph: Graph, options: DrawOptions = {}): string {
  const { plan, palette, names, title, captions } = sourceOf(graph, options);
  return [
    // Wide enough for products of long paths.
    '%%{init: {"flowchart": {"wrappingWidth": 1200}}}%%',
    "flowchart LR",
    `  accTitle: ${drawable(title).replaceAll(/[\s#;]+/g, " ")}`,
    ...plan.circles.map((planned) => `  ${names.get(planned.circle.id)}${nodeShape(planned)}`),
    ...(captions.length === 0 ? [] : [`  captions["${captions.map(html).join("<br/>")}"]`]),
    ...plan.arrows.map(({ arrow, text, isFolded }) => {
      const link = isFolded ? "-.-" : "-->";
      const label = text === undefined ? "" : `|"${html(text)}"|`;
      return `  ${names.get(arrow.from)} ${link}${label} ${names.get(arrow.to)}`;
    }),
    ...plan.circles.map((planned) => `  style ${names.get(planned.circle.id)} ${nodeStyle(planned, palette)}`),
    ...(captions.length === 0 ? [] : [`  style captions fill:${palette.background},stroke:none,color:${palette.ink}`]),
    ...plan.arrows.map((planned, i) => `  linkStyle ${i} ${linkStyle(planned, palette)}`),
    "",
  ].join("\n");
}

/** Mermaid's circles are as wide as their text, whatever its height: one line fits, more need round ends. */
function nodeShape(planned: PlannedCircle): string {
  const { circle, label } = planned;
  const { inside, derivative } = linesOf(planned, html);
  const lines = derivative ? [...inside, derivative] : inside;
  const text = lines.join("<br/>");
  return lines.length === 1 && label.length === 1 && circle.role !== "fold" ? `(("${text}"))` : `(["${text}"])`;
}

function nodeStyle(planned: PlannedCircle, palette: Palette): string {
  const { circle, isFaded } = planned;
  const [ink, border] = [palette[inkOf(circle)], borderOf(planned)];
  const styles = [`fill:${palette[fillOf(circle)]}`, `stroke:${ink}`, `color:${ink}`];
  if (circle.role === "fold") styles.push("stroke-dasharray:2 3");
  if (border !== undefined) styles.push(`stroke-width:${border}px`);
  if (isFaded) styles.push(FADED);
  return styles.join(",");
}

function linkStyle(planned: PlannedArrow, palette: Palette): string {
  const colour = palette[arrowColour(planned)];
  const styles = [`stroke:${colour}`, `stroke-width:${arrowWidth(planned).toFixed(2)}px`, `color:${colour}`];
  if (planned.sign < 0) styles.push("stroke-dasharray:8 4");
  if (planned.isFaded) styles.push(FADED);
  return styles.join(",");
}

/** Mermaid keeps this much HTML in labels, also where it is set to be strict. */
function html(text: Text): string {
  return text
    .map(({ text: characters, italic, bold, sub, sup }) => {
      const tag = bold ? "b" : italic ? "i" : undefined;
      const escaped = escapeMermaid(characters);
      const base = tag === undefined ? escaped : `<${tag}>${escaped}</${tag}>`;
      return base + (sub ? `<sub>${html(sub)}</sub>` : "") + (sup ? `<sup>${html(sup)}</sup>` : "");
    })
    .join("");
}

/** Mermaid's entities begin with # and end with a semicolon. */
function escapeMermaid(text: string): string {
  return drawable(text)
    .replaceAll(/[#;&<>"`\\]/g, (character) => `#${character.codePointAt(0)};`)
    .replaceAll(/\s+/g, " ");
}
