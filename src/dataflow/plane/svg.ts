/**
 * The pieces that pictures of planes are made of, as text of SVG: elements, colours in two themes, and words whose width
 * nobody can measure here, so that it is estimated generously. It knows nothing of networks.
 */
import { type Label, toText } from "../label.ts";

export type Theme = "light" | "dark" | "auto";

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element; children are markup already. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escape(typeof value === "number" ? String(round(value)) : value!)}"`);
  const content = children.join("");
  return content === "" ? `<${name}${written.join("")}/>` : `<${name}${written.join("")}>${content}</${name}>`;
}

/** Text as XML can hold it: a character that it cannot becomes the replacement character. */
export function escape(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** How many colours a surface has. */
export const COLOURS = 20;

type Kind = "diverging" | "sequential";

/** Every colour by its name, [light, dark]. Orange and blue are what no kind of colour blindness confuses. */
const named: Record<string, readonly [light: string, dark: string]> = {
  page: ["#ffffff", "#0d1117"],
  ink: ["#1f2328", "#f0f3f6"],
  faint: ["#57606a", "#9ea7b3"],
  edge: ["#8c959f", "#6e7681"],
  line: ["#111418", "#ffffff"],
  halo: ["#ffffff", "#0d1117"],
  mark0: ["#8f3d00", "#ffc08a"],
  mark1: ["#0a3d66", "#cfe8fb"],
  mark2: ["#00573a", "#8ff0c4"],
  mark3: ["#6b1f6f", "#f3b6f0"],
  mark4: ["#24292f", "#f6f8fa"],
  mark5: ["#7a5c00", "#f5e08a"],
};

const ends = {
  diverging: [
    ["#d07a2e", "#f8f5ef", "#4a92c8"],
    ["#b0601f", "#20252c", "#2b78b3"],
  ],
  sequential: [
    ["#f8f5ef", "#a5c6dc", "#4a92c8"],
    ["#20252c", "#264d6d", "#2b78b3"],
  ],
} as const;

for (const kind of ["diverging", "sequential"] as const) {
  for (let i = 0; i < COLOURS; i++) {
    const [light, dark] = ends[kind].map((stops) => between(stops, (i + 0.5) / COLOURS));
    named[`${kind}${i}`] = [light!, dark!];
  }
}

/** The colour at a share from 0 to 1 of the way along three stops. */
function between(stops: readonly [string, string, string], share: number): string {
  const [from, to, t] = share < 0.5 ? [stops[0], stops[1], 2 * share] : ([stops[1], stops[2], 2 * share - 1] as const);
  const channel = (hex: string, n: number) => Number.parseInt(hex.slice(1 + 2 * n, 3 + 2 * n), 16);
  const mixed = [0, 1, 2].map((n) => Math.round(channel(from, n) + t * (channel(to, n) - channel(from, n))));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** The name of the colour at a share from 0 to 1 of a scale. */
export function surfaceColour(kind: Kind, share: number): string {
  return `${kind}${Math.min(Math.max(Math.floor(share * COLOURS + 1e-9), 0), COLOURS - 1)}`;
}

/**
 * Colours by name. The theme that needs no question stands in attributes, which every renderer reads; the other one in a
 * style sheet, behind its question.
 */
export class Painter {
  readonly #theme: Theme;
  readonly #used = new Set<string>();

  constructor(theme: Theme) {
    this.#theme = theme;
  }

  paint(names: { readonly fill?: string; readonly stroke?: string }, className?: string): Record<string, string> {
    const attributes: Record<string, string> = {};
    const classes = className === undefined ? [] : [className];
    for (const [property, name] of Object.entries(names)) {
      if (name !== "none") {
        classes.push(this.#classOf(property, name));
        this.#used.add(`${property} ${name}`);
      }
      attributes[property] = name === "none" ? name : named[name]![this.#theme === "dark" ? 1 : 0];
    }
    return classes.length > 0 ? { class: classes.join(" "), ...attributes } : attributes;
  }

  /**
   * With the theme in it, so that pictures on one page do not reach each other; not by a class around them, which browsers
   * do not see from inside of <use>.
   */
  #classOf(property: string, name: string): string {
    return `lanegrad-${this.#theme}-${property}-${name}`;
  }

  /** Of all that has been painted; "" for the light theme. */
  styleSheet(): string {
    if (this.#theme === "light") return "";
    const [question, other] =
      this.#theme === "dark" ? ["print", 0 as const] : ["screen and (prefers-color-scheme: dark)", 1 as const];
    const rules = [...this.#used].sort().map((use) => {
      const [property, name] = use.split(" ") as [string, string];
      return `.${this.#classOf(property, name)}{${property}:${named[name]![other]}}`;
    });
    return element("style", {}, `@media ${question}{${rules.join("")}}`);
  }
}

/** How wide a text may be, in pixels: a little more than in most fonts. */
export function widthOf(text: string, size: number): number {
  let width = 0;
  for (const character of text) {
    if (/[ilj.,:;()[\]|!' ]/.test(character)) width += 0.33;
    else if (/[mwMW@%]/.test(character)) width += 0.92;
    else if (/[A-Z=+−<>~]/.test(character)) width += 0.7;
    else width += character.codePointAt(0)! >= 0x2e80 ? 1.02 : 0.57;
  }
  return width * size;
}

/** A text in lines of at most that width; what is too much ends in an ellipsis. */
export function wrap(text: string, width: number, size: number, most: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && widthOf(longer, size) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line !== "") lines.push(line);
  const kept = lines.slice(0, most).map((each) => shorten(each, width, size));
  if (lines.length > most) kept[most - 1] = shorten(`${lines[most - 1]!} …`, width, size, true);
  return kept;
}

function shorten(line: string, width: number, size: number, isCut = false): string {
  if (widthOf(line, size) <= width) return line;
  const characters = [...(isCut ? line.replace(/ …$/, "") : line)];
  while (characters.length > 1 && widthOf(`${characters.join("")}…`, size) > width) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}

const SERIF = "'STIX Two Text', 'Times New Roman', 'Liberation Serif', 'DejaVu Serif', serif";

export interface Typeset {
  readonly markup: string;
  /** In pixels, from `x` on. */
  readonly width: number;
}

/**
 * A label with its first letter at x. Subscript and superscript are texts of their own, so that they stand one above the
 * other in any font.
 */
export function typeset(label: Label, x: number, y: number, size: number, paint: Attributes): Typeset {
  const small = round(0.68 * size);
  let at = x;
  const markup = label.map(({ text, italic, bold, sub, sup }) => {
    const style = {
      "font-family": SERIF,
      ...(italic && { "font-style": "italic" }),
      ...(bold && { "font-weight": 700 }),
    };
    const base = element("text", { x: at, y, "font-size": size, ...style, ...paint }, escape(text));
    at += widthOf(text, size) * (italic ? 0.92 : 1) + 0.03 * size;
    const scripts = [
      { script: sub, dy: 0.28 * size },
      { script: sup, dy: -0.42 * size },
    ].map(({ script, dy }) => {
      if (script === undefined) return "";
      const place = { x: at, y: y + dy, "font-size": small, "font-family": SERIF };
      return element("text", { ...place, ...paint }, escape(toText(script)));
    });
    at += Math.max(0, ...[sub, sup].map((script) => (script ? widthOf(toText(script), small) : 0)));
    return base + scripts.join("");
  });
  return { markup: element("g", { role: "img", "aria-label": toText(label) }, ...markup), width: at - x };
}
