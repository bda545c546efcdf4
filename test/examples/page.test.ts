/** The page of all exercises, as the command makes it: whole, by itself, and typeset. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DOMParser, parseHTML } from "linkedom";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { texOfText } from "../../examples/exercises/notation.ts";
import { figure, superscript } from "../../examples/exercises/sheet.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Runs a script by tsx, in a folder of its own. */
function run(folder: string, script: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const tsx = join(root, "node_modules/tsx/dist/cli.mjs");
  const args = [tsx, "--tsconfig", join(root, "tsconfig.json"), join(root, "examples/exercises", script)];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, env: { PATH: process.env.PATH } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "lanegrad-exercises-"))));
afterAll(() => rm(folder, { recursive: true }));

describe("the page of the exercises", () => {
  let html: string;
  let stdout: string;
  let older: number;
  beforeAll(async () => {
    const page = join(folder, "exercises.html");
    await writeFile(page, "an older page");
    older = (await stat(page)).ino;
    const ended = await run(folder, "main.ts");
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    stdout = ended.stdout;
    html = await readFile(page, "utf8");
  });

  it("is written under another name first, and leaves nothing else behind", async () => {
    expect(await readdir(folder)).toEqual(["exercises.html"]);
    expect((await stat(join(folder, "exercises.html"))).ino).not.toBe(older);
    expect(html).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  });

  it("has every exercise, in order, and links to each", () => {
    const { document } = parseHTML(html);
    const names = ["1", "2", "3", "4", "5"].map((n) => `exercise-${n}`).concat("section-6", "section-7");
    expect([...document.querySelectorAll("section")].map(({ id }) => id)).toEqual(names);
    expect([...document.querySelectorAll("nav a")].map((a) => a.getAttribute("href"))).toEqual(
      names.map((name) => `#${name}`),
    );
    for (const section of document.querySelectorAll("section")) {
      expect(section.querySelectorAll("figure svg").length).toBeGreaterThan(0);
      expect(section.querySelectorAll(".check").length).toBeGreaterThan(0);
      expect(stdout).toContain(section.querySelector("h2")!.textContent);
    }
  });

  it("fetches nothing", () => {
    const urls = [...html.matchAll(/url\(\s*["']?([^)"']{0,60})/g)].map(([, url]) => url!);
    expect(urls.length).toBeGreaterThan(3);
    for (const url of urls) expect(url).toMatch(/^(data:font\/woff2;base64,|#)/);
    expect(html).not.toMatch(/@import|<script|<link|<img|<iframe|<object|srcset=/i);
    for (const [, , url] of html.matchAll(/\s(src|href|xlink:href)="([^"]*)"/g)) expect(url).toMatch(/^#/);
    const elsewhere = html.replaceAll(/\sxmlns(:\w+)?="http:\/\/www\.w3\.org\/[\w/]+"/g, "");
    expect(elsewhere).not.toMatch(/https?:/);
  });

  it("has all formulas typeset, with no fonts but those they need", () => {
    const { document } = parseHTML(html);
    expect(document.querySelectorAll(".formula .katex").length).toBeGreaterThan(20);
    expect(html).not.toContain("katex-error");
    const visible = parseHTML(html).document;
    for (const hidden of visible.querySelectorAll("annotation, style, svg, math")) hidden.remove();
    expect(visible.body.textContent).not.toMatch(/\\[a-z]+|[_^]\(|`|NaN|undefined/);
    const fonts = [...html.matchAll(/@font-face\{font-display:block;font-family:(KaTeX_\w+)/g)].map(([, name]) => name);
    expect(new Set(fonts)).toContain("KaTeX_Main");
    expect(new Set(fonts)).toContain("KaTeX_Math");
    expect(new Set(fonts)).not.toContain("KaTeX_Fraktur");
  });

  it("has pictures whose ids and references do not meet", () => {
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id!);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of html.matchAll(/(?:href="#|url\(#)([^")]*)/g)) expect(ids).toContain(id);
    for (const [svg] of html.matchAll(/<div class="picture">(<svg[\s\S]*?<\/svg>)<\/div>/g)) {
      const drawing = svg.slice('<div class="picture">'.length, -"</div>".length);
      const { documentElement } = new DOMParser().parseFromString(drawing, "image/svg+xml");
      expect(documentElement.tagName).toBe("svg");
    }
  });
});

describe("a script by itself", () => {
  it("prints its derivation and writes its picture", async () => {
    const before = Date.now() - 1000;
    const { code, stdout, stderr } = await run(root, "exercise-3.ts");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("sum: 2 x √z − 2 x y sin(x^2 y) = 0.3628");
    const [picture] = /examples\/exercises\/pictures\/exercise-3-1\.svg/.exec(stdout)!;
    expect((await stat(join(root, picture))).mtimeMs).toBeGreaterThan(before);
    expect(await readFile(join(root, picture), "utf8")).toMatch(/^<svg[\s\S]*<\/svg>\s*$/);
  });
});

describe("notation", () => {
  it.each([
    ["x_1^(2)", "x_1^{(2)}"],
    ["w_(1,2)^(1) = −12", "w_{1,2}^{(1)} = -12"],
    ["𝐜^T 𝐱", "\\mathbf{c}^\\top \\mathbf{x}"],
    ["x^2/(2 sqrt(z)) √y", "x^2/(2 \\sqrt{z}) \\sqrt{y}"],
    ["55 · male", "55 \\cdot  \\mathrm{male}"],
    ["ln(z) cos(x)", "\\ln(z) \\cos(x)"],
  ])("%s", (text, tex) => expect(texOfText(text)).toBe(tex));

  it("writes small numbers with a power of ten", () => {
    expect([0, 1046, -0.25, 1 / 3, -3.21e-12].map((value) => figure(value))).toEqual([
      "0",
      "1046",
      "−0.25",
      "0.3333",
      "−3.21 · 10⁻¹²",
    ]);
    expect(superscript(-10)).toBe("⁻¹⁰");
  });
});
