/** What the templates of kernels are made with, for text that repeats itself register by register. */

/** The pieces of all items, one below the other. A piece is a text, or some of them. */
export const all = (items, piece) => items.flatMap(piece).join("\n");
export const onlyIf = (condition, pieces) => `if (${condition}) {\n${pieces}\n}`;

/** The first piece, and those of the others that a tile with `count` of the items has. */
export const each = (items, count, piece) =>
  all(items, (i) => (i === 0 ? piece(i) : onlyIf(`${count} > ${i}`, all([i], piece))));

/** Lines indented as deep as the braces and parentheses that are open. */
function indent(text) {
  let depth = 0;
  const lines = text.split("\n").map((line) => line.trim());
  return lines
    .filter((line) => line !== "")
    .map((line) => {
      if (/^[)}]/.test(line)) depth--;
      const indented = "  ".repeat(depth) + (line.startsWith("*") ? ` ${line}` : line);
      if (/[({]$/.test(line)) depth++;
      return indented;
    })
    .join("\n");
}

/** The text of a file that has these parts. */
export const fileOf = (...parts) => `${parts.map(indent).join("\n\n")}\n`;
