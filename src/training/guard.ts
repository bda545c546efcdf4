/** What a training that goes wrong leaves behind: its last good parameters, and where it went wrong. */
import { type Engine, partAt, type Samples, type TrainingPart } from "../engine/engine.ts";
import type { Floats } from "../ground/floats.ts";
import { copyLearned, copyOf, type Learned } from "../model/learned.ts";

export interface GuardState {
  /** The last good parameters, and what else is learned. */
  readonly good: Floats;
  readonly statistics: Floats;
  /** Of how many epochs the first loss was finite. */
  readonly accepted: number;
}

/**
 * Keeps the last good parameters: those at the start of the last epoch whose first loss was finite, or where nobody watches
 * and epochs share a call to the engine, of the call's first. A copy is taken at the start and counts once the first step has
 * shown a finite loss with it.
 */
export class Guard {
  readonly #engine: Engine;
  #good: Learned;
  #candidate: Learned;
  /** The first to be accepted are those from before the training. */
  #accepted: number;
  /** Whether the parameters are again those from before the training. */
  isBack = false;

  constructor(engine: Engine, state?: GuardState) {
    this.#engine = engine;
    this.#good = copyOf(engine);
    if (state) copyLearned(this.#good, { parameters: state.good, statistics: state.statistics });
    this.#accepted = state?.accepted ?? 0;
    // Until an epoch's first loss is there, its parameters are those that it began with.
    this.#candidate = copyOf(engine);
  }

  remember(): void {
    copyLearned(this.#candidate, this.#engine);
  }

  accept(): void {
    this.#accepted++;
    [this.#good, this.#candidate] = [this.#candidate, this.#good];
  }

  putBack(): void {
    copyLearned(this.#engine, this.#good);
    this.isBack = this.#accepted < 2;
  }

  get state(): GuardState {
    const { parameters: good, statistics } = this.#good;
    return { good, statistics, accepted: this.#accepted };
  }
}

/** The first layer, from 1, with a parameter or, of the rows at these places, a value that is not finite. */
export function firstBadLayer(
  engine: Engine,
  samples: Samples,
  begin: number,
  end: number,
  part?: TrainingPart,
): number | undefined {
  let first: number | undefined;
  for (let at = begin; at < end; at += LOOKED_AT) {
    const values = engine.layerValues(samples, at, Math.min(end, at + LOOKED_AT), part && partAt(part, at - begin));
    const bad = engine.shape.layers.findIndex((layer, k) => {
      const parameters = engine.parameters.subarray(layer.weights, layer.end);
      return ![parameters, values[k]!.preActivations, values[k]!.activations].every(allFinite);
    });
    if (bad !== -1) first = Math.min(first ?? Infinity, bad + 1);
  }
  return first;
}

/** Rows whose values are looked at together. */
const LOOKED_AT = 256;

export function allFinite(values: Floats): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
