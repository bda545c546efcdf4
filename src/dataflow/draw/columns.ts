/**
 * The places of circles whose layers are given, as in the notes: a column for each layer of units and of sums, all around one
 * middle line, sums level with their units, and the always-1 units and targets at the columns' feet. Weights stand above the
 * sums that they go into.
 */
import type { Circle } from "../graph.ts";
import type { Point } from "./geometry.ts";
import type { Plan } from "./plan.ts";
import { isSmall, type Size, type Sizes, type Spacing } from "./sizes.ts";

/** Between circles above each other, weights and sums, and weights beside each other. */
const ROW_GAP = 28;
const WEIGHT_GAP = 27;
const BESIDE_GAP = 8;
/** Between columns, from border to border: at least this much, and this much besides the label on an arrow. */
const LEAST_GAP = 64;
const GAP_AROUND_LABEL = 52;
/**
 * How wide gaps are for the height of their arrows: with labels and without; and where all go to one circle, from those
 * around the middle line and from the close ones at the foot.
 */
const RUN = { labelled: 0.7, bare: 0.35, joining: 0.25, foot: 0.5 };
/** A circle with more arrows into it than this is level with the middle of all that they come from. */
const LEVEL_LIMIT = 4;
/** How far weights may reach into the gap behind their sum. */
const REACH = 110;

/** The middles of all circles, by their ids. */
export function placeInColumns(plan: Plan, sizes: Sizes, spacing: Spacing): Map<string, Point> {
  return new Columns(plan, sizes, spacing).place();
}

/** A circle with the weights above it. */
interface Stack {
  readonly circle: Circle;
  readonly weights: readonly Circle[];
}

interface Column {
  readonly number: number;
  /** From the top. */
  readonly stacks: readonly Stack[];
  /** How many of them are around the middle line. */
  readonly main: number;
  /** From one circle to the next; below those around the middle line it may be less. */
  pitch: number;
  readonly footPitch: number;
  /** How far it reaches from its middle. */
  readonly left: number;
  readonly right: number;
}

class Columns {
  readonly #plan: Plan;
  readonly #sizes: Sizes;
  readonly #spacing: Spacing;
  readonly #circles: ReadonlyMap<string, Circle>;
  /** The ends of arrows, by the circles they come from. */
  readonly #targets = new Map<string, string[]>();
  /** The weights whose one arrow goes to a circle, by its id. */
  readonly #weights = new Map<string, Circle[]>();
  readonly #columns: readonly Column[];
  readonly #heights = new Map<string, number>();

  constructor(plan: Plan, sizes: Sizes, spacing: Spacing) {
    this.#plan = plan;
    this.#sizes = sizes;
    this.#spacing = spacing;
    this.#circles = new Map(plan.circles.map(({ circle }) => [circle.id, circle]));
    for (const { arrow } of plan.arrows) push(this.#targets, arrow.from, arrow.to);
    this.#columns = this.#makeColumns();
    levelNeighbours(this.#columns);
    for (const column of this.#columns) this.#setHeights(column);
  }

  place(): Map<string, Point> {
    const places = new Map<string, Point>();
    let x = 0;
    this.#columns.forEach((column, i) => {
      const before = this.#columns[i - 1];
      if (before) x += before.right + this.#gap(before, column) * this.#spacing.across + column.left;
      for (const stack of column.stacks) {
        const place = { x, y: this.#heights.get(stack.circle.id)! };
        places.set(stack.circle.id, place);
        this.#placeWeights(stack, place, places);
      }
    });
    return places;
  }

  #makeColumns(): Column[] {
    const numbers = new Map<number, Circle[]>();
    for (const { circle } of this.#plan.circles) {
      const targets = this.#targets.get(circle.id);
      if (isSmall(circle) && targets !== undefined) push(this.#weights, targets[0]!, circle);
      else push(numbers, circle.column!, circle);
    }
    return [...numbers].sort(([a], [b]) => a - b).map(([number, circles]) => this.#makeColumn(number, circles));
  }

  #makeColumn(number: number, members: readonly Circle[]): Column {
    const circles = members.toSorted((a, b) => a.row! - b.row!);
    const stacks = circles.map((circle) => ({ circle, weights: this.#weights.get(circle.id) ?? [] }));
    const firstConstant = circles.findIndex(({ role }) => role === "constant");
    const hasWeights = stacks.some(({ weights }) => weights.length > 0);
    const gap = (hasWeights ? ROW_GAP / 2 : ROW_GAP) * this.#spacing.down;
    const pitch = Math.max(...stacks.map((stack) => this.#heightOf(stack))) + gap;
    const half = Math.max(...circles.map(({ id }) => this.#sizes.circles.get(id)!.width)) / 2;
    return {
      number,
      stacks,
      main: firstConstant <= 0 ? circles.length : firstConstant,
      pitch,
      footPitch: pitch - gap / 2,
      left: half,
      right: Math.max(half, ...stacks.map((stack) => this.#weightsLeft(stack) + this.#block(stack).width - REACH)),
    };
  }

  #derivativeHeight(circles: readonly Circle[]): number {
    return Math.max(0, ...circles.map(({ id }) => this.#sizes.derivatives.get(id)?.height ?? 0));
  }

  /** Of a circle, its weights, and what the sweep writes below and above them. */
  #heightOf(stack: Stack): number {
    const own = this.#sizes.circles.get(stack.circle.id)!.height + this.#derivativeHeight([stack.circle]);
    if (stack.weights.length === 0) return own;
    return own + WEIGHT_GAP * this.#spacing.down + this.#block(stack).height + this.#derivativeHeight(stack.weights);
  }

  /** The room that weights take. */
  #block({ weights }: Stack): Size {
    const width = this.#weightWidths(weights).reduce((sum, own) => sum + own + BESIDE_GAP, -BESIDE_GAP);
    const heights = weights.map(({ id }) => this.#sizes.circles.get(id)!.height);
    return { width: Math.max(0, width), height: Math.max(0, ...heights) };
  }

  /** With what the sweep writes above them, where there is another beside. */
  #weightWidths(weights: readonly Circle[]): number[] {
    return weights.map(({ id }) => {
      const derivative = weights.length === 1 ? undefined : this.#sizes.derivatives.get(id);
      return Math.max(this.#sizes.circles.get(id)!.width, derivative?.width ?? 0);
    });
  }

  /**
   * Where weights begin, from the middle of their sum. Arrows to a sum come from the left, so weights stand to the right;
   * where arrows from it fan out to the right, there are fewest straight above.
   */
  #weightsLeft(stack: Stack): number {
    const isFan = (this.#targets.get(stack.circle.id)?.length ?? 0) > 1;
    return isFan ? -this.#block(stack).width / 2 : -this.#sizes.circles.get(stack.circle.id)!.width / 2;
  }

  #setHeights({ stacks, main, pitch, footPitch }: Column): void {
    const middle = stacks.length === 1 ? this.#middleOfSources(stacks[0]!.circle) : 0;
    stacks.forEach(({ circle }, row) => {
      const foot = Math.max(0, row - (main - 1));
      this.#heights.set(circle.id, middle + (row - foot - (main - 1) / 2) * pitch + foot * footPitch);
    });
  }

  #middleOfSources({ id }: Circle): number {
    const sources = this.#plan.arrows.filter(({ arrow }) => arrow.to === id).map(({ arrow }) => arrow.from);
    const heights = sources.flatMap((source) => this.#heights.get(source) ?? []);
    return heights.length > LEVEL_LIMIT ? (Math.min(...heights) + Math.max(...heights)) / 2 : 0;
  }

  /** Room for the labels of the arrows between two columns, and for arrows that are not too steep. */
  #gap(left: Column, right: Column): number {
    let gap = LEAST_GAP;
    let labels = 0;
    this.#plan.arrows.forEach(({ arrow: { from, to } }, i) => {
      if (this.#circles.get(from)!.column !== left.number || this.#circles.get(to)!.column !== right.number) return;
      const label = this.#sizes.partials[i];
      if (label) labels++;
      const rise = Math.abs(this.#heights.get(to)! - this.#heights.get(from)!);
      const joining = this.#circles.get(from)!.role === "constant" ? "foot" : "joining";
      const run = rise * RUN[right.main === 1 ? joining : label ? "labelled" : "bare"];
      gap = Math.max(gap, (label?.width ?? 0) + GAP_AROUND_LABEL, run - left.right - right.left);
    });
    return Math.max(gap, labels > 4 ? 100 + 5 * labels : 0);
  }

  /** Side by side above their sum. */
  #placeWeights(stack: Stack, sum: Point, places: Map<string, Point>): void {
    const { height } = this.#sizes.circles.get(stack.circle.id)!;
    const y = sum.y - height / 2 - WEIGHT_GAP * this.#spacing.down - this.#block(stack).height / 2;
    let left = sum.x + this.#weightsLeft(stack);
    this.#weightWidths(stack.weights).forEach((width, i) => {
      places.set(stack.weights[i]!.id, { x: left + width / 2, y });
      left += width + BESIDE_GAP;
    });
  }
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** Columns of equally many circles have equal pitches, so that sums are level with their units. */
function levelNeighbours(columns: readonly Column[]): void {
  const level = (a: Column, b: Column | undefined) => {
    if (b?.main === a.main) a.pitch = Math.max(a.pitch, b.pitch);
  };
  columns.forEach((column, i) => level(column, columns[i - 1]));
  columns.toReversed().forEach((column, i, reversed) => level(column, reversed[i - 1]));
}
