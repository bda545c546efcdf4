/**
 * The sheets as one page of HTML that fetches nothing: formulas are typeset by KaTeX when the page is made, the fonts that
 * they need are in it, and so are the pictures.
 */
import { readFileSync } from "node:fs";
import katex from "katex";
import { fontsFor, styles as katexStyles } from "./katex-styles.ts";
import { texOfText } from "./notation.ts";
import type { Entry, Sheet } from "./sheet.ts";

const styles = readFileSync(new URL("page.css", import.meta.url), "utf8");

export function makePage(sheets: readonly Sheet[]): string {
  const body = `<header>
<h1>Neural networks and backpropagation: the exercises</h1>
<p>Every derivative, number and picture here was found by <code>lanegrad</code> itself as this page was made, and every ✓ was looked into.</p>
</header>
<nav aria-label="Contents"><ol>${sheets.map(contentsOf).join("")}</ol></nav>
<main>
${sheets.map(sectionOf).join("\n")}
</main>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Neural networks and backpropagation: the exercises</title>
<style>
${fontsFor(body)}
${katexStyles}
${styles}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

function contentsOf({ name, title }: Sheet): string {
  return `<li><a href="#${name}">${inline(title)}</a></li>`;
}

function sectionOf({ name, title, question, entries }: Sheet): string {
  return `<section id="${name}">
<h2>${inline(title)}</h2>
<p class="question">${inline(question)}</p>
${entries.map(entryOf).join("\n")}
</section>`;
}

function entryOf(entry: Entry): string {
  switch (entry.kind) {
    case "text":
      return `<p>${inline(entry.text)}</p>`;
    case "heading":
      return `<h3>${inline(entry.text)}</h3>`;
    case "check":
      return `<p class="check">${inline(entry.text)}</p>`;
    case "formula":
      return `<div class="formula">${typeset(entry.tex, true)}</div>`;
    case "table":
      return tableOf(entry.head, entry.rows);
    case "picture":
      return pictureOf(entry.svg, entry.caption);
  }
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const isNumeric = head.map((_, column) => rows.every((row) => /^[−\d.,]+( · 10[⁻⁰-⁹¹²³]+)?$/.test(row[column]!)));
  const cellsOf = (row: readonly string[], tag: string) =>
    row.map((cell, i) => `<${tag}${isNumeric[i] ? ' class="number"' : ""}>${inline(cell)}</${tag}>`).join("");
  const lines = rows.map((row) => `<tr>${cellsOf(row, "td")}</tr>`).join("\n");
  return `<div class="table"><table>
<thead><tr>${cellsOf(head, "th")}</tr></thead>
<tbody>
${lines}
</tbody>
</table></div>`;
}

/** As wide as it was drawn, where there is room: smaller where there is not, but never so small that it cannot be read. */
function pictureOf(svg: string, caption: string): string {
  const [, width] = /<svg[^>]* width="([\d.]+)"/.exec(svg)!;
  const drawing = svg.slice(svg.indexOf("<svg"));
  return `<figure style="--width: ${width}px">
<div class="picture">${drawing.trim()}</div>
<figcaption>${inline(caption)}</figcaption>
</figure>`;
}

/** Text, in which formulas stand between backticks. */
function inline(text: string): string {
  return text
    .split("`")
    .map((part, i) => (i % 2 === 0 ? escape(part) : codeOrFormula(part)))
    .join("");
}

/** Names of the library's own have a dot in them: network.gradients(). */
function codeOrFormula(part: string): string {
  return /[a-z]\.[a-z]/.test(part) ? `<code>${escape(part)}</code>` : typeset(texOfText(part), false);
}

function typeset(tex: string, displayMode: boolean): string {
  return katex.renderToString(tex, { displayMode, throwOnError: true, strict: "error", output: "htmlAndMathml" });
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
