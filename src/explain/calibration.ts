/** How probabilities are mended, as plain data, and how that is learned: convex problems, solved by Newton's method. */
import { checkNumber, checkOptions, lookUp, refuse, show } from "../ground/errors.ts";
import type { Floats } from "../ground/floats.ts";
import type { Pieces } from "../ground/pieces.ts";
import { logistic, logSumExp, softplus } from "./log-odds.ts";

/** `classes`: one out of several; `sides`: each output is a yes or a no of its own. */
export type Outputs = "classes" | "sides";

/** Probabilities from logits / temperature. */
export interface TemperatureCalibration {
  readonly method: "temperature";
  readonly outputs: Outputs;
  readonly temperature: number;
}

/** Of output i, 1 / (1 + e^-(slopes[i] z + intercepts[i])), z being its log odds; of classes, made to add up to 1. */
export interface PlattCalibration {
  readonly method: "platt";
  readonly outputs: Outputs;
  readonly slopes: readonly number[];
  readonly intercepts: readonly number[];
}

/** Plain data, which survive JSON and `structuredClone`. */
export type Calibration = TemperatureCalibration | PlattCalibration;

/** Log odds, as `logOddsOf` gives them, and targets [rows, units]; weights [rows], or none where each row counts once. */
export interface Evidence {
  readonly odds: Float64Array;
  readonly targets: Floats;
  readonly weights: Floats | undefined;
  readonly units: number;
}

/** Numbers that are looked at between two pieces. */
const PIECE = 2 ** 13;
/** Newton's method ends after a step of no more than this share of what it changes: it doubles the digits that are right. */
const PRECISION = 1e-9;
const MOST_STEPS = 200;

/**
 * The temperature of the smallest cross-entropy (Guo, Pleiss, Sun and Weinberger 2017, "On calibration of modern neural
 * networks", section 4.2): of its inverse, the loss is convex. Newton's steps, kept within what is known to bracket the root
 * of the derivative.
 * @throws InvalidInputError where there is none: of outputs that say nothing, or are never wrong.
 */
export function* fitTemperature(where: string, evidence: Evidence, outputs: Outputs): Pieces<TemperatureCalibration> {
  const slopesAt = outputs === "classes" ? classSlopes : sideSlopes;
  const [atZero] = yield* slopesAt(evidence, 0);
  if (!(atZero < 0))
    refuse(where, "outputs that say more of the targets than chance does", "none (at any temperature)");
  if (!((yield* slopeAtInfinity(evidence, outputs)) > 0)) {
    refuse(where, "rows of which some are predicted wrongly", "none (the best temperature would be 0)");
  }
  let [low, high] = [0, Infinity];
  let inverse = 1;
  for (let step = 0; step < MOST_STEPS; step++) {
    const [slope, curvature] = yield* slopesAt(evidence, inverse);
    if (slope < 0) low = inverse;
    else high = inverse;
    const newton = inverse - slope / curvature;
    const bisected = high === Infinity ? 4 * inverse : (low + high) / 2;
    const next = newton > low && newton < Math.min(high, 4 * inverse) ? newton : bisected;
    const isThere = slope === 0 || Math.abs(next - inverse) <= PRECISION * inverse;
    if (slope !== 0) inverse = next;
    if (isThere) break;
  }
  return Object.freeze({ method: "temperature", outputs, temperature: 1 / inverse });
}

/** What the first derivative comes to as b grows: 0 where no row is wrong, and more elsewhere. */
function* slopeAtInfinity({ odds, targets, weights, units }: Evidence, outputs: Outputs): Pieces<number> {
  let slope = 0;
  for (let begin = 0; begin < odds.length; begin += units) {
    if (begin % PIECE < units) yield;
    let largest = -Infinity;
    for (let i = begin; i < begin + units; i++) largest = Math.max(largest, odds[i]!);
    const weight = weights ? weights[begin / units]! : 1;
    for (let i = begin; i < begin + units; i++) {
      const z = odds[i]!;
      slope += weight * (outputs === "classes" ? targets[i]! * (largest - z) : Math.max(z, 0) - targets[i]! * z);
    }
  }
  return slope;
}

/** The first and second derivative, by b, of sum_rows ln sum_j e^(b z_j) - b sum_i y_i z_i, where the y_i of a row add up to about 1. */
function* classSlopes({ odds, targets, weights, units }: Evidence, inverse: number): Pieces<[number, number]> {
  let [slope, curvature] = [0, 0];
  for (let begin = 0; begin < odds.length; begin += units) {
    if (begin % PIECE < units) yield;
    const logarithm = logSumExp(odds, begin, begin + units, inverse);
    let [total, mean, square, actual] = [0, 0, 0, 0];
    // From the first of the row on, so that large logits lose no digits.
    const first = odds[begin]!;
    for (let i = begin; i < begin + units; i++) {
      const p = Math.exp(inverse * odds[i]! - logarithm);
      const z = odds[i]! - first;
      mean += p * z;
      square += p * z * z;
      total += targets[i]!;
      actual += targets[i]! * z;
    }
    const weight = weights ? weights[begin / units]! : 1;
    slope += weight * (total * mean - actual);
    curvature += weight * total * (square - mean * mean);
  }
  return [slope, curvature];
}

/** Of sum ln(1 + e^(b z)) - b y z. */
function* sideSlopes({ odds, targets, weights, units }: Evidence, inverse: number): Pieces<[number, number]> {
  let [slope, curvature] = [0, 0];
  for (let i = 0; i < odds.length; i++) {
    if (i % PIECE === 0) yield;
    const z = odds[i]!;
    const p = logistic(inverse * z);
    const weight = weights ? weights[Math.floor(i / units)]! : 1;
    slope += weight * (p - targets[i]!) * z;
    curvature += weight * p * (1 - p) * z * z;
  }
  return [slope, curvature];
}

/**
 * Platt's sigmoid (1999, "Probabilistic outputs for support vector machines", section 2.2), his smoothed targets included:
 * (N+ + 1) / (N+ + 2) for a yes, 1 / (N- + 2) for a no. By Newton's method with backtracking (Lin, Lin and Weng 2007, "A note on
 * Platt's probabilistic outputs for support vector machines"). Of classes, one against the rest.
 */
export function* fitPlatt({ odds, targets, weights, units }: Evidence, outputs: Outputs): Pieces<PlattCalibration> {
  const count = odds.length / units;
  const w = weights ?? new Float64Array(count).fill(1);
  const slopes: number[] = [];
  const intercepts: number[] = [];
  for (let unit = 0; unit < units; unit++) {
    const z = new Float64Array(count);
    const isYes = new Uint8Array(count);
    let [yes, no] = [0, 0];
    for (let row = 0; row < count; row++) {
      if ((row * units) % PIECE < units) yield;
      z[row] = sideOdds(odds, row * units, units, unit, outputs);
      isYes[row] = targets[row * units + unit]! > 0.5 ? 1 : 0;
      if (isYes[row] === 1) yes += w[row]!;
      else no += w[row]!;
    }
    const [slope, intercept] = yield* fitSigmoid(z, isYes, w, [yes, no]);
    slopes.push(slope);
    intercepts.push(intercept);
  }
  return Object.freeze({
    method: "platt",
    outputs,
    slopes: Object.freeze(slopes),
    intercepts: Object.freeze(intercepts),
  });
}

/** ln p / (1 - p) of an output; of one class out of several, against the rest. */
export function sideOdds(odds: Float64Array, begin: number, units: number, unit: number, outputs: Outputs): number {
  const own = odds[begin + unit]!;
  return outputs === "sides" ? own : own - logSumExp(odds, begin, begin + units, 1, begin + unit);
}

/**
 * Slope and intercept of the smallest sum of w (ln(1 + e^u) - t u) over u = slope z + intercept, t being Platt's targets, which
 * the weights of either side make.
 */
function* fitSigmoid(
  z: Float64Array,
  isYes: Uint8Array,
  w: Floats,
  [yes, no]: readonly [number, number],
): Pieces<[number, number]> {
  const aims = [1 / (no + 2), (yes + 1) / (yes + 2)] as const;
  function* lossAt(a: number, b: number): Pieces<number> {
    let sum = 0;
    for (let i = 0; i < z.length; i++) {
      if (i % PIECE === 0) yield;
      const u = a * z[i]! + b;
      sum += w[i]! * (softplus(u) - aims[isYes[i] as 0 | 1] * u);
    }
    return sum;
  }
  let [a, b] = [0, Math.log((yes + 1) / (no + 1))];
  let loss = yield* lossAt(a, b);
  for (let step = 0; step < MOST_STEPS; step++) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 1e-12, 0, 1e-12];
    for (let i = 0; i < z.length; i++) {
      if (i % PIECE === 0) yield;
      const p = logistic(a * z[i]! + b);
      const [d, h] = [w[i]! * (p - aims[isYes[i] as 0 | 1]), w[i]! * p * (1 - p)];
      ga += d * z[i]!;
      gb += d;
      haa += h * z[i]! * z[i]!;
      hab += h * z[i]!;
      hbb += h;
    }
    const determinant = haa * hbb - hab * hab;
    const da = -(hbb * ga - hab * gb) / determinant;
    const db = -(haa * gb - hab * ga) / determinant;
    let size = 1;
    let next = yield* lossAt(a + da, b + db);
    while (!(next <= loss + 1e-4 * size * (ga * da + gb * db)) && size > 1e-10) {
      size /= 2;
      next = yield* lossAt(a + size * da, b + size * db);
    }
    // No step makes it smaller: what is left is rounding.
    if (!(next <= loss)) break;
    [a, b, loss] = [a + size * da, b + size * db, next];
    if (Math.abs(size * da) <= PRECISION * Math.abs(a) && Math.abs(size * db) <= PRECISION * Math.max(1, Math.abs(b)))
      break;
  }
  return [a, b];
}

/** Writes the probabilities [count, units] of log odds. */
export function probabilities(to: Floats, odds: Float64Array, units: number, calibration: Calibration): void {
  for (let begin = 0; begin < odds.length; begin += units) {
    if (calibration.method === "temperature") {
      const { temperature, outputs } = calibration;
      const logarithm = outputs === "classes" ? logSumExp(odds, begin, begin + units, 1 / temperature) : 0;
      for (let i = begin; i < begin + units; i++) {
        const z = odds[i]! / temperature;
        to[i] = outputs === "classes" ? Math.exp(z - logarithm) : logistic(z);
      }
      continue;
    }
    const { slopes, intercepts, outputs } = calibration;
    let sum = 0;
    const row = slopes.map((slope, unit) => {
      const p = logistic(slope * sideOdds(odds, begin, units, unit, outputs) + intercepts[unit]!);
      sum += p;
      return p;
    });
    row.forEach((p, unit) => (to[begin + unit] = outputs === "sides" ? p : sum > 0 ? p / sum : 1 / units));
  }
}

/**
 * A frozen copy.
 * @throws InvalidInputError for what is no calibration of so many outputs.
 */
export function checkCalibration(where: string, given: unknown, units: number): Calibration {
  if (typeof given !== "object" || given === null) return refuse(where, "a calibration", show(given));
  const { method, outputs, ...numbers } = given as { [key: string]: unknown };
  lookUp(where, "outputs", outputs, { classes: 0, sides: 0 });
  const said = outputs as Outputs;
  const name = lookUp(where, "method", method, methods);
  if (name === "temperature") {
    checkOptions(where, numbers, ["temperature"]);
    const temperature = checkNumber(`${where}: temperature`, numbers.temperature, { above: 0 });
    return Object.freeze({ method: name, outputs: said, temperature });
  }
  checkOptions(where, numbers, ["slopes", "intercepts"]);
  const slopes = checkNumbers(`${where}: slopes`, numbers.slopes, units);
  return Object.freeze({
    method: name,
    outputs: said,
    slopes,
    intercepts: checkNumbers(`${where}: intercepts`, numbers.intercepts, units),
  });
}

export const methods = { temperature: "temperature", platt: "platt" } as const;

function checkNumbers(where: string, given: unknown, units: number): readonly number[] {
  if (!Array.isArray(given) || given.length !== units) refuse(where, `an array of ${units} numbers`, show(given));
  return Object.freeze(
    Array.from({ length: units }, (_, i) => checkNumber(`${where} of output ${i + 1}`, (given as unknown[])[i])),
  );
}
