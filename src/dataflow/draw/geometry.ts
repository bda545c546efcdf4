/** Points, boxes and lines: what layouts are made of and checked with. Circles are boxes with round ends. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** By its middle. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export function overlap(a: Box, b: Box, gap = 0): boolean {
  return (
    Math.abs(a.x - b.x) * 2 < a.width + b.width + 2 * gap && Math.abs(a.y - b.y) * 2 < a.height + b.height + 2 * gap
  );
}

export function grown(box: Box, by: number): Box {
  return { ...box, width: box.width + 2 * by, height: box.height + 2 * by };
}

/** Points are boxes without a size. */
export function boundsOf(boxes: readonly (Box | Point)[]): Bounds {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const box of boxes) {
    const { width, height } = "width" in box ? box : POINT;
    left = Math.min(left, box.x - width / 2);
    top = Math.min(top, box.y - height / 2);
    right = Math.max(right, box.x + width / 2);
    bottom = Math.max(bottom, box.y + height / 2);
  }
  return { left, top, right, bottom };
}

const POINT = { width: 0, height: 0 };

export function boxOf({ left, top, right, bottom }: Bounds): Box {
  return { x: (left + right) / 2, y: (top + bottom) / 2, width: right - left, height: bottom - top };
}

/** How much of the length of a line of straight parts is inside a box. */
export function lengthInside(line: readonly Point[], box: Box): number {
  let length = 0;
  for (let i = 1; i < line.length; i++) {
    length += distance(line[i - 1]!, line[i]!) * shareInside(line[i - 1]!, line[i]!, box);
  }
  return length;
}

/** The part of a segment that is both between a box's left and right and between its top and bottom. */
function shareInside(a: Point, b: Point, { x, y, width, height }: Box): number {
  let [from, to] = [0, 1];
  for (const [start, end, middle, size] of [
    [a.x, b.x, x, width],
    [a.y, b.y, y, height],
  ] as const) {
    const [low, high] = [middle - size / 2 - start, middle + size / 2 - start];
    const run = end - start;
    if (run === 0 && (low > 0 || high < 0)) return 0;
    if (run === 0) continue;
    from = Math.max(from, Math.min(low / run, high / run));
    to = Math.min(to, Math.max(low / run, high / run));
  }
  return Math.max(0, to - from);
}

type Segment = readonly [Point, Point];

/** The middles of a box's round ends. */
function coreOf({ x, y, width, height }: Box): Segment {
  const radius = Math.min(width, height) / 2;
  const [dx, dy] = [width / 2 - radius, height / 2 - radius];
  return [
    { x: x - dx, y: y - dy },
    { x: x + dx, y: y + dy },
  ];
}

/** How near a line of straight parts comes to a box with round ends; negative inside. */
export function clearance(line: readonly Point[], box: Box): number {
  const radius = Math.min(box.width, box.height) / 2;
  const core = coreOf(box);
  let nearest = Infinity;
  for (let i = 1; i < line.length; i++) nearest = Math.min(nearest, segmentDistance([line[i - 1]!, line[i]!], core));
  return nearest - radius;
}

function segmentDistance([a, b]: Segment, [c, d]: Segment): number {
  const isSplit = (p: Point, q: Point, r: Point, s: Point) => side(p, q, r) * side(p, q, s) < 0;
  if (isSplit(a, b, c, d) && isSplit(c, d, a, b)) return 0;
  return Math.min(toSegment(a, c, d), toSegment(b, c, d), toSegment(c, a, b), toSegment(d, a, b));
}

/** On which side of the line through a and b a point is, by its sign. */
function side(a: Point, b: Point, point: Point): number {
  return (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x);
}

function toSegment(point: Point, a: Point, b: Point): number {
  return distance(point, nearestOn([a, b], point));
}

function nearestOn([a, b]: Segment, point: Point): Point {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const share = ((point.x - a.x) * dx + (point.y - a.y) * dy) / (dx * dx + dy * dy || 1);
  return between(a, b, Math.min(1, Math.max(0, share)));
}

function distance(a: Point, b: Point): number {
  return Math.hypot(b.x - a.x, b.y - a.y);
}

/** A straight way from the border of one box with round ends to that of another, at right angles to both where it can be. */
export function borderToBorder(a: Box, b: Box): [Point, Point] {
  const [coreA, coreB] = [coreOf(a), coreOf(b)];
  let from: Point = a;
  let to: Point = b;
  for (let round = 0; round < 2; round++) {
    to = nearestOn(coreB, from);
    from = nearestOn(coreA, to);
  }
  return [borderPoint(a, to), borderPoint(b, from)];
}

/** Where the straight way to a point leaves a box with round ends. */
export function borderPoint(box: Box, towards: Point): Point {
  const middle = nearestOn(coreOf(box), towards);
  const length = distance(middle, towards);
  return between(middle, towards, length === 0 ? 0 : Math.min(box.width, box.height) / 2 / length);
}

export function between(a: Point, b: Point, share: number): Point {
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
}

export function lengthOf(line: readonly Point[]): number {
  let length = 0;
  for (let i = 1; i < line.length; i++) length += distance(line[i - 1]!, line[i]!);
  return length;
}

/** The point at a share of a line's length, and the line's direction there, of length 1. */
export function along(line: readonly Point[], share: number): { point: Point; direction: Point } {
  let rest = share * lengthOf(line);
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1]!, line[i]!];
    const length = distance(a, b);
    if (rest <= length || i === line.length - 1) {
      const direction = length === 0 ? { x: 1, y: 0 } : { x: (b.x - a.x) / length, y: (b.y - a.y) / length };
      return { point: between(a, b, length === 0 ? 0 : Math.min(1, rest / length)), direction };
    }
    rest -= length;
  }
  return { point: line[0]!, direction: { x: 1, y: 0 } };
}

/** Straight parts per part of a curve. */
const PARTS = 8;

/** A smooth line from the first point to the last, drawn towards those between: a uniform cubic B-spline. */
export function smooth(points: readonly Point[]): Point[] {
  if (points.length < 3) return [...points];
  const [first, last] = [points[0]!, points.at(-1)!];
  // Tripled ends, so that the curve reaches them.
  const controls = [first, first, ...points, last, last];
  const line: Point[] = [first];
  for (let i = 3; i < controls.length; i++) {
    for (let part = 1; part <= PARTS; part++) line.push(spline(controls.slice(i - 3, i + 1), part / PARTS));
  }
  return line;
}

function spline(controls: readonly Point[], t: number): Point {
  const weights = [(1 - t) ** 3, 3 * t ** 3 - 6 * t ** 2 + 4, -3 * t ** 3 + 3 * t ** 2 + 3 * t + 1, t ** 3];
  const mean = (axis: "x" | "y") => controls.reduce((sum, control, i) => sum + (weights[i]! * control[axis]) / 6, 0);
  return { x: mean("x"), y: mean("y") };
}
