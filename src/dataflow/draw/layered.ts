/** The places of circles whose layers are not given: found by dagre, from left to right, with room for all labels. */
import { Graph as Layers, layout } from "@dagrejs/dagre";
import { refuse } from "../../ground/errors.ts";
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

/** Finding places takes seconds for these, and the square of it for more; nobody could read them. */
const CIRCLES_LIMIT = 400;
const REACH_LIMIT = 3000;

/**
 * Over how many layers the arrows go, all of them together: what the search for places works on.
 * @throws InvalidInputError for a diagram that would take minutes.
 */
export function checkReach({ circles, arrows }: Plan): number {
  const wanted = `at most ${CIRCLES_LIMIT} circles, with arrows over at most ${REACH_LIMIT} layers in all`;
  const hint = "(toDot and toMermaid leave finding places to others)";
  if (circles.length > CIRCLES_LIMIT) refuse("toSvg", `${wanted} ${hint}`, `${circles.length} circles`);
  const order = new Map(circles.map(({ circle }, i) => [circle.id, i]));
  const layers = new Map(circles.map(({ circle }) => [circle.id, 0]));
  // In the order of the circles, so that of where an arrow comes from all is known.
  for (const { arrow } of arrows.toSorted((a, b) => order.get(a.arrow.from)! - order.get(b.arrow.from)!)) {
    layers.set(arrow.to, Math.max(layers.get(arrow.to)!, layers.get(arrow.from)! + 1));
  }
  const reach = arrows.reduce((sum, { arrow }) => sum + layers.get(arrow.to)! - layers.get(arrow.from)!, 0);
  if (reach > REACH_LIMIT) refuse("toSvg", `${wanted} ${hint}`, `arrows over ${reach} layers`);
  return reach;
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
