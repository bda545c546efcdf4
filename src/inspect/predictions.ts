/** The outputs of rows. */
import type { Dataset } from "../data/dataset.ts";
import type { Numbers } from "../data/rows.ts";
import { refuse, show } from "../ground/errors.ts";
import { type Floats, isFloats, plainArray } from "../ground/floats.ts";
import { checkInputsFor } from "./door.ts";
import { type Asked, eachPass, newFloats } from "./passes.ts";

/** What a network predicts: all outputs in one flat typed array, [rows, n_m], row-major, which also gives plain arrays. */
export type Predictions = Floats & {
  /** An array for each row, [rows][n_m]. */
  rows(): number[][];
  /** The same, for `JSON.stringify`. */
  toJSON(): number[][];
};

/** @throws InvalidInputError for rows of another width or numbers that are not finite. */
export function predict(asked: Asked, inputs: Numbers | Dataset): Predictions {
  const { engine } = asked;
  const { outputs: width } = engine.shape;
  const { values, count } = checkInputsFor("predict", inputs, asked);
  const length = count * width;
  const outputs = newFloats(engine, length);
  forwardInto(outputs, asked, values, count);
  return asPredictions(outputs, width);
}

/** A class of its own would be no equal of the typed array that it is. */
function asPredictions(outputs: Floats, width: number): Predictions {
  const rows = () =>
    Array.from({ length: outputs.length / width }, (_, row) => [...outputs.subarray(row * width, (row + 1) * width)]);
  // One by one, which is three times as fast as together.
  Object.defineProperty(outputs, "rows", { value: rows });
  Object.defineProperty(outputs, "toJSON", { value: rows });
  return outputs as Predictions;
}

/** @throws InvalidInputError for rows of another width or numbers that are not finite, or outputs of another length. */
export function forward(asked: Asked, inputs: Floats, given?: Floats): Floats {
  const { engine } = asked;
  const { values, count } = checkInputsFor("forward", inputs, asked);
  const length = count * engine.shape.outputs;
  const outputs = given === undefined ? newFloats(engine, length) : isFloats(given) ? plainArray(given) : undefined;
  if (outputs?.length !== length) {
    refuse("forward: outputs", `a Float32Array or Float64Array of ${length}`, show(given));
  }
  forwardInto(outputs, asked, values, count);
  return given ?? outputs;
}

function forwardInto(outputs: Floats, asked: Asked, values: ArrayLike<number>, count: number): void {
  const { engine } = asked;
  const { outputs: width } = engine.shape;
  eachPass(asked, values, undefined, count, (samples, begin, rows) => {
    engine.forward(samples, 0, rows);
    outputs.set(samples.outputs.subarray(0, rows * width), begin * width);
  });
}
