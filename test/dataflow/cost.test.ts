/** What the sum over paths costs, and what the backward sweep: section 6 of the notes. */
import { describe, expect, it } from "vitest";
import { costOf, layeredFormula } from "../../src/dataflow/cost.ts";
import { dataflow } from "../../src/dataflow/formula/formula.ts";
import { Graph } from "../../src/dataflow/graph.ts";
import { Random } from "../../src/ground/random.ts";

/** By listing the paths. */
function listed(graph: Graph): { paths: number; sumOverPaths: number } {
  const leaves = graph.circles.filter(({ id }) => graph.into(id).length === 0);
  const all = leaves.flatMap(({ id }) => graph.paths(id));
  return { paths: all.length, sumOverPaths: all.reduce((sum, path) => sum + Math.max(0, path.length - 1), 0) };
}

describe("cost", () => {
  it("counts multiplications", () => {
    // Paths of 4, 3, 3 and 3 arrows; 9 arrows, 2 of them into the output.
    expect(dataflow("cos(x^2 * y) + x^2 * sqrt(z)").cost()).toEqual({ paths: 4, sumOverPaths: 9, backwardSweep: 7 });
    expect(dataflow("x + y").cost()).toEqual({ paths: 2, sumOverPaths: 0, backwardSweep: 0 });
    expect(dataflow("x").cost()).toEqual({ paths: 1, sumOverPaths: 0, backwardSweep: 0 });
  });

  it("counts the elements of gradients where they are known", () => {
    expect(dataflow("dot(c, x)^2").cost()).toEqual({ paths: 2, sumOverPaths: 2, backwardSweep: 2 });
    const graph = dataflow("dot(c, x)^2", { c: [1, 2, 3], x: [4, 5, 6] });
    expect(graph.cost()).toEqual({ paths: 2, sumOverPaths: 6, backwardSweep: 6 });
  });

  it("is what listing the paths gives, in random graphs", () => {
    const SEED = 20_243;
    const random = new Random(SEED);
    for (let run = 0; run < 100; run++) {
      const ids = Array.from({ length: 2 + random.below(9) }, (_, i) => `c${i}`);
      const arrows = ids.flatMap((to, end) =>
        ids.slice(0, end).flatMap((from) => (random.below(2) ? [{ from, to }] : [])),
      );
      const graph = new Graph(
        ids.map((id) => ({ id, label: [], role: "operation" })),
        arrows,
      );
      const reaching = arrows.filter(({ to }) => to !== graph.output.id && graph.pathCount(to) > 0);
      const expected = { ...listed(graph), backwardSweep: reaching.length };
      expect(costOf(graph), `seed ${SEED}, run ${run}`).toEqual(expected);
    }
  });
});

describe("layers", () => {
  it("are a formula with a definition for each unit", () => {
    expect(layeredFormula(1)).toBe("h_1_1 = tanh(x_1 + x_2); h_1_2 = tanh(x_2 - x_1); h_1_1 + h_1_2");
    expect(dataflow(layeredFormula(2, 3)).pathCount("x_2")).toBe(9);
    expect(() => layeredFormula(0)).toThrow("layeredFormula: depth: expected a whole number, at least 1");
    expect(() => layeredFormula(3, 1)).toThrow("layeredFormula: units");
    expect(dataflow(layeredFormula(100, 8)).cost().backwardSweep).toBe(100 * (8 * 8 + 8));
  });

  it("cost exponentially more with depth by paths, linearly more by the sweep", () => {
    const costs = Array.from({ length: 30 }, (_, i) => dataflow(layeredFormula(i + 1)).cost());
    for (const [i, { paths, sumOverPaths, backwardSweep }] of costs.entries()) {
      const depth = i + 1;
      expect(paths).toBe(2 * 2 ** depth);
      // Through each layer a path has two arrows, into a sum and out of it, and one more into the output.
      expect(sumOverPaths).toBe(paths * 2 * depth);
      expect(backwardSweep).toBe(6 * depth);
    }
  });
});
