/** The bar above the panels of a layer: their colours, with values. */
import { formatNumber } from "../label.ts";
import { sans, widthOf } from "../typeset/text.ts";
import type { Painter } from "../typeset/theme.ts";
import { element, escapeXml, round } from "../typeset/xml.ts";
import { TICK_SIZE } from "./axes.ts";
import { surfaceColour } from "./colours.ts";
import type { Section } from "./picture.ts";
import { type Scale, shareOf, ticksBetween } from "./surface.ts";

/** In pixels, from the top of a section. */
const BAR = { top: 26, height: 11, ticks: 50 };

/** The colours of a section, with values. */
export function drawBar({ scale }: Section, width: number, painter: Painter): string {
  const { edges, kind } = scale;
  const [low, high] = [edges[0]!, edges.at(-1)!];
  const at = (value: number) => (width * (value - low)) / (high - low);
  const bands = edges.slice(0, -1).map((edge, band) =>
    element("rect", {
      x: at(edge),
      y: BAR.top,
      // Over the next one's edge, or the page would shine through between them.
      width: at(edges[band + 1]!) - at(edge) + (band < edges.length - 2 ? 0.6 : 0),
      height: BAR.height,
      "data-from": String(edge),
      ...painter.paint({ fill: surfaceColour(kind, shareOf(scale, band)) }),
    }),
  );
  const middle = kind === "diverging" ? (low + high) / 2 : 0;
  const frame = { x: 0, y: BAR.top, width, height: BAR.height };
  const strong = { "stroke-width": 2, ...painter.paint({ stroke: "line" }) };
  return element(
    "g",
    { class: "bar" },
    ...bands,
    element("rect", { ...frame, fill: "none", ...painter.paint({ stroke: "edge" }) }),
    middle > low && middle < high
      ? element("path", { d: `M${round(at(middle))} ${BAR.top - 3}v${BAR.height + 6}`, ...strong })
      : "",
    element("g", { "font-size": TICK_SIZE, ...painter.paint({ fill: "muted" }) }, ...barLabels(scale, width)),
  );
}

function barLabels({ kind, edges }: Scale, width: number): string[] {
  const [low, high] = [edges[0]!, edges.at(-1)!];
  // Quarters, of which the middle is what the strong line is for.
  const quarters = [0, 0.25, 0.5, 0.75, 1].map((share) => low + share * (high - low));
  let end = -Infinity;
  return (kind === "diverging" ? quarters : ticksBetween(low, high, 5)).map((value) => {
    const text = formatNumber(value);
    const wide = widthOf(sans(text), TICK_SIZE);
    const x = Math.min(Math.max((width * (value - low)) / (high - low), wide / 2), width - wide / 2);
    if (x - wide / 2 < end + 6) return "";
    end = x + wide / 2;
    return element("text", { x, y: BAR.ticks, "text-anchor": "middle" }, escapeXml(text));
  });
}
