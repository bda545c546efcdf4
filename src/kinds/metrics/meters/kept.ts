/** All rows, for what can only be said when they are all there: ranks, for instance. Memory grows with them. */
import type { Floats } from "../../../ground/floats.ts";
import { classCount, classOf, type Meter, type Task } from "../metric.ts";

export class Kept implements Meter {
  readonly #task: Task;
  readonly #outputs: Floats[] = [];
  readonly #targets: Floats[] = [];
  readonly #weights: Floats[] = [];

  constructor(task: Task) {
    this.#task = task;
  }

  add(outputs: Floats, targets: Floats, weights: Floats | undefined, rows: number): void {
    const { units } = this.#task;
    this.#outputs.push(outputs.slice(0, rows * units));
    this.#targets.push(targets.slice(0, rows * units));
    this.#weights.push(weights ? weights.slice(0, rows) : new Float64Array(rows).fill(1));
  }

  get outputs(): Floats {
    return joined(this.#outputs);
  }

  get targets(): Floats {
    return joined(this.#targets);
  }

  get weights(): Floats {
    return joined(this.#weights);
  }

  /** The ranking of each class against the rest, or of each label; of a single yes-or-no output, of class 1 alone. */
  get rankings(): Ranking[] {
    const task = this.#task;
    const { outputs, targets, weights } = this;
    const isPositive = (row: number, unit: number) =>
      task.kind === "classes" ? classOf(task, targets, row) === unit : targets[row * task.units + unit]! > 0.5;
    const units = task.kind === "binary" ? 1 : classCount(task);
    return Array.from(
      { length: units },
      (_, unit) => new Ranking(outputs, weights, task.units, unit, (row) => isPositive(row, unit)),
    );
  }
}

/** Rows by falling score, the equal ones together. */
export class Ranking {
  /** The weights of positive and negative rows. */
  positives = 0;
  negatives = 0;
  readonly #scores: Float64Array;
  readonly #weights: Floats;
  readonly #isPositive: (row: number) => boolean;

  constructor(outputs: Floats, weights: Floats, units: number, unit: number, isPositive: (row: number) => boolean) {
    this.#scores = Float64Array.from(weights, (_, row) => outputs[row * units + unit]!);
    this.#weights = weights;
    this.#isPositive = isPositive;
    weights.forEach((weight, row) => {
      if (isPositive(row)) this.positives += weight;
      else this.negatives += weight;
    });
  }

  /** NaN where there is a score that is none; otherwise the sum of what each group of equal scores adds. */
  sum(term: (positives: number, negatives: number, newPositives: number, newNegatives: number) => number): number {
    const scores = this.#scores;
    if (scores.some(Number.isNaN)) return NaN;
    const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
    let [sum, positives, negatives] = [0, 0, 0];
    for (let at = 0; at < order.length;) {
      const before = [positives, negatives] as const;
      const score = scores[order[at]!]!;
      for (; at < order.length && scores[order[at]!] === score; at++) {
        const row = order[at]!;
        if (this.#isPositive(row)) positives += this.#weights[row]!;
        else negatives += this.#weights[row]!;
      }
      sum += term(positives, negatives, positives - before[0], negatives - before[1]);
    }
    return sum;
  }
}

/** All parts as one, which takes their place. */
function joined(parts: Floats[]): Floats {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = parts[0] instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  parts.splice(0, parts.length, whole);
  return whole;
}
