/** The places of circles whose layers are not given: found by dagre, from left to right, with room for all labels. */
import { Graph as Layers, layout } from "@dagrejs/dagre";
import type { Point } from "./geometry.ts";
import type { Plan } from "./plan.ts";
import type { Sizes, Spacing } from "./sizes.ts";

export interface Layered {
  readonly places: ReadonlyMap<string, Point>;
  /** For each arrow of the plan, the points it goes through between its ends. */
  readonly bends: readonly (readonly Point[])[];
}

interface Place extends Point {
  width: number;
  height: number;
}

export function placeInLayers(plan: Plan, sizes: Sizes, spacing: Spacing): Layered {
  const layers = new Layers<object, Place, { points?: Point[] }>();
  layers.setGraph({
    rankdir: "LR",
    nodesep: 26 * spacing.down,
    edgesep: 16 * spacing.down,
    ranksep: 38 * spacing.across,
  });
  // Names of variables are no safe names in there.
  const names = new Map(plan.circles.map(({ circle }, i) => [circle.id, `n${i}`]));
  for (const { circle } of plan.circles) {
    const { width, height } = sizes.circles.get(circle.id)!;
    const derivative = sizes.derivatives.get(circle.id);
    layers.setNode(names.get(circle.id)!, {
      x: 0,
      y: 0,
      width: Math.max(width, derivative?.width ?? 0),
      height: height + 2 * (derivative?.height ?? 0),
    });
  }
  plan.arrows.forEach(({ arrow }, i) => {
    const label = sizes.partials[i];
    const room = label ? { width: label.width + 14, height: label.height + 6, labelpos: "c" } : {};
    layers.setEdge(names.get(arrow.from)!, names.get(arrow.to)!, { minlen: 1, weight: 1, ...room });
  });
  layout(layers);
  return {
    places: new Map(
      [...names].map(([id, name]) => {
        const { x, y } = layers.node(name)!;
        return [id, { x, y }];
      }),
    ),
    bends: plan.arrows.map(({ arrow: { from, to } }) =>
      (layers.edge(names.get(from)!, names.get(to)!)?.points ?? []).slice(1, -1),
    ),
  };
}
