/** Lines of text below each other, for what stands above and below a drawing. */
import { broken, type Text } from "../typeset/text.ts";
import type { Box } from "./geometry.ts";
import { labelSize } from "./sizes.ts";

/** A line of text set at its left end. */
export interface Line {
  readonly text: Text;
  readonly box: Box;
}

/** Of a line that goes on. */
const INDENT: Text = [{ text: "    " }];

/** Lines of text below each other, from a corner on, broken where a piece would go beyond a width. */
export function paragraph(texts: readonly Text[], size: number, left: number, top: number, width: number): Line[] {
  const lines = texts.flatMap((text) => broken(text, size, width, INDENT));
  let y = top;
  return lines.map((text) => {
    const box = labelSize(text, size);
    y += box.height + 5;
    return { text, box: { ...box, x: left + box.width / 2, y: y - 5 - box.height / 2 } };
  });
}
