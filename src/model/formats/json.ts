/**
 * A network as JSON: its description, the standardization of its inputs, and every parameter. Numbers of float32 are
 * written with the nine digits that bring them back exactly.
 */
import { checkDescription, type NetworkDescription } from "../description.ts";
import type { Floats } from "../../ground/floats.ts";
import { checkNumber, checkOptions, InvalidInputError, refuse, show } from "../../ground/errors.ts";
import { networkShape } from "../shape.ts";

export interface Standardization {
  /** [n_1] each: x^(1) = (input - mean) / deviation. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

export interface LayerParameters {
  /** [fanOut][fanIn] */
  readonly weights: readonly (readonly number[])[];
  /** [fanOut] */
  readonly biases: readonly number[];
}

export interface SavedNetwork {
  readonly format: "lanegrad";
  readonly version: 1;
  readonly description: NetworkDescription;
  readonly standardization: Standardization | null;
  readonly layers: readonly LayerParameters[];
}

/**
 * parameters: the flat arena of `networkShape(description)`.
 * @throws InvalidInputError for parameters that are not finite: JSON has no such numbers.
 */
export function toSaved(
  description: NetworkDescription,
  standardization: Standardization | null,
  parameters: Floats,
): SavedNetwork {
  const write = parameters instanceof Float32Array ? (value: number) => Number(value.toPrecision(9)) : Number;
  const layers = networkShape(description).layers.map(({ fanIn, fanOut, weights, biases }, k) => {
    const wrong = parameters.subarray(weights, biases + fanOut).find((value) => !Number.isFinite(value));
    if (wrong !== undefined) refuse(`layer ${k + 1}`, "finite parameters", String(wrong));
    return {
      weights: Array.from({ length: fanOut }, (_, i) =>
        Array.from(parameters.subarray(weights + i * fanIn, weights + (i + 1) * fanIn), write),
      ),
      biases: Array.from(parameters.subarray(biases, biases + fanOut), write),
    };
  });
  return { format: "lanegrad", version: 1, description, standardization, layers };
}

export interface ReadNetwork {
  readonly description: NetworkDescription;
  readonly standardization: Standardization | null;
  /** The flat arena, float64. */
  readonly parameters: Float64Array;
}

/**
 * Reads what `toSaved` made, from an object or a JSON text. Every part is checked.
 * @throws InvalidInputError naming the part that is missing or wrong.
 */
export function fromSaved(saved: unknown, name = "saved network"): ReadNetwork {
  const model = typeof saved === "string" ? parse(saved, name) : saved;
  if (typeof model !== "object" || model === null) refuse(name, "a saved lanegrad network", show(model));
  const { format, version, description, standardization, layers } = model as Partial<SavedNetwork>;
  if (format !== "lanegrad") refuse(name, 'format "lanegrad"', show(format));
  if (version !== 1) refuse(name, "version 1, the only one known here", show(version));
  checkOptions(`${name}: description`, description, ["inputs", "layers", "loss"]);
  const checked = within(name, () => checkDescription(description as NetworkDescription));
  return {
    description: checked,
    standardization: standardization == null ? null : readStandardization(name, standardization, checked.inputs),
    parameters: readLayers(name, checked, layers),
  };
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidInputError(`${name}: expected JSON, got ${show(text)} (${(cause as Error).message})`, { cause });
  }
}

function within<T>(name: string, check: () => T): T {
  try {
    return check();
  } catch (cause) {
    throw new InvalidInputError(`${name}: ${(cause as Error).message}`, { cause });
  }
}

/** @throws InvalidInputError unless there is a finite mean and a positive deviation for each input. */
export function readStandardization(name: string, given: Standardization, inputs: number): Standardization {
  const where = `${name}: standardization`;
  checkOptions(where, given, ["mean", "deviation"]);
  const mean = readRow(`${where}, mean`, given.mean, inputs);
  const deviation = readRow(`${where}, deviation`, given.deviation, inputs);
  deviation.forEach((value, i) => checkNumber(`${where}, deviation of input ${i + 1}`, value, { above: 0 }));
  return Object.freeze({ mean: Object.freeze(mean), deviation: Object.freeze(deviation) });
}

function readLayers(name: string, description: NetworkDescription, layers: unknown): Float64Array {
  const shape = networkShape(description);
  if (!Array.isArray(layers) || layers.length !== shape.layers.length) {
    refuse(`${name}: layers`, `an array of ${shape.layers.length}`, show(layers));
  }
  const rows: number[][] = [];
  shape.layers.forEach(({ fanIn, fanOut }, k) => {
    const where = `${name}: layer ${k + 1}`;
    checkOptions(where, layers[k], ["weights", "biases"]);
    const { weights, biases } = layers[k] as LayerParameters;
    if (!Array.isArray(weights) || weights.length !== fanOut) {
      refuse(`${where}, weights`, `an array of ${fanOut} rows`, show(weights));
    }
    for (let i = 0; i < fanOut; i++) rows.push(readRow(`${where}, weights of unit ${i + 1}`, weights[i], fanIn));
    rows.push(readRow(`${where}, biases`, biases, fanOut));
  });
  return Float64Array.from(rows.flat());
}

function readRow(where: string, row: unknown, count: number): number[] {
  if (!Array.isArray(row) || row.length !== count) refuse(where, `an array of ${count} numbers`, show(row));
  return Array.from(row, (value: unknown, i) => checkNumber(`${where}, number ${i + 1}`, value));
}
