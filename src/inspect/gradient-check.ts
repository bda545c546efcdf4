/**
 * Backpropagation against central differences: every partial derivative can also be had from the loss alone, slowly and
 * without any calculus, so an error in the chain rule has nowhere to hide. For engines that compute in float64; in
 * float32 the rounding of the loss would drown what is measured.
 */
import { Random } from "../ground/random.ts";
import type { Engine, Samples } from "../engine/engine.ts";
import { columnsOf, type Floats } from "../ground/floats.ts";
import { type ActivationDescription, activationOf } from "../kinds/activations/index.ts";
import { type LossDescription, lossOf } from "../kinds/losses/index.ts";
import type { NetworkShape } from "../model/shape.ts";

/**
 * Steps tried in turn. With four points the truncation error is h^4 / 30 times the fifth derivative, and rounding leaves
 * about 1e-16 / h of the loss: at 1e-3 both are far below 1e-7. The shorter ones are for networks with kinks, see
 * `slopeAlong`; below the last of them rounding would show.
 */
const steps = [1e-3, 5e-4, 2e-4, 1e-4, 5e-5, 2e-5];

/**
 * Partials smaller than these parts of the largest one, or of the loss, are measured in units of them. What rounding of
 * the loss leaves does not shrink with the partial: up to some 1e-11 of the loss at the shortest step, so that the
 * relative error of a tiny partial would say nothing. A wrong partial still shows from 1e-10 of the loss on.
 */
const floorOfLargest = 1e-3;
const floorOfLoss = 1e-3;

export interface CheckedPartial {
  /** The layer of w^(k) and its biases: k, from 1. */
  readonly layer: number;
  readonly tensor: "weights" | "biases";
  /** Where in the tensor, in elements. */
  readonly index: number;
  readonly analytic: number;
  readonly numeric: number;
}

export interface GradientCheck {
  readonly maxRelativeError: number;
  /** Where that was; undefined if nothing could be checked. */
  readonly worst: CheckedPartial | undefined;
  readonly checked: number;
  /** Of how many rows the loss was that they are partials of. */
  readonly rows: number;
  /** Partials that differences cannot measure, since a unit or the loss is at a kink, or nearer to it than any step. */
  readonly skipped: number;
}

export interface GradientCheckOptions {
  /** How many partials of a tensor are checked, over all rows; a larger tensor is sampled. By default see `affordable`. */
  perTensor?: number | undefined;
  /** Of the sample. Default 1. */
  seed?: number;
}

/** About how many multiply-adds the plain-JavaScript oracle does in a second. */
const affordedWork = 1e9;
const mostPerTensor = 200;
const fewestPerTensor = 10;
/** What an activation costs, in multiply-adds. */
const unitWork = 8;

/**
 * How much is checked unless the caller says so: 200 partials of a tensor over all rows where that takes about a second at
 * most; else fewer partials, down to 10; else those over fewer rows. It goes by sizes and never by a clock, so the same
 * network and rows are checked alike on every machine.
 */
export function affordable(shape: NetworkShape, rows: number): { perTensor: number; rows: number } {
  const units = shape.layers.reduce((sum, { fanOut }) => sum + fanOut, 0);
  const passes = hasKinks(shape) ? 7 : 4;
  const partialWork = passes * (shape.parameterCount + unitWork * units);
  const counts = tensors(shape).map(({ count }) => count);
  const partials = (perTensor: number) => counts.reduce((sum, count) => sum + Math.min(count, perTensor), 0);
  let perTensor = mostPerTensor;
  while (perTensor > fewestPerTensor && partials(perTensor) * partialWork * rows > affordedWork) perTensor--;
  const fitting = Math.floor(affordedWork / (partials(perTensor) * partialWork));
  return { perTensor, rows: Math.min(rows, Math.max(1, fitting)) };
}

/**
 * Compares the gradient of the mean loss of places [0, rows), by backpropagation, with central differences. Where only some
 * of the rows are afforded, these are spread evenly. Leaves the parameters and the order as they were, and the gradient
 * over all rows in `engine.gradients`.
 */
export function checkGradients(
  engine: Engine,
  samples: Samples,
  rows: number,
  { perTensor, seed = 1 }: GradientCheckOptions = {},
): GradientCheck {
  if (perTensor !== undefined) return compare(engine, samples, rows, perTensor, seed);
  const afforded = affordable(engine.shape, rows);
  if (afforded.rows === rows) return compare(engine, samples, rows, afforded.perTensor, seed);
  const order = samples.order.slice();
  for (let i = 0; i < afforded.rows; i++) samples.order[i] = order[Math.floor((i * rows) / afforded.rows)]!;
  const check = compare(engine, samples, afforded.rows, afforded.perTensor, seed);
  samples.order.set(order);
  engine.gradient(samples, 0, rows, engine.totalWeight(samples, 0, rows), false);
  return check;
}

function compare(engine: Engine, samples: Samples, rows: number, perTensor: number, seed: number): GradientCheck {
  const random = new Random(seed);
  const loss = engine.gradient(samples, 0, rows, engine.totalWeight(samples, 0, rows), false);
  const origin = kinkDistances(engine, samples, rows);
  const floor = errorFloor(loss, engine.gradients);
  let maxRelativeError = 0;
  let worst: CheckedPartial | undefined;
  let checked = 0;
  let skipped = 0;
  for (const { layer, tensor, begin, count } of tensors(engine.shape)) {
    for (const index of chosen(count, perTensor, random)) {
      const analytic = engine.gradients[begin + index]!;
      const numeric = centralDifference(engine, samples, rows, begin + index, origin);
      // Of a loss that is NaN nothing is skipped: every partial of it is wrong.
      if (Number.isNaN(numeric) && !Number.isNaN(loss)) {
        skipped++;
        continue;
      }
      checked++;
      const error = relativeError(analytic, numeric, floor);
      if (worst !== undefined && error <= maxRelativeError) continue;
      maxRelativeError = error;
      worst = { layer, tensor, index, analytic, numeric };
    }
  }
  return { maxRelativeError, worst, checked, rows, skipped };
}

/**
 * The partial derivative of the mean loss of places [0, rows) by one parameter, from the loss alone; NaN where a unit
 * or the loss is at a kink, where there is none, or nearer to it than any step. `origin` is where the kinks are now.
 */
export function centralDifference(
  engine: Engine,
  samples: Samples,
  rows: number,
  index: number,
  origin = kinkDistances(engine, samples, rows),
): number {
  const w = engine.parameters[index]!;
  const unit = Math.max(1, Math.abs(w));
  const slope = slopeAlong(engine, samples, rows, origin, (distance) => {
    engine.parameters[index] = w + distance * unit;
  });
  engine.parameters[index] = w;
  return slope / unit;
}

/** The same along a direction in the space of all parameters: what the gradient's dot product with it should be. */
export function directionalDifference(engine: Engine, samples: Samples, rows: number, direction: Floats): number {
  const { parameters } = engine;
  const start = parameters.slice();
  const origin = kinkDistances(engine, samples, rows);
  const slope = slopeAlong(engine, samples, rows, origin, (distance) => {
    for (let i = 0; i < parameters.length; i++) parameters[i] = start[i]! + distance * direction[i]!;
  });
  parameters.set(start);
  return slope;
}

/** |a - n| / max(|a|, |n|, floor); infinite where either is NaN, so that no comparison lets it pass. */
export function relativeError(analytic: number, numeric: number, floor: number): number {
  const error = Math.abs(analytic - numeric) / Math.max(Math.abs(analytic), Math.abs(numeric), floor);
  return Number.isNaN(error) ? Infinity : error;
}

/** The smallest partial that is measured by its own size. */
export function errorFloor(loss: number, gradients: Floats): number {
  let largest = 0;
  for (const partial of gradients) largest = Math.max(largest, Math.abs(partial));
  return Math.max(floorOfLargest * largest, floorOfLoss * Math.abs(loss), Number.MIN_VALUE);
}

/**
 * The slope of the loss at distance 0 of a line through the parameters, that `move` goes along.
 *
 * A loss with kinks is smooth only as long as nothing changes sides of one, and a difference across a kink is the slope of
 * neither side: the step shrinks until all stay on their sides. Every try is two passes, so those that cannot
 * succeed are not made: the shortest step shows how fast each unit moves, and so about when the first one crosses.
 */
function slopeAlong(
  engine: Engine,
  samples: Samples,
  rows: number,
  origin: readonly Floats[],
  move: (distance: number) => void,
): number {
  const lossAt = (distance: number): number => {
    move(distance);
    return engine.loss(samples, 0, rows, engine.totalWeight(samples, 0, rows));
  };
  const kinksAt = (distance: number): Floats[] => {
    move(distance);
    return kinkDistances(engine, samples, rows);
  };
  const sameSidesAt = (distance: number) => origin.length === 0 || sameSides(origin, kinksAt(distance));
  const shortest = 2 * steps.at(-1)!;
  const reach = origin.length === 0 ? Infinity : firstCrossing(origin, kinksAt(shortest), shortest);
  for (const h of steps) {
    if (2 * h > reach) continue;
    if (!sameSidesAt(2 * h) || !sameSidesAt(-2 * h)) continue;
    return (8 * (lossAt(h) - lossAt(-h)) - (lossAt(2 * h) - lossAt(-2 * h))) / (12 * h);
  }
  return NaN;
}

/** How far each unit is from each kink of its activation, and each output, less its target, from those of the loss. */
function kinkDistances(engine: Engine, samples: Samples, rows: number): Floats[] {
  const { layers, heads, outputs } = engine.shape;
  if (!hasKinks(engine.shape)) return [];
  const values = engine.layerValues(samples, 0, rows);
  const { preActivations: sums, activations: x } = values.at(-1)!;
  const hidden = values.slice(0, -1);
  const distances = hidden.flatMap(({ preActivations }, k) => apart(preActivations, kinksOf(layers[k]!.activation)));
  const errors = x.map((output, at) => {
    const row = samples.order[Math.floor(at / outputs)]!;
    return output - samples.targets[row * outputs + (at % outputs)]!;
  });
  const ends = heads.flatMap(({ begin, units, activation, loss }) => {
    const own = (all: Floats) => columnsOf(all, outputs, begin, units);
    return [...apart(own(sums), kinksOf(activation)), ...apart(own(errors), kinksOfLoss(loss))];
  });
  return [...distances, ...ends];
}

function apart(values: Floats, kinks: readonly number[]): Floats[] {
  return kinks.map((kink) => values.map((value) => value - kink));
}

function hasKinks({ layers, heads }: NetworkShape): boolean {
  const ends = heads.some(({ activation, loss }) => kinksOfLoss(loss).length > 0 || kinksOf(activation).length > 0);
  return ends || layers.some(({ activation }) => kinksOf(activation).length > 0);
}

function kinksOf(activation: ActivationDescription | undefined): readonly number[] {
  return (activation && activationOf(activation).kinks) ?? [];
}

function kinksOfLoss(loss: LossDescription): readonly number[] {
  return lossOf(loss).kinks ?? [];
}

/** How far, in either direction, no unit crosses 0 if all go on as they went from `a` to `b`, which are `distance` apart. */
function firstCrossing(a: readonly Floats[], b: readonly Floats[], distance: number): number {
  let first = Infinity;
  a.forEach((layer, k) => {
    const moved = b[k]!;
    for (let i = 0; i < layer.length; i++) {
      const from = layer[i]!;
      const by = Math.abs(moved[i]! - from);
      if (by > 0) first = Math.min(first, Math.abs(from) / by);
    }
  });
  return first * distance;
}

function sameSides(a: readonly Floats[], b: readonly Floats[]): boolean {
  return a.every((layer, k) => layer.every((s: number, i: number) => s > 0 === b[k]![i]! > 0));
}

function tensors(shape: NetworkShape) {
  return shape.layers.flatMap(({ weights, biases, end }, k) => [
    { layer: k + 1, tensor: "weights" as const, begin: weights, count: biases - weights },
    { layer: k + 1, tensor: "biases" as const, begin: biases, count: end - biases },
  ]);
}

/** All of 0 .. count - 1, or a sample of them without repetition. */
function chosen(count: number, limit: number, random: Random): Iterable<number> {
  if (count <= limit) return Array(count).keys();
  const sample = new Set<number>();
  while (sample.size < limit) sample.add(random.below(count));
  return sample;
}
