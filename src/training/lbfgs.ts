/**
 * L-BFGS with a strong Wolfe line search: J. Nocedal and S. Wright, Numerical Optimization, 2nd edition, algorithms 7.4
 * and 7.5 (two-loop recursion), 3.5 and 3.6 (line search). It knows a function and its gradient, not networks.
 *
 * The function may be computed in float32: points are rounded as the function rounds them, and a difference below its
 * rounding noise counts as none.
 */
import { searchLine } from "./line-search.ts";
import { addScaled, dot, evaluate, largest, newPoint, newVector, norm, type Objective, type Point } from "./vectors.ts";

export interface LbfgsSettings {
  /** How many pairs of steps and gradient changes are remembered. */
  memory: number;
  /** Converged where no partial derivative is larger. */
  tolerance: number;
  /** Relative rounding noise of the function's values. */
  noise: number;
}

/** After so many iterations below the noise in a row, there is nothing left to gain. */
const IDLE_LIMIT = 100;

/** What it goes on from: the point that the last iteration ended on, and what it remembers. */
export interface MinimizerState {
  readonly at: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
  /** Iterations in a row that gained nothing. */
  readonly idle: number;
  /** The newest first. */
  readonly pairs: readonly CurvaturePair[];
}

/** A step s, the change y of the gradient over it, and rho = 1 / (s y). */
export interface CurvaturePair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly rho: number;
}

export class Minimizer {
  readonly #objective: Objective;
  readonly #best: Float64Array;
  readonly #settings: LbfgsSettings;
  readonly #history: CurvatureHistory;
  #current: Point;
  #idle = 0;
  #isEvaluated = false;

  /**
   * Minimizes from `best`, which always holds the best point so far, or goes on from a state.
   * @throws CapacityError if there is no memory for its vectors.
   */
  constructor(objective: Objective, best: Float64Array, settings: LbfgsSettings, state?: MinimizerState | null) {
    this.#objective = objective;
    this.#best = best;
    this.#settings = settings;
    this.#history = new CurvatureHistory(settings.memory);
    this.#current = newPoint(best.length);
    this.#current.at.set(best);
    if (!state) return;
    best.set(state.at);
    this.#current.at.set(state.at);
    this.#current.gradient.set(state.gradient);
    this.#current.value = state.value;
    this.#idle = state.idle;
    this.#isEvaluated = true;
    this.#history.restore(state.pairs);
  }

  /** As it was when the last iteration ended, whose arrays the next one changes; null before the function has been asked. */
  state(): MinimizerState | null {
    if (!this.#isEvaluated) return null;
    const { at, gradient, value } = this.#current;
    return { at, gradient, value, idle: this.#idle, pairs: this.#history.pairs() };
  }

  /**
   * Yields between pieces of work: the value when an iteration has ended, undefined in the midst of one. Returns where
   * nothing is left to gain: `converged` by the slope, or by iterations that gained nothing; `lineSearch` where there is a
   * slope, but no step along it was found that goes down.
   */
  *iterations(): Generator<number | undefined, "converged" | "lineSearch"> {
    const { tolerance, noise } = this.#settings;
    const objective = this.#objective;
    const direction = newVector(this.#best.length);
    let [trial, spare] = [newPoint(direction.length), newPoint(direction.length)];
    if (!this.#isEvaluated) yield* evaluate(objective, this.#current);
    this.#isEvaluated = true;
    yield undefined;
    while (!(largest(this.#current.gradient) <= tolerance) && this.#idle < IDLE_LIMIT) {
      const current = this.#current;
      yield* this.#history.direction(direction, current.gradient);
      current.slope = dot(current.gradient, direction);
      const firstStep = this.#history.size === 0 ? Math.min(1, 1 / norm(current.gradient)) : 1;
      const found = yield* searchLine(objective, current, direction, firstStep, trial, spare, noise);
      if (!found) {
        // The remembered curvature may be what misleads: once more along the gradient, then there is no way down.
        if (this.#history.size === 0) return "lineSearch";
        this.#history.clear();
        continue;
      }
      const gained = current.value - trial.value;
      this.#idle = gained > noise * Math.abs(current.value) ? 0 : this.#idle + 1;
      this.#history.add(current, trial);
      [this.#current, trial] = [trial, current];
      this.#best.set(this.#current.at);
      yield this.#current.value;
    }
    return "converged";
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

  /** The pairs remembered, the newest first. */
  pairs(): CurvaturePair[] {
    return Array.from({ length: this.size }, (_, age) => {
      const slot = this.#slot(age);
      return { step: this.#steps[slot]!, change: this.#changes[slot]!, rho: this.#rho[slot]! };
    });
  }

  restore(pairs: readonly CurvaturePair[]): void {
    this.size = pairs.length;
    this.#newest = pairs.length - 1;
    pairs.forEach(({ step, change, rho }, age) => {
      const slot = this.#slot(age);
      this.#steps[slot] = step.slice();
      this.#changes[slot] = change.slice();
      this.#rho[slot] = rho;
    });
  }

  /** direction = -H gradient, H the approximated inverse Hessian. Yields between two pairs. */
  *direction(direction: Float64Array, gradient: Float64Array): Generator<undefined, void> {
    for (let i = 0; i < direction.length; i++) direction[i] = -gradient[i]!;
    if (this.size === 0) return;
    for (let age = 0; age < this.size; age++) {
      const slot = this.#slot(age);
      this.#alpha[slot] = this.#rho[slot]! * dot(this.#steps[slot]!, direction);
      addScaled(direction, -this.#alpha[slot]!, this.#changes[slot]!);
      yield undefined;
    }
    const y = this.#changes[this.#newest]!;
    const scale = 1 / (this.#rho[this.#newest]! * dot(y, y));
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
    for (let age = this.size - 1; age >= 0; age--) {
      const slot = this.#slot(age);
      const beta = this.#rho[slot]! * dot(this.#changes[slot]!, direction);
      addScaled(direction, this.#alpha[slot]! - beta, this.#steps[slot]!);
      yield undefined;
    }
  }

  #slot(age: number): number {
    return (this.#newest - age + this.#limit + 1) % (this.#limit + 1);
  }
}
