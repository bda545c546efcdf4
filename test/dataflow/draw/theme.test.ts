import { describe, expect, it } from "vitest";
import { toSvg } from "../../../src/dataflow/draw/svg.ts";
import type { Palette } from "../../../src/dataflow/draw/theme.ts";
import { dark, light, mlp } from "./fixtures.ts";
import { all, parseXml } from "./xml.ts";

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
    for (const fill of [background, palette.input, palette.parameter, palette.output]) {
      expect(contrast(ink, fill)).toBeGreaterThan(7);
    }
    expect(contrast(muted, palette.constant)).toBeGreaterThan(4.5);
  });

  it("tells signs apart by blue against red", () => {
    const warmth = (colour: string) => parseInt(colour.slice(1, 3), 16) - parseInt(colour.slice(5, 7), 16);
    expect(warmth(palette.positive)).toBeLessThan(-90);
    expect(warmth(palette.negative)).toBeGreaterThan(90);
  });
});

describe("themes", async () => {
  const graph = await mlp([2, 2, 1]);

  it("change colours only", () => {
    const bare = (theme: "light" | "dark" | "auto") =>
      toSvg(graph, { theme, sweep: true })
        .replace(/<style>[^]*<\/style>/, "")
        .replaceAll(/ ?lanegrad-(dark|auto)-[\w-]+/g, "")
        .replaceAll(/ (class=""|(fill|stroke)="#[^"]*")/g, "");
    expect(bare("dark")).toBe(bare("light"));
    expect(bare("auto")).toBe(bare("light"));
  });

  it("are told by the root's own background", () => {
    const background = (theme: "light" | "dark" | "auto") =>
      all(parseXml(toSvg(graph, { theme }))).find(({ name }) => name === "rect")!.attributes["fill"];
    expect([background("light"), background("dark"), background("auto")]).toEqual([
      light.background,
      dark.background,
      light.background,
    ]);
  });
});
