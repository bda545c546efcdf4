import { expect, it } from "vitest";
import { boundsOf, overlap } from "../../../src/dataflow/draw/geometry.ts";
import { paragraph } from "../../../src/dataflow/draw/paragraph.ts";
import { toText } from "../../../src/dataflow/label.ts";
import { words } from "../../../src/dataflow/typeset/text.ts";

const long = "one two three four five six seven eight nine ten eleven twelve";
const lines = paragraph([words("short"), words(long)], 14, 30, 100, 160);

it("sets lines below each other, from a corner on", () => {
  expect(lines.length).toBeGreaterThan(2);
  for (const { box } of lines) expect(box.x - box.width / 2).toBeCloseTo(30, 9);
  expect(boundsOf(lines.map(({ box }) => box)).top).toBeCloseTo(100, 9);
  lines.slice(1).forEach(({ box }, i) => {
    expect(box.y).toBeGreaterThan(lines[i]!.box.y);
    expect(overlap(box, lines[i]!.box)).toBe(false);
  });
});

it("breaks between words, no line being wider than it may, and indents what goes on", () => {
  for (const { box } of lines) expect(box.width).toBeLessThanOrEqual(160 + 4);
  const texts = lines.map(({ text }) => toText(text));
  expect(texts[0]!.trim()).toBe("short");
  expect(texts.slice(1).join(" ").split(/ +/).filter(Boolean)).toEqual(long.split(" "));
  expect(texts[1]).toMatch(/^one/);
  for (const text of texts.slice(2)) expect(text).toMatch(/^ {4}\S/);
});

it("has no lines without texts", () => {
  expect(paragraph([], 14, 0, 0, 100)).toEqual([]);
});
