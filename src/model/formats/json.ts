/**
 * A network as JSON: its description, what it has learned of its columns, and every parameter. Numbers of float32 are
 * written with the nine digits that bring them back exactly, but for the sign of a zero: JSON.stringify leaves it out.
 */
import type { NetworkDescription } from "../description.ts";
import { type Floats, isFloat32 } from "../../ground/floats.ts";
import { STRING_LIMIT } from "../../ground/host.ts";
import { CapacityError, refuse } from "../../ground/errors.ts";
import type { Preprocessing } from "../../data/preprocess/pipeline.ts";
import { layerKind } from "../../kinds/layers/index.ts";
import type { Learned } from "../learned.ts";
import { type LayerShape, networkShape } from "../shape.ts";

export interface LayerParameters {
  /** As the layer's own: of a dense one [fanOut][fanIn]. */
  readonly weights: readonly (readonly number[])[] | readonly number[];
  /** Likewise: [fanOut]. */
  readonly biases: readonly number[];
}

/** What a layer has learned without a gradient by its own names, such as mean and variance, besides its parameters. */
export interface SavedLayer extends LayerParameters {
  readonly [statistic: string]: readonly (readonly number[])[] | readonly number[];
}

export interface SavedNetwork {
  readonly format: "lanegrad";
  readonly version: 1;
  readonly description: NetworkDescription;
  readonly preprocessing: Preprocessing | null;
  readonly layers: readonly SavedLayer[];
}

/** The most characters that a number and its comma take, by the bytes of the engine's numbers; and those of the rest. */
const CHARACTERS = { 4: 16, 8: 26 } as const;
const HEAD_CHARACTERS = 2 ** 17;
/** The powers of ten that float64 holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

/** What is written of a parameter. */
export function writerOf(parameters: Floats): (value: number) => number {
  return isFloat32(parameters) ? nineDigits : Number;
}

/**
 * The first nine digits of a number, which are all of a float32. Most are found without writing them: a whole number over an
 * exact power of ten is the float64 that is nearest to that decimal, as when it is read from text, and takes a fraction of the
 * time.
 */
function nineDigits(value: number): number {
  const size = Math.abs(value);
  const places = 8 - Math.floor(Math.log10(size));
  if (!(places >= 0 && places < 23)) return Number(value.toPrecision(9));
  const digits = Math.round(size * POWERS[places]!);
  // The logarithm may be a digit off beside a power of ten.
  if (digits < 1e8 || digits >= 1e9) return Number(value.toPrecision(9));
  return (Math.sign(value) * digits) / POWERS[places]!;
}

/**
 * learned: the flat arenas of `networkShape(description)`.
 * @throws InvalidInputError for parameters that are not finite: JSON has no such numbers. CapacityError for more of them
 *   than a text of JSON may have.
 */
export function toSaved(
  description: NetworkDescription,
  preprocessing: Preprocessing | null,
  { parameters, statistics }: Learned,
): SavedNetwork {
  const most = Math.floor((STRING_LIMIT - HEAD_CHARACTERS) / CHARACTERS[parameters.BYTES_PER_ELEMENT as 4 | 8]);
  if (parameters.length > most) {
    const limit = `at most ${most} parameters, so that one string holds their JSON`;
    throw new CapacityError(
      `toJSON: expected ${limit}, got ${parameters.length}; save writes them to a file in pieces`,
    );
  }
  const write = writerOf(parameters);
  const layers = networkShape(description).layers.map((layer, k) => {
    const entries = savedTensors(layer).map(({ name, arena, rows, isFlat }) => {
      const from = arena === "parameters" ? parameters : statistics;
      const numbers = rows.map(({ begin, count }) =>
        Array.from(from.subarray(begin, begin + count), (value) => write(checkFinite(k, value))),
      );
      return [name, isFlat ? numbers[0]! : numbers];
    });
    return Object.fromEntries(entries) as SavedLayer;
  });
  return { format: "lanegrad", version: 1, description, preprocessing, layers };
}

/** A tensor as it is saved: a list of numbers if it is flat, or else of rows of them. */
export interface SavedTensor {
  readonly name: string;
  readonly arena: keyof Learned;
  readonly isFlat: boolean;
  readonly rows: readonly Row[];
  /** What its numbers are at least. */
  readonly min: number;
}

/** Where in its arena a row lies, and what it is called in errors. */
interface Row {
  readonly begin: number;
  readonly count: number;
  readonly name: string;
}

/** What is saved of a layer, in order: its parameters, then what it has learned without a gradient. */
export function savedTensors({ name: layer, weights, biases, tensors, statistics, fanOut }: LayerShape): SavedTensor[] {
  const [w, b] = [tensors.weights.dimensions, tensors.biases.dimensions];
  const learned = (layerKind(layer).statistics ?? []).map(({ name, min }, i) =>
    savedTensor(name, "statistics", statistics.begin + i * fanOut, [fanOut], min),
  );
  return [savedTensor("weights", "parameters", weights, w), savedTensor("biases", "parameters", biases, b), ...learned];
}

function savedTensor(
  name: string,
  arena: keyof Learned,
  start: number,
  dimensions: readonly number[],
  min = -Infinity,
): SavedTensor {
  const isFlat = dimensions.length === 1;
  const count = dimensions.at(-1)!;
  const rows = Array.from({ length: isFlat ? 1 : dimensions[0]! }, (_, i) => ({
    begin: start + i * count,
    count,
    name: isFlat ? name : `${name} of unit ${i + 1}`,
  }));
  return { name, arena, isFlat, rows, min };
}

/** For layer k, from 0. */
export function checkFinite(k: number, value: number): number {
  if (!Number.isFinite(value)) refuse(`layer ${k + 1}`, "finite parameters", String(value));
  return value;
}
