import { describe, expect, it } from "vitest";
import { compose } from "../../../src/dataflow/draw/compose.ts";
import { type Box, boundsOf, overlap } from "../../../src/dataflow/draw/geometry.ts";
import { checkDrawOptions, type DrawOptions } from "../../../src/dataflow/draw/options.ts";
import type { Graph } from "../../../src/dataflow/graph.ts";
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
