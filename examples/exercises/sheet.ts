/**
 * The sheet that an exercise is answered on. Whatever is written on it is printed at once, pictures go into `pictures/`, and
 * all of it is kept for the page that `main.ts` makes of the sheets.
 *
 * Formulas within text stand in backticks, in the notation that the library prints: `w_(1,2)^(1)`, `σ(s)`; so do the
 * library's own names, with a dot in them: `network.gradients()`.
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { texOfText } from "./notation.ts";

/** What stands on a sheet. */
export type Entry =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "check"; readonly text: string }
  | { readonly kind: "formula"; readonly tex: string }
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: "picture"; readonly svg: string; readonly caption: string };

/** What the library answers with: a derivation that can be read and typeset. */
export interface Derivation {
  toString(): string;
  toTex(): string;
}

const pictures = fileURLToPath(new URL("pictures", import.meta.url));

export class Sheet {
  /** Also what its pictures are called: exercise-1. */
  readonly name: string;
  readonly title: string;
  readonly question: string;
  readonly entries: Entry[] = [];

  constructor(name: string, title: string, question: string) {
    this.name = name;
    this.title = title;
    this.question = question;
    print(`\n${title}\n${"=".repeat(title.length)}\n${wrap(question)}`);
  }

  /** The parts of an exercise: (a), (b), (c). */
  heading(text: string): void {
    this.entries.push({ kind: "heading", text });
    print(`${plain(text)}\n${"-".repeat(plain(text).length)}`);
  }

  text(text: string): void {
    this.entries.push({ kind: "text", text });
    print(wrap(text));
  }

  /** A formula of one's own, as text, and as TeX where that can do more. */
  formula(text: string, tex = texOfText(text)): void {
    this.entries.push({ kind: "formula", tex });
    print(indent(text));
  }

  /** A derivation that the library found. */
  derive(derivation: Derivation): void {
    this.formula(derivation.toString(), derivation.toTex());
  }

  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    this.entries.push({ kind: "table", head, rows });
    const lines = [head, ...rows].map((row) => row.map(plain));
    const widths = head.map((_, column) => Math.max(...lines.map((row) => row[column]!.length)));
    print(
      indent(
        lines
          .map((row) =>
            row
              .map((cell, i) => cell.padEnd(widths[i]!))
              .join("  ")
              .trimEnd(),
          )
          .join("\n"),
      ),
    );
  }

  picture(svg: string, caption: string): void {
    const number = this.entries.filter(({ kind }) => kind === "picture").length + 1;
    const path = `${pictures}/${this.name}-${number}.svg`;
    this.entries.push({ kind: "picture", svg, caption });
    mkdirSync(pictures, { recursive: true });
    writeWhole(path, svg);
    print(wrap(`[${relative("", path)}: ${caption}]`));
  }

  /** A claim that the script has looked into. An answer that is wrong is none. */
  check(claim: string, holds: boolean): void {
    if (!holds) throw new Error(`${this.title}: not true: ${claim}`);
    this.entries.push({ kind: "check", text: claim });
    print(wrap(`✓ ${claim}`));
  }
}

/** Writes a file under a name beside it, which then takes the place of the old file: never half a file. */
export function writeWhole(path: string, text: string): void {
  const partial = `${path}.${process.pid}.partial`;
  writeFileSync(partial, text);
  renameSync(partial, path);
}

/** Four significant digits, unless others are asked for, and a true minus sign. */
export function figure(value: number, digits = 4): string {
  const rounded = Number(value.toPrecision(digits));
  if (rounded === 0 || Math.abs(rounded) >= 1e-3) return String(rounded).replace("-", "−");
  const [mantissa, power] = rounded.toExponential().split("e") as [string, string];
  return `${mantissa.replace("-", "−")} · 10${superscript(Number(power))}`;
}

/** A whole number, raised: −12 is ⁻¹². */
export function superscript(exponent: number): string {
  return [...String(exponent)].map((digit) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(digit)]).join("");
}

/** A whole number, its digits in threes: 1,046. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

function print(text: string): void {
  console.log(`${text}\n`);
}

function plain(text: string): string {
  return text.replaceAll("`", "");
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "    ");
}

/** In lines of at most 100 characters. */
function wrap(text: string): string {
  const lines = [""];
  for (const word of plain(text).split(" ")) {
    if (lines.at(-1) !== "" && lines.at(-1)!.length + word.length >= 100) lines.push(word);
    else lines.push(`${lines.pop()} ${word}`.trimStart());
  }
  return lines.join("\n");
}
