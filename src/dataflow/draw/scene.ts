/** A laid-out drawing: where every circle, arrow and line of text is. What it looks like is up to `svg.ts`. */
import { placeInColumns } from "./columns.ts";
import {
  borderPoint,
  borderToBorder,
  type Bounds,
  boundsOf,
  type Box,
  boxOf,
  clearance,
  grown,
  overlap,
  type Point,
  smooth,
} from "./geometry.ts";
import { alongLine, aroundCircle, placeLabels, type Wanted } from "./labels.ts";
import { checkReach, placeInLayers } from "./layered.ts";
import type { Plan, PlannedArrow, PlannedCircle } from "./plan.ts";
import { isSmall, type Sizes, sizesOf, type Spacing } from "./sizes.ts";

export interface SceneCircle {
  readonly planned: PlannedCircle;
  readonly box: Box;
  /** Of the derivative that the sweep writes beside it. */
  readonly derivative: Box | undefined;
}

export interface SceneArrow {
  readonly planned: PlannedArrow;
  /** From border to border. */
  readonly line: readonly Point[];
  /** Undefined where it has no text, or no place was left for it. */
  readonly label: Box | undefined;
}

export interface Scene {
  readonly circles: readonly SceneCircle[];
  readonly arrows: readonly SceneArrow[];
  /** Around all of them. */
  readonly bounds: Bounds;
}

/** Gaps are widened until labels have places, and no arrow goes through a circle that is not its own. */
const SPACINGS: readonly Spacing[] = [
  { across: 1, down: 1 },
  { across: 1.2, down: 1 },
  { across: 1.4, down: 1.1 },
  { across: 1.7, down: 1.25 },
  { across: 2.1, down: 1.5 },
];

/** With more arrows than this, or over more layers, nothing is gained by more room. */
const ARROWS_LIMIT = 1000;
const REACH_LIMIT = 200;

interface Attempt extends Scene {
  readonly cost: number;
}

export function layOut(plan: Plan): Scene {
  const sizes = sizesOf(plan);
  let best: Attempt | undefined;
  const isLarge = plan.hasColumns ? plan.arrows.length > ARROWS_LIMIT : checkReach(plan) > REACH_LIMIT;
  for (const spacing of isLarge ? SPACINGS.slice(0, 1) : SPACINGS) {
    if (best !== undefined && best.cost <= widthCost(spacing)) break;
    const attempt = layOutWith(plan, sizes, spacing);
    if (best === undefined || attempt.cost < best.cost) best = attempt;
  }
  return best!;
}

/** What is wrong with a layout: labels without a place, then arrows through circles, and through labels, and its size. */
function costOf(missing: number, passes: number, crossings: number, arrows: number, spacing: Spacing): number {
  return missing + (3 * passes + crossings / 2) / Math.max(1, arrows) + widthCost(spacing);
}

function widthCost({ across }: Spacing): number {
  return (across - 1) / 2;
}

function layOutWith(plan: Plan, sizes: Sizes, spacing: Spacing): Attempt {
  const { boxes, lines } = placed(plan, sizes, spacing);
  const obstacles = plan.circles.map(({ circle }) => boxes.get(circle.id)!);
  const { derivatives, labels, missing, crossings } = placeTexts(plan, sizes, boxes, obstacles, lines);
  const circles = plan.circles.map((planned, i) => ({
    planned,
    box: obstacles[i]!,
    derivative: derivatives.get(planned.circle.id),
  }));
  const arrows = plan.arrows.map((planned, i) => ({ planned, line: lines[i]!, label: labels.get(i) }));
  const all = [
    ...obstacles,
    ...derivatives.values(),
    ...labels.values(),
    ...lines.flat().map((point) => ({ ...point, width: 4, height: 4 })),
  ];
  const bounds = boundsOf(all.filter((box) => box !== undefined));
  const passes = passesOf(plan, obstacles, lines);
  return { circles, arrows, bounds, cost: costOf(missing, passes, crossings, plan.arrows.length, spacing) };
}

function placed(plan: Plan, sizes: Sizes, spacing: Spacing): { boxes: Map<string, Box>; lines: Point[][] } {
  const { places, bends } = plan.hasColumns
    ? { places: placeInColumns(plan, sizes, spacing), bends: undefined }
    : placeInLayers(plan, sizes, spacing);
  const boxes = new Map(
    plan.circles.map(({ circle: { id } }) => [id, { ...places.get(id)!, ...sizes.circles.get(id)! }]),
  );
  const lines = plan.arrows.map(({ arrow }, i) => {
    const [from, to, through] = [boxes.get(arrow.from)!, boxes.get(arrow.to)!, bends?.[i] ?? []];
    const [first, last] = [through[0], through.at(-1)];
    if (first === undefined || last === undefined) return borderToBorder(from, to);
    return smooth([borderPoint(from, first), ...through, borderPoint(to, last)]);
  });
  return { boxes, lines };
}

/** Derivatives beside circles and partials along arrows: placed together, so that neither is over the other. */
function placeTexts(
  plan: Plan,
  sizes: Sizes,
  boxes: ReadonlyMap<string, Box>,
  obstacles: readonly Box[],
  lines: readonly (readonly Point[])[],
) {
  const fans = fansOf(plan);
  const swept = plan.circles.map(({ circle }) => circle).filter(({ id }) => sizes.derivatives.has(id));
  const labelled = plan.arrows.map((_, at) => at).filter((at) => sizes.partials[at] !== undefined);
  const wanted: Wanted[] = [
    ...swept.map((circle) => {
      const size = sizes.derivatives.get(circle.id)!;
      return { candidates: aroundCircle(boxes.get(circle.id)!, size, isSmall(circle)), line: undefined };
    }),
    ...labelled.map((at) => {
      const isLone = fans.get(plan.arrows[at]!.arrow.from) === 1 || !plan.hasColumns;
      return { candidates: alongLine(lines[at]!, sizes.partials[at]!, isLone), line: at };
    }),
  ];
  const { boxes: found, crossings } = placeLabels(wanted, obstacles, lines);
  return {
    derivatives: new Map(swept.map(({ id }, i) => [id, found[i]])),
    labels: new Map(labelled.map((at, i) => [at, found[swept.length + i]])),
    missing: found.filter((box) => box === undefined).length,
    crossings,
  };
}

/** How many arrows each circle has out of it. */
function fansOf(plan: Plan): Map<string, number> {
  const fans = new Map<string, number>();
  for (const { arrow } of plan.arrows) fans.set(arrow.from, (fans.get(arrow.from) ?? 0) + 1);
  return fans;
}

/** How often arrows go through circles that they do not belong to. */
function passesOf(plan: Plan, boxes: readonly Box[], lines: readonly (readonly Point[])[]): number {
  let passes = 0;
  lines.forEach((line, i) => {
    const { from, to } = plan.arrows[i]!.arrow;
    const around = grown(boxOf(boundsOf(line)), 2);
    boxes.forEach((box, j) => {
      const { id } = plan.circles[j]!.circle;
      if (overlap(box, around) && id !== from && id !== to && clearance(line, box) < 2) passes++;
    });
  });
  return passes;
}
