/**
 * What the backward sweep saves, counted in multiplications: the sum over all paths multiplies along each path by itself,
 * the sweep multiplies once on each arrow. Section 6 of the notes.
 */
import { checkNumber, refuse, show } from "../ground/errors.ts";
import { Graph } from "./graph.ts";

export interface Cost {
  /** From all leaves to the output. */
  readonly paths: number;
  /**
   * Multiplications for the derivatives by all leaves as sums over paths: one less than the path has arrows, for each. Like
   * the number of paths it is counted without listing them, exactly as long as float64 can: up to 2^53.
   */
  readonly sumOverPaths: number;
  /** Multiplications of one backward sweep: one for each arrow, but for those into the output, whose derivative is 1. */
  readonly backwardSweep: number;
}

/**
 * Of any diagram, as it is: folded units of a large network count as the one circle that stands for them. A gradient times
 * a number counts as as many multiplications as it has elements, and as one where that is not known.
 * @throws InvalidInputError for what is no diagram.
 */
export function costOf(graph: Graph): Cost {
  if (!Graph.is(graph)) refuse("costOf", "a diagram", show(graph));
  // Of the paths from each circle on: how many there are, and how many arrows they have in all.
  const onward = new Map<string, { paths: number; arrows: number }>([[graph.output.id, { paths: 1, arrows: 0 }]]);
  const total = { paths: 0, sumOverPaths: 0, backwardSweep: 0 };
  for (const { id } of graph.circles.toReversed()) {
    const sum = onward.get(id) ?? { paths: 0, arrows: 0 };
    const isLeaf = graph.into(id).length === 0;
    for (const { to, partial } of id === graph.output.id ? [] : graph.outOf(id)) {
      const { paths, arrows } = onward.get(to)!;
      const width = partial === undefined || typeof partial === "number" ? 1 : partial.length;
      sum.paths += paths;
      sum.arrows += arrows + paths;
      if (to !== graph.output.id && paths > 0) total.backwardSweep += width;
      // The gradient is the first factor of its path, so that all others are multiplied as numbers before.
      if (isLeaf && arrows > 0) total.sumOverPaths += arrows - paths + paths * width;
    }
    onward.set(id, sum);
    if (isLeaf) total.paths += sum.paths;
  }
  return total;
}

/**
 * A formula in layers, to look at costs with: each unit is the tanh of a sum, with signs of its own, of all units one layer
 * below, and the output is the sum of the last ones. There are `units` to the power of `depth` paths from each input.
 */
export function layeredFormula(depth: number, units = 2): string {
  checkNumber("layeredFormula: depth", depth, { integer: true, min: 1, max: 100 });
  checkNumber("layeredFormula: units", units, { integer: true, min: 2, max: 8 });
  const name = (layer: number, unit: number) => (layer === 0 ? `x_${unit}` : `h_${layer}_${unit}`);
  const all = Array.from({ length: units }, (_, i) => i + 1);
  const lines = Array.from({ length: depth }, (_, below) =>
    all.map((unit) => {
      // Each begins with another, or sums would begin alike and share circles.
      const terms = all.map((_from, i) => name(below, ((unit + i - 1) % units) + 1));
      const sum = `${terms.slice(0, -1).join(" + ")} ${unit > 1 ? "-" : "+"} ${terms.at(-1)}`;
      return `${name(below + 1, unit)} = tanh(${sum})`;
    }),
  );
  return [...lines.flat(), all.map((unit) => name(depth, unit)).join(" + ")].join("; ");
}
