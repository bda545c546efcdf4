/**
 * Typeset text: how much room it takes, where its lines break, and how SVG writes it. Widths are estimates, as no font is at
 * hand: those of Times and Helvetica by classes of characters, with a margin, so that the fonts of a reader's machine fit too.
 */
import { refuse, show } from "../../ground/errors.ts";
import { type Label, type Run, toText } from "../label.ts";
import { MATHS, SANS } from "./theme.ts";
import { type Attributes, element, escapeXml, round } from "./xml.ts";

/** A run in one of two typefaces: variables and formulas have serifs, numbers have none. */
export interface Piece extends Run {
  readonly sans?: boolean;
}

/** A `Label` is one too. */
export type Text = readonly Piece[];

/** Sub- and superscripts: their size, and how far their baselines are moved, in shares of the size of what they stand at. */
const SCRIPT = 0.7;
const SMALLEST = 7;
const DOWN = 0.24;
const UP = 0.4;
const ASCENT = 0.72;
const DESCENT = 0.22;
/** Between a letter and its scripts. */
const KERN = 0.05;

function scriptSize(size: number): number {
  return Math.min(size, Math.max(SCRIPT * size, SMALLEST));
}

export function plain(text: string): Text {
  return [{ text }];
}

export function sans(text: string): Text {
  return [{ text, sans: true }];
}

/** Texts one behind the other, with something between them. */
export function joined(texts: readonly Text[], separator: string): Text {
  return texts.flatMap((text, i) => (i === 0 ? text : [{ text: separator }, ...text]));
}

export function widthOf(text: Text, size: number): number {
  return text.reduce((sum, piece) => {
    const scripts = Math.max(scriptWidth(piece.sub, size), scriptWidth(piece.sup, size));
    return sum + charactersWidth(piece) * size + scripts;
  }, 0);
}

function scriptWidth(script: Text | undefined, size: number): number {
  return script === undefined ? 0 : widthOf(script, scriptSize(size)) + KERN * size;
}

/** How far a text reaches above and below its baseline. */
export function extentOf(text: Text, size: number): { ascent: number; descent: number } {
  let [ascent, descent] = [ASCENT * size, DESCENT * size];
  for (const { sub, sup } of text) {
    if (sub) descent = Math.max(descent, DOWN * size + extentOf(sub, scriptSize(size)).descent);
    if (sup) ascent = Math.max(ascent, UP * size + extentOf(sup, scriptSize(size)).ascent);
  }
  return { ascent, descent };
}

function charactersWidth({ text, sans: isSans }: Piece): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width * (isSans ? 1.12 : 1.04);
}

const classes: readonly [RegExp, number][] = [
  [/\p{M}/u, 0],
  [/[ijlI.,:;'′|!/\s]/u, 0.29],
  [/[()[\]{}ftr"-]/u, 0.36],
  [/[mwMW@%…→]/u, 0.95],
  [/[+−=<>≈×≤≥√∂∇Σ∞∏]/u, 0.6],
  [/[a-z0-9·]/u, 0.5],
  [/[A-Z]/u, 0.7],
  [/[\u{1100}-\u{11ff}\u{2e80}-\u{ffef}\u{1f000}-\u{3ffff}]/u, 1.1],
];

const widths = new Map<string, number>();

function characterWidth(character: string): number {
  let width = widths.get(character);
  if (width === undefined) {
    width = classes.find(([pattern]) => pattern.test(character))?.[1] ?? 0.65;
    widths.set(character, width);
  }
  return width;
}

/** The words of a text, each with the space behind it: between them lines may break. */
export function words(text: string): Text {
  return text.split(/(?<=\s)/).map((word) => ({ text: word }));
}

/** Lines, broken between pieces where they would be wider than a width; those behind the first begin with an indent. */
export function broken(text: Text, size: number, width: number, indent: Text = []): Text[] {
  const lines: Text[] = [];
  let line: Text = [];
  for (const piece of text) {
    if (line.length > 0 && widthOf([...line, { ...piece, text: piece.text.trimEnd() }], size) > width) {
      lines.push(line);
      line = [...indent, piece];
    } else line = [...line, piece];
  }
  return [...lines, line];
}

/** More of a text is not set. */
const CHARACTERS_LIMIT = 1000;

/** @throws InvalidInputError unless it is a text that can be set. */
export function checkText(where: string, given: unknown): string {
  const expected = `a text of at most ${CHARACTERS_LIMIT} characters`;
  return typeof given === "string" && given.length <= CHARACTERS_LIMIT ? given : refuse(where, expected, show(given));
}

/** Sans words in lines of at most a width; what is too much ends in an ellipsis. */
export function wrap(text: string, size: number, width: number, most: number): string[] {
  const pieces = words(text.slice(0, CHARACTERS_LIMIT).trim().replaceAll(/\s+/g, " ")).map((piece) => ({
    ...piece,
    sans: true,
  }));
  const lines = broken(pieces, size, width).map((line) => toText(line).trimEnd());
  if (lines.length > most) lines[most - 1] += " …";
  return lines.slice(0, most).flatMap((line) => (line === "" ? [] : shorten(line, size, width)));
}

function shorten(line: string, size: number, width: number): string {
  const fits = (candidate: string) => widthOf(sans(candidate), size) <= width;
  if (fits(line)) return line;
  const characters = [...line.replace(/ …$/, "")];
  while (characters.length > 1 && !fits(`${characters.join("")}…`)) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}

/** A `<text>`, its baseline at y, and at x its beginning or what "text-anchor" says. */
export function textAt(text: Text, x: number, y: number, size: number, attributes: Attributes = {}): string {
  return element("text", { ...attributes, x, y }, tspans(text, size));
}

/** A label among texts in another font, read out as one. */
export function labelAt(label: Label, x: number, y: number, size: number, attributes: Attributes): string {
  const read = { role: "img", "aria-label": toText(label), "xml:space": "preserve" };
  return textAt(label, x, y, size, { ...read, "font-family": MATHS, ...attributes });
}

/**
 * The inside of an SVG `<text>`. Pieces follow each other as the reader's font runs; only the second of two scripts is moved
 * back by an estimate, over the first.
 */
export function tspans(text: Text, size: number): string {
  const setter = new Setter();
  setter.set(text, size, 0);
  return setter.spans.join("");
}

class Setter {
  readonly spans: string[] = [];
  #baseline = 0;
  #back = 0;

  set(text: Text, size: number, baseline: number): void {
    for (const piece of text) {
      this.#span(piece, size, baseline);
      this.#scripts(piece, size, baseline);
    }
  }

  /** The narrower script first: what follows then starts behind the wider one. */
  #scripts({ sub, sup }: Piece, size: number, baseline: number): void {
    const scripts = [
      ...(sub ? [{ text: sub, at: baseline + DOWN * size }] : []),
      ...(sup ? [{ text: sup, at: baseline - UP * size }] : []),
    ].map((script) => ({ ...script, width: widthOf(script.text, scriptSize(size)) }));
    if (scripts.length === 2 && scripts[0]!.width > scripts[1]!.width) scripts.reverse();
    for (const [i, script] of scripts.entries()) {
      this.#back = i === 0 ? KERN * size : -scripts[0]!.width;
      this.set(script.text, scriptSize(size), script.at);
    }
  }

  #span({ text, sans: isSans, bold, italic }: Piece, size: number, baseline: number): void {
    if (text === "") return;
    const down = round(baseline - this.#baseline);
    const attributes = {
      "font-family": isSans ? SANS : undefined,
      "font-weight": bold ? "bold" : undefined,
      "font-style": italic && !bold ? "italic" : undefined,
      "font-size": size,
      dx: round(this.#back) || undefined,
      dy: down || undefined,
    };
    this.spans.push(element("tspan", attributes, escapeXml(text)));
    this.#back = 0;
    this.#baseline += down;
  }
}
