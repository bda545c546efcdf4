import { describe, expect, it } from "vitest";
import { clearance } from "../../../src/dataflow/draw/geometry.ts";
import { checkDrawOptions, type DrawOptions } from "../../../src/dataflow/draw/options.ts";
import { planOf } from "../../../src/dataflow/draw/plan.ts";
import { layOut } from "../../../src/dataflow/draw/scene.ts";
import { insideOf } from "../../../src/dataflow/draw/sizes.ts";
import { Graph } from "../../../src/dataflow/graph.ts";
import { variable } from "../../../src/dataflow/label.ts";
import { widthOf } from "../../../src/dataflow/typeset/text.ts";
import { fixtures } from "./fixtures.ts";

const lay = (graph: Graph, options: DrawOptions = {}) => layOut(planOf(graph, checkDrawOptions(graph, options)));

describe.each(Object.entries(fixtures))("the scene of %s", (_name, make) => {
  const graph = make();

  it("finds a place for every label and derivative", () => {
    const scene = lay(graph, { sweep: true });
    expect(scene.arrows.filter(({ planned, label }) => planned.text !== undefined && label === undefined)).toEqual([]);
    const swept = scene.circles.filter(({ planned }) => planned.derivative !== undefined);
    expect(swept.length).toBeGreaterThan(graph.output.value === undefined ? 0 : 2);
    expect(swept.filter(({ derivative }) => derivative === undefined)).toEqual([]);
  });

  it("has texts that fit into their circles", () => {
    for (const { planned, box } of lay(graph).circles) {
      for (const { text, size } of insideOf(planned)) expect(widthOf(text, size)).toBeLessThan(box.width);
    }
  });

  it("has arrows from border to border", () => {
    const scene = lay(graph);
    const boxes = new Map(scene.circles.map(({ planned, box }) => [planned.circle.id, box]));
    for (const { planned, line } of scene.arrows) {
      const { from, to } = planned.arrow;
      expect(clearance([line[0]!, line[0]!], boxes.get(from)!)).toBeCloseTo(0, 6);
      expect(clearance([line.at(-1)!, line.at(-1)!], boxes.get(to)!)).toBeCloseTo(0, 6);
    }
  });
});

describe("a layout without columns", () => {
  it("goes from left to right, whatever the names are", () => {
    const names = ["__proto__", "constructor", "a b", ""];
    const graph = new Graph(
      names.map((id) => ({ id, label: variable(id), role: "operation" })),
      names.slice(1).map((to, i) => ({ from: names[i]!, to })),
    );
    const xs = lay(graph).circles.map(({ box }) => box.x);
    expect(xs).toEqual(xs.toSorted((a, b) => a - b));
  });

  it("serves a single circle", () => {
    const graph = new Graph([{ id: "x", label: variable("x"), role: "output" }], []);
    expect(lay(graph).circles).toHaveLength(1);
  });
});

describe("large drawings", () => {
  it("are laid out with all of their arrows", () => {
    const names = Array.from({ length: 120 }, (_, i) => `x${i}`);
    const wide = new Graph(
      names.map((id, i) => ({ id, label: variable(id), role: "input", column: i < 60 ? 0 : 1, row: i % 60 })),
      names.slice(0, 60).flatMap((from) => names.slice(60).map((to) => ({ from, to, partial: 1 }))),
    );
    expect(lay(wide).arrows).toHaveLength(3600);
  });
});
