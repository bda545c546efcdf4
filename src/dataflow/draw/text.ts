/**
 * Lines of typeset text: how much room they take, and how SVG writes them. Widths are estimates, as no font is at hand:
 * those of Times and Helvetica by classes of characters, with a margin, so that the fonts of a reader's machine fit too.
 */
import type { Value } from "../graph.ts";
import { formatNumber, type Run } from "../label.ts";

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

/** A number or a vector, rounded to significant digits; of more than three numbers the first two. */
export function rounded(value: Value, digits: number): string {
  const round = (number: number) => formatNumber(Number(number.toPrecision(digits)));
  if (typeof value === "number") return round(value);
  const shown = Array.from({ length: value.length > 3 ? 2 : value.length }, (_, i) => round(value[i]!));
  if (shown.length < value.length) shown.push("…");
  return `[${shown.join(", ")}]`;
}

/** All digits, for tooltips; of a long vector the first numbers. */
export function exact(value: Value): string {
  if (typeof value === "number") return String(value).replaceAll("-", "−");
  const shown = Array.from({ length: Math.min(value.length, 12) }, (_, i) => exact(value[i]!));
  if (value.length > shown.length) shown.push(`… (${value.length} numbers)`);
  return `[${shown.join(", ")}]`;
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

export function escapeXml(text: string): string {
  return (
    text
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
      // What XML cannot hold at all, not even escaped.
      .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\u{fffd}")
  );
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

  #span(piece: Piece, size: number, baseline: number): void {
    if (piece.text === "") return;
    const dx = this.#back === 0 ? "" : ` dx="${short(this.#back)}"`;
    const down = short(baseline - this.#baseline);
    const dy = down === "0" ? "" : ` dy="${down}"`;
    const style = piece.sans ? "n" : piece.bold ? "b" : piece.italic ? "i" : "r";
    this.spans.push(`<tspan class="${style}" font-size="${short(size)}"${dx}${dy}>${escapeXml(piece.text)}</tspan>`);
    this.#back = 0;
    this.#baseline += Number(down);
  }
}

/** A length for SVG. */
export function short(length: number): string {
  return String(Math.round(length * 100) / 100 || 0);
}
