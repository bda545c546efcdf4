import { describe, expect, it } from "vitest";
import { checkTheme, common, Painter, paletteOf, type Theme } from "../../../src/dataflow/typeset/theme.ts";
import { InvalidInputError } from "../../../src/ground/errors.ts";

const colours = { ...common, sky: ["#abcdef", "#012345"] } as const;

function painted(theme: Theme) {
  const painter = new Painter(theme, colours);
  const attributes = painter.paint({ fill: "sky", stroke: "ink" }, "own");
  return { attributes, styleSheet: painter.styleSheet() };
}

describe("themes", () => {
  it("are light, dark, or what the reader's system is; on paper always light", () => {
    expect(painted("light")).toEqual({
      attributes: { class: "own", fill: "#abcdef", stroke: common.ink[0] },
      styleSheet: "",
    });
    expect(painted("dark").attributes).toMatchObject({ fill: "#012345", stroke: common.ink[1] });
    expect(painted("dark").styleSheet).toMatch(/^<style>@media print\{.*\.lanegrad-dark-fill-sky\{fill:#abcdef\}/);
    expect(painted("auto").attributes).toMatchObject({ fill: "#abcdef", stroke: common.ink[0] });
    expect(painted("auto").styleSheet).toMatch(
      /^<style>@media screen and \(prefers-color-scheme:dark\)\{.*\.lanegrad-auto-fill-sky\{fill:#012345\}/,
    );
  });

  it("touch nothing else in a page", () => {
    for (const theme of ["dark", "auto"] as const) {
      const { attributes, styleSheet } = painted(theme);
      const selectors = [...styleSheet.matchAll(/\.([\w-]+)\{/g)].map(([, name]) => name);
      expect(["own", ...selectors.toSorted()]).toEqual(attributes["class"]!.split(" "));
      for (const name of selectors) expect(name).toMatch(new RegExp(`^lanegrad-${theme}-`));
    }
  });

  it("are palettes for what cannot follow the system", () => {
    expect(paletteOf(colours, "dark").sky).toBe("#012345");
    expect(paletteOf(colours, "auto")).toEqual(paletteOf(colours, "light"));
  });

  it("are refused where there are none of that name", () => {
    expect(checkTheme("draw")).toBe("auto");
    for (const theme of ["drak", null, 3]) expect(() => checkTheme("draw", theme)).toThrow(InvalidInputError);
    expect(() => checkTheme("draw", "drak")).toThrow(
      'draw: theme: expected a theme: one of light, dark, auto, got "drak" (did you mean "dark"?)',
    );
  });
});
