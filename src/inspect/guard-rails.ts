/**
 * Guard rails: what rows, a network and its first losses say about a training that is going to disappoint, and what to do.
 * They refuse nothing. Pure checks, whose cost is bounded whatever the size of the data: of rows, at most 2^19 numbers are
 * read, in a millisecond or two; of units, one pass forward over at most 128 rows, once, in less time than a step takes. What
 * a sample suggests is looked up in all rows before it is said, or not said. Kinds are asked for what they state and for
 * their slopes, never for their names.
 */
import type { EncodedRows } from "../data/preprocess/conform.ts";
import type { Standardization } from "../data/preprocess/standardize.ts";
import type { Engine, Samples } from "../engine/engine.ts";
import { show } from "../ground/errors.ts";
import type { Floats } from "../ground/floats.ts";
import { type Activation, type ActivationName, activationOf, activations } from "../kinds/activations/index.ts";
import { lossOf } from "../kinds/losses/index.ts";
import { nameOf } from "../kinds/named.ts";
import { type Head, ops } from "../kinds/ops/index.ts";
import type { NetworkShape } from "../model/shape.ts";

/** A sentence for people about what is likely to go wrong, and what to do. */
export interface Warning {
  readonly code: WarningCode;
  readonly message: string;
}

/** Who is told of warnings. */
export type OnWarning = (warning: Warning) => unknown;

export type WarningCode =
  | "outputLoss"
  | "outputFlat"
  | "targetsOutOfReach"
  | "classesAsNumbers"
  | "oneClass"
  | "constantTarget"
  | "constantInput"
  | "unscaledInputs"
  | "targetAmongInputs"
  | "deadUnits"
  | "saturatedUnits"
  | "diverging";

/** A warning, and what it is about: the same is not said twice. */
export interface Finding extends Warning {
  readonly about: string;
}

/** Numbers of rows that are read, spread evenly over all; and as many more to make sure. */
const BUDGET = 2 ** 16;
/** Of a short training no more than this share of the numbers that it reads itself, in far less time; but at least so many. */
const SHARE = 1 / 16;
const LEAST = 2 ** 10;
/** Targets are few, and lie close together. */
const TARGET_BUDGET = 2 ** 18;
const MOST_ROWS = 1024;
/** Of fewer rows a column says nothing. */
const FEWEST_ROWS = 4;
/** A deviation so many times another's, and a range too, is a matter of units. */
const UNSCALED = 100;

/** What is known of the rows that a training learns from. */
export interface GuardedRows extends Pick<EncodedRows, "count" | "inputs" | "targets" | "inputWidth" | "targetWidth"> {
  readonly inputNames: readonly string[];
  readonly targetNames: readonly string[];
}

/** A column in a sample of the rows. */
interface Column {
  readonly min: number;
  readonly max: number;
  readonly deviation: number;
  /** A sum that is the same for columns that are the same. */
  readonly print: number;
}

/** Before a training: what the rows say, and what they and the network say of each other. */
export function checkRows(
  shape: NetworkShape,
  rows: GuardedRows,
  standardization: Standardization | null,
  epochs = Infinity,
): Finding[] {
  const { count, inputs, targets, inputWidth, targetWidth } = rows;
  const budget = Math.min(BUDGET, Math.max(LEAST, Math.floor(SHARE * epochs * count * (inputWidth + targetWidth))));
  const { heads } = shape;
  const outputs = heads.flatMap((head) => outputFindings(head, whereOf(head, `layer ${shape.layers.length}`)));
  const size = Math.min(count, MOST_ROWS, Math.floor(budget / (inputWidth + targetWidth)));
  if (size < FEWEST_ROWS) return outputs;
  const sample = Array.from({ length: size }, (_, i) => Math.floor((i * count) / size));
  const columns = (values: Floats, width: number) => surveyed(values, width, sample);
  const [x, y] = [columns(inputs, inputWidth), columns(targets, targetWidth)];
  const proof = new Proof(count, budget);
  return [
    ...outputs,
    ...heads.flatMap((head) => targetFindings(head, rows, y, new Proof(count, TARGET_BUDGET))),
    ...constantInputs(rows, x, proof),
    ...unscaledInputs(rows, x, standardization),
    ...targetsAmongInputs(rows, x, y, proof),
  ];
}

function surveyed(values: Floats, width: number, sample: readonly number[]): Column[] {
  const [min, max] = [new Float64Array(width).fill(Infinity), new Float64Array(width).fill(-Infinity)];
  const [sums, squares, prints] = [new Float64Array(width), new Float64Array(width), new Float64Array(width)];
  const first = sample[0]! * width;
  for (const [i, row] of sample.entries()) {
    const weight = Math.sin(i + 1);
    for (let j = 0; j < width; j++) {
      const value = values[row * width + j]!;
      // From the first value on: a mean that is large beside the deviation would take its digits.
      const distance = value - values[first + j]!;
      if (value < min[j]!) min[j] = value;
      if (value > max[j]!) max[j] = value;
      sums[j]! += distance;
      squares[j]! += distance * distance;
      prints[j]! += weight * value;
    }
  }
  const n = sample.length;
  return Array.from(min, (_, j) => ({
    min: min[j]!,
    max: max[j]!,
    deviation: Math.sqrt(Math.max(0, squares[j]! / n - (sums[j]! / n) ** 2)),
    print: prints[j]!,
  }));
}

/** Looks in all rows at what a sample suggests, as long as its budget lasts: what is not proven is not so. */
class Proof {
  readonly #count: number;
  #left: number;

  constructor(count: number, budget: number) {
    this.#count = count;
    this.#left = budget;
  }

  everyRow(holds: (row: number) => boolean): boolean {
    if (this.#count > this.#left) return false;
    for (let row = 0; row < this.#count; row++) {
      this.#left--;
      if (!holds(row)) return false;
    }
    return true;
  }

  isConstant(values: Floats, width: number, column: number): boolean {
    return this.everyRow((row) => values[row * width + column] === values[column]);
  }
}

const isConstant = ({ min, max }: Column) => min === max;

/** How messages call the first of several columns. */
function called(names: readonly string[], places: readonly number[]): string {
  const first = show(names[places[0]!] ?? `column ${places[0]! + 1}`);
  if (places.length === 1) return first;
  return `${first} and ${places.length - 1} ${places.length === 2 ? "other" : "others"}`;
}

/** A head by its name; where it has none, as the rest is called. */
function whereOf({ name }: Head, otherwise: string): string {
  return name === undefined ? otherwise : `head ${show(name)}`;
}

/** Of outputs and loss alone. */
function outputFindings({ activation: description, loss, fusedLoss }: Head, where: string): Finding[] {
  if (fusedLoss) return [];
  const [activation, name] = [activationOf(description), nameOf(description)];
  const finding = (code: WarningCode, message: string) => [{ code, message: `${where}: ${message}`, about: where }];
  if (activation.couples && lossOf(loss).predicts === "numbers") {
    const rest = "for classes take categoricalCrossEntropy as the loss, for numbers identity as the activation";
    return finding("outputLoss", `${name} outputs share 1 among them, to which ${nameOf(loss)} does not fit: ${rest}`);
  }
  if (activation.couples || !isFlat(activation)) return [];
  const rest = "an output unit that comes to lie there stays there; identity has no such side";
  return finding("outputFlat", `${name} outputs have a side on which nothing is learned: ${rest}`);
}

/** Sums far from 0, at which an activation that saturates slowly still has a slope. */
const FAR = [-8, 8];

/** Whether there is a side on which its slope is exactly 0. */
function isFlat({ forward, backward, keeps, numbers = [] }: Activation): boolean {
  return FAR.some((s) => {
    const [sums, x, ds] = [Float64Array.of(s), new Float64Array(1), new Float64Array(1)];
    forward(x, sums, 1, 1, numbers);
    backward(ds, Float64Array.of(1), keeps === "preActivation" ? sums : x, 1, 1, numbers);
    return ds[0] === 0;
  });
}

function targetFindings(head: Head, rows: GuardedRows, all: readonly Column[], proof: Proof): Finding[] {
  const { predicts, distribution } = lossOf(head.loss);
  const { range } = activationOf(head.activation);
  const [loss, activation] = [nameOf(head.loss), nameOf(head.activation)];
  const { begin, units } = head;
  const y = all.slice(begin, begin + units);
  const { targets, targetWidth, count } = rows;
  const targetNames = rows.targetNames.slice(begin, begin + units);
  const [low, high] = [Math.min(...y.map(({ min }) => min)), Math.max(...y.map(({ max }) => max))];
  const where = whereOf(head, "targets");
  const constant = [...y.keys()].filter((j) => isConstant(y[j]!) && proof.isConstant(targets, targetWidth, begin + j));
  const found = (code: WarningCode, message: string) => [{ code, message: `${where}: ${message}`, about: where }];
  if (constant.length === units && (predicts !== "numbers" || units > 1)) {
    const rest =
      "there is nothing to tell apart (are rows missing, or is the data set not shuffled before it is split?)";
    return found("oneClass", `all ${count} rows are of one class: ${rest}`);
  }
  // Classes of which there is no row are 0 in all, and rightly so.
  if (constant.length > 0 && !distribution) {
    const which = called(targetNames, constant);
    const value = y[constant[0]!]!.min;
    return found("constantTarget", `${which}: ${value} in all ${count} rows: there is nothing to learn about it`);
  }
  if (predicts !== "numbers") return [];
  if (low < range[0] || high > range[1]) {
    const fits = ({ range: [from, to], couples }: Activation) => !couples && from <= low && to >= high;
    const fitting = (Object.keys(activations) as ActivationName[]).filter((name) => fits(activationOf(name)));
    const reach = `from ${low} to ${high}, where ${activation} outputs lie between ${range[0]} and ${range[1]}`;
    return found(
      "targetsOutOfReach",
      `${reach}: take ${fitting.join(" or ")} for the last layer, or scale the targets`,
    );
  }
  if (range[0] >= 0 && range[1] <= 1) return [];
  const areClasses = proof.everyRow((row) => {
    const first = row * targetWidth + begin;
    for (let i = first; i < first + units; i++) if (targets[i] !== 0 && targets[i] !== 1) return false;
    return true;
  });
  if (!areClasses || low === high) return [];
  const better =
    units === 1
      ? "sigmoid with binaryCrossEntropy learns the probability"
      : "softmax with categoricalCrossEntropy, or of several yes or no sigmoid with binaryCrossEntropy, learns probabilities";
  return found("classesAsNumbers", `0 and 1 only, which ${activation} with ${loss} takes for numbers: ${better}`);
}

function constantInputs({ inputs, inputWidth, inputNames, count }: GuardedRows, x: readonly Column[], proof: Proof) {
  const constant = [...x.keys()].filter((j) => isConstant(x[j]!) && proof.isConstant(inputs, inputWidth, j));
  if (constant.length === 0) return [];
  const [which, does] = [called(inputNames, constant), constant.length === 1 ? "is" : "are"];
  const message = `inputs: ${which} ${does} the same in all ${count} rows: nothing can be learned of it; leave it out`;
  return [{ code: "constantInput", message, about: which } as const];
}

function unscaledInputs({ inputNames }: GuardedRows, x: readonly Column[], known: Standardization | null): Finding[] {
  const spreads = [...x.keys()]
    .filter((j) => !isConstant(x[j]!))
    .map((j) => {
      const std = known?.std[j] ?? 1;
      return { j, deviation: x[j]!.deviation / std, range: (x[j]!.max - x[j]!.min) / std };
    });
  if (spreads.length < 2) return [];
  const by = (better: (a: number, b: number) => boolean) =>
    spreads.reduce((best, each) => (better(each.deviation, best.deviation) ? each : best));
  const [most, least] = [by((a, b) => a > b), by((a, b) => a < b)];
  // A column of few ones among zeros deviates little, but is of the same units as the others.
  if (most.deviation <= UNSCALED * least.deviation || most.range <= UNSCALED * least.range) return [];
  const spread = ({ j, deviation }: typeof most) => `${called(inputNames, [j])} by ${Number(deviation.toPrecision(3))}`;
  const rest = "the larger drown the smaller (`standardize: true` where the data set is made brings all to 1)";
  const message = `inputs: columns deviate by very different amounts, ${spread(most)} and ${spread(least)}: ${rest}`;
  return [{ code: "unscaledInputs", message, about: "inputs" }];
}

function targetsAmongInputs(rows: GuardedRows, x: readonly Column[], y: readonly Column[], proof: Proof): Finding[] {
  const { inputs, targets, inputWidth, targetWidth, inputNames, targetNames } = rows;
  const prints = new Map(x.map(({ print }, j) => [print, j]));
  return y.flatMap((column, k): Finding[] => {
    const j = prints.get(column.print);
    if (j === undefined || isConstant(column)) return [];
    if (!proof.everyRow((row) => inputs[row * inputWidth + j] === targets[row * targetWidth + k])) return [];
    const [input, target] = [called(inputNames, [j]), called(targetNames, [k])];
    const rest = "what is learned is to read it off; leave it out, if it is not known where the network is to be used";
    return [{ code: "targetAmongInputs", message: `inputs: ${input} is the target ${target}: ${rest}`, about: input }];
  });
}

/** Of so many rows a layer is judged, and it is spoken of if so large a share of its units learns nothing. */
const UNIT_ROWS = 128;
const FEWEST_UNIT_ROWS = 32;
const UNIT_SHARE = 0.1;
/** Of as many parameters as this, times rows, a pass takes about a millisecond. */
const UNIT_BUDGET = 2 ** 24;
/** A slope below this is as good as none. */
const SLOPE = 1e-3;
/** A unit of bounded outputs is stuck if it has no slope in so large a share of the rows. */
const STUCK = 0.95;

/** After the first epoch: layers with units that learn nothing, since they have no slope at the rows that they are shown. */
export function checkUnits(engine: Engine, samples: Samples): Finding[] {
  const { shape, scratch } = engine;
  const most = Math.max(FEWEST_UNIT_ROWS, Math.min(UNIT_ROWS, Math.floor(UNIT_BUDGET / shape.parameterCount)));
  const rows = Math.min(most, samples.capacity, scratch.capacity);
  const values = engine.layerValues(samples, 0, rows);
  return shape.layers.flatMap(({ activation, op, fanOut }, k): Finding[] => {
    const isLast = k === shape.layers.length - 1;
    if (activation === undefined || (isLast && shape.fusedLoss)) return [];
    const { range, couples } = activationOf(activation);
    if (couples) return [];
    const { preActivations, activations: outputs } = values[k]!;
    const kept = ops[shape.ops[op]!.name].keeps === "input" ? preActivations : outputs;
    const slopes = engine.kernels.backward(op, outputs.slice().fill(1), kept, rows);
    const isBounded = range.every(Number.isFinite);
    const stuck = stuckUnits(slopes, fanOut, rows, isBounded);
    if (stuck < UNIT_SHARE * fanOut) return [];
    const where = `layer ${k + 1}`;
    const units = `${where}: ${stuck} of ${fanOut} ${nameOf(activation)} units`;
    return isBounded
      ? [{ code: "saturatedUnits", message: `${units} ${saturated}`, about: where }]
      : [{ code: "deadUnits", message: `${units} ${dead(rows)}`, about: where }];
  });
}

const saturated =
  "are saturated, so that they hardly learn: standardize the inputs, or start from smaller weights, or take a smaller learning rate";
const dead = (rows: number) =>
  `have no slope at any of ${rows} rows, so that they learn nothing: take a smaller learning rate, standardize the inputs, or start from "heUniform" weights`;

/** slopes: [rows, units]. */
function stuckUnits(slopes: Floats, units: number, rows: number, isBounded: boolean): number {
  let stuck = 0;
  for (let j = 0; j < units; j++) {
    let without = 0;
    for (let row = 0; row < rows; row++) if (Math.abs(slopes[row * units + j]!) < SLOPE) without++;
    if (without >= (isBounded ? STUCK : 1) * rows) stuck++;
  }
  return stuck;
}

/** Epochs in a row in which the loss rises, and to how much of the lowest, before it is said to diverge. */
const RISES = 5;
const RISE = 1.1;
/** Or it is as many times the first. */
const BLOW_UP = 2;

/** Whether losses by epoch, up to one of them, say that the rate is too high. */
export function checkDescent(epochLosses: readonly number[], epoch = epochLosses.length): Finding[] {
  const [first, last] = [epochLosses[0]!, epochLosses[epoch - 1]!];
  const found = (what: string): Finding[] => {
    const rest = "a smaller learning rate often helps (`findLearningRate` suggests one)";
    return [{ code: "diverging", message: `training: the loss ${what}: ${rest}`, about: "training" }];
  };
  // A loss that may be below 0, as poisson is, has no such size.
  if (first > 0 && last > BLOW_UP * first)
    return found(`of epoch ${epoch}, ${last}, is more than twice that of the first, ${first}`);
  const run = epochLosses.slice(Math.max(0, epoch - 1 - RISES), epoch);
  const rises = run.length > RISES && run.every((loss, i) => i === 0 || loss > run[i - 1]!);
  return rises && last - run[0]! > (RISE - 1) * Math.abs(run[0]!)
    ? found(`rose in ${RISES} epochs in a row, from ${run[0]} to ${last}`)
    : [];
}
