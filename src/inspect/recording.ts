/** What an engine computed for some rows, kept to be looked at. */
import type { Engine, LayerRecord, Samples, SingleKernels, TrainingPart } from "../engine/engine.ts";
import { refuse } from "../ground/errors.ts";
import { type Floats, isFloat32 } from "../ground/floats.ts";
import type { NetworkShape } from "../model/shape.ts";

/** A pass forward and backward over some rows, with the parameters it used: copies. */
export interface Recording {
  readonly shape: NetworkShape;
  /** N: how many rows. */
  readonly count: number;
  /** x^(1), [count, n_1]: standardized if the network standardizes. */
  readonly inputs: Floats;
  readonly isStandardized: boolean;
  /** [count, n_m] */
  readonly targets: Floats;
  /** The mean over the rows; all derivatives are those of this number. */
  readonly loss: number;
  /** Of each row. */
  readonly losses: Float64Array;
  readonly layers: readonly LayerRecord[];
  /** dl/dx^(1), [count, n_1] */
  readonly inputDerivatives: Floats;
  /** Arenas, laid out as the shape says. */
  readonly parameters: Floats;
  readonly gradients: Floats;
  readonly kernels: SingleKernels;
  /** What ops had learned without a gradient, and kept of the batch; and of which step it is, if it is one of a training. */
  readonly statistics: Floats;
  readonly batch: Floats;
  readonly part: (TrainingPart & { readonly seed: number }) | undefined;
  /** Of each op whether its layer is frozen in that training. */
  readonly frozen: readonly boolean[];
}

/** How many numbers a recording may hold. */
const NUMBERS_LIMIT = 2 ** 25;

/** Takes a recording, part by part. */
export class Recorder {
  readonly #engine: Engine;
  readonly #count: number;
  readonly #losses: Float64Array;
  readonly #parts: Omit<
    Recording,
    | "shape"
    | "isStandardized"
    | "count"
    | "loss"
    | "losses"
    | "parameters"
    | "gradients"
    | "kernels"
    | "statistics"
    | "batch"
    | "part"
    | "frozen"
  >[] = [];
  #loss = 0;
  #rows = 0;
  #part: TrainingPart | undefined;

  /** @throws InvalidInputError for more rows than can be looked at. */
  constructor(engine: Engine, count: number) {
    const { inputs, layers } = engine.shape;
    const numbers = layers.reduce((sum, { fanOut }) => sum + 4 * fanOut, 2 * inputs);
    const most = Math.max(1, Math.floor(NUMBERS_LIMIT / numbers));
    if (count > most) refuse("trace", `at most ${most} rows of such a network`, String(count));
    this.#engine = engine;
    this.#count = count;
    this.#losses = new Float64Array(count);
  }

  /**
   * Records places [begin, end) of some samples, as the network is used, or of a training the step whose gradient was taken last.
   * The engine's gradients are then those of all parts so far.
   */
  add(samples: Samples, begin: number, end: number, part?: TrainingPart): void {
    const engine = this.#engine;
    const { inputs, outputs } = engine.shape;
    this.#part = part;
    const again = part && { ...part, isAgain: true };
    const earlier = this.#rows === 0 ? undefined : engine.gradients.slice();
    const { layers, inputDerivatives } = engine.record(samples, begin, end, this.#count, again);
    for (let place = begin; place < end; place++) {
      this.#losses[this.#rows++] = engine.loss(
        samples,
        place,
        place + 1,
        1,
        again && { ...again, place: again.place + place - begin },
      );
    }
    if (earlier) engine.gradients.set(earlier);
    // Once more, in the call that training makes: panel by panel, as it was recorded, the sums would round otherwise.
    this.#loss += engine.gradient(samples, begin, end, this.#count, earlier !== undefined, part);
    this.#parts.push({
      inputs: rowsAt(samples.inputs, samples.order, begin, end, inputs),
      targets: rowsAt(samples.targets, samples.order, begin, end, outputs),
      layers,
      inputDerivatives,
    });
  }

  finish(isStandardized: boolean): Recording {
    const { shape, parameters, gradients, kernels, statistics, batch, frozen } = this.#engine;
    const parts = this.#parts;
    return {
      shape,
      isStandardized,
      count: this.#count,
      inputs: joined(parts.map(({ inputs }) => inputs)),
      targets: joined(parts.map(({ targets }) => targets)),
      loss: this.#loss,
      losses: this.#losses,
      layers: parts[0]!.layers.map((_, k) => joinedLayer(parts.map(({ layers }) => layers[k]!))),
      inputDerivatives: joined(parts.map(({ inputDerivatives }) => inputDerivatives)),
      parameters: parameters.slice(),
      gradients: gradients.slice(),
      kernels,
      statistics: statistics.slice(),
      batch: batch.slice(),
      part: this.#part && { ...this.#part, seed: this.#engine.seed },
      frozen,
    };
  }
}

function rowsAt(values: Floats, order: Uint32Array, begin: number, end: number, width: number): Floats {
  const rows = values.slice(0, (end - begin) * width);
  for (let place = begin; place < end; place++) {
    const row = order[place]! * width;
    rows.set(values.subarray(row, row + width), (place - begin) * width);
  }
  return rows;
}

function joinedLayer(parts: readonly LayerRecord[]): LayerRecord {
  const derivatives = parts.map(({ activationDerivatives }) => activationDerivatives);
  return {
    preActivations: joined(parts.map(({ preActivations }) => preActivations)),
    activations: joined(parts.map(({ activations }) => activations)),
    activationDerivatives: derivatives.includes(undefined) ? undefined : joined(derivatives as Floats[]),
    preActivationDerivatives: joined(parts.map(({ preActivationDerivatives }) => preActivationDerivatives)),
  };
}

/** The parts one after the other. */
function joined(parts: readonly Floats[]): Floats {
  const [first] = parts;
  if (parts.length === 1) return first!;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = isFloat32(first) ? new Float32Array(length) : new Float64Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
