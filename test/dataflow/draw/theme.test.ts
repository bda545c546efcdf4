import { describe, expect, it } from "vitest";
import { toSvg } from "../../../src/dataflow/draw/svg.ts";
import { dark, light, type Palette, styleSheet } from "../../../src/dataflow/draw/theme.ts";
import { mlp } from "./fixtures.ts";

/** WCAG 2: from 1 to 21. */
function contrast(a: string, b: string): number {
  const [bright, dim] = [a, b].map(luminance).sort((x, y) => y - x) as [number, number];
  return (bright + 0.05) / (dim + 0.05);
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

describe.each([
  ["light", light],
  ["dark", dark],
])("the %s palette", (_name, palette: Palette) => {
  it("has text that can be read on whatever it stands", () => {
    const { background, ink, muted, positive, negative, backward } = palette;
    for (const text of [ink, muted, positive, negative, backward]) {
      expect(contrast(text, background)).toBeGreaterThan(4.5);
    }
    for (const fill of [palette.fill, palette.inputFill, palette.parameterFill, palette.outputFill]) {
      expect(contrast(ink, fill)).toBeGreaterThan(7);
    }
    expect(contrast(muted, palette.constantFill)).toBeGreaterThan(4.5);
  });

  it("tells signs apart by blue against red", () => {
    const warmth = (colour: string) => parseInt(colour.slice(1, 3), 16) - parseInt(colour.slice(5, 7), 16);
    expect(warmth(palette.positive)).toBeLessThan(-90);
    expect(warmth(palette.negative)).toBeGreaterThan(90);
  });
});

describe("themes", () => {
  const graph = mlp([2, 2, 1]);

  it("are light, dark, or what the reader's system is; on paper always light", () => {
    expect(styleSheet("light")).not.toMatch(/@media/);
    expect(styleSheet("dark")).toContain(`.lanegrad-dark .background,.lanegrad-dark .plate{fill:${dark.background}}`);
    const print = (sheet: string) => sheet.slice(sheet.indexOf("@media print"));
    for (const theme of ["dark", "auto"] as const) {
      expect(print(styleSheet(theme))).toContain(`.plate{fill:${light.background}}`);
      expect(print(styleSheet(theme))).not.toContain(dark.ink);
    }
    expect(styleSheet("auto")).toMatch(/@media \(prefers-color-scheme:dark\)\{[^@]*#14171c/);
  });

  it("touch nothing else in a page", () => {
    for (const theme of ["light", "dark", "auto"] as const) {
      const selectors = [...styleSheet(theme).matchAll(/(?<=^|\}|\{)([^{}@]+)\{/gm)].flatMap(([, list]) =>
        list!.split(","),
      );
      expect(selectors.length).toBeGreaterThan(30);
      for (const selector of selectors) expect(selector.trim()).toMatch(new RegExp(`^\\.lanegrad-${theme} `));
    }
  });

  it("change colours only", () => {
    const bare = (theme: "light" | "dark") =>
      toSvg(graph, { theme })
        .replace(/<style>[^]*<\/style>/, "")
        .replace(`lanegrad-${theme}`, "");
    expect(bare("dark")).toBe(bare("light"));
    expect(toSvg(graph)).toContain('class="lanegrad-graph lanegrad-auto"');
  });
});
