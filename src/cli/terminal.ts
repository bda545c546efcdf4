/**
 * What a program needs to know about the terminal it writes to, and the few shapes its text takes: colours, wrapped
 * lines, aligned columns. Nothing here writes anything.
 */
import { stripVTControlCharacters, styleText } from "node:util";

export interface OutputStream extends NodeJS.WritableStream {
  isTTY?: boolean;
  columns?: number;
}

export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  green(text: string): string;
  cyan(text: string): string;
}

/** Where a report is laid out: how wide a line may be, and how it may be coloured. */
export interface Page {
  width: number;
  paint: Paint;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether lines can be drawn over: a terminal, and not a dumb one. */
export function isTerminal(stream: OutputStream, environment: Environment = process.env): boolean {
  return stream.isTTY === true && environment.TERM !== "dumb";
}

/** FORCE_COLOR has the last word, as in Node itself (0 or false: no colour), then NO_COLOR, then the stream. */
export function hasColour(stream: OutputStream, environment: Environment = process.env): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: refused } = environment;
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if (refused !== undefined && refused !== "") return false;
  return isTerminal(stream, environment);
}

/** The columns to fill: 80 where nothing is known, never more than 100, which is as far as an eye follows a line. */
export function widthOf(stream: OutputStream): number {
  return Math.min(stream.columns || 80, 100);
}

export function pageFor(stream: OutputStream, environment: Environment = process.env): Page {
  return { width: widthOf(stream), paint: painter(hasColour(stream, environment)) };
}

export function painter(colour: boolean): Paint {
  // Whether to colour is decided above; newer versions of Node would look at the environment once more.
  const style = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  return { bold: style("bold"), dim: style("dim"), green: style("green"), cyan: style("cyan") };
}

/** The columns a text takes up on the screen. */
export function visibleLength(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** Breaks a paragraph between words; a word longer than a line keeps a line of its own. */
export function wrap(paragraph: string, width: number): string[] {
  const rows: string[] = [];
  for (const word of paragraph.split(/\s+/).filter((part) => part !== "")) {
    const longer = rows.length > 0 ? `${rows.at(-1)} ${word}` : word;
    if (rows.length > 0 && visibleLength(longer) <= width) rows[rows.length - 1] = longer;
    else rows.push(word);
  }
  return rows;
}

/** Rows of cells as lines of aligned columns, `gap` blanks apart; `align` has one l or r for each column, such as "lrr". */
export function table(rows: readonly (readonly string[])[], align: string, gap = 2): string[] {
  const widths = [...align].map((_, column) => Math.max(0, ...rows.map((row) => visibleLength(row[column] ?? ""))));
  const cell = (text: string, column: number) => {
    const blanks = " ".repeat(widths[column]! - visibleLength(text));
    return align[column] === "r" ? blanks + text : text + blanks;
  };
  return rows.map((row) => row.map(cell).join(" ".repeat(gap)).trimEnd());
}
