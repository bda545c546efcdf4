/**
 * Random networks with random rows, for numeric tests. A seed gives the same case on every host, so a failing test
 * needs to print nothing else.
 */
import { activationOf, activations } from "../../src/kinds/activations/index.ts";
import type { ActivationDescription, ActivationName } from "../../src/kinds/activations/index.ts";
import type { Engine, Samples } from "../../src/engine/engine.ts";
import { ReferenceEngine } from "../../src/engine/reference/reference-engine.ts";
import { losses, lossOf } from "../../src/kinds/losses/index.ts";
import type { Loss, LossDescription, LossName } from "../../src/kinds/losses/index.ts";
import type { Floats } from "../../src/ground/floats.ts";
import { sgd, ruleOf } from "../../src/kinds/optimizers/index.ts";
import { Random } from "../../src/ground/random.ts";
import { nameOf } from "../../src/kinds/named.ts";
import type { Learned } from "../../src/model/learned.ts";
import { networkShape } from "../../src/model/shape.ts";
import type { NetworkShape } from "../../src/model/shape.ts";
import { normwiseError } from "./errors.ts";

export interface RandomCase {
  readonly seed: number;
  readonly description: {
    inputs: number;
    layers: { units: number; activation: ActivationDescription }[];
    loss: LossDescription;
  };
  readonly shape: NetworkShape;
  /** All numbers are exact in float32, so that engines of either precision start from the same ones. */
  readonly parameters: Float64Array;
  readonly inputs: Float64Array;
  readonly targets: Float64Array;
  readonly rows: number;
}

const maxDepth = 6;
/** More than four times 16, so that every remainder of every panel and tile width comes up. */
const maxWidth = 70;
const maxRows = 100;

/**
 * No relu is nearer to its kink than this: some ten times what rounding in float32 moves a pre-activation by, so that
 * engines of either precision agree on which units are active. (Much more, and of the larger networks with their tens
 * of thousands of pre-activations hardly any would be left.)
 */
const kinkDistance = 1e-5;

/**
 * Rounding its parameters and inputs to float32 may not move the gradient of a case by more than this, normwise and per
 * layer. That is lost before the first operation, and then up to six layers round again, forward and backward, to some
 * times the effect: beyond this limit, where large terms cancel, 1e-5 is nothing that a computation in float32 can
 * promise, however it sums. A few seeds of a thousand meet such a case.
 */
const conditionLimit = 1e-6;
/** Half a unit of float32's last place, relative. */
const halfUlp = 2 ** -24;
const perturbations = 4;

/** The case of a seed: drawn again from the same stream of numbers while it cannot tell right from wrong in float32. */
export function randomCase(seed: number): RandomCase {
  const random = new Random(seed);
  for (;;) {
    const drawn = drawCase(seed, random);
    if (!nearKink(drawn) && conditionOf(drawn) <= conditionLimit) return drawn;
  }
}

/**
 * Of every layer the part of the gradient that belongs to w^(k) = [W | b]: the bias is the weight of the unit that is
 * always 1, and one matrix with the others.
 */
function matricesOf({ layers }: NetworkShape, gradients: Floats): Floats[] {
  return layers.map(({ weights, biases, fanOut }) => gradients.subarray(weights, biases + fanOut));
}

/** How far each matrix is from the expected one: max |a - b| / max |b|. */
export function matrixErrors(shape: NetworkShape, gradients: Floats, expected: Floats): number[] {
  const matrices = matricesOf(shape, expected);
  return matricesOf(shape, gradients).map((matrix, k) => normwiseError(matrix, matrices[k]!));
}

/** Loads a case into an engine: its parameters, and its rows in their order. */
export function fill(engine: Engine, { parameters, inputs, targets, rows }: RandomCase): Samples {
  const samples = engine.prepare(rows, ruleOf(sgd({ learningRate: 0.1 })));
  engine.parameters.set(parameters);
  samples.inputs.set(inputs);
  samples.targets.set(targets);
  return samples;
}

function drawCase(seed: number, random: Random): RandomCase {
  const loss = drawOptions(random, pick(random, Object.keys(losses) as LossName[]), lossOptions);
  const depth = 1 + random.below(maxDepth);
  const layers = Array.from({ length: depth }, (_, k) => drawLayer(random, k === depth - 1 ? loss : undefined));
  const description = { inputs: 1 + random.below(maxWidth), layers, loss };
  const shape = networkShape(description);
  // Small batches are more frequent: they have more edges, and large ones cost more. The largest come up for certain.
  const rows = seed % 50 === 0 ? maxRows : 1 + random.below(1 + random.below(maxRows));
  return {
    seed,
    description,
    shape,
    parameters: drawParameters(random, shape),
    inputs: draw(random, rows * shape.inputs, 1.5),
    targets: drawTargets(random, lossOf(loss), rows, shape.outputs),
    rows,
  };
}

const numbers: Partial<Loss> & Pick<Loss, "outputs"> = { outputs: [-Infinity, Infinity] };

/** A hidden layer of any kind, or the last one, of a kind whose outputs the loss exists for. */
function drawLayer(random: Random, loss: LossDescription | undefined) {
  const {
    outputs: [low, high],
    poles = [],
  } = loss === undefined ? numbers : lossOf(loss);
  const names = (Object.keys(activations) as ActivationName[]).filter((name) => {
    const { range, kinks = [] } = activationOf(name);
    // Where relu bends poisson has its pole: so near to one differences measure nothing.
    if (poles.length > 0 && kinks.length > 0 && high === Infinity) return false;
    return low <= range[0] && range[1] <= high;
  });
  const activation = drawOptions(random, pick(random, names), activationOptions);
  // The softmax of a single unit is always 1.
  const fewest = activation === "softmax" ? 2 : 1;
  return { units: fewest + random.below(maxWidth + 1 - fewest), activation };
}

/** Options that half of the kinds that have some are drawn with, others than by default. */
const activationOptions = { leakyRelu: { slope: 0.25 }, elu: { alpha: 0.5 }, gelu: { approximate: true } };
const lossOptions = {
  binaryCrossEntropy: { labelSmoothing: 0.25 },
  categoricalCrossEntropy: { labelSmoothing: 0.125 },
  focal: { gamma: 1.5, alpha: 0.25 },
  huber: { delta: 0.5 },
  quantile: { quantile: 0.75 },
};

function drawOptions<Name extends string>(random: Random, name: Name, options: object) {
  const given = (options as Record<string, object>)[name];
  return given === undefined || random.below(2) === 0 ? name : { name, ...given };
}

/** Uniform on the scale that keeps signals from vanishing or growing from layer to layer. */
function drawParameters(random: Random, shape: NetworkShape): Float64Array {
  const parameters = new Float64Array(shape.parameterCount);
  for (const { fanIn, fanOut, activation, weights, biases } of shape.layers) {
    const halves = ["relu", "leakyRelu", "gelu", "silu"].includes(nameOf(activation!));
    // Of sums that spread about 1 exponentials would grow from layer to layer.
    const spread = nameOf(activation!) === "exponential" ? 9 * fanIn : halves ? fanIn : (fanIn + fanOut) / 2;
    parameters.set(draw(random, fanIn * fanOut, Math.sqrt((halves ? 6 : 3) / spread)), weights);
    parameters.set(draw(random, fanOut, 0.3), biases);
  }
  return parameters;
}

/** Half of the cases have hard targets, 0 or 1, where the loss takes such; the others anything that it takes. */
function drawTargets(random: Random, loss: Loss, rows: number, units: number): Float64Array {
  if (loss.targets[1] === Infinity) {
    const drawn = draw(random, rows * units, 2);
    return loss.targets[0] === 0 ? drawn.map(Math.abs) : drawn;
  }
  const hard = random.below(2) === 0;
  const targets = new Float64Array(rows * units);
  for (let begin = 0; begin < targets.length; begin += units) {
    const row = targets.subarray(begin, begin + units);
    if (loss.distribution) drawDistribution(random, row, hard);
    else row.forEach((_, i) => (row[i] = hard ? random.below(2) : Math.fround(random.uniform())));
  }
  return targets;
}

/** In whole parts of 1, or of 256: only so do they add up to exactly 1 in float32, which is what the loss counts on. */
function drawDistribution(random: Random, row: Float64Array, hard: boolean): void {
  const parts = hard ? 1 : 256;
  for (let part = 0; part < parts; part++) row[random.below(row.length)]! += 1 / parts;
}

function draw(random: Random, count: number, bound: number): Float64Array {
  return Float64Array.from({ length: count }, () => Math.fround(random.uniform(-bound, bound)));
}

function pick<T>(random: Random, values: readonly T[]): T {
  return values[random.below(values.length)]!;
}

function nearKink(drawn: RandomCase): boolean {
  const { layers } = drawn.shape;
  const { loss } = drawn.description;
  const kinksOf = layers.map(({ activation }) => activationOf(activation!).kinks ?? []);
  const { kinks: lossKinks = [] } = lossOf(loss);
  if (lossKinks.length === 0 && kinksOf.every((kinks) => kinks.length === 0)) return false;
  const engine = new ReferenceEngine(drawn.shape, "float64");
  const values = engine.layerValues(fill(engine, drawn), 0, drawn.rows);
  const near = (at: number, kinks: readonly number[]) => kinks.some((kink) => Math.abs(at - kink) < kinkDistance);
  return (
    values.some(({ preActivations }, k) => preActivations.some((s: number) => near(s, kinksOf[k]!))) ||
    values.at(-1)!.activations.some((x: number, i: number) => near(x - drawn.targets[i]!, lossKinks))
  );
}

/**
 * How far the float64 gradient moves, by the worst matrix of some random perturbations, when every parameter and input is
 * moved by half a unit of float32's last place: what is lost before the first operation.
 */
function conditionOf(drawn: RandomCase): number {
  const random = new Random(drawn.seed);
  const moved = (values: Float64Array) => values.map((value) => value * (1 + (random.below(2) ? 1 : -1) * halfUlp));
  const engine = new ReferenceEngine(drawn.shape, "float64");
  const gradient = (at: RandomCase): Floats => {
    engine.gradient(fill(engine, at), 0, at.rows, at.rows, false);
    return engine.gradients;
  };
  const expected = gradient(drawn).slice();
  let worst = 0;
  for (let i = 0; i < perturbations; i++) {
    const { parameters, inputs } = drawn;
    const found = gradient({ ...drawn, parameters: moved(parameters), inputs: moved(inputs) });
    worst = Math.max(worst, ...matrixErrors(drawn.shape, found, expected));
  }
  return worst;
}

/** What a network without statistics has learned. */
export function learned(parameters: Floats): Learned {
  return { parameters, statistics: new Float64Array(0) };
}
