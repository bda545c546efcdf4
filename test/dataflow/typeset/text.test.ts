import { describe, expect, it } from "vitest";
import { variable } from "../../../src/dataflow/label.ts";
import {
  broken,
  extentOf,
  labelAt,
  plain,
  sans,
  tspans,
  widthOf,
  words,
  wrap,
} from "../../../src/dataflow/typeset/text.ts";
import { parseXml } from "../draw/xml.ts";

describe("widths", () => {
  it("are at least those of Times and Helvetica", () => {
    // In thousandths of the size, by the fonts' own tables.
    const times: Readonly<Record<string, number>> = { "cos(x": 2222, sigmoid: 3001, "1 − 0.25": 3064, WMA: 2555 };
    for (const [text, width] of Object.entries(times)) {
      expect(widthOf(plain(text), 1000)).toBeGreaterThan(width);
      expect(widthOf(plain(text), 1000)).toBeLessThan(width * 1.35);
    }
    const helvetica: Readonly<Record<string, number>> = { "0.123": 2502, "−1.5e6": 3086 };
    for (const [text, width] of Object.entries(helvetica)) expect(widthOf(sans(text), 1000)).toBeGreaterThan(width);
  });

  it("count scripts over each other once", () => {
    const [sub, sup, both] = [variable("x", "1"), variable("x", undefined, "(2)"), variable("x", "1", "(2)")];
    expect(widthOf(both, 10)).toBe(Math.max(widthOf(sub, 10), widthOf(sup, 10)));
    expect(widthOf(both, 20)).toBeCloseTo(2 * widthOf(both, 10), 6);
  });

  it("know wide characters, and marks that take no room", () => {
    expect(widthOf(plain("漢"), 10)).toBeGreaterThan(10);
    expect(widthOf(plain("x\u{302}"), 10)).toBe(widthOf(plain("x"), 10));
  });
});

describe("heights", () => {
  it("grow with scripts", () => {
    const [bare, both] = [extentOf(variable("x"), 10), extentOf(variable("x", "1", "2"), 10)];
    expect(both.ascent).toBeGreaterThan(bare.ascent);
    expect(both.descent).toBeGreaterThan(bare.descent);
  });
});

describe("tspans", () => {
  const read = (inside: string) => parseXml(`<text>${inside}</text>`).children;

  it("come back to the baseline behind scripts", () => {
    const spans = read(tspans([...variable("x", "1", "(2)"), { text: " + 1" }], 10));
    expect(spans.map(({ text }) => text)).toEqual(["x", "1", "(2)", " + 1"]);
    const moved = spans.map(({ attributes }) => Number(attributes["dy"] ?? 0));
    expect(moved.reduce((sum, dy) => sum + dy, 0)).toBeCloseTo(0, 6);
    expect(moved[0]).toBe(0);
  });

  it("set the narrower of two scripts first, so that what follows starts behind the wider", () => {
    const spans = read(tspans(variable("w", "10,20", "2"), 10));
    expect(spans.map(({ text }) => text)).toEqual(["w", "2", "10,20"]);
    expect(Number(spans[1]!.attributes["dy"])).toBeLessThan(0);
  });

  it("set scripts of scripts, not too small to read", () => {
    const spans = read(tspans([{ text: "∇", sub: variable("w", "1", "(2)") }], 10));
    expect(spans.map(({ text }) => text)).toEqual(["∇", "w", "1", "(2)"]);
    for (const { attributes } of spans) expect(Number(attributes["font-size"])).toBeGreaterThanOrEqual(7);
  });

  it("leave out what is empty, and move what follows", () => {
    const spans = read(tspans([{ text: "", sup: plain("2") }, { text: "" }], 10));
    expect(spans.map(({ text }) => text)).toEqual(["2"]);
  });
});

describe("labels among other texts", () => {
  it("have the font of maths, and are read out as one", () => {
    const label = parseXml(labelAt(variable("x", "1", "(2)"), 1.23456, 2, 10, { fill: "red" }));
    expect(label.attributes).toMatchObject({ x: "1.23", y: "2", fill: "red", "aria-label": "x_1^(2)" });
    expect(label.attributes["font-family"]).toContain("Times");
  });
});

describe("lines", () => {
  it("break between pieces, and go on behind an indent", () => {
    const text = words("one two three four");
    const lines = broken(text, 10, widthOf(plain("one two"), 10), plain("  ")).map((line) =>
      line.map((piece) => piece.text).join(""),
    );
    expect(lines[0]).toBe("one two ");
    expect(lines.slice(1).every((line) => line.startsWith("  "))).toBe(true);
    expect(lines.join("").replaceAll(/ +/g, " ")).toBe("one two three four");
    expect(broken(plain("a".repeat(99)), 10, 20)).toHaveLength(1);
    expect(broken([], 10, 20)).toEqual([[]]);
  });

  it("of words fit, and end in an ellipsis where there are too many or one is too wide", () => {
    const width = 60;
    const lines = wrap("  some words that\ngo on and on for ever ", 10, width, 2);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/…$/);
    for (const line of [...lines, ...wrap("w".repeat(50), 10, width, 3)]) {
      expect(widthOf(sans(line), 10)).toBeLessThanOrEqual(width);
    }
    expect(wrap("w".repeat(50), 10, width, 3)).toEqual([expect.stringMatching(/^w+…$/)]);
    expect(wrap(" ", 10, width, 3)).toEqual([]);
    expect(wrap("short", 10, width, 1)).toEqual(["short"]);
  });
});
