/**
 * Where labels stand: of several places the one that is on nothing else. No label is ever put over another or over a circle;
 * lines of other arrows are kept clear of as far as can be.
 */
import { along, boundsOf, type Box, boxOf, grown, lengthOf, overlap, type Point } from "./geometry.ts";
import { NearLines } from "./near.ts";
import type { Size } from "./sizes.ts";

/** A label that has no place yet, its places in order of preference, and the line it belongs to. */
export interface Wanted {
  readonly candidates: readonly Candidate[];
  readonly line: number | undefined;
}

interface Candidate {
  readonly box: Box;
  /** How much worse than the best place. */
  readonly cost: number;
}

/** Between labels. */
const GAP = 2;
const CROSSING_COST = 10;
/** Of hiding more than a third of a line. */
const HIDING_COST = 40;
/** How often all labels are looked at again, now that the others have places. */
const ROUNDS = 3;

/** The places of labels, undefined where all are taken, and how many lines of others still cross them. */
export function placeLabels(
  wanted: readonly Wanted[],
  obstacles: readonly Box[],
  lines: readonly (readonly Point[])[],
): { boxes: (Box | undefined)[]; crossings: number } {
  // Those first that have the fewest places to go.
  const order = wanted
    .map((_, i) => i)
    .sort((a, b) => wanted[a]!.candidates.length - wanted[b]!.candidates.length || a - b);
  const all = { near: new NearLines(lines), lengths: lines.map(lengthOf) };
  const free = wanted.map((label) => scored(label, obstacles, all));
  const boxes: (Box | undefined)[] = wanted.map(() => undefined);
  const costs = wanted.map(() => 0);
  for (let round = 0; round < ROUNDS; round++) {
    for (const i of order) {
      const best = free[i]!.find(({ box }) =>
        boxes.every((other, j) => j === i || !other || !overlap(box, other, GAP)),
      );
      boxes[i] = best?.box;
      costs[i] = best?.crossings ?? 0;
    }
  }
  return { boxes, crossings: costs.reduce((sum, cost) => sum + cost, 0) };
}

interface Lines {
  readonly near: NearLines;
  readonly lengths: readonly number[];
}

interface Scored {
  readonly box: Box;
  readonly cost: number;
  readonly crossings: number;
}

/** The candidates that are clear of circles, the best first. */
function scored(label: Wanted, obstacles: readonly Box[], lines: Lines): Scored[] {
  const around = grown(boxOf(boundsOf(label.candidates.map(({ box }) => box))), GAP + 1);
  const nearObstacles = obstacles.filter((obstacle) => overlap(obstacle, around));
  return label.candidates
    .filter(({ box }) => !nearObstacles.some((obstacle) => overlap(box, obstacle, GAP)))
    .map(({ box, cost }) => {
      const hidden = [...lines.near.inside(grown(box, 1))].filter(([line]) => line !== label.line);
      const isHiding = hidden.some(([line, length]) => length > lines.lengths[line]! / 3);
      const crossings = hidden.length;
      return { box, crossings, cost: cost + CROSSING_COST * crossings + (isHiding ? HIDING_COST : 0) };
    })
    .sort((a, b) => a.cost - b.cost);
}

/** Places on a line and beside it, from its middle outwards. */
export function alongLine(line: readonly Point[], size: Size, isLone: boolean): Candidate[] {
  const length = lengthOf(line);
  const candidates: Candidate[] = [];
  for (let step = 0; step <= 18; step++) {
    const share = 0.5 + (step % 2 === 0 ? 1 : -1) * Math.ceil(step / 2) * 0.042;
    const { point, direction } = along(line, share);
    const away = Math.abs(share - 0.5) * 8;
    // A label that would hide most of its line stands beside it.
    const hidden = Math.min(
      Math.abs(size.width / (direction.x || 1e-9)),
      Math.abs(size.height / (direction.y || 1e-9)),
    );
    const onCost = hidden > length - 26 ? 40 : isLone ? 3 : 0;
    candidates.push({ box: { ...point, ...size }, cost: away + onCost });
    for (const side of [-1, 1]) {
      const cost = away + (isLone ? 0 : 4);
      candidates.push({ box: beside(point, direction, size, side), cost: cost + (side === 1 ? 1 : 0) });
      if (Math.abs(direction.y) < Math.abs(direction.x)) continue;
      candidates.push({ box: level(point, direction, size, side), cost: cost + (side === 1 ? 0.1 : 1.1) });
    }
  }
  return candidates;
}

/** Level with a point of a steep line, to its left (-1) or right. */
function level(point: Point, direction: Point, size: Size, side: number): Box {
  const lean = Math.abs(direction.x / direction.y) * size.height;
  return { x: point.x + side * ((size.width + lean) / 2 + 6), y: point.y, ...size };
}

/** Touching the line from above (-1) or below, or where the line is steep from the left or right. */
function beside(point: Point, direction: Point, size: Size, side: number): Box {
  const reach = (Math.abs(direction.y) * size.width + Math.abs(direction.x) * size.height) / 2 + 4;
  const sign = direction.x < 0 ? -side : side;
  return { x: point.x - direction.y * reach * sign, y: point.y + direction.x * reach * sign, ...size };
}

/** Places around a circle: below, above, at the corners and at the sides; above first, where something hangs below. */
export function aroundCircle(circle: Box, size: Size, isAboveFirst: boolean): Candidate[] {
  const [dx, dy] = [(circle.width + size.width) / 2 + 4, (circle.height + size.height) / 2 + 3];
  const corner = size.width / 2;
  const places: [number, number, number][] = [
    [0, dy, 0],
    [0, -dy, 2],
    [corner * 0.6, dy, 3],
    [-corner * 0.6, dy, 3],
    [corner * 0.6, -dy, 4],
    [-corner * 0.6, -dy, 4],
    [corner, dy, 5],
    [-corner, dy, 5],
    [corner, -dy, 6],
    [-corner, -dy, 6],
    [dx, 0, 12],
    [-dx, 0, 12],
    [0, dy + size.height, 14],
    [0, -dy - size.height, 15],
  ];
  const turn = isAboveFirst ? -1 : 1;
  return places.map(([x, y, cost]) => ({ box: { x: circle.x + x, y: circle.y + y * turn, ...size }, cost }));
}
