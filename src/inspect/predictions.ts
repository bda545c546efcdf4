/** The outputs of rows. */
import type { Numbers } from "../data/rows.ts";
import { refuse, show } from "../ground/errors.ts";
import { type Floats, isFloats, plainArray } from "../ground/floats.ts";
import { checkInputsFor } from "./door.ts";
import { type Asked, eachPass, newFloats } from "./passes.ts";

/** What a network predicts: all outputs in one flat typed array, [rows, n_m], row-major, and the same as plain arrays. */
export type Predictions = Floats & {
  /** An array for each row, [rows][n_m]. */
  rows(): number[][];
  /** The same, for `JSON.stringify`. */
  toJSON(): number[][];
};

/** @throws InvalidInputError for rows of another width or numbers that are not finite, or `given` of another length. */
export function forward(where: string, asked: Asked, inputs: Numbers, given?: Floats): Floats {
  const { engine } = asked;
  const { outputs: width } = engine.shape;
  const { values, count } = checkInputsFor(where, inputs, engine);
  const length = count * width;
  const taken = given === undefined ? newFloats(engine, length) : isFloats(given) ? plainArray(given) : undefined;
  if (taken?.length !== length) {
    refuse(`${where}: outputs`, `a Float32Array or Float64Array of ${length}`, show(given));
  }
  eachPass(asked, values, undefined, count, (samples, begin, rows) => {
    engine.forward(samples, 0, rows);
    taken.set(samples.outputs.subarray(0, rows * width), begin * width);
  });
  return given ?? taken;
}

export function asPredictions(outputs: Floats, width: number): Predictions {
  const rows = () => {
    const count = outputs.length / width;
    return Array.from({ length: count }, (_, row) => Array.from(outputs.subarray(row * width, (row + 1) * width)));
  };
  // Not enumerable: whoever goes through its keys finds numbers only.
  return Object.defineProperties(outputs, { rows: { value: rows }, toJSON: { value: rows } }) as Predictions;
}
