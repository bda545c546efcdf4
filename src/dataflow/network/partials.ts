/**
 * The partial derivatives on the arrows around activations and loss, which training multiplies away: found by the kernels,
 * one at a time, at the values of a recording.
 *
 * Where loss and last activation are derived together, from the logits, their two partials are taken on the side on which
 * floating point is finer: at s = 40 a sigmoid is 1 in float32, and 1 - x is lost; but sigma(-40) is not. So each partial
 * is right and finite, and their product too.
 */
import { type Activation, activationOf } from "../../kinds/activations/index.ts";
import type { Floats } from "../../ground/floats.ts";
import { ops } from "../../kinds/ops/index.ts";
import { lossOf, smallest } from "../../kinds/losses/index.ts";
import type { Recording } from "../../inspect/recording.ts";

export class Partials {
  readonly #recording: Recording;
  readonly #slopes = new Map<number, Floats>();
  readonly #jacobians = new Map<string, Floats>();
  #lossPartials: Floats | undefined;

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  /** Whether each output of layer k depends on the sums of all units. Layers are indexed from 0 here, as arrays are. */
  isCoupled(k: number): boolean {
    return this.#activation(k).couples === true;
  }

  /** dx_j/ds_i of layer k for one row. */
  slope(k: number, row: number, j: number, i: number): number {
    const { fanOut } = this.#recording.shape.layers[k]!;
    if (this.isCoupled(k)) return this.#jacobian(k, row)[j * fanOut + i]!;
    return i === j ? this.#slopesOf(k)[row * fanOut + i]! : 0;
  }

  /**
   * The derivatives by the units before layer k of what its op that is `back` from its last makes of them, one of its units
   * alone: by the op's twin, at the numbers of the recording. Through the statistics of a batch, units of other samples have a
   * part too, which is not in it.
   */
  before(k: number, row: number, unit: number, back: number): Floats {
    const { shape, parameters, statistics, batch, part, frozen, layers, inputs } = this.#recording;
    const index = shape.layers[k]!.op - back;
    const op = shape.ops[index]!;
    const kind = ops[op.name];
    const { fanIn, fanOut, numbers = [] } = op;
    const [ends, width] =
      kind.keeps === "input"
        ? [k === 0 ? inputs : layers[k - 1]!.activations, fanIn]
        : [back > 0 ? layers[k]!.preActivations : layers[k]!.activations, fanOut];
    const kept = ends.slice(row * width, (row + 1) * width);
    const slopeAt = (value: number) => {
      const dOutput = new Float64Array(fanOut);
      dOutput[unit] = value;
      const dInput = new Float64Array(fanIn);
      const own = <T extends Floats>(arena: T, begin: number, count: number) => arena.subarray(begin, begin + count);
      kind.backward!(
        {
          ...{ fanIn, fanOut, numbers, index, dOutput, dInput, kept, input: kept, output: kept },
          parameters: own(parameters, op.parameters, op.parameterCount),
          gradients: dOutput,
          statistics: own(statistics, op.statistics, op.statisticsCount),
          batch: own(batch, op.batch, op.batchCount),
          frozen: frozen[index]!,
        },
        1,
        { mode: part ? "again" : "use", step: part?.step ?? 0, seed: part?.seed ?? 0, place: (part?.place ?? 0) + row },
      );
      return dInput;
    };
    // Of an op that goes by its batch, what is the same whatever dOutput is falls out of the difference.
    const still = slopeAt(0);
    return slopeAt(1).map((slope, i) => slope - still[i]!);
  }

  /** dl_n/dx_i^(m): of the loss of a row by its own output. */
  lossPartial(row: number, i: number): number {
    const { shape, layers, targets } = this.#recording;
    const isMirrored = this.#isMirrored(layers.length - 1) && lossOf(shape.heads[0]!.loss).mirrors === true;
    this.#lossPartials ??= isMirrored
      ? this.#mirroredLossPartials()
      : this.#lossGradient(layers.at(-1)!.activations, targets);
    return this.#lossPartials[row * shape.outputs + i]!;
  }

  #activation(k: number): Partial<Activation> {
    const { activation } = this.#recording.shape.layers[k]!;
    return activation === undefined ? {} : activationOf(activation);
  }

  /** Whether layer k, derived together with the loss, is one of which f(-s) = 1 - f(s), as a sigmoid is. */
  #isMirrored(k: number): boolean {
    const { shape } = this.#recording;
    return shape.fusedLoss && k === shape.layers.length - 1 && this.#activation(k).complements === true;
  }

  /** [count, n]: the backward kernel's answer to a derivative of 1. */
  #slopesOf(k: number): Floats {
    const known = this.#slopes.get(k);
    if (known !== undefined) return known;
    const { kernels, count, shape } = this.#recording;
    const kept = this.#isMirrored(k) ? this.#smallerSide(k) : this.#kept(k);
    const slopes = kernels.backward(shape.layers[k]!.op, kept.slice().fill(1), kept, count);
    this.#slopes.set(k, slopes);
    return slopes;
  }

  /** [count, n]: what the backward kernel reads of the pass forward. */
  #kept(k: number): Floats {
    const { shape, layers } = this.#recording;
    return ops[shape.ops[shape.layers[k]!.op]!.name].keeps === "input"
      ? layers[k]!.preActivations
      : layers[k]!.activations;
  }

  /** [n, n]: row j is the backward kernel's answer to the derivatives of output j alone. */
  #jacobian(k: number, row: number): Floats {
    const key = `${k} ${row}`;
    const known = this.#jacobians.get(key);
    if (known !== undefined) return known;
    const { kernels, shape, layers } = this.#recording;
    const { fanOut, op } = shape.layers[k]!;
    const isLast = shape.fusedLoss && k === layers.length - 1;
    const all = this.#kept(k);
    const kept = new Float64Array(fanOut * fanOut);
    const chosen = new Float64Array(fanOut * fanOut);
    for (let j = 0; j < fanOut; j++) {
      chosen[j * fanOut + j] = 1;
      for (let i = 0; i < fanOut; i++) {
        const value = all[row * fanOut + i]!;
        kept[j * fanOut + i] = isLast ? Math.max(value, smallest) : value;
      }
    }
    const jacobian = kernels.backward(op, chosen, kept, fanOut);
    this.#jacobians.set(key, jacobian);
    return jacobian;
  }

  /** sigma(-|s|) of the last layer: x or 1 - x, whichever is smaller, with all its digits. */
  #smallerSide(k: number): Floats {
    const { kernels, count, layers, shape } = this.#recording;
    const s = layers[k]!.preActivations.map((value) => -Math.abs(value));
    return kernels.forward(shape.layers[k]!.op, s, count).map((value) => Math.max(value, smallest));
  }

  /** With x' = 1 - x and y' = 1 - y the loss is the same, and its derivative the negative. */
  #mirroredLossPartials(): Floats {
    const { layers, targets } = this.#recording;
    const k = layers.length - 1;
    const { preActivations } = layers[k]!;
    const mirrored = targets.map((y, i) => (preActivations[i]! > 0 ? 1 - y : y));
    return this.#lossGradient(this.#smallerSide(k), mirrored).map((partial, i) =>
      preActivations[i]! > 0 ? -partial : partial,
    );
  }

  #lossGradient(x: Floats, y: Floats): Floats {
    return this.#recording.kernels.lossGradient(x, y, this.#recording.count, 1);
  }
}
