/** Points and vectors of any number of dimensions, in float64, for methods that know a function and its gradient. */
import { CapacityError } from "../ground/errors.ts";

/**
 * The value at `at`, its gradient written to `gradient`; a generator where that takes long, which yields now and then. May
 * round `at` to the precision it works in.
 */
export type Objective = (at: Float64Array, gradient: Float64Array) => number | Generator<undefined, number>;

/** A place on the line being searched. */
export interface Step {
  step: number;
  value: number;
  /** The directional derivative. */
  slope: number;
}

export interface Point extends Step {
  readonly at: Float64Array;
  readonly gradient: Float64Array;
}

export function newPoint(count: number): Point {
  return { at: newVector(count), gradient: newVector(count), value: NaN, slope: NaN, step: 0 };
}

export function newVector(count: number): Float64Array {
  try {
    return new Float64Array(count);
  } catch (cause) {
    throw new CapacityError(`lbfgs: expected room for ${count} more numbers, got none`, { cause });
  }
}

export function copyPoint(to: Point, from: Point): void {
  to.at.set(from.at);
  to.gradient.set(from.gradient);
  to.value = from.value;
  to.slope = from.slope;
  to.step = from.step;
}

export function* evaluate(objective: Objective, point: Point): Generator<undefined, void> {
  const found = objective(point.at, point.gradient);
  point.value = typeof found === "number" ? found : yield* found;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

export function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

export function largest(a: Float64Array): number {
  let found = 0;
  for (let i = 0; i < a.length; i++) found = Math.max(found, Math.abs(a[i]!));
  return found;
}

export function addScaled(to: Float64Array, scale: number, from: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i]! += scale * from[i]!;
}
