/**
 * L-BFGS with a strong Wolfe line search: J. Nocedal and S. Wright, Numerical Optimization, 2nd edition, algorithms 7.4
 * and 7.5 (two-loop recursion), 3.5 and 3.6 (line search). It knows a function and its gradient, not networks.
 *
 * The function may be computed in float32: points are rounded as the function rounds them, and a difference below its
 * rounding noise counts as none.
 */
import { CapacityError } from "../ground/errors.ts";

/**
 * The value at `at`, its gradient written to `gradient`; a generator where that takes long, which yields now and then. May
 * round `at` to the precision it works in.
 */
export type Objective = (at: Float64Array, gradient: Float64Array) => number | Generator<undefined, number>;

export interface LbfgsSettings {
  /** How many pairs of steps and gradient changes are remembered. */
  memory: number;
  /** Converged where no partial derivative is larger. */
  tolerance: number;
  /** Relative rounding noise of the function's values. */
  noise: number;
}

/** A place on the line being searched. */
interface Step {
  step: number;
  value: number;
  /** The directional derivative. */
  slope: number;
}

interface Point extends Step {
  readonly at: Float64Array;
  readonly gradient: Float64Array;
}

/** Sufficient decrease and curvature: Nocedal and Wright's values for quasi-Newton methods. */
const DECREASE = 1e-4;
const CURVATURE = 0.9;
/** After so many iterations below the noise in a row, there is nothing left to gain. */
const IDLE_LIMIT = 100;
const TRIALS_LIMIT = 30;

/**
 * Minimizes from `start`, which always holds the best point so far. Yields after each evaluation of the function: the
 * value when an iteration has ended, undefined in the midst of one. Returns when converged.
 * @throws CapacityError if there is no memory for its vectors.
 */
export function* lbfgs(
  objective: Objective,
  start: Float64Array,
  { memory, tolerance, noise }: LbfgsSettings,
): Generator<number | undefined, void> {
  const history = new CurvatureHistory(memory);
  const direction = newVector(start.length);
  let [current, trial, spare] = [newPoint(start.length), newPoint(start.length), newPoint(start.length)];
  current.at.set(start);
  yield* evaluate(objective, current);
  yield undefined;
  let idle = 0;
  while (largest(current.gradient) > tolerance && idle < IDLE_LIMIT) {
    history.direction(direction, current.gradient);
    current.slope = dot(current.gradient, direction);
    const firstStep = history.size === 0 ? Math.min(1, 1 / norm(current.gradient)) : 1;
    const found = yield* searchLine(objective, current, direction, firstStep, trial, spare, noise);
    if (!found) {
      // The remembered curvature may be what misleads: once more along the gradient, then there is no way down.
      if (history.size === 0) return;
      history.clear();
      continue;
    }
    const gained = current.value - trial.value;
    idle = gained > noise * Math.abs(current.value) ? 0 : idle + 1;
    history.add(current, trial);
    [current, trial] = [trial, current];
    start.set(current.at);
    yield current.value;
  }
}

function newPoint(count: number): Point {
  return { at: newVector(count), gradient: newVector(count), value: NaN, slope: NaN, step: 0 };
}

function newVector(count: number): Float64Array {
  try {
    return new Float64Array(count);
  } catch (cause) {
    throw new CapacityError(`lbfgs: expected room for ${count} more numbers, got none`, { cause });
  }
}

/** The last steps s and gradient changes y, from which the two-loop recursion makes a quasi-Newton direction. */
export class CurvatureHistory {
  size = 0;
  readonly #limit: number;
  /** Room for a pair is taken when it is first needed: few runs fill a long memory. */
  readonly #steps: Float64Array[] = [];
  readonly #changes: Float64Array[] = [];
  readonly #rho: Float64Array;
  readonly #alpha: Float64Array;
  #newest = -1;

  constructor(limit: number) {
    this.#limit = limit;
    this.#rho = new Float64Array(limit + 1);
    this.#alpha = new Float64Array(limit + 1);
  }

  clear(): void {
    this.size = 0;
  }

  add(from: Point, to: Point): void {
    // Not among the pairs remembered: they stay as they are if this one is no good.
    const slot = this.#slot(-1);
    const s = (this.#steps[slot] ??= newVector(from.at.length));
    const y = (this.#changes[slot] ??= newVector(from.at.length));
    for (let i = 0; i < s.length; i++) {
      s[i] = to.at[i]! - from.at[i]!;
      y[i] = to.gradient[i]! - from.gradient[i]!;
    }
    const curvature = dot(s, y);
    // Without positive curvature the pair would spoil the approximation, which must stay positive definite.
    if (!(curvature > 1e-12 * dot(y, y))) return;
    this.#rho[slot] = 1 / curvature;
    this.#newest = slot;
    this.size = Math.min(this.size + 1, this.#limit);
  }

  /** direction = -H gradient, H the approximated inverse Hessian. */
  direction(direction: Float64Array, gradient: Float64Array): void {
    for (let i = 0; i < direction.length; i++) direction[i] = -gradient[i]!;
    if (this.size === 0) return;
    for (let age = 0; age < this.size; age++) {
      const slot = this.#slot(age);
      this.#alpha[slot] = this.#rho[slot]! * dot(this.#steps[slot]!, direction);
      addScaled(direction, -this.#alpha[slot]!, this.#changes[slot]!);
    }
    const y = this.#changes[this.#newest]!;
    const scale = 1 / (this.#rho[this.#newest]! * dot(y, y));
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
    for (let age = this.size - 1; age >= 0; age--) {
      const slot = this.#slot(age);
      const beta = this.#rho[slot]! * dot(this.#changes[slot]!, direction);
      addScaled(direction, this.#alpha[slot]! - beta, this.#steps[slot]!);
    }
  }

  #slot(age: number): number {
    return (this.#newest - age + this.#limit + 1) % (this.#limit + 1);
  }
}

/**
 * Finds a step along `direction` that satisfies the strong Wolfe conditions, and leaves it in `trial`; false if there is
 * none to be found above the noise. First the step grows until it brackets a minimum, then the bracket shrinks.
 */
function* searchLine(
  objective: Objective,
  origin: Point,
  direction: Float64Array,
  firstStep: number,
  trial: Point,
  spare: Point,
  noise: number,
): Generator<undefined, boolean> {
  if (!(origin.slope < 0)) return false;
  const allowance = noise * Math.abs(origin.value);
  const decreases = (step: number) => trial.value <= origin.value + DECREASE * step * origin.slope + allowance;
  const flat = () => Math.abs(trial.slope) <= -CURVATURE * origin.slope;
  const best = spare;
  best.step = 0;
  // The end of the bracket with the lower value, and the other end.
  let low: Step = { step: 0, value: origin.value, slope: origin.slope };
  let high: Step | undefined;
  let step = firstStep;
  for (let trials = 0; trials < TRIALS_LIMIT; trials++) {
    yield* moveTo(objective, trial, origin, direction, step);
    yield undefined;
    const here: Step = { step, value: trial.value, slope: trial.slope };
    if (!Number.isFinite(trial.value) || !decreases(step) || (here.value >= low.value + allowance && low.step > 0)) {
      high = here;
    } else {
      if (flat()) return true;
      if (here.value < origin.value && (best.step === 0 || here.value < best.value)) copyPoint(best, trial);
      if (here.slope * ((high?.step ?? Infinity) - low.step) >= 0) high = low;
      low = here;
    }
    step = high === undefined ? 4 * step : between(low, high);
    if (step === low.step || step === high?.step || step > 1e12) break;
  }
  if (best.step === 0) return false;
  // No step was flat enough, but one went down: better than to give up.
  copyPoint(trial, best);
  return true;
}

function copyPoint(to: Point, from: Point): void {
  to.at.set(from.at);
  to.gradient.set(from.gradient);
  to.value = from.value;
  to.slope = from.slope;
  to.step = from.step;
}

function* moveTo(
  objective: Objective,
  trial: Point,
  origin: Point,
  direction: Float64Array,
  step: number,
): Generator<undefined, void> {
  for (let i = 0; i < direction.length; i++) trial.at[i] = origin.at[i]! + step * direction[i]!;
  trial.step = step;
  yield* evaluate(objective, trial);
  trial.slope = dot(trial.gradient, direction);
}

function* evaluate(objective: Objective, point: Point): Generator<undefined, void> {
  const found = objective(point.at, point.gradient);
  point.value = typeof found === "number" ? found : yield* found;
}

/** The minimum of the cubic through both ends (Nocedal and Wright, equation 3.59), kept well inside of them. */
function between(low: Step, high: Step): number {
  const width = high.step - low.step;
  const middle = low.step + width / 2;
  const d1 = low.slope + high.slope - (3 * (low.value - high.value)) / (low.step - high.step);
  const square = d1 * d1 - low.slope * high.slope;
  if (!(square >= 0)) return middle;
  const d2 = Math.sign(width) * Math.sqrt(square);
  const step = high.step - (width * (high.slope + d2 - d1)) / (high.slope - low.slope + 2 * d2);
  const share = (step - low.step) / width;
  return share >= 0.1 && share <= 0.9 ? step : Number.isFinite(share) && share < 0.1 ? low.step + 0.1 * width : middle;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

function largest(a: Float64Array): number {
  let found = 0;
  for (let i = 0; i < a.length; i++) found = Math.max(found, Math.abs(a[i]!));
  return found;
}

function addScaled(to: Float64Array, scale: number, from: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i]! += scale * from[i]!;
}
