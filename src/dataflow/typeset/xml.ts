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

/**
 * Text that XML, and whatever else draws it, can hold: a control character, half a pair of surrogates and what is no character
 * become the replacement character.
 */
export function drawable(text: string): string {
  return text.replaceAll(/[^\t\n\r\u0020-\u007E\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
}

/** Text as it stands in XML. */
export function escapeXml(text: string): string {
  return drawable(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** A length in hundredths of a pixel. */
export function round(value: number): number {
  return Math.round(value * 100) / 100 || 0;
}
