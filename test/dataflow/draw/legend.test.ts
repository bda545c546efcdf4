import { describe, expect, it } from "vitest";
import { drawLegend, legendOf } from "../../../src/dataflow/draw/legend.ts";
import { checkDrawOptions, type DrawOptions } from "../../../src/dataflow/draw/options.ts";
import { planOf } from "../../../src/dataflow/draw/plan.ts";
import { layOut } from "../../../src/dataflow/draw/scene.ts";
import { colours } from "../../../src/dataflow/draw/theme.ts";
import type { Graph } from "../../../src/dataflow/graph.ts";
import { Painter } from "../../../src/dataflow/typeset/theme.ts";
import { cosine, logisticRegression, mlp, POINT } from "./fixtures.ts";

const legend = (graph: Graph, isWanted?: boolean, options: DrawOptions = {}) =>
  legendOf(layOut(planOf(graph, checkDrawOptions(graph, options))), isWanted, 10, 20);
const names = (...asked: Parameters<typeof legend>) => legend(...asked).entries.map(({ name }) => name);

describe("a legend", () => {
  it("names what the drawing has, and nothing else", async () => {
    const both = ["positive partial", "negative partial", "thicker: larger magnitude"];
    expect(names(cosine(POINT))).toEqual(both);
    expect(names(cosine())).toEqual([]);
    expect(names(cosine(), true)).toEqual([]);
    expect(names(cosine(POINT), false)).toEqual([]);
    expect(names(await mlp([40, 2, 1]))).toContain("folded");
  });

  it("tells the sweep's arrows by their signs", () => {
    const swept = names(logisticRegression(), undefined, { sweep: true });
    expect(swept).toContain("backward sweep, by steps");
    expect(swept).toContain("where partials are negative");
  });

  it("stands in a line, its entries side by side", () => {
    const { entries } = legend(cosine(POINT));
    let right = 10;
    entries.forEach(({ box }, i) => {
      const left = box.x - box.width / 2;
      if (i === 0) expect(left).toBeCloseTo(right, 9);
      else expect(left).toBeGreaterThan(right);
      expect(box.y - box.height / 2).toBeCloseTo(20, 9);
      right = left + box.width;
    });
  });

  it("is drawn as a sample and its name, the negative one dashed", () => {
    const drawn = drawLegend(legend(cosine(POINT)), new Painter("light", colours));
    expect(drawn).toHaveLength(6);
    const samples = drawn.filter((_, i) => i % 2 === 0);
    expect(samples.map((svg) => svg.includes("stroke-dasharray"))).toEqual([false, true, false]);
    expect(drawn[1]).toContain("positive partial");
  });
});
