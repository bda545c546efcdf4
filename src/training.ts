/**
 * The gradient-descent loop: epochs of batches, cut into slices of time so that it never blocks its host for long. It
 * works on an engine that holds the training rows; files, plots and the network's public face are elsewhere.
 */
import { DivergenceError } from "./errors.ts";
import type { Engine, Samples } from "./engine/engine.ts";
import type { Floats } from "./floats.ts";
import { lbfgs } from "./lbfgs.ts";
import type { LbfgsOptimizer, Optimizer } from "./optimizers.ts";
import { Random } from "./random.ts";

export interface TrainingPlan {
  readonly samples: Samples;
  readonly batchSize: number;
  readonly optimizer: Optimizer;
  /** Whether batches are drawn anew for each epoch; of no use where one batch holds all rows. */
  readonly shuffle: boolean;
  readonly seed: number;
}

/** Work that is done piece by piece. Each piece is short; the last one of an epoch hands over its mean loss. */
export interface Run {
  /** Works until the epoch has ended or the clock has passed `deadline`: the epoch's loss, or undefined if unfinished. */
  advance(deadline: number): number | undefined;
  /** Called after the last epoch: what its last update has made of the parameters no loss has shown yet. */
  finish(): void;
  /** Whether further epochs would change nothing. */
  readonly converged: boolean;
  /** Updates of the parameters so far. */
  readonly steps: number;
}

export function startRun(engine: Engine, plan: TrainingPlan): Run {
  const { optimizer } = plan;
  return optimizer.rule === undefined ? new LbfgsRun(engine, plan.samples, optimizer) : new DescentRun(engine, plan);
}

/** Mini-batches, or the full batch, by an update rule. */
class DescentRun implements Run {
  readonly converged = false;
  steps = 0;
  readonly #engine: Engine;
  readonly #samples: Samples;
  readonly #batchSize: number;
  readonly #random: Random | undefined;
  readonly #guard: Guard;
  #epoch = 1;
  /** The next place of the samples' order, and the sum of the losses of the places before it. */
  #at = 0;
  #sum = 0;

  constructor(engine: Engine, { samples, batchSize, shuffle, seed }: TrainingPlan) {
    this.#engine = engine;
    this.#samples = samples;
    this.#batchSize = batchSize;
    this.#random = shuffle && batchSize < samples.capacity ? new Random(seed) : undefined;
    this.#guard = new Guard(engine);
  }

  advance(deadline: number): number | undefined {
    const count = this.#samples.capacity;
    if (this.#at === 0) this.#random?.shuffle(this.#samples.order);
    do {
      if (this.#at === 0) this.#guard.remember();
      this.#step(Math.min(this.#at + this.#batchSize, count));
      if (this.#at === count) return this.#endEpoch();
    } while (performance.now() < deadline);
    return undefined;
  }

  finish(): void {
    if (!allFinite(this.#engine.parameters)) {
      throw this.#guard.rescue(this.#samples, 0, 1, this.#epoch - 1, this.steps, NaN);
    }
  }

  #step(end: number): void {
    const loss = this.#engine.step(this.#samples, this.#at, end);
    if (!Number.isFinite(loss)) {
      throw this.#guard.rescue(this.#samples, this.#at, end, this.#epoch, this.steps + 1, loss);
    }
    if (this.#at === 0) this.#guard.accept();
    this.#sum += loss * (end - this.#at);
    this.#at = end;
    this.steps++;
  }

  #endEpoch(): number {
    const mean = this.#sum / this.#samples.capacity;
    this.#at = 0;
    this.#sum = 0;
    this.#epoch++;
    return mean;
  }
}

/** L-BFGS: an epoch is an iteration, its loss that of the point it ends on. */
class LbfgsRun implements Run {
  converged = false;
  steps = 0;
  readonly #engine: Engine;
  readonly #best: Float64Array;
  readonly #iterations: Generator<number | undefined, void>;
  #loss = NaN;

  constructor(engine: Engine, samples: Samples, { memory, tolerance }: LbfgsOptimizer) {
    this.#engine = engine;
    this.#best = Float64Array.from(engine.parameters);
    const count = samples.capacity;
    const objective = (at: Float64Array, gradient: Float64Array) => {
      engine.parameters.set(at);
      at.set(engine.parameters); // what the engine could hold of it
      const loss = engine.gradient(samples, 0, count, count, false);
      gradient.set(engine.gradients);
      if (Number.isNaN(this.#loss)) this.#accept(samples, loss);
      return loss;
    };
    const noise = engine.parameters instanceof Float32Array ? 2 ** -23 : 2 ** -50;
    this.#iterations = lbfgs(objective, this.#best, { memory, tolerance, noise });
  }

  advance(deadline: number): number | undefined {
    do {
      const { done, value } = this.#iterations.next();
      if (done) this.converged = true;
      else if (value === undefined) continue;
      else this.#loss = value;
      this.steps += done ? 0 : 1;
      // The line search leaves its last trial in the engine, which need not be the best point.
      this.#engine.parameters.set(this.#best);
      return this.#loss;
    } while (performance.now() < deadline);
    // A pause in the midst of a line search: whoever looks sees the best point so far.
    this.#engine.parameters.set(this.#best);
    return undefined;
  }

  finish(): void {
    // Its best point has been evaluated.
  }

  /** The loss of the point from which it starts: without one there is nothing to descend from. */
  #accept(samples: Samples, loss: number): void {
    if (!Number.isFinite(loss)) throw new DivergenceError(1, 1, firstBadLayer(this.#engine, samples, 0, 1), loss);
    this.#loss = loss;
  }
}

/**
 * Keeps the last good parameters: those at the start of the last epoch whose first loss was finite. A copy is taken at
 * the start of each epoch and counts once the first step has shown a finite loss with it.
 */
class Guard {
  readonly #engine: Engine;
  #good: Floats;
  #candidate: Floats;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#good = engine.parameters.slice();
    this.#candidate = engine.parameters.slice();
  }

  remember(): void {
    this.#candidate.set(this.#engine.parameters);
  }

  accept(): void {
    [this.#good, this.#candidate] = [this.#candidate, this.#good];
  }

  /** Puts the last good parameters back and says what happened. */
  rescue(samples: Samples, begin: number, end: number, epoch: number, step: number, loss: number): DivergenceError {
    const layer = firstBadLayer(this.#engine, samples, begin, end);
    this.#engine.parameters.set(this.#good);
    return new DivergenceError(epoch, step, layer, loss);
  }
}

/** The first layer, from 1, with a parameter or a value that is not finite. */
function firstBadLayer(engine: Engine, samples: Samples, begin: number, end: number): number | undefined {
  const values = engine.layerValues(samples, begin, Math.min(end, begin + 256));
  const bad = engine.shape.layers.findIndex(({ weights, biases, fanOut }, k) => {
    const parameters = engine.parameters.subarray(weights, biases + fanOut);
    return ![parameters, values[k]!.preActivations, values[k]!.activations].every(allFinite);
  });
  return bad === -1 ? undefined : bad + 1;
}

function allFinite(values: Floats): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

/** How long a slice of work may take, in milliseconds, before the host gets its turn. */
const SLICE = 20;

/** Lets the host's other work happen. */
const pause: () => Promise<void> =
  typeof setImmediate === "function"
    ? () => new Promise((resolve) => setImmediate(resolve))
    : () =>
        new Promise((resolve) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => {
            port1.close();
            resolve();
          };
          port2.postMessage(undefined);
        });

/** Hands the host its turn whenever a slice of time has been used up. */
export class Slices {
  deadline = performance.now() + SLICE;

  /** Pauses if it is time; then throws if the signal has been aborted. */
  async breathe(signal: AbortSignal | undefined): Promise<void> {
    if (performance.now() >= this.deadline) {
      await pause();
      this.deadline = performance.now() + SLICE;
    }
    signal?.throwIfAborted();
  }

  get over(): boolean {
    return performance.now() >= this.deadline;
  }
}
