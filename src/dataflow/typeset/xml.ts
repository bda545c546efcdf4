/** SVG as text: elements, what may stand in them, and numbers as short as an eye needs them. */

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element; children are markup already. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(String(typeof value === "number" ? round(value) : value))}"`);
  const content = children.join("");
  return content === "" ? `<${name}${written.join("")}/>` : `<${name}${written.join("")}>${content}</${name}>`;
}

/** Text as XML can hold it: a character that it cannot becomes the replacement character. */
export function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** A length in hundredths of a pixel. */
export function round(value: number): number {
  return Math.round(value * 100) / 100 || 0;
}
