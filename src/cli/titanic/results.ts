/**
 * What the three trainings found, as plain data: written by the job, read by the report. The only thing computed here is
 * what a hidden unit means, which is read off its values.
 */

/** The weight w_(i,j)^(layer), from unit j of `layer` to unit i of the next one; a bias comes from the always-1 unit. */
export interface WeightResult {
  layer: number;
  i: number;
  j: number;
  /** What unit j is called, such as "age", or "1" for the unit that is always 1. */
  from: string;
  /** What unit i is called. */
  to: string;
  value: number;
}

export interface ModelResult {
  name: string;
  /** How it was trained, such as "Newton's method". */
  method: string;
  iterations: number;
  seconds: number;
  /** Mean log loss over all passengers, in nats. */
  loss: number;
  correct: number;
  count: number;
  /** Row: died, survived in truth. Column: died, survived as predicted. */
  confusion: [[number, number], [number, number]];
  weights: WeightResult[];
  /** What is to be known about the weights, such as the units of the inputs. */
  note?: string;
}

export interface GradientCheckResult {
  /** How many partial derivatives were checked. */
  partials: number;
  /** Largest relative error of the float64 gradient against central differences. */
  differenceError: number;
  /** Largest relative error of the engine's own gradient against the float64 one. */
  engineError: number;
}

export interface Person {
  label: string;
  age: number;
  male: number;
}

/** The hidden units and the output for one age and sex. */
export interface UnitValues {
  hidden: number[];
  output: number;
}

export interface HiddenUnitsResult {
  people: (Person & UnitValues)[];
  /** For each hidden unit the age at which it crosses 0.5, by sex; null where it never does between 0 and 80. */
  flips: { female: number | null; male: number | null }[];
}

export interface EngineResult {
  tier: string;
  /** Why this tier and no other. */
  reason: string;
  seconds: number;
  iterations: number;
  /**
   * The same job by the pure-JavaScript float32 reference, unless that is what ran. It rounds otherwise, so it comes to
   * other points in other numbers of iterations.
   */
  reference: { seconds: number; iterations: number } | undefined;
}

export interface FileResult {
  path: string;
  what: string;
}

const OLDEST = 80;

/** Evaluates the units for each person, and finds where along age they flip. */
export function readHiddenUnits(
  people: readonly Person[],
  evaluate: (age: number, male: number) => UnitValues,
): HiddenUnitsResult {
  const flipOf = (unit: number, male: number) => crossing((age) => evaluate(age, male).hidden[unit]!);
  return {
    people: people.map((person) => ({ ...person, ...evaluate(person.age, person.male) })),
    flips: evaluate(0, 0).hidden.map((_, unit) => ({ female: flipOf(unit, 0), male: flipOf(unit, 1) })),
  };
}

/** The age at which `value` crosses 0.5, by bisection: a unit of the first hidden layer is monotonic in age. */
function crossing(value: (age: number) => number): number | null {
  const above = value(0) > 0.5;
  if (value(OLDEST) > 0.5 === above) return null;
  let [low, high] = [0, OLDEST];
  for (let halvings = 0; halvings < 50; halvings++) {
    const middle = (low + high) / 2;
    if (value(middle) > 0.5 === above) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
