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
import { type Head, ops } from "../../kinds/ops/index.ts";
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

  /**
   * The units of layer k whose outputs depend on the sum of unit i: from `begin`, so many. Layers and units are indexed from 0
   * here, as arrays are.
   */
  coupled(k: number, i: number): { readonly begin: number; readonly count: number } {
    const { begin, units } = this.#headOf(k, i);
    return this.#activation(k, i).couples ? { begin, count: units } : { begin: i, count: 1 };
  }

  /** dx_j/ds_i of layer k for one row. */
  slope(k: number, row: number, j: number, i: number): number {
    const { fanOut } = this.#recording.shape.layers[k]!;
    const { begin, count } = this.coupled(k, i);
    if (j < begin || j >= begin + count) return 0;
    return count > 1 ? this.#jacobian(k, row)[j * fanOut + i]! : this.#slopesOf(k)[row * fanOut + i]!;
  }

  /** By which s_i becomes x_i; of a layer without one nothing is known. */
  #activation(k: number, i: number): Partial<Activation> {
    const { activation } = this.#headOf(k, i);
    return activation === undefined ? {} : activationOf(activation);
  }

  /** The units of layer k that have an activation with unit i, and whether it is derived together with the loss. */
  #headOf(k: number, i: number): Pick<Head, "begin" | "units" | "fusedLoss"> & Partial<Pick<Head, "activation">> {
    const { layers, heads } = this.#recording.shape;
    if (k === layers.length - 1) return heads.find(({ begin, units }) => i < begin + units)!;
    const { activation, fanOut } = layers[k]!;
    return { begin: 0, units: fanOut, fusedLoss: false, ...(activation !== undefined && { activation }) };
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
    this.#lossPartials ??= this.#allLossPartials();
    return this.#lossPartials[row * this.#recording.shape.outputs + i]!;
  }

  /** Whether unit i of layer k, derived together with the loss, is one of which f(-s) = 1 - f(s), as of a sigmoid. */
  #isMirrored(k: number, i: number): boolean {
    return this.#headOf(k, i).fusedLoss && this.#activation(k, i).complements === true;
  }

  /** [count, n]: the backward kernel's answer to a derivative of 1. */
  #slopesOf(k: number): Floats {
    const known = this.#slopes.get(k);
    if (known !== undefined) return known;
    const { kernels, count, shape } = this.#recording;
    const kept = this.#kept(k);
    const slopes = kernels.backward(shape.layers[k]!.op, kept.slice().fill(1), kept, count);
    this.#slopes.set(k, slopes);
    return slopes;
  }

  /** [count, n]: what the backward kernel reads of the pass forward; of mirrored units the smaller side. */
  #kept(k: number): Floats {
    const { preActivations: s, activations: x } = this.#recording.layers[k]!;
    const units = this.#unitsOf(k);
    const isMirrored = units.map((i) => this.#isMirrored(k, i));
    const { shape } = this.#recording;
    const { keeps } = ops[shape.ops[shape.layers[k]!.op]!.name];
    const keepsSum = units.map((i) =>
      keeps === "both" ? this.#activation(k, i).keeps === "preActivation" : keeps === "input",
    );
    const side = isMirrored.includes(true) ? this.#smallerSide(k) : x;
    return x.map((_, at) => {
      const i = at % units.length;
      return (isMirrored[i] ? side : keepsSum[i] ? s : x)[at]!;
    });
  }

  #unitsOf(k: number): number[] {
    return Array.from({ length: this.#recording.shape.layers[k]!.fanOut }, (_, i) => i);
  }

  /** [n, n]: row j is the backward kernel's answer to the derivatives of output j alone. */
  #jacobian(k: number, row: number): Floats {
    const key = `${k} ${row}`;
    const known = this.#jacobians.get(key);
    if (known !== undefined) return known;
    const { kernels, shape } = this.#recording;
    const { fanOut, op } = shape.layers[k]!;
    const isFused = this.#unitsOf(k).map((i) => this.#headOf(k, i).fusedLoss);
    const all = this.#kept(k);
    const kept = new Float64Array(fanOut * fanOut);
    const chosen = new Float64Array(fanOut * fanOut);
    for (let j = 0; j < fanOut; j++) {
      chosen[j * fanOut + j] = 1;
      for (let i = 0; i < fanOut; i++) {
        const value = all[row * fanOut + i]!;
        kept[j * fanOut + i] = isFused[i] ? Math.max(value, smallest) : value;
      }
    }
    const jacobian = kernels.backward(op, chosen, kept, fanOut);
    this.#jacobians.set(key, jacobian);
    return jacobian;
  }

  /** sigma(-|s|) of layer k, the last one: x or 1 - x, whichever is smaller, with all its digits. */
  #smallerSide(k: number): Floats {
    const { kernels, count, layers, shape } = this.#recording;
    const s = layers[k]!.preActivations.map((value) => -Math.abs(value));
    return kernels.forward(shape.layers[k]!.op, s, count).map((value) => Math.max(value, smallest));
  }

  /** With x' = 1 - x and y' = 1 - y the loss of a mirrored output is the same, and its derivative the negative. */
  #allLossPartials(): Floats {
    const { layers, targets, kernels, count } = this.#recording;
    const k = layers.length - 1;
    const { preActivations: s, activations: x } = layers[k]!;
    const { heads } = this.#recording.shape;
    const mirrors = heads.flatMap(({ loss, units }) => new Array<boolean>(units).fill(lossOf(loss).mirrors === true));
    const isMirrored = mirrors.map((does, i) => does && this.#isMirrored(k, i));
    const unit = (at: number) => at % isMirrored.length;
    const turns = (at: number) => isMirrored[unit(at)]! && s[at]! > 0;
    const side = isMirrored.includes(true) ? this.#smallerSide(k) : x;
    const outputs = x.map((value, at) => (isMirrored[unit(at)] ? side[at]! : value));
    const partials = kernels.lossGradient(outputs, targets.map((y, at) => (turns(at) ? 1 - y : y)), count, 1); // prettier-ignore
    return partials.map((partial, at) => (turns(at) ? -partial : partial));
  }
}
