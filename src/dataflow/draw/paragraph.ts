/** Lines of text below each other, for what stands above and below a drawing. */
import type { Box } from "./geometry.ts";
import { labelSize } from "./sizes.ts";
import type { Text } from "./text.ts";

/** A line of text set at its left end. */
export interface Line {
  readonly text: Text;
  readonly box: Box;
}

/** Lines of text below each other, from a corner on, broken where a piece would go beyond a width. */
export function paragraph(texts: readonly Text[], size: number, left: number, top: number, width: number): Line[] {
  const lines = texts.flatMap((text) => broken(text, size, width));
  let y = top;
  return lines.map((text) => {
    const box = labelSize(text, size);
    y += box.height + 5;
    return { text, box: { ...box, x: left + box.width / 2, y: y - 5 - box.height / 2 } };
  });
}

function broken(text: Text, size: number, width: number): Text[] {
  const lines: Text[] = [];
  let line: Text = [];
  for (const piece of text) {
    const longer = [...line, piece];
    if (line.length > 0 && labelSize(longer, size).width > width) {
      lines.push(line);
      line = [{ text: "    " }, piece];
    } else line = longer;
  }
  return [...lines, line];
}
