/** The outputs of rows. */
import type { Dataset } from "../data/dataset.ts";
import type { Numbers } from "../data/rows.ts";
import type { Engine } from "../engine/engine.ts";
import { refuse, show } from "../ground/errors.ts";
import { columnsOf, type Floats, isFloat32, isFloats, trueLength } from "../ground/floats.ts";
import type { Head } from "../kinds/ops/index.ts";
import { checkInputsFor } from "./door.ts";
import { type Asked, eachPass, isSingle, newFloats } from "./passes.ts";

/** What a network predicts: all outputs in one flat typed array, [rows, n_m], row-major, which also gives plain arrays. */
export type Predictions = Floats & {
  /** An array for each row, [rows][n_m]. */
  rows(): number[][];
  /** Of a network with heads: the outputs of each, [rows, its units], by its name, as copies. Otherwise nothing is in it. */
  readonly heads: Readonly<Record<string, Predictions>>;
  /** The rows, for `JSON.stringify`; of a network with heads those of each, by its name. */
  toJSON(): number[][] | Record<string, number[][]>;
};

/** @throws InvalidInputError for rows of another width or numbers that are not finite. */
export function predict(asked: Asked, inputs: Numbers | Dataset): Predictions {
  const { values, count } = checkInputsFor("predict", inputs, asked);
  const outputs = newPredictions(asked.engine, count);
  forwardInto(outputs, asked, values, count);
  return outputs;
}

/** Zeros, in the engine's precision. */
export function newPredictions(engine: Engine, count: number): Predictions {
  const { outputs: width, hasHeads, heads } = engine.shape;
  return newOutputs(isSingle(engine), count, width, hasHeads ? heads : []);
}

function newOutputs(single: boolean, count: number, width: number, heads: readonly Head[]): Predictions {
  const Kind = single ? Predictions32 : Predictions64;
  return new Kind(count * width, width, heads);
}

function byHeads(outputs: Predictions, width: number, heads: readonly Head[]): Record<string, Predictions> {
  const entries = heads.map(({ name, begin, units }) => {
    const own = newOutputs(isFloat32(outputs), outputs.length / width, units, []);
    own.set(columnsOf(outputs, width, begin, units));
    return [name!, own] as const;
  });
  return Object.fromEntries(entries);
}

function json(outputs: Predictions): number[][] | Record<string, number[][]> {
  const heads = Object.entries(outputs.heads);
  return heads.length === 0 ? outputs.rows() : Object.fromEntries(heads.map(([name, own]) => [name, own.rows()]));
}

function plainRows(outputs: Floats, width: number): number[][] {
  return Array.from({ length: outputs.length / width }, (_, row) => [
    ...outputs.subarray(row * width, (row + 1) * width),
  ]);
}

// Classes, since to define two properties of each array costs more than all else that a small network does for a row.
class Predictions32 extends Float32Array {
  readonly #width: number;
  readonly #heads: readonly Head[];

  constructor(length: number, width: number, heads: readonly Head[]) {
    super(length);
    this.#width = width;
    this.#heads = heads;
  }

  rows(): number[][] {
    return plainRows(this, this.#width);
  }

  get heads(): Record<string, Predictions> {
    return byHeads(this, this.#width, this.#heads);
  }

  toJSON(): number[][] | Record<string, number[][]> {
    return json(this);
  }
}

class Predictions64 extends Float64Array {
  readonly #width: number;
  readonly #heads: readonly Head[];

  constructor(length: number, width: number, heads: readonly Head[]) {
    super(length);
    this.#width = width;
    this.#heads = heads;
  }

  rows(): number[][] {
    return plainRows(this, this.#width);
  }

  get heads(): Record<string, Predictions> {
    return byHeads(this, this.#width, this.#heads);
  }

  toJSON(): number[][] | Record<string, number[][]> {
    return json(this);
  }
}

// What is made of them, by `map` or `subarray`, is a plain array, and whoever compares constructors finds that of one.
Object.defineProperty(Predictions32.prototype, "constructor", { value: Float32Array });
Object.defineProperty(Predictions64.prototype, "constructor", { value: Float64Array });

/** @throws InvalidInputError for rows of another width or numbers that are not finite, or outputs of another length. */
export function forward(asked: Asked, inputs: Floats, given?: Floats): Floats {
  const { engine } = asked;
  const { values, count } = checkInputsFor("forward", inputs, asked);
  const length = count * engine.shape.outputs;
  const outputs = given ?? newFloats(engine, length);
  if (!isFloats(outputs) || trueLength(outputs) !== length) {
    refuse("forward: outputs", `a Float32Array or Float64Array of ${length}`, show(given));
  }
  forwardInto(outputs, asked, values, count);
  return outputs;
}

function forwardInto(outputs: Floats, asked: Asked, values: ArrayLike<number>, count: number): void {
  const { engine } = asked;
  const { outputs: width } = engine.shape;
  eachPass(asked, values, undefined, count, (samples, begin, rows) => {
    engine.forward(samples, 0, rows);
    copyInto(outputs, begin * width, samples.outputs, rows * width);
  });
}

/** Below so many numbers, to make a view of them costs more than to copy them one by one. */
const VIEW_PAYS = 32;

function copyInto(to: Floats, at: number, from: Floats, count: number): void {
  if (count < VIEW_PAYS) for (let i = 0; i < count; i++) to[at + i] = from[i]!;
  else to.set(from.subarray(0, count), at);
}
