/** What is too large for places to be found is refused, and drawn by others. */
import { describe, expect, it } from "vitest";
import { dataflow } from "../../../src/dataflow/formula/formula.ts";

describe("a formula that is too large to draw", () => {
  it.each([
    ["circles", `${"√".repeat(5000)}x`, "got 5001 circles"],
    ["arrows over many layers", Array.from({ length: 120 }, () => "x").join("^"), "got arrows over 7258 layers"],
  ])("has too many %s", (_, formula, got) => {
    const graph = dataflow(formula);
    const wanted = "toSvg: expected at most 400 circles, with arrows over at most 3000 layers in all";
    expect(() => graph.toSvg()).toThrow(wanted);
    expect(() => graph.toSvg()).toThrow(got);
    expect(graph.toDot()).toContain("digraph");
    expect(graph.toMermaid()).toContain("flowchart");
  });
});
