/**
 * A dataflow diagram, as in section 4 of the notes: circles hold values, arrows hold the partial derivative of the circle
 * they point to by the circle they come from. The derivative of the output by any circle is the sum over all paths to the
 * output of the products along each; one sweep from the output backwards finds it for all circles.
 *
 * Formulas (`formula/`) and traces of networks (`network/`) are such graphs. Nothing here knows either.
 */
import { refuse, show } from "../ground/errors.ts";
import type { Label } from "./label.ts";

/** A number, or a vector. Only leaves may be vectors: section 4, exercise 3. */
export type Value = number | ArrayLike<number>;

/**
 * What a circle is, for the eye: a given number, a number that is always the same (the always-1 units), parameters, the
 * result of an operation, the output, or several units folded into one circle.
 */
export type Role = "input" | "constant" | "parameter" | "operation" | "output" | "fold";

export interface Circle {
  /** Unique in its graph, the label as plain text: `x_1^(2)`. */
  readonly id: string;
  readonly label: Label;
  readonly role: Role;
  /** Undefined where no point was given, and for folded units. */
  readonly value?: Value | undefined;
  /** The derivative of the output by this circle; a gradient where the circle is a vector. */
  readonly derivative?: Value | undefined;
  /** Where layers are given: the column, from 0, and the place in it from the top, from 0. */
  readonly column?: number;
  readonly row?: number;
}

export interface Arrow {
  /** The ids of its ends. At most one arrow goes from one circle to another. */
  readonly from: string;
  readonly to: string;
  /** d to / d from as a formula, where one is known. */
  readonly formula?: Label;
  /** d to / d from at the point; a gradient where `from` is a vector. Undefined for folded units. */
  readonly partial?: Value | undefined;
}

/** Arrows one behind the other, from some circle to the output. */
export type Path<A extends Arrow = Arrow> = readonly A[];

/** A step of the backward sweep: the derivative by one circle, from those by the circles that its arrows go to. */
export interface SweepStep<C extends Circle = Circle, A extends Arrow = Arrow> {
  readonly circle: C;
  /** One term for each arrow out of the circle: derivative by the arrow's end, times the partial on the arrow. */
  readonly terms: readonly { readonly arrow: A; readonly derivative: number; readonly product: Value }[];
  readonly derivative: Value;
}

/** More paths than that are counted, not listed. */
export const PATHS_LIMIT = 10_000;
/** Of all paths together: a few thousand through a few thousand circles take seconds. */
const ARROWS_LIMIT = 2_500_000;

export class Graph<C extends Circle = Circle, A extends Arrow = Arrow> {
  /** In an order in which every arrow goes from an earlier circle to a later one. */
  readonly circles: readonly C[];
  readonly arrows: readonly A[];
  /** The circle whose derivatives are asked for: the last one. */
  readonly output: C;
  readonly #byId = new Map<string, C>();
  readonly #into = new Map<string, A[]>();
  readonly #outOf = new Map<string, A[]>();
  #pathCounts: ReadonlyMap<string, number> | undefined;

  /** @throws InvalidInputError for circles or arrows that are no dataflow diagram. */
  constructor(circles: readonly C[], arrows: readonly A[]) {
    this.circles = circles;
    this.arrows = arrows;
    this.output = circles.at(-1) ?? refuse("dataflow", "at least one circle", "none");
    const place = new Map<string, number>();
    for (const [i, circle] of circles.entries()) {
      if (this.#byId.has(circle.id)) refuse("dataflow: circles", "ids that differ", `${show(circle.id)} twice`);
      place.set(circle.id, i);
      this.#byId.set(circle.id, circle);
      this.#into.set(circle.id, []);
      this.#outOf.set(circle.id, []);
    }
    for (const arrow of arrows) {
      const [from, to] = [place.get(arrow.from) ?? Infinity, place.get(arrow.to) ?? -1];
      if (from >= to) {
        const got = `one from ${show(arrow.from)} to ${show(arrow.to)}`;
        refuse("dataflow: arrows", "each to go from one of the circles to a later one", got);
      }
      this.#outOf.get(arrow.from)!.push(arrow);
      this.#into.get(arrow.to)!.push(arrow);
    }
    for (const [from, out] of this.#outOf) {
      if (new Set(out.map(({ to }) => to)).size === out.length) continue;
      refuse("dataflow: arrows", "at most one from one circle to another", `more from ${show(from)}`);
    }
  }

  /** Whether this is a graph, and no proxy of one, which lacks what is private to it. */
  static is(value: unknown): value is Graph {
    return typeof value === "object" && value !== null && #byId in value;
  }

  /** @throws InvalidInputError naming the circles there are. */
  circle(id: string): C {
    const found = this.#byId.get(id);
    if (found !== undefined) return found;
    const names = this.circles.slice(0, 20).map((circle) => circle.id);
    if (this.circles.length > names.length) names.push("...");
    return refuse("dataflow", `one of the circles ${names.join(", ")}`, show(id));
  }

  /** The arrows that end in a circle. */
  into(id: string): readonly A[] {
    return this.#into.get(this.circle(id).id)!;
  }

  /** The arrows that start from a circle. */
  outOf(id: string): readonly A[] {
    return this.#outOf.get(this.circle(id).id)!;
  }

  /** How many paths lead from a circle to the output: may be astronomical, so it is counted, not listed. */
  pathCount(id: string): number {
    return this.#countPaths().get(this.circle(id).id)!;
  }

  #countPaths(): ReadonlyMap<string, number> {
    if (this.#pathCounts !== undefined) return this.#pathCounts;
    const counts = new Map<string, number>([[this.output.id, 1]]);
    for (const { id } of this.circles.toReversed().slice(1)) {
      const onward = this.#outOf.get(id)!.map((arrow) => counts.get(arrow.to)!);
      counts.set(
        id,
        onward.reduce((sum, count) => sum + count, 0),
      );
    }
    this.#pathCounts = counts;
    return counts;
  }

  /**
   * Every path from a circle to the output.
   * @throws InvalidInputError where there are more than 10,000, or of more than 2,500,000 arrows in all: the backward sweep
   *   does without them.
   */
  paths(id: string): A[][] {
    const start = this.circle(id).id;
    const count = this.pathCount(start);
    if (count > PATHS_LIMIT) {
      const got = Number.isSafeInteger(count) ? String(count) : `about ${count.toPrecision(3)}`;
      refuse(`paths from ${start}`, `at most ${PATHS_LIMIT} to list (the backward sweep needs none)`, got);
    }
    const arrows = this.#countArrows(start);
    if (arrows > ARROWS_LIMIT) {
      const wanted = `at most ${ARROWS_LIMIT} arrows in all to list (the backward sweep needs no paths)`;
      refuse(`paths from ${start}`, wanted, `${arrows} in ${count} paths`);
    }
    if (start === this.output.id) return [[]];
    const paths: A[][] = [];
    // No calls within calls: a path may have more arrows than the stack has room for.
    const path: A[] = [];
    const untried = [this.#onward(start).toReversed()];
    while (untried.length > 0) {
      const arrow = untried.at(-1)!.pop();
      if (arrow === undefined) {
        untried.pop();
        path.pop();
      } else if (arrow.to === this.output.id) paths.push([...path, arrow]);
      else {
        path.push(arrow);
        untried.push(this.#onward(arrow.to).toReversed());
      }
    }
    return paths;
  }

  /** On all paths from a circle to the output, each as often as it is on one. */
  #countArrows(start: string): number {
    const onward = this.#countPaths();
    const counts = new Map<string, number>();
    for (const { id } of this.circles.toReversed()) {
      const out = this.#outOf.get(id)!;
      counts.set(
        id,
        id === this.output.id ? 0 : out.reduce((sum, { to }) => sum + counts.get(to)! + onward.get(to)!, 0),
      );
      if (id === start) break;
    }
    return counts.get(start)!;
  }

  /** The arrows out of a circle from which a path leads on to the output. */
  #onward(id: string): A[] {
    const counts = this.#countPaths();
    return this.#outOf.get(id)!.filter(({ to }) => counts.get(to)! > 0);
  }

  /**
   * This graph's own arrows along a path that somebody else says.
   * @throws InvalidInputError unless each is one of this graph's and begins where the one before it ends.
   */
  along(where: string, path: Path): A[] {
    if (!Array.isArray(path) || path.length > this.circles.length) refuse(where, "a path of Graph.paths", show(path));
    const own: A[] = [];
    for (const arrow of path as readonly (Arrow | undefined)[]) {
      const { from, to } = Object(arrow) as Partial<Arrow>;
      const known = this.#outOf.get(from!)?.find((each) => each.to === to);
      const named = typeof from === "string" && typeof to === "string" ? `${from} -> ${to}` : arrow;
      if (known === undefined) refuse(where, "arrows of this graph", show(named));
      const { to: end } = own.at(-1) ?? { to: from };
      if (end !== from) refuse(where, `an arrow from ${end} behind one to it`, show(named));
      own.push(known);
    }
    return own;
  }

  /**
   * The product of the partials along a path. Undefined where one of them is not known.
   * @throws InvalidInputError for what is no path of this graph.
   */
  product(path: Path): Value | undefined {
    let product: Value | undefined = 1;
    // Backwards, so that the one vector there can be, the gradient on the first arrow, comes last.
    for (const { partial } of this.along("product", path).toReversed()) {
      if (partial === undefined || product === undefined) return undefined;
      product = times(partial, product as number);
    }
    return product;
  }

  /**
   * The backward sweep: from the output backwards, a step for each circle that the output depends on. Where a partial is
   * not known the steps behind it are left out.
   */
  sweep(): SweepStep<C, A>[] {
    const derivatives = new Map<string, Value>([[this.output.id, 1]]);
    const steps: SweepStep<C, A>[] = [{ circle: this.output, terms: [], derivative: 1 }];
    for (const circle of this.circles.toReversed().slice(1)) {
      const arrows = this.#onward(circle.id);
      if (arrows.length === 0 || arrows.some(({ to, partial }) => partial === undefined || !derivatives.has(to)))
        continue;
      const terms = arrows.map((arrow) => {
        const derivative = derivatives.get(arrow.to) as number;
        return { arrow, derivative, product: times(arrow.partial!, derivative) };
      });
      const derivative = terms.map(({ product }) => product).reduce(plus);
      derivatives.set(circle.id, derivative);
      steps.push({ circle, terms, derivative });
    }
    return steps;
  }

  /** The circles and arrows as plain objects. */
  toJSON(): { circles: readonly C[]; arrows: readonly A[] } {
    return { circles: this.circles, arrows: this.arrows };
  }

  toString(): string {
    return this.circles
      .map(({ id }) => {
        const from = this.#into.get(id)!.map((arrow) => arrow.from);
        return from.length === 0 ? id : `${id} <- ${from.join(", ")}`;
      })
      .join("\n");
  }
}

/** A partial or a gradient times a number. */
function times(value: Value, factor: number): Value {
  if (typeof value === "number") return value * factor;
  return Array.from(value, (element) => element * factor);
}

export function plus(a: Value, b: Value): Value {
  if (typeof a === "number") return a + (b as number);
  return Array.from(a, (element, i) => element + (b as ArrayLike<number>)[i]!);
}
