/** What a network is given is checked here, against what its engine can take; whatever lies behind trusts it. */
import { type CountedRows, countedRows } from "../data/counted-rows.ts";
import { Dataset, isDataset, rowsOf } from "../data/dataset.ts";
import {
  conform,
  type Conformity,
  conformInputs,
  type EncodedRows,
  encodeRows,
  encodeSide,
} from "../data/preprocess/conform.ts";
import { limitsOf, readStandardization, type Standardization } from "../data/preprocess/standardize.ts";
import {
  checkFinite,
  checkInputs,
  checkLength,
  type DatasetOptions,
  type Inputs,
  isNumbers,
  type Numbers,
} from "../data/rows.ts";
import type { Engine } from "../engine/engine.ts";
import { checkOptions, refuse, show } from "../ground/errors.ts";
import { columnsOf, type Floats } from "../ground/floats.ts";
import { atOnce } from "../ground/pieces.ts";
import { checkTargets } from "../kinds/losses/targets.ts";
import { type Asked, isSingle } from "./passes.ts";

/** Samples for a gradient: a data set, or what makes one. */
export type Batch =
  | Dataset
  | { readonly inputs: Numbers; readonly targets: Numbers }
  | { readonly inputs: Numbers; readonly heads: NonNullable<DatasetOptions["heads"]> };

/**
 * How rows are to be encoded; their numbers are another question.
 * @throws InvalidInputError unless their columns fit the network's.
 */
export function conformTo(
  where: string,
  { schema, dataset }: CountedRows,
  { engine, preprocessing }: Pick<Asked, "engine" | "preprocessing">,
): Conformity {
  return conform(where, dataset ? rowsOf(where, dataset) : { schema }, preprocessing, engine.shape);
}

/**
 * Looks at the numbers of rows begin to end - 1.
 * @throws InvalidInputError for one that the engine cannot hold, or a target that the loss cannot use.
 */
export function checkNumbers(
  where: string,
  rows: EncodedRows,
  begin: number,
  end: number,
  engine: Engine,
  standardization: Standardization | null,
): void {
  const { inputWidth, targetWidth, targets, inputNames } = rows;
  // Their lengths too, at each look: a buffer may have shrunk meanwhile.
  checkLength(`${where}: inputs`, rows.inputs, rows.count * inputWidth);
  checkLength(`${where}: targets`, targets, rows.count * targetWidth);
  if (rows.weights) checkLength(`${where}: sampleWeight`, rows.weights, rows.count);
  const single = isSingle(engine);
  const limits = standardization === null ? undefined : limitsOf(standardization, single);
  const first = rows.first + begin + 1;
  const part = (values: Floats, width: number) => values.subarray(begin * width, end * width);
  checkFinite(`${where}: inputs`, part(rows.inputs, inputWidth), inputWidth, {
    single,
    limits,
    first,
    names: inputNames,
  });
  checkFinite(`${where}: targets`, part(targets, targetWidth), targetWidth, { single, first });
  for (const { name, loss, begin: place, units } of engine.shape.heads) {
    const own = columnsOf(part(targets, targetWidth), targetWidth, place, units);
    checkTargets(name === undefined ? where : `${where}: head ${show(name)}`, loss, own, units, rows.first + begin);
  }
}

/**
 * The rows as the network takes them.
 * @throws InvalidInputError for data that does not fit.
 */
export function checkBatch(where: string, batch: Batch, asked: Asked): EncodedRows {
  const dataset = isDataset(batch) ? batch : asDataset(where, batch, asked.engine);
  const rows = atOnce(encodeRows(where, rowsOf(where, dataset), conformTo(where, countedRows(where, dataset), asked)));
  checkNumbers(where, rows, 0, rows.count, asked.engine, asked.standardization);
  return rows;
}

function asDataset(where: string, batch: Exclude<Batch, Dataset>, { shape }: Engine): Dataset {
  checkOptions(where, batch, ["inputs", "targets", "heads"]);
  const { inputs, ...rest } = { ...batch };
  const targets = "targets" in rest ? rest.targets : undefined;
  return Dataset.from({
    inputs,
    ...rest,
    ...(ArrayBuffer.isView(inputs) ? { inputWidth: shape.inputs } : {}),
    ...(ArrayBuffer.isView(targets) ? { targetWidth: shape.outputs } : {}),
  });
}

/** One sample and its targets, or a batch of them, as `trace` takes them. */
export function checkSamples(where: string, inputs: Numbers, targets: Numbers, asked: Asked): EncodedRows {
  if (targets === undefined) refuse(where, "inputs and their targets", "inputs only");
  const { inputs: width } = asked.engine.shape;
  const isRow =
    isNumbers(inputs) && typeof inputs[0] === "number" && (inputs.length === width || Array.isArray(inputs));
  const batch = isRow ? { inputs: [inputs as number[]], targets: asRow(targets) } : { inputs, targets };
  return checkBatch(where, batch, asked);
}

/** The targets of one row. */
function asRow(targets: Numbers): Numbers {
  return isNumbers(targets) && typeof targets[0] === "number" ? [targets as readonly number[]] : targets;
}

/** Rows of the engine's inputs; of a data set, its own, encoded. */
export function checkInputsFor(where: string, given: Numbers | Dataset, asked: Asked): Inputs {
  const { engine, standardization, preprocessing } = asked;
  const { inputs: width } = engine.shape;
  const single = isSingle(engine);
  const limits = standardization === null ? undefined : limitsOf(standardization, single);
  if (!isDataset(given)) return checkInputs(where, given, width, single, limits);
  const rows = rowsOf(where, given);
  const side = conformInputs(where, rows.schema, preprocessing, width);
  return checkInputs(where, atOnce(encodeSide(where, rows.inputs, rows.count, side)), width, single, limits);
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
