import { describe, expect, it } from "vitest";
import { compose } from "../../../src/dataflow/draw/compose.ts";
import { type Box, boundsOf, clearance, overlap } from "../../../src/dataflow/draw/geometry.ts";
import { checkDrawOptions, type DrawOptions } from "../../../src/dataflow/draw/options.ts";
import { FONT, insideOf } from "../../../src/dataflow/draw/sizes.ts";
import { widthOf } from "../../../src/dataflow/typeset/text.ts";
import { Graph } from "../../../src/dataflow/graph.ts";
import { variable } from "../../../src/dataflow/label.ts";
import { fixtures, mlp } from "./fixtures.ts";

const draw = (graph: Graph, options: DrawOptions = {}) => compose(graph, checkDrawOptions(graph, options));

const kinds: Readonly<Record<string, DrawOptions>> = {
  "as it is": {},
  "with formulas": { partials: "formulas" },
  "with both": { partials: "both", title: "A title, which is rather long for so small a drawing, but must be in it" },
  "without parameters": { parameters: false },
  "with its sweep": { sweep: true },
};

/** Everything that text stands in. */
function textBoxes(graph: Graph, options: DrawOptions): Box[] {
  const { scene, title, captions, legend } = draw(graph, options);
  return [
    ...scene.circles.map(({ box }) => box),
    ...scene.circles.flatMap(({ derivative }) => derivative ?? []),
    ...scene.arrows.flatMap(({ label }) => label ?? []),
    ...[...title, ...captions, ...legend.entries].map(({ box }) => box),
  ];
}

function overlaps(boxes: readonly Box[]): [Box, Box][] {
  return boxes.flatMap((a, i) => boxes.slice(i + 1).flatMap((b): [Box, Box][] => (overlap(a, b) ? [[a, b]] : [])));
}

describe.each(Object.entries(fixtures))("the layout of %s", (_name, make) => {
  const graph = make();

  it.each(Object.entries(kinds))("%s has no text over another, and none beyond the edges", (_kind, options) => {
    const boxes = textBoxes(graph, options);
    expect(overlaps(boxes)).toEqual([]);
    const { edges } = draw(graph, options);
    const inner = boundsOf(boxes);
    expect(inner.left).toBeGreaterThan(edges.left);
    expect(inner.top).toBeGreaterThan(edges.top);
    expect(inner.right).toBeLessThan(edges.right);
    expect(inner.bottom).toBeLessThan(edges.bottom);
  });

  it("finds a place for every label and derivative", () => {
    const { scene } = draw(graph, { sweep: true });
    expect(scene.arrows.filter(({ planned, label }) => planned.text !== undefined && label === undefined)).toEqual([]);
    const swept = scene.circles.filter(({ planned }) => planned.derivative !== undefined);
    expect(swept.length).toBeGreaterThan(graph.output.value === undefined ? 0 : 2);
    expect(swept.filter(({ derivative }) => derivative === undefined)).toEqual([]);
  });

  it("has texts that fit into their circles", () => {
    for (const { planned, box } of draw(graph).scene.circles) {
      for (const { text, size } of insideOf(planned)) expect(widthOf(text, size)).toBeLessThan(box.width);
    }
  });

  it("has arrows from border to border", () => {
    const { scene } = draw(graph);
    const boxes = new Map(scene.circles.map(({ planned, box }) => [planned.circle.id, box]));
    for (const { planned, line } of scene.arrows) {
      const { from, to } = planned.arrow;
      expect(clearance([line[0]!, line[0]!], boxes.get(from)!)).toBeCloseTo(0, 6);
      expect(clearance([line.at(-1)!, line.at(-1)!], boxes.get(to)!)).toBeCloseTo(0, 6);
    }
  });
});

describe("columns", async () => {
  const { scene } = draw(await mlp([3, 4, 2], { output: "softmax" }));
  const at = (id: string) => scene.circles.find(({ planned }) => planned.circle.id === id)!.box;

  it("go from left to right", () => {
    const xs = ["x_1^(1)", "s_1^(2)", "x_1^(2)", "s_1^(3)", "x_1^(3)", "l"].map((id) => at(id).x);
    expect(xs).toEqual(xs.toSorted((a, b) => a - b));
    expect(new Set(xs).size).toBe(xs.length);
    for (const id of ["x_2^(1)", "x_3^(1)", "x_4^(1)"]) expect(at(id).x).toBe(at("x_1^(1)").x);
  });

  it("have rows from the top, sums level with their units", () => {
    const ys = ["x_1^(2)", "x_2^(2)", "x_3^(2)", "x_4^(2)", "x_5^(2)"].map((id) => at(id).y);
    expect(ys).toEqual(ys.toSorted((a, b) => a - b));
    for (let i = 1; i <= 4; i++) expect(at(`s_${i}^(2)`).y).toBe(at(`x_${i}^(2)`).y);
  });

  it("are around one middle line", () => {
    expect((at("x_1^(1)").y + at("x_3^(1)").y) / 2).toBeCloseTo(at("l").y, 6);
    expect((at("s_1^(2)").y + at("s_4^(2)").y) / 2).toBeCloseTo(at("l").y, 6);
  });

  it("have the weights above their sums, and targets below the outputs", () => {
    for (let i = 1; i <= 4; i++) {
      expect(at(`w_${i}^(1)`).y).toBeLessThan(at(`s_${i}^(2)`).y - 50);
      expect(Math.abs(at(`w_${i}^(1)`).x - at(`s_${i}^(2)`).x)).toBeLessThan(60);
    }
    expect(at("y_1").x).toBe(at("x_1^(3)").x);
    expect(at("y_1").y).toBeGreaterThan(at("x_2^(3)").y);
  });
});

describe("labels", () => {
  it("are left out where there are too many arrows to tell them apart", async () => {
    const texts = async (units: number) =>
      draw(await mlp([units, 6, 1], { weights: "none", limit: 20 })).scene.arrows.filter(
        ({ planned }) => planned.arrow.to.endsWith("^(2)") && planned.arrow.from.endsWith("^(1)") && planned.text,
      ).length;
    expect(await texts(9)).toBe(60);
    expect(await texts(10)).toBe(0);
  });

  it("make formulas' circles wider, not higher", () => {
    const circles = draw(fixtures["cos(x^2 y) + x^2 √z"]!()).scene.circles;
    const box = (id: string) => circles.find(({ planned }) => planned.circle.id === id)!.box;
    expect(box("cos(x^2 y)").width).toBeGreaterThan(box("x").width);
    expect(box("cos(x^2 y)").height).toBe(box("x").height);
    expect(widthOf(variable("x"), FONT.label)).toBeLessThan(box("x").width / 2);
  });
});

describe("lines of text", () => {
  it("are broken where they would be wider than the drawing, unless it is small", async () => {
    const title = "A title that goes on and on ".repeat(20);
    for (const graph of [await mlp([1, 1, 1, 1, 1, 1], { weights: "none" }), fixtures["(c^T x)^2"]!()]) {
      const { title: lines, captions, edges } = draw(graph, { title, highlight: graph.paths(graph.arrows[0]!.from) });
      expect(lines.length).toBeGreaterThan(1);
      const width = Math.max(600, edges.right - edges.left);
      for (const { box } of [...lines, ...captions]) expect(box.width).toBeLessThan(width);
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
    const xs = draw(graph).scene.circles.map(({ box }) => box.x);
    expect(xs).toEqual(xs.toSorted((a, b) => a - b));
  });

  it("serves a single circle", () => {
    const graph = new Graph([{ id: "x", label: variable("x"), role: "output" }], []);
    expect(draw(graph).scene.circles).toHaveLength(1);
  });
});

describe("large drawings", () => {
  it("are laid out with all of their arrows", () => {
    const names = Array.from({ length: 120 }, (_, i) => `x${i}`);
    const wide = new Graph(
      names.map((id, i) => ({ id, label: variable(id), role: "input", column: i < 60 ? 0 : 1, row: i % 60 })),
      names.slice(0, 60).flatMap((from) => names.slice(60).map((to) => ({ from, to, partial: 1 }))),
    );
    expect(draw(wide).scene.arrows).toHaveLength(3600);
  });
});
