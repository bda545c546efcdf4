/** Which inputs an output is owed to: the derivatives along the way from a baseline to a row. */
import type { Dataset } from "../data/dataset.ts";
import type { Numbers } from "../data/rows.ts";
import type { Engine } from "../engine/engine.ts";
import { checkNumber, readOptions, refuse } from "../ground/errors.ts";
import type { Floats } from "../ground/floats.ts";
import { breathe, sliceIsOver } from "../ground/scheduler.ts";
import { checkSignal, type Signal } from "../ground/signal.ts";
import { checkInputsFor } from "../inspect/door.ts";
import { copyForDerivatives, outputDerivatives } from "../inspect/output-derivatives.ts";
import { type Asked, isSingle, newFloats, standardizeInto } from "../inspect/passes.ts";
import { askedOf, type Network } from "../network/network.ts";
import { inputColumns, outputNames, placeOf } from "./columns.ts";
import { soleHead } from "../model/shape.ts";

export interface IntegratedGradientsOptions {
  /** A row to compare with. Default: the mean of each input that the network standardizes, 0 elsewhere. */
  readonly baseline?: Numbers | Dataset;
  /** Which output, by its name or from 0. Default: the largest of the row. */
  readonly output?: string | number;
  /** At how many points derivatives are taken at first. Default 64. */
  readonly steps?: number;
  /** At how many at most. Default 2^14. */
  readonly maxSteps?: number;
  /** How far the attributions' sum may be off: of differences above 1, as a share of them. Default 1e-3. */
  readonly tolerance?: number;
  readonly signal?: AbortSignal;
}

export interface IntegratedGradients {
  readonly output: string;
  /** The output of the row, and of the baseline. */
  readonly value: number;
  readonly baselineValue: number;
  /** One number an input, [n_1]: they add up to value - baselineValue but for `error`. */
  readonly attributions: Float64Array;
  /** One entry a column of the table: the sum over its categories. */
  readonly columns: readonly { readonly column: string; readonly attribution: number }[];
  /** The attributions' sum, less the difference that it should be. */
  readonly error: number;
  /** Whether no part of the way was further off than the tolerance allows: false only where maxSteps did not suffice. */
  readonly isComplete: boolean;
  /** At how many points derivatives were taken. */
  readonly steps: number;
}

/** A part of the way, from shares `begin` to `end` of it. */
interface Part {
  readonly begin: number;
  readonly end: number;
  /** The output at its ends. */
  readonly from: number;
  readonly to: number;
  /** [n_1] */
  readonly attributions: Float64Array;
  readonly error: number;
  /** What of the error may be rounding. */
  readonly rounding: number;
}

/** Gauss and Legendre's rule of eight points on [-1, 1]: places and weights of the positive half. */
const half = [
  [0.1834346424956498, 0.362683783378362],
  [0.525532409916329, 0.3137066458778873],
  [0.7966664774136267, 0.2223810344533745],
  [0.9602898564975363, 0.1012285362903763],
] as const;
const rule = half.flatMap(([place, weight]) => [
  { place: (1 - place) / 2, weight: weight / 2 },
  { place: (1 + place) / 2, weight: weight / 2 },
]);
const POINTS = rule.length;
/** Units in the last place by which passes forward and backward may be off. */
const ROUNDING = 8;

const known = ["baseline", "output", "steps", "maxSteps", "tolerance", "signal"] as const;

/**
 * Integrated gradients (Sundararajan, Taly and Yan 2017, "Axiomatic attribution for deep networks", section 3): the attribution
 * of input i is (row_i - baseline_i) times the mean of the output's derivative by it, along the straight way from the baseline
 * to the row. The derivatives are the kernels' own, in the network's precision. By completeness (their proposition 1), the
 * attributions add up to the difference of the outputs: that is checked on every part of the way, and the parts that are off,
 * for a relu bends there, are halved until it holds.
 *
 * A snapshot of the parameters is explained, in memory of its own.
 * @throws InvalidInputError for rows that do not fit or are more than one, and unknown options; the signal's reason if aborted.
 */
export async function integratedGradients(
  network: Network,
  row: Numbers | Dataset,
  options: IntegratedGradientsOptions = {},
): Promise<IntegratedGradients> {
  const where = "integratedGradients";
  const asked = askedOf(where, network);
  soleHead(where, asked.engine.shape);
  const { steps = 64, maxSteps = 2 ** 14, tolerance = 1e-3, ...others } = readOptions(where, options, known);
  checkNumber(`${where}: steps`, steps, { integer: true, min: 1, max: 2 ** 20 });
  checkNumber(`${where}: maxSteps`, maxSteps, { integer: true, min: 1, max: 2 ** 20 });
  checkNumber(`${where}: tolerance`, tolerance, { above: 0 });
  const signal = checkSignal(`${where}: signal`, others.signal);
  const end = checkRow(`${where}: row`, row, asked);
  const begin =
    others.baseline === undefined
      ? new Float64Array(end.length)
      : checkRow(`${where}: baseline`, others.baseline, asked);
  const names = outputNames(asked.preprocessing, asked.engine.shape);
  const columns = inputColumns(asked.preprocessing, asked.engine.shape);
  const given =
    others.output === undefined ? undefined : placeOf(`${where}: output`, "an output", names, others.output);

  const engine = await copyForDerivatives(asked, network.description);
  try {
    const output = given ?? largest(engine, end);
    const way = new Way(engine, begin, end, output, signal);
    const parts = await way.follow(steps, maxSteps, tolerance);
    const attributions = new Float64Array(end.length);
    for (const part of parts) part.attributions.forEach((value, i) => (attributions[i]! += value));
    const [value, baselineValue] = [parts.at(-1)!.to, parts[0]!.from];
    const sum = attributions.reduce((total, attribution) => total + attribution, 0);
    return {
      output: names[output]!,
      value,
      baselineValue,
      attributions,
      columns: columns.map((column) => ({
        column: column.name,
        attribution: attributions.subarray(column.begin, column.end).reduce((total, a) => total + a, 0),
      })),
      error: sum - (value - baselineValue),
      isComplete: isComplete(parts, tolerance),
      steps: way.steps,
    };
  } finally {
    engine.release();
  }
}

/** The one row, as the engine takes it but in float64. */
function checkRow(where: string, given: Numbers | Dataset, asked: Asked): Float64Array {
  const { values, count } = checkInputsFor(where, given, asked);
  if (count !== 1) refuse(where, "one row", String(count));
  const row = new Float64Array(values.length);
  standardizeInto(row, values, values.length, asked.standardization);
  return row;
}

function largest(engine: Engine, row: Float64Array): number {
  engine.scratch.inputs.set(row);
  engine.forward(engine.scratch, 0, 1);
  const { outputs } = engine.scratch;
  let best = 0;
  for (let i = 1; i < engine.shape.outputs; i++) if (outputs[i]! > outputs[best]!) best = i;
  return best;
}

/** By how much the attributions of all parts may be off together: of differences above 1, as a share of them. */
function allowed(parts: readonly Part[], tolerance: number): number {
  return tolerance * Math.max(1, Math.abs(parts.at(-1)!.to - parts[0]!.from));
}

/** The parts that are off by more than their share of what is allowed, and by more than rounding. */
function partsOff(parts: readonly Part[], tolerance: number): Set<Part> {
  const share = allowed(parts, tolerance) / parts.length;
  return new Set(parts.filter(({ error, rounding }) => !(Math.abs(error) <= Math.max(share, rounding))));
}

function isComplete(parts: readonly Part[], tolerance: number): boolean {
  const error = parts.reduce((sum, part) => sum + part.error, 0);
  return Math.abs(error) <= allowed(parts, tolerance) && partsOff(parts, tolerance).size === 0;
}

/** The straight way from one row to another, for one output. */
class Way {
  readonly #engine: Engine;
  readonly #begin: Float64Array;
  readonly #end: Float64Array;
  readonly #output: number;
  readonly #signal: Signal | undefined;
  steps = 0;

  constructor(engine: Engine, begin: Float64Array, end: Float64Array, output: number, signal: Signal | undefined) {
    this.#engine = engine;
    this.#begin = begin;
    this.#end = end;
    this.#output = output;
    this.#signal = signal;
  }

  /** Parts in their order, halved where they are off. */
  async follow(steps: number, maxSteps: number, tolerance: number): Promise<Part[]> {
    const count = Math.ceil(steps / POINTS);
    let parts = await this.#explore(Array.from({ length: count + 1 }, (_, i) => i / count));
    for (;;) {
      const off = partsOff(parts, tolerance);
      if (off.size === 0 || this.steps + 2 * POINTS * off.size > maxSteps) return parts;
      const halves: Part[] = [];
      for (const part of parts) {
        if (!off.has(part)) halves.push(part);
        else halves.push(...(await this.#explore([part.begin, (part.begin + part.end) / 2, part.end])));
      }
      parts = halves;
    }
  }

  /** The parts between these shares of the way, one after the other. */
  async #explore(shares: readonly number[]): Promise<Part[]> {
    const parts: Part[] = [];
    for (let i = 0; i + 1 < shares.length; i++) {
      if (sliceIsOver()) await breathe(this.#signal);
      parts.push(this.#part(shares[i]!, shares[i + 1]!));
    }
    return parts;
  }

  /** In one pass: the points of the rule, and for the outputs there both ends. */
  #part(begin: number, end: number): Part {
    const width = this.#begin.length;
    const shares = [...rule.map(({ place }) => begin + (end - begin) * place), begin, end];
    const rows = newFloats(this.#engine, shares.length * width);
    shares.forEach((share, k) => this.#write(rows, k, share));
    const { outputs, derivatives } = outputDerivatives(this.#engine, rows, shares.length, this.#output);
    this.steps += POINTS;
    const attributions = new Float64Array(width);
    rule.forEach(({ weight }, k) => {
      for (let i = 0; i < width; i++) attributions[i]! += weight * derivatives[k * width + i]!;
    });
    for (let i = 0; i < width; i++) attributions[i]! *= (end - begin) * (this.#end[i]! - this.#begin[i]!);
    const [from, to] = [outputs[POINTS]!, outputs[POINTS + 1]!];
    let [sum, size] = [0, Math.max(Math.abs(from), Math.abs(to))];
    for (const attribution of attributions) {
      sum += attribution;
      size += Math.abs(attribution);
    }
    const rounding = ROUNDING * size * (isSingle(this.#engine) ? 2 ** -24 : 2 ** -53);
    return { begin, end, from, to, attributions, error: sum - (to - from), rounding };
  }

  #write(rows: Floats, k: number, share: number): void {
    const width = this.#begin.length;
    for (let i = 0; i < width; i++) {
      rows[k * width + i] = (1 - share) * this.#begin[i]! + share * this.#end[i]!;
    }
  }
}
