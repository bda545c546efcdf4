import { describe, expect, it } from "vitest";
import { exact, extentOf, plain, rounded, sans, short, tspans, widthOf } from "../../../src/dataflow/draw/text.ts";
import { variable } from "../../../src/dataflow/label.ts";
import { parseXml } from "./xml.ts";

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

describe("numbers", () => {
  it("are rounded for drawings", () => {
    expect(rounded(-0.046512, 3)).toBe("−0.0465");
    expect(rounded(123456.7, 2)).toBe("120000");
    expect(rounded([0.5, -1], 3)).toBe("[0.5, −1]");
    expect(rounded([0.5, -1, 2], 3)).toBe("[0.5, −1, 2]");
    expect(rounded(new Float32Array([0.1, 0.2, 0.3, 0.4]), 3)).toBe("[0.1, 0.2, …]");
    expect(rounded(NaN, 3)).toBe("NaN");
    expect(rounded([], 3)).toBe("[]");
  });

  it("are whole for tooltips", () => {
    expect(exact(-1 / 3)).toBe("−0.3333333333333333");
    expect(exact([1, -2.5])).toBe("[1, −2.5]");
  });

  it("are short as lengths", () => {
    expect([1.23456, -0.0001, 10, NaN].map(short)).toEqual(["1.23", "0", "10", "0"]);
  });
});
