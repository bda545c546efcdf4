/** KaTeX's style sheet without its fonts, and those of its fonts that a page needs, to be put into the page. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const path = createRequire(import.meta.url).resolve("katex/dist/katex.min.css");
const sheet = readFileSync(path, "utf8");
const FACE = /@font-face\{[^}]*\}/g;

export const styles = sheet.replaceAll(FACE, "");

/** The faces of the fonts that some rule wants for a class that is in the page. */
export function fontsFor(page: string): string {
  const classes = new Set([...page.matchAll(/class="([^"]*)"/g)].flatMap(([, names]) => names!.split(" ")));
  const isUsed = (selector: string) => [...selector.matchAll(/\.([\w-]+)/g)].every(([, name]) => classes.has(name!));
  const wanted = new Set(
    [...styles.matchAll(/([^{}]+)\{([^{}]*)\}/g)]
      .filter(([, selectors]) => selectors!.split(",").some(isUsed))
      .flatMap(([, , rules]) => [...rules!.matchAll(/KaTeX_\w+/g)].map(([family]) => family)),
  );
  const faces = sheet.match(FACE)!.filter((face) => wanted.has(/KaTeX_\w+/.exec(face)![0]));
  return faces.map(withFont).join("\n");
}

/** The font itself in the place of the files that it is in. */
function withFont(face: string): string {
  const file = /fonts\/[\w-]+\.woff2/.exec(face)![0];
  const data = readFileSync(join(dirname(path), file)).toString("base64");
  return face.replace(/src:[^;}]*/, `src:url(data:font/woff2;base64,${data}) format("woff2")`);
}
