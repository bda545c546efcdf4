/**
 * Colours, and the style sheets made of them. Blue and orange are told apart by every kind of eye; text has a contrast of at
 * least 4.5 on whatever it stands.
 */
import type { Theme } from "./options.ts";

export interface Palette {
  readonly background: string;
  readonly ink: string;
  /** Of less importance: constants, folds, legends. */
  readonly muted: string;
  readonly positive: string;
  readonly negative: string;
  /** The backward sweep. */
  readonly backward: string;
  /** Of circles, by their roles. */
  readonly fill: string;
  readonly inputFill: string;
  readonly parameterFill: string;
  readonly constantFill: string;
  readonly outputFill: string;
}

export const light: Palette = {
  background: "#ffffff",
  ink: "#1b1f24",
  muted: "#5c6570",
  positive: "#0b5cad",
  negative: "#b04a00",
  backward: "#8a1f8f",
  fill: "#ffffff",
  inputFill: "#eef4fb",
  parameterFill: "#f1f5e8",
  constantFill: "#e6e8eb",
  outputFill: "#fbf3e4",
};

export const dark: Palette = {
  background: "#14171c",
  ink: "#e8eaed",
  muted: "#a6aeb8",
  positive: "#6cb4ff",
  negative: "#ffa657",
  backward: "#e894ea",
  fill: "#14171c",
  inputFill: "#1b2a3d",
  parameterFill: "#252d1a",
  constantFill: "#2c3138",
  outputFill: "#352b18",
};

/** Where a drawing cannot follow the reader's system. */
export function paletteOf(theme: Theme): Palette {
  return theme === "dark" ? dark : light;
}

// Text faces, not math faces: these have no italics of their own.
const SERIF = `"STIX Two Text","Latin Modern Roman",Cambria,"Times New Roman",Times,"Liberation Serif",serif`;
const SANS = `Helvetica,Arial,"Liberation Sans",sans-serif`;

const structure = `
text{stroke:none}
.i,.r,.b{font-family:${SERIF}}
.i{font-style:italic}
.b{font-weight:bold}
.n{font-family:${SANS}}
.arrow path{fill:none;stroke-linecap:butt}
.arrow .head{stroke:none}
.negative .shaft{stroke-dasharray:8 3.5}
.folded .shaft{stroke-dasharray:1.5 4}
.circle rect{stroke-width:1.4}
.output rect{stroke-width:2.2}
.fold rect{stroke-dasharray:2 3}
.strong rect{stroke-width:3}
.folded{opacity:.6}
.faded{opacity:.22}
.badge text{font-weight:bold}`;

/** Written out, as not every program that reads SVG knows variables of CSS. */
function colours(palette: Palette): string {
  const { background, ink, muted, positive, negative, backward } = palette;
  return `
.background,.plate{fill:${background}}
text{fill:${ink}}
.arrow .shaft{stroke:${muted}}
.arrow .head{fill:${muted}}
.positive .shaft{stroke:${positive}}
.positive .head,text.positive{fill:${positive}}
.negative .shaft{stroke:${negative}}
.negative .head,text.negative{fill:${negative}}
.swept .shaft{stroke:${backward}}
.swept .head,text.backward,.badge circle{fill:${backward}}
.badge text{fill:${background}}
.circle rect{fill:${palette.fill};stroke:${ink}}
.input rect{fill:${palette.inputFill}}
.parameter rect{fill:${palette.parameterFill}}
.output rect{fill:${palette.outputFill}}
.constant rect{fill:${palette.constantFill};stroke:${muted}}
.fold rect{stroke:${muted}}
.constant text,.fold text,text.muted{fill:${muted}}`;
}

/** The class of a drawing's root: drawings of different themes can stand in one page. */
export function rootClass(theme: Theme): string {
  return `lanegrad-graph lanegrad-${theme}`;
}

export function styleSheet(theme: Theme): string {
  const root = `.lanegrad-${theme}`;
  const rules = [scoped(structure, root), scoped(colours(paletteOf(theme)), root)];
  if (theme === "auto") rules.push(`@media (prefers-color-scheme:dark){${scoped(colours(dark), root)}}`);
  if (theme !== "light") rules.push(`@media print{${scoped(colours(light), root)}}`);
  return rules.join("\n");
}

function scoped(rules: string, root: string): string {
  return rules
    .trim()
    .split("\n")
    .map((rule) => {
      const [selectors, body] = rule.split("{") as [string, string];
      const names = selectors.split(",").map((selector) => `${root} ${selector}`);
      return `${names.join(",")}{${body}`;
    })
    .join("\n");
}
