/** A network from its JSON, every part of it checked. */
import { checkPreprocessing, type Preprocessing } from "../../data/preprocess/pipeline.ts";
import {
  CapacityError,
  checkNumber,
  checkOptions,
  InvalidInputError,
  refuse,
  show,
  within,
} from "../../ground/errors.ts";
import type { Floats } from "../../ground/floats.ts";
import { checkDescription, type NetworkDescription } from "../description.ts";
import { type LayerShape, type NetworkShape, networkShape } from "../shape.ts";
import { type SavedNetwork, savedTensors } from "./json.ts";

export interface ReadNetwork {
  readonly description: NetworkDescription;
  readonly preprocessing: Preprocessing | null;
  /** The flat arenas. */
  readonly parameters: Floats;
  readonly statistics: Floats;
}

/**
 * Reads what `toSaved` made, from an object or a JSON text. Every part is checked.
 * @throws InvalidInputError naming the part that is missing or wrong.
 */
export function fromSaved(saved: unknown, name = "saved network"): ReadNetwork {
  const model = typeof saved === "string" ? parse(saved, name) : saved;
  const { layers, ...head } = readHead(model, name);
  return { ...head, ...readLayers(name, head.description, layers) };
}

/** All but the parameters. */
export interface Head {
  readonly description: NetworkDescription;
  readonly preprocessing: Preprocessing | null;
  readonly layers: unknown;
}

export function readHead(model: unknown, name: string): Head {
  if (typeof model !== "object" || model === null) refuse(name, "a saved lanegrad network", show(model));
  const { format, version, description, preprocessing, layers } = model as Partial<SavedNetwork>;
  if (format !== "lanegrad") refuse(name, 'format "lanegrad"', show(format));
  if (version !== 1) refuse(name, "version 1, the only one known here", show(version));
  checkOptions(`${name}: description`, description, ["inputs", "layers", "loss", "heads"]);
  const checked = within(name, () => checkDescription(description as NetworkDescription));
  return {
    description: checked,
    preprocessing: preprocessing === null ? null : readPreprocessing(name, preprocessing, checked),
    layers,
  };
}

function readPreprocessing(name: string, given: unknown, description: NetworkDescription): Preprocessing {
  const { inputs, outputs } = networkShape(description);
  return checkPreprocessing(`${name}: preprocessing`, given, inputs, outputs);
}

/** @throws InvalidInputError where it is no JSON. */
export function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidInputError(`${name}: expected JSON, got ${show(text)} (${(cause as Error).message})`, { cause });
  }
}

function readLayers(name: string, description: NetworkDescription, layers: unknown) {
  const shape = networkShape(description);
  if (!Array.isArray(layers) || layers.length !== shape.layers.length) {
    refuse(`${name}: layers`, `an array of ${shape.layers.length}`, show(layers));
  }
  const given = shape.layers.map((layer, k) => checkRows(`${name}: layer ${k + 1}`, layers[k], layer));
  const learned = newLearned(name, shape);
  for (const { arena, min, where, begin, count, numbers } of given.flat()) {
    readRow(learned[arena], begin, where, numbers, count, min);
  }
  return learned;
}

/** A layer's rows, each of the right length, before there is room for any. */
function checkRows(where: string, given: unknown, layer: LayerShape) {
  const tensors = savedTensors(layer);
  checkOptions(
    where,
    given,
    tensors.map(({ name }) => name),
  );
  const values = { ...(given as Record<string, unknown>) };
  return tensors.flatMap(({ name: tensor, arena, isFlat, rows, min }) => {
    const list: unknown = isFlat ? [values[tensor]] : values[tensor];
    if (!Array.isArray(list) || list.length !== rows.length) {
      refuse(`${where}, ${tensor}`, `an array of ${rows.length} rows`, show(list));
    }
    return rows.map(({ name, begin, count }, i) => {
      const row = `${where}, ${name}`;
      return { arena, min, begin, count, where: row, numbers: checkRow(row, list[i], count) };
    });
  });
}

function checkRow(where: string, row: unknown, count: number): readonly number[] {
  if (!Array.isArray(row) || row.length !== count) refuse(where, `an array of ${count} numbers`, show(row));
  return row;
}

/** Zeros. */
export function newLearned(
  name: string,
  { parameterCount, statisticsCount }: NetworkShape,
): { parameters: Float64Array; statistics: Float64Array } {
  try {
    return { parameters: new Float64Array(parameterCount), statistics: new Float64Array(statisticsCount) };
  } catch {
    throw new CapacityError(`${name}: expected parameters that fit into memory, got ${parameterCount}`);
  }
}

/** Number by number, each looked at once: what is in a row may change under the eyes. */
export function readRow(
  to: number[] | Float64Array,
  at: number,
  where: string,
  row: unknown,
  count: number,
  min = -Infinity,
): void {
  const numbers = checkRow(where, row, count);
  for (let i = 0; i < count; i++) to[at + i] = checkNumber(`${where}, number ${i + 1}`, numbers[i], { min });
}
