/**
 * A line search for the strong Wolfe conditions: J. Nocedal and S. Wright, Numerical Optimization, 2nd edition, algorithms
 * 3.5 and 3.6. It knows a function and its gradient along a line, and that the function's values may be rounded.
 */
import { copyPoint, dot, evaluate, type Objective, type Point, type Step } from "./vectors.ts";

/** Sufficient decrease and curvature: Nocedal and Wright's values for quasi-Newton methods. */
const DECREASE = 1e-4;
const CURVATURE = 0.9;
const TRIALS_LIMIT = 30;

/**
 * Finds a step along `direction` that satisfies the strong Wolfe conditions, and leaves it in `trial`; false if there is
 * none to be found above the noise. First the step grows until it brackets a minimum, then the bracket shrinks.
 */
export function* searchLine(
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
