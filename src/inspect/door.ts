/** What a network is given is checked here, against what its engine can take; whatever lies behind trusts it. */
import { Dataset, rowsOf } from "../data/dataset.ts";
import { checkInputs, isNumbers, type Numbers } from "../data/rows.ts";
import type { Engine } from "../engine/engine.ts";
import { checkOptions, refuse, show } from "../ground/errors.ts";
import { checkTargets } from "../kinds/losses/targets.ts";
import { readStandardization, type Standardization } from "../model/formats/json.ts";
import { isSingle } from "./passes.ts";

/** Samples for a gradient: a data set, or what makes one. */
export type Batch = Dataset | { readonly inputs: Numbers; readonly targets: Numbers };

/** @throws InvalidInputError unless it is a data set whose rows are as wide as the network's; its numbers are another question. */
export function checkDataset(where: string, dataset: Dataset, { shape }: Engine): void {
  rowsOf(where, dataset);
  const { inputs, outputs } = shape;
  if (dataset.inputWidth !== inputs) refuse(where, `${inputs} inputs a row`, String(dataset.inputWidth));
  if (dataset.targetWidth !== outputs) refuse(where, `${outputs} targets a row`, String(dataset.targetWidth));
}

/**
 * Looks at the numbers of rows begin to end - 1.
 * @throws InvalidInputError for one that the engine cannot hold, or a target that the loss cannot use.
 */
export function checkNumbers(where: string, dataset: Dataset, begin: number, end: number, engine: Engine): void {
  // Their lengths too, at each look: a buffer may have shrunk meanwhile.
  const { inputs, targets } = rowsOf(where, dataset);
  const { inputWidth, targetWidth } = dataset;
  const single = isSingle(engine);
  checkHeld(`${where}: inputs`, inputs, inputWidth, begin, end, single);
  checkHeld(`${where}: targets`, targets, targetWidth, begin, end, single);
  const part = targets.subarray(begin * targetWidth, end * targetWidth);
  checkTargets(where, engine.shape.loss, part, targetWidth, begin);
}

function checkHeld(
  where: string,
  values: ArrayLike<number>,
  width: number,
  begin: number,
  end: number,
  single: boolean,
): void {
  for (let i = begin * width; i < end * width; i++) {
    const value = values[i]!;
    if (Number.isFinite(single ? Math.fround(value) : value)) continue;
    const kind = single ? "a finite number that float32 can hold" : "a finite number";
    refuse(`${where}, row ${Math.floor(i / width) + 1}, column ${(i % width) + 1}`, kind, show(value));
  }
}

/** @throws InvalidInputError for data that does not fit. */
export function checkBatch(where: string, batch: Batch, engine: Engine): Dataset {
  const dataset = batch instanceof Dataset ? batch : asDataset(where, batch, engine);
  checkDataset(where, dataset, engine);
  checkNumbers(where, dataset, 0, dataset.count, engine);
  return dataset;
}

function asDataset(where: string, batch: Exclude<Batch, Dataset>, { shape }: Engine): Dataset {
  checkOptions(where, batch, ["inputs", "targets"]);
  const { inputs, targets } = batch;
  return Dataset.from({
    inputs,
    targets,
    ...(ArrayBuffer.isView(inputs) ? { inputWidth: shape.inputs } : {}),
    ...(ArrayBuffer.isView(targets) ? { targetWidth: shape.outputs } : {}),
  });
}

/** One sample and its targets, or a batch of them, as `trace` takes them. */
export function checkSamples(where: string, inputs: Numbers, targets: Numbers, engine: Engine): Dataset {
  if (targets === undefined) refuse(where, "inputs and their targets", "inputs only");
  const { inputs: width } = engine.shape;
  const isRow =
    isNumbers(inputs) && typeof inputs[0] === "number" && (inputs.length === width || Array.isArray(inputs));
  const batch = isRow ? { inputs: [inputs as number[]], targets: asRow(targets) } : { inputs, targets };
  return checkBatch(where, batch, engine);
}

/** The targets of one row. */
function asRow(targets: Numbers): Numbers {
  return isNumbers(targets) && typeof targets[0] === "number" ? [targets as readonly number[]] : targets;
}

/** Rows of the engine's inputs. */
export function checkInputsFor(where: string, inputs: Numbers, engine: Engine) {
  return checkInputs(where, inputs, engine.shape.inputs, isSingle(engine));
}

/**
 * A frozen copy.
 * @throws InvalidInputError unless there is a mean and a positive std for each input, of a size that the engine's
 *   numbers can have.
 */
export function checkStandardization(where: string, given: Standardization, engine: Engine): Standardization {
  const checked = readStandardization(where, given, engine.shape.inputs);
  const held = isSingle(engine) ? Math.fround : Number;
  checked.std.forEach((value, i) => {
    const mean = checked.mean[i]!;
    const [center, scale] = [held(mean), held(1 / value)];
    if (Number.isFinite(center) && Number.isFinite(scale) && scale > 0) return;
    const kind = `numbers that ${isSingle(engine) ? "float32" : "float64"} can hold`;
    refuse(`${where}: standardization of input ${i + 1}`, kind, `mean ${mean} and std ${value}`);
  });
  return checked;
}
