/**
 * The gradient-descent loop: epochs of batches, cut into slices of time so that it never blocks its host for long. It
 * works on an engine that holds the training rows; files, plots and the network's public face are elsewhere.
 */
import { DivergenceError, LanegradError, refuse } from "../ground/errors.ts";
import type { Engine, Samples } from "../engine/engine.ts";
import { type Floats, isFloat32 } from "../ground/floats.ts";
import { lbfgs } from "./lbfgs.ts";
import type { Lbfgs, Optimizer } from "../kinds/optimizers/index.ts";
import { Random } from "../ground/random.ts";
import { checkTraces, openTrace, Recorder, type View } from "../inspect/recording.ts";

/** One step of a training, while it is being taken: the gradient is there, the parameters are those before the update. */
export interface Step {
  /** From 1. */
  readonly epoch: number;
  /** Of the whole training, from 1. */
  readonly step: number;
  /** The mean over the step's rows. */
  readonly loss: number;
  /** Which rows of the data set it takes, from 0. */
  readonly rows: Uint32Array;
  /**
   * The step opened: the dataflow diagrams of its rows. `import "lanegrad/dataflow"` brings them.
   * @throws LanegradError if that has not been imported, or the step is over.
   */
  trace(): View;
}

/** A run of training: what it learns from, and how. */
export interface RunPlan {
  readonly samples: Samples;
  readonly batchSize: number;
  readonly epochs: number;
  readonly optimizer: Optimizer;
  /** Whether batches are drawn anew for each epoch; of no use where one batch holds all rows. */
  readonly shuffle: boolean;
  readonly seed: number;
  /** Whether somebody looks at the network after each epoch: if not, short epochs may be worked off in advance. */
  readonly watched: boolean;
  /** Whether the rows have been standardized. */
  readonly isStandardized?: boolean;
  /** Shown every step of descent before its update. */
  readonly onStep?: ((step: Step) => unknown) | undefined;
}

/** Work that is done piece by piece. Each piece is short; the last one of an epoch hands over its mean loss. */
export interface Run {
  /** Works until the epoch has ended or the clock has passed `deadline`: the epoch's loss, or undefined if unfinished. */
  advance(deadline: number): number | undefined;
  /** Called after the last epoch: throws if its last update has made parameters that are not finite. */
  finish(): void;
  /** Called where the training is left early: puts the last good parameters back if need be. */
  settle(): void;
  /** Whether further epochs would change nothing. */
  readonly converged: boolean;
  /** Updates of the parameters so far. */
  readonly steps: number;
  /** Whether the network is not any more what it was before. */
  readonly kept: boolean;
  /** Whether it goes on from parameters of its own, whatever the engine holds. */
  readonly keepsParameters: boolean;
}

export function startRun(engine: Engine, plan: RunPlan): Run {
  const { optimizer } = plan;
  return optimizer.name === "lbfgs" ? new LbfgsRun(engine, plan.samples, optimizer) : new DescentRun(engine, plan);
}

/** Steps of one call may take about so many milliseconds: enough for the call to cost nothing, few enough to stop soon. */
const CALL = 2;

/** Mini-batches, or the full batch, by an update rule. */
class DescentRun implements Run {
  readonly converged = false;
  readonly keepsParameters = false;
  steps = 0;
  readonly #engine: Engine;
  readonly #plan: RunPlan;
  readonly #random: Random | undefined;
  readonly #guard: Guard;
  /** The epoch under way, from 1; the next place of the order, and the sum of the losses of the places before it. */
  #epoch = 1;
  #at = 0;
  #sum = 0;
  #stepLoss = 0;
  /** What the passes of a long step so far have summed up. */
  #partial: Floats | undefined;
  /** Steps in a call: grows until a call takes long enough. */
  #steps = 1;
  /** Losses of epochs that have been worked off in advance, the next one last. */
  #ahead: number[] = [];

  constructor(engine: Engine, plan: RunPlan) {
    this.#engine = engine;
    this.#plan = plan;
    this.#random =
      plan.shuffle && plan.batchSize < plan.samples.capacity ? new Random(plan.seed, "shuffling") : undefined;
    this.#guard = new Guard(engine);
  }

  advance(deadline: number): number | undefined {
    const ready = this.#ahead.pop();
    if (ready !== undefined) return ready;
    const { samples, batchSize, watched, onStep } = this.#plan;
    if (this.#at === 0) this.#startEpoch();
    if (onStep || batchSize > this.#engine.scratch.capacity) return this.#openSteps(deadline);
    if (batchSize === samples.capacity && !watched) return this.#epochsAtOnce();
    do {
      this.#shortSteps();
      if (this.#at === samples.capacity) return this.#endEpoch();
    } while (performance.now() < deadline);
    return undefined;
  }

  finish(): void {
    if (!allFinite(this.#engine.parameters)) throw this.#rescue(0, 1, this.#epoch - 1, this.steps, NaN);
  }

  settle(): void {
    if (!allFinite(this.#engine.parameters)) this.#guard.putBack();
  }

  get kept(): boolean {
    return this.steps > 0 && !this.#guard.isBack;
  }

  #startEpoch(): void {
    this.#random?.shuffle(this.#plan.samples.order);
    this.#guard.remember();
  }

  /** As many steps as fit into a call, to the end of the epoch at most. */
  #shortSteps(): void {
    const { samples, batchSize } = this.#plan;
    const losses = this.#engine.stepLosses;
    const done = this.#call(Math.ceil((samples.capacity - this.#at) / batchSize));
    for (let i = 0; i < done; i++) {
      const end = Math.min(this.#at + batchSize, samples.capacity);
      if (!Number.isFinite(losses[i])) throw this.#rescue(this.#at, end, this.#epoch, this.steps + 1, losses[i]!);
      if (this.#at === 0) this.#guard.accept();
      this.#sum += losses[i]! * (end - this.#at);
      this.#at = end;
      this.steps++;
    }
  }

  /** Epochs of one step each, several in a call; the losses of all but the first wait to be handed over. */
  #epochsAtOnce(): number {
    const { samples, epochs } = this.#plan;
    const losses = this.#engine.stepLosses;
    const done = this.#call(epochs - this.#epoch + 1);
    for (let i = 0; i < done; i++) {
      if (!Number.isFinite(losses[i])) {
        throw this.#rescue(0, samples.capacity, this.#epoch + i, this.steps + i + 1, losses[i]!);
      }
      if (i === 0) this.#guard.accept();
    }
    for (let i = done - 1; i > 0; i--) this.#ahead.push(losses[i]!);
    this.#epoch += done;
    this.steps += done;
    return losses[0]!;
  }

  /** Up to `limit` steps in one call to the engine; how many it did. */
  #call(limit: number): number {
    const start = performance.now();
    const { samples, batchSize } = this.#plan;
    const done = this.#engine.steps(samples, this.#at, batchSize, Math.min(this.#steps, limit));
    if (performance.now() - start < CALL) this.#steps = Math.min(2 * this.#steps, this.#engine.stepLosses.length);
    return done;
  }

  /** Steps pass by pass, the update last: those that take several passes, and those that are shown. */
  #openSteps(deadline: number): number | undefined {
    const { samples, batchSize } = this.#plan;
    const { capacity } = this.#engine.scratch;
    // Between two slices others may have asked the engine for a gradient of their own.
    if (this.#at % batchSize > 0) this.#engine.gradients.set(this.#partial!);
    do {
      const begin = this.#at - (this.#at % batchSize);
      const end = Math.min(begin + batchSize, samples.capacity);
      const until = Math.min(this.#at + capacity, end);
      const loss = this.#engine.gradient(samples, this.#at, until, end - begin, this.#at > begin);
      if (!Number.isFinite(loss)) throw this.#rescue(this.#at, until, this.#epoch, this.steps + 1, loss);
      this.#stepLoss = (this.#at > begin ? this.#stepLoss : 0) + loss;
      this.#sum += loss * (end - begin);
      this.#at = until;
      if (until === end) this.#endOpenStep(begin, end);
      if (until === samples.capacity) return this.#endEpoch();
    } while (performance.now() < deadline);
    this.#partial ??= this.#engine.gradients.slice();
    this.#partial.set(this.#engine.gradients);
    return undefined;
  }

  #endOpenStep(begin: number, end: number): void {
    if (begin === 0) this.#guard.accept();
    if (this.#plan.onStep) this.#show(this.#plan.onStep, begin, end);
    this.#engine.update();
    this.steps++;
  }

  /** Hands the step to whoever watches; what they ask the engine for does not change its gradient. */
  #show(onStep: (step: Step) => unknown, begin: number, end: number): void {
    const gradients = this.#engine.gradients.slice();
    let isOver = false;
    const step: Step = {
      epoch: this.#epoch,
      step: this.steps + 1,
      loss: this.#stepLoss,
      rows: this.#plan.samples.order.slice(begin, end),
      trace: () => {
        checkTraces();
        if (isOver) throw new LanegradError("trace: expected a step that is being taken, got one that is over");
        const recorder = new Recorder(this.#engine, end - begin);
        recorder.add(this.#plan.samples, begin, end);
        return openTrace(recorder.finish(this.#plan.isStandardized === true));
      },
    };
    try {
      const result = onStep(step);
      if (result instanceof Promise) {
        result.catch(() => {}); // it is answered by this error
        refuse("onStep", "a function that is done when it returns", "one that returns a promise");
      }
    } finally {
      isOver = true;
      this.#engine.gradients.set(gradients);
    }
  }

  #rescue(begin: number, end: number, epoch: number, step: number, loss: number): DivergenceError {
    const layer = firstBadLayer(this.#engine, this.#plan.samples, begin, end);
    this.#guard.putBack();
    return new DivergenceError(epoch, step, layer, loss);
  }

  #endEpoch(): number {
    const mean = this.#sum / this.#plan.samples.capacity;
    this.#at = 0;
    this.#sum = 0;
    this.#epoch++;
    return mean;
  }
}

/** L-BFGS: an epoch is an iteration, its loss that of the point it ends on. */
class LbfgsRun implements Run {
  readonly keepsParameters = true;
  converged = false;
  steps = 0;
  readonly #engine: Engine;
  readonly #best: Float64Array;
  readonly #iterations: Generator<number | undefined, void>;
  #loss = NaN;

  constructor(engine: Engine, samples: Samples, { memory, tolerance }: Lbfgs) {
    this.#engine = engine;
    this.#best = Float64Array.from(engine.parameters);
    const objective = (at: Float64Array, gradient: Float64Array) => this.#evaluate(samples, at, gradient);
    const noise = isFloat32(engine.parameters) ? 2 ** -23 : 2 ** -50;
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

  get kept(): boolean {
    return this.steps > 0;
  }

  finish(): void {
    // Its best point has been evaluated.
  }

  settle(): void {
    // What the engine holds between two pieces of work is the best point.
  }

  /** Loss and gradient over all rows, pass by pass, between which others may use the engine. */
  *#evaluate(samples: Samples, at: Float64Array, gradient: Float64Array): Generator<undefined, number> {
    const engine = this.#engine;
    const count = samples.capacity;
    let loss = 0;
    for (let begin = 0; begin < count; begin += engine.scratch.capacity) {
      const end = Math.min(begin + engine.scratch.capacity, count);
      if (begin > 0) yield undefined;
      engine.parameters.set(at);
      if (begin === 0)
        at.set(engine.parameters); // what the engine could hold of it
      else engine.gradients.set(gradient);
      loss += engine.gradient(samples, begin, end, count, begin > 0);
      gradient.set(engine.gradients);
    }
    if (Number.isNaN(this.#loss)) this.#accept(samples, loss);
    return loss;
  }

  /** The loss of the point from which it starts: without one there is nothing to descend from. */
  #accept(samples: Samples, loss: number): void {
    if (!Number.isFinite(loss)) {
      throw new DivergenceError(1, 1, firstBadLayer(this.#engine, samples, 0, samples.capacity), loss);
    }
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
  /** The first to be accepted are those from before the training. */
  #accepted = 0;
  /** Whether the parameters are again those from before the training. */
  isBack = false;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#good = engine.parameters.slice();
    this.#candidate = engine.parameters.slice();
  }

  remember(): void {
    this.#candidate.set(this.#engine.parameters);
  }

  accept(): void {
    this.#accepted++;
    [this.#good, this.#candidate] = [this.#candidate, this.#good];
  }

  putBack(): void {
    this.#engine.parameters.set(this.#good);
    this.isBack = this.#accepted < 2;
  }
}

/** The first layer, from 1, with a parameter or, of the rows at these places, a value that is not finite. */
function firstBadLayer(engine: Engine, samples: Samples, begin: number, end: number): number | undefined {
  let first: number | undefined;
  for (let at = begin; at < end; at += LOOKED_AT) {
    const values = engine.layerValues(samples, at, Math.min(end, at + LOOKED_AT));
    const bad = engine.shape.layers.findIndex(({ weights, biases, fanOut }, k) => {
      const parameters = engine.parameters.subarray(weights, biases + fanOut);
      return ![parameters, values[k]!.preActivations, values[k]!.activations].every(allFinite);
    });
    if (bad !== -1) first = Math.min(first ?? Infinity, bad + 1);
  }
  return first;
}

/** Rows whose values are looked at together. */
const LOOKED_AT = 256;

function allFinite(values: Floats): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
