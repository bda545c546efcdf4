/**
 * What the engine computed for some samples, by the names of the notes: every value, and every partial derivative of its own
 * pass forward and backward. Layers k, units i and samples are counted from 1, layer 1 being the inputs and layer m the
 * outputs.
 */
import { checkNumber } from "../../ground/errors.ts";
import type { Floats } from "../../ground/floats.ts";
import type { Recording } from "../../inspect/recording.ts";
import { nameOf } from "../../kinds/named.ts";
import type { Head } from "../../kinds/ops/index.ts";
import { type AnyLayer, layerKind, type LayerKind } from "../../kinds/layers/index.ts";
import type { NetworkShape } from "../../model/shape.ts";
import { formatNumber } from "../label.ts";
import { Partials } from "./partials.ts";

/** What a layer came to, over all samples. */
export interface LayerSummary {
  readonly k: number;
  readonly units: number;
  /** Undefined for the inputs; of a layer without one its own name. */
  readonly activation: string | undefined;
  /** Of the units' values x^(k). */
  readonly smallest: number;
  readonly mean: number;
  readonly largest: number;
  /** The Euclidean length of dl/dx^(k), and of the gradient by the weights into the layer. */
  readonly derivativeNorm: number;
  readonly weightGradientNorm: number | undefined;
}

type Drawn = NonNullable<LayerKind<AnyLayer>["drawn"]>;

export class Values {
  /** n_1 ... n_m */
  readonly widths: readonly number[];
  /** Kinds and widths of layers, the first entry being that of layer 2. */
  readonly shape: NetworkShape;
  readonly #recording: Recording;
  readonly #partials: Partials;

  constructor(recording: Recording) {
    const { shape } = recording;
    this.shape = shape;
    this.widths = [shape.inputs, ...shape.layers.map(({ fanOut }) => fanOut)];
    this.#recording = recording;
    this.#partials = new Partials(recording);
  }

  /** m */
  get depth(): number {
    return this.widths.length;
  }

  /** Whether x^(1) are not the inputs as given, but standardized. */
  get isStandardized(): boolean {
    return this.#recording.isStandardized;
  }

  /** N: how many samples. */
  get count(): number {
    return this.#recording.count;
  }

  /** l: the mean over the samples. All derivatives are those of this number. */
  get loss(): number {
    return this.#recording.loss;
  }

  /** l_n */
  sampleLoss(sample = 1): number {
    return this.#recording.losses[this.#checkSample(sample)]!;
  }

  /** x_i^(k); the unit behind the last one, where another layer follows, is always 1. */
  x(k: number, i: number, sample = 1): number {
    const row = this.#checkSample(sample);
    const units = this.#unitsOf(k);
    checkNumber("trace: unit i", i, { integer: true, min: 1, max: k < this.depth ? units + 1 : units });
    if (i > units) return 1;
    return this.#activations(k)[row * units + i - 1]!;
  }

  /** s_i^(k), k from 2. */
  s(k: number, i: number, sample = 1): number {
    const row = this.#checkSample(sample);
    const units = this.#checkUnit(k, i, 2);
    return this.#recording.layers[k - 2]!.preActivations[row * units + i - 1]!;
  }

  /** w_(i,j)^(k): from the j-th unit of layer k to the i-th of layer k + 1; the last j is that of the always-1 unit. */
  w(k: number, i: number, j: number): number {
    return this.#weight(this.#recording.parameters, k, i, j);
  }

  /** y_i */
  y(i: number, sample = 1): number {
    const row = this.#checkSample(sample);
    const units = this.#checkUnit(this.depth, i, 1);
    return this.#recording.targets[row * units + i - 1]!;
  }

  /** dl/dx_i^(k), as the kernels found it. */
  dx(k: number, i: number, sample = 1): number {
    const row = this.#checkSample(sample);
    const units = this.#checkUnit(k, i, 1);
    if (k === 1) return this.#recording.inputDerivatives[row * units + i - 1]!;
    const derivatives = this.#recording.layers[k - 2]!.activationDerivatives;
    if (derivatives) return derivatives[row * units + i - 1]!;
    return this.#partials.lossPartial(row, i - 1) / this.count;
  }

  /** dl/ds_i^(k), k from 2, as the kernels found it. */
  ds(k: number, i: number, sample = 1): number {
    const row = this.#checkSample(sample);
    const units = this.#checkUnit(k, i, 2);
    return this.#recording.layers[k - 2]!.preActivationDerivatives[row * units + i - 1]!;
  }

  /** dl/dw_(i,j)^(k), as the kernels found it: a sum over all samples. */
  dw(k: number, i: number, j: number): number {
    return this.#weight(this.#recording.gradients, k, i, j);
  }

  /** dx_j^(k)/ds_i^(k), k from 2: the slope of an activation; 0 for another unit's, but in a softmax. */
  slope(k: number, j: number, i = j, sample = 1): number {
    const row = this.#checkSample(sample);
    this.#checkUnit(k, i, 2);
    this.#checkUnit(k, j, 2);
    return this.#partials.slope(k - 2, row, j - 1, i - 1);
  }

  /** How a diagram shows what is between layers k and k + 1. */
  drawn(k: number): Drawn {
    return this.kindOf(k).drawn ?? "weighted";
  }

  kindOf(k: number): LayerKind<AnyLayer> {
    return layerKind(this.shape.layers[k - 1]!.name);
  }

  /** How many numbers w_i^(k) has: of a layer of sums one more than there are units, of a scaled one two, w and b. */
  weightCount(k: number): number {
    const { weights, end, fanOut } = this.shape.layers[k - 1]!;
    return (end - weights) / fanOut;
  }

  /** ds_i^(k+1)/dx_j^(k) of a normalized layer, dx_i^(k+1)/dx_j^(k) of one that passes units on. */
  passing(k: number, i: number, j: number, sample = 1): number {
    const row = this.#checkSample(sample);
    this.#checkUnit(k + 1, i, 2);
    this.#checkUnit(k, j, 1);
    return this.#partials.before(k - 1, row, i - 1, this.drawn(k) === "passed" ? 0 : 1)[j - 1]!;
  }

  /** Whether outputs of layer k depend on the sum of its unit i, besides its own: in a softmax all do, or all of its head. */
  isCoupled(k: number, i = 1): boolean {
    return this.coupled(k, i).length > 1;
  }

  /** The units of layer k whose outputs depend on the sum of its unit i. */
  coupled(k: number, i: number): number[] {
    this.#checkUnit(k, i, 2);
    const { begin, count } = this.#partials.coupled(k - 2, i - 1);
    return Array.from({ length: count }, (_, j) => begin + j + 1);
  }

  /** What makes output i, and judges it. */
  head(i: number): Head {
    this.#checkUnit(this.depth, i, 1);
    return this.shape.heads.find(({ begin, units }) => i <= begin + units)!;
  }

  /** dl_n/dx_i^(m): the partial of a sample's loss by its own output. */
  lossPartial(i: number, sample = 1): number {
    const row = this.#checkSample(sample);
    this.#checkUnit(this.depth, i, 1);
    return this.#partials.lossPartial(row, i - 1);
  }

  /** What every layer came to, in a line each. */
  summary(): LayerSummary[] {
    return this.widths.map((units, index) => this.#summaryOf(index + 1, units));
  }

  /** The summary as text. */
  toString(): string {
    const rows = this.summary().map(({ k, units, activation, smallest, mean, largest, ...norms }) => {
      const range = [smallest, mean, largest].map((value) => formatNumber(value)).join(" / ");
      const gradient = norms.weightGradientNorm;
      const weights = gradient === undefined ? "" : `, |∇ of its weights| ${formatNumber(gradient)}`;
      const kind = activation ?? (this.isStandardized ? "inputs, standardized" : "inputs");
      return `x^(${k})  ${units} ${kind}: ${range}, |∂l/∂x^(${k})| ${formatNumber(norms.derivativeNorm)}${weights}`;
    });
    const samples = this.count === 1 ? "1 sample" : `${this.count} samples`;
    return [`l = ${formatNumber(this.loss)}, ${samples}; of each layer smallest / mean / largest value`, ...rows].join(
      "\n",
    );
  }

  #summaryOf(k: number, units: number): LayerSummary {
    const { layers, shape, gradients, inputDerivatives } = this.#recording;
    const values = this.#activations(k);
    let [smallest, largest, sum] = [Infinity, -Infinity, 0];
    for (const value of values) {
      smallest = Math.min(smallest, value);
      largest = Math.max(largest, value);
      sum += value;
    }
    const layer = shape.layers[k - 2];
    const derivatives = k === 1 ? inputDerivatives : layers[k - 2]!.activationDerivatives;
    return {
      k,
      units,
      activation: layer && (layer.activation === undefined ? layer.name : nameOf(layer.activation)),
      smallest,
      mean: sum / values.length,
      largest,
      derivativeNorm: norm(derivatives ?? this.#outputDerivatives()),
      weightGradientNorm:
        layer && layer.end > layer.weights ? norm(gradients.subarray(layer.weights, layer.end)) : undefined,
    };
  }

  #outputDerivatives(): Float64Array {
    const units = this.#recording.shape.outputs;
    return Float64Array.from(
      { length: this.count * units },
      (_, at) => this.#partials.lossPartial(Math.floor(at / units), at % units) / this.count,
    );
  }

  /** The index of a sample's row. */
  #checkSample(sample: number): number {
    return checkNumber("trace: sample", sample, { integer: true, min: 1, max: this.count }) - 1;
  }

  /** n_k, of a layer from `least` on that has a unit i. */
  #checkUnit(k: number, i: number, least: number): number {
    checkNumber("trace: layer k", k, { integer: true, min: least, max: this.depth });
    const units = this.widths[k - 1]!;
    checkNumber("trace: unit i", i, { integer: true, min: 1, max: units });
    return units;
  }

  #unitsOf(k: number): number {
    checkNumber("trace: layer k", k, { integer: true, min: 1, max: this.depth });
    return this.widths[k - 1]!;
  }

  #activations(k: number): Floats {
    return k === 1 ? this.#recording.inputs : this.#recording.layers[k - 2]!.activations;
  }

  #weight(arena: Floats, k: number, i: number, j: number): number {
    checkNumber("trace: layer k", k, { integer: true, min: 1, max: this.depth - 1 });
    const { fanOut, weights, biases } = this.#recording.shape.layers[k - 1]!;
    const count = this.weightCount(k);
    checkNumber("trace: unit i", i, { integer: true, min: 1, max: fanOut });
    checkNumber("trace: unit j", j, { integer: true, min: 1, max: count });
    return j === count ? arena[biases + i - 1]! : arena[weights + (i - 1) * (count - 1) + j - 1]!;
  }
}

function norm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum);
}
