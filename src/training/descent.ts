/**
 * The gradient-descent loop: epochs of batches, by an update rule, cut into pieces of time so that it never blocks its host
 * for long. It works on an engine that holds the training rows; files, plots and the network's public face are elsewhere.
 */
import type { Engine } from "../engine/engine.ts";
import { DivergenceError } from "../ground/errors.ts";
import type { Floats } from "../ground/floats.ts";
import { Random } from "../ground/random.ts";
import { ruleOf, type StepOptimizer } from "../kinds/optimizers/index.ts";
import { setRates, type UpdateRule } from "../kinds/optimizers/optimizer.ts";
import { monitorOf, observe, type ScheduleState, startOf } from "../kinds/schedules/schedule.ts";
import type { Learned } from "../model/learned.ts";
import { allFinite, firstBadLayer, Guard } from "./guard.ts";
import { readMonitor } from "./monitor.ts";
import { type Feed, wholeFeed, type Window } from "./feed.ts";
import type { Epoch } from "./history.ts";
import type { Run, RunPlan } from "./run.ts";
import type { DescentState } from "./state.ts";
import { showStep } from "./step.ts";

/**
 * A call whose steps took less, in milliseconds, is followed by one of twice as many: long enough for the call to cost
 * nothing, short enough to stop soon.
 */
const CALL = 1;

/** Mini-batches, or the full batch. */
export class Descent implements Run {
  readonly ended = undefined;
  readonly losses: number[];
  readonly learningRates: number[];
  steps: number;
  readonly #engine: Engine;
  readonly #plan: RunPlan<StepOptimizer>;
  readonly #rule: UpdateRule;
  /** What a schedule that goes by losses has seen. */
  #seen: ScheduleState | undefined;
  readonly #random: Random | undefined;
  readonly #guard: Guard;
  /** Whether an average of the parameters goes along, and whether it has changed places with them: from epoch to epoch. */
  readonly #averages: boolean;
  #showsAverage = false;
  #hasDiverged = false;
  /** Whether steps are taken one by one, in parts: those that take several passes, and those that are shown. */
  readonly #inParts: boolean;
  /** Whether a call to the engine may go on into the next epoch: nobody looks, and there is nothing to shuffle. */
  readonly #goesOn: boolean;
  readonly #feed: Feed;
  /** Whether the window under way has been begun. */
  #hasWindow: boolean;
  /** The next place in the window, the sum of the epoch's losses before it, by their weights, and that of the weights. */
  #at: number;
  #sum: number;
  #weight: number;
  /** What the passes of a long step so far have summed up: its loss, and between two slices a copy of its gradient. */
  #partialLoss: number;
  #partial: Floats | undefined;
  /** Steps in a call: grows until a call takes long enough. */
  #perCall = 1;

  constructor(engine: Engine, plan: RunPlan<StepOptimizer>, state?: DescentState) {
    const { samples, batchSize, shuffle, seed, watched, onStep, feed = wholeFeed(samples) } = plan;
    this.#engine = engine;
    this.#plan = plan;
    this.#rule = plan.rule ?? ruleOf(plan.optimizer);
    this.#averages = this.#rule.refinement?.averageDecay !== undefined;
    this.#seen = state?.schedule ?? startOf(plan.optimizer.learningRate);
    this.#inParts = onStep !== undefined || batchSize > engine.partRows;
    this.#feed = feed;
    this.#goesOn = !watched && batchSize === feed.rows;
    if (shuffle && batchSize < feed.rows) {
      this.#random = state?.random ? Random.from(state.random) : new Random(seed, "shuffling");
    }
    this.#guard = new Guard(engine, state?.guard);
    this.losses = [...(state?.losses ?? [])];
    this.learningRates = [...(state?.learningRates ?? [])];
    this.steps = state?.steps ?? 0;
    this.#at = state?.at ?? 0;
    this.#sum = state?.sum ?? 0;
    this.#partialLoss = state?.partial?.loss ?? 0;
    this.#partial = state?.partial?.gradients.slice();
    this.#weight = state?.weight ?? 0;
    this.#hasWindow = state?.hasWindow ?? false;
    if (!state) return;
    if (state.order.length > 0) this.#placeOrder(state.order);
    engine.ruleState.set(state.numbers);
    engine.slots.forEach((slot, i) => slot.set(state.slots[i]!));
    // A layer that has been frozen since then is to stay where it is.
    const kept = this.#averages ? engine.slots.slice(0, -1) : engine.slots;
    for (const { begin, end, frozen } of this.#rule.refinement?.groups ?? []) {
      if (frozen) for (const slot of kept) slot.fill(0, begin, end);
    }
  }

  /** With an average it goes on from parameters of its own. */
  get keepsParameters(): boolean {
    return this.#averages;
  }

  /** Parameters and slots as it goes on from them, wherever they are. */
  #ownArenas({ parameters }: Learned): Pick<Engine, "parameters" | "slots"> {
    const { slots } = this.#engine;
    if (!this.#showsAverage) return { parameters, slots };
    return { parameters: slots.at(-1)!, slots: [...slots.slice(0, -1), parameters] };
  }

  /** Between two epochs the network has the average; it goes on from the parameters. */
  #show(average: boolean): void {
    if (!this.#averages || average === this.#showsAverage) return;
    const { parameters, slots } = this.#engine;
    const shown = parameters.slice();
    parameters.set(slots.at(-1)!);
    slots.at(-1)!.set(shown);
    this.#showsAverage = average;
  }

  advance(deadline: number): boolean {
    const before = this.losses.length;
    this.#show(false);
    // Between two slices others may have asked the engine for a gradient of their own.
    if (this.#isInStep) this.#engine.gradients.set(this.#partial!);
    do {
      const { window } = this.#feed;
      if (!window) break;
      if (!this.#hasWindow) this.#startWindow(window);
      if (this.#inParts) this.#takePart(window);
      else this.#takeSteps(window);
    } while (this.losses.length === before && performance.now() < deadline);
    if (this.#isInStep) this.#keepPartial();
    const hasEnded = this.losses.length > before;
    if (hasEnded) this.#show(true);
    return hasEnded;
  }

  get waitsFor(): Promise<void> | undefined {
    return this.#feed.window ? undefined : this.#feed.ready();
  }

  observe(epoch: Epoch): void {
    const { learningRate } = this.#plan.optimizer;
    if (this.#seen === undefined) return;
    const value = readMonitor("learningRate: monitor", epoch, monitorOf(learningRate)!.path);
    this.#seen = observe(learningRate, this.#seen, value, this.#plan.direction ?? "lower");
  }

  finish(): void {
    if (allFinite(this.#engine.parameters)) return;
    const { samples } = this.#plan;
    throw this.#rescue({ samples, first: 0, end: 1 }, 0, 1, this.losses.length, this.steps, NaN);
  }

  settle(): void {
    if (!allFinite(this.#engine.parameters)) this.#guard.putBack();
    else if (this.steps > 0 && !this.#hasDiverged) this.#show(true);
  }

  get hasMoved(): boolean {
    return this.steps > 0 && !this.#guard.isBack;
  }

  get rowsOfEpoch(): number {
    return this.#feed.index * this.#feed.size + this.#at;
  }

  get loss(): number {
    return this.#weight > 0 ? this.#sum / this.#weight : (this.losses.at(-1) ?? NaN);
  }

  state(last: Learned = this.#engine): DescentState {
    const { ruleState } = this.#engine;
    const { parameters, slots } = this.#ownArenas(last);
    return {
      optimizer: this.#plan.optimizer,
      steps: this.steps,
      losses: Float64Array.from(this.losses),
      learningRates: Float64Array.from(this.learningRates),
      parameters,
      statistics: last.statistics,
      at: this.#at,
      sum: this.#sum,
      weight: this.#weight,
      window: this.#feed.index,
      hasWindow: this.#hasWindow,
      order: this.#orderNow(),
      random: this.#random?.state ?? null,
      numbers: ruleState,
      slots,
      showsAverage: this.#showsAverage,
      schedule: this.#seen ?? null,
      partial: this.#isInStep ? { loss: this.#partialLoss, gradients: this.#partial! } : null,
      guard: this.#guard.state,
    };
  }

  /** Whether a step has been begun whose update is still to come. */
  get #isInStep(): boolean {
    return this.#at % this.#plan.batchSize > 0;
  }

  #startWindow({ samples, first, end }: Window): void {
    this.#hasWindow = true;
    if (this.#isFirst) this.#guard.remember();
    this.#random?.shuffle(samples.order.subarray(first, end));
  }

  /** Whether the window is the first one of its epoch. */
  get #isFirst(): boolean {
    return this.#feed.index === 0;
  }

  /** [rows of the window]: its order, from 0; empty before it is there. */
  #orderNow(): Uint32Array {
    const { window } = this.#feed;
    if (!window) return new Uint32Array(0);
    const { samples, first, end } = window;
    return samples.order.subarray(first, end).map((row) => row - first);
  }

  #placeOrder(order: Uint32Array): void {
    const { samples, first } = this.#feed.window!;
    samples.order.set(
      order.map((row) => row + first),
      first,
    );
  }

  /** As many steps as fit into a call, to the end of the window, or of the training, at most. */
  #takeSteps(window: Window): void {
    const { batchSize, epochs } = this.#plan;
    const { stepLosses, rates } = this.#engine;
    const { first, end } = window;
    const stepsTo = (place: number) => Math.ceil(place / batchSize);
    const later = this.#goesOn ? (epochs - this.losses.length - 1) * stepsTo(end) : 0;
    const done = this.#call(window, stepsTo(end - first - this.#at) + later);
    for (let i = 0; i < done; i++) {
      const loss = stepLosses[i]!;
      const begin = first + this.#at;
      const until = Math.min(begin + batchSize, end);
      if (!Number.isFinite(loss))
        throw this.#rescue(window, begin, until, this.losses.length + 1, this.steps + 1, loss);
      // Of epochs that share a call, only the first one's parameters are remembered.
      if (i === 0 && this.#at === 0 && this.#isFirst) this.#guard.accept();
      this.#endStep(window, loss, rates[i]!, until);
    }
  }

  /** Up to `limit` steps in one call to the engine; how many it did. */
  #call({ samples, first }: Window, limit: number): number {
    const start = performance.now();
    const { batchSize } = this.#plan;
    const count = Math.min(this.#perCall, limit);
    setRates(this.#engine.rates, this.#rule, this.steps, count, this.#seen);
    const done = this.#engine.steps(samples, first + this.#at, batchSize, count, this.steps);
    if (performance.now() - start < CALL) this.#perCall = Math.min(2 * this.#perCall, this.#engine.stepLosses.length);
    return done;
  }

  /** A pass of a step; after the last one the update. */
  #takePart(window: Window): void {
    const { batchSize, onStep } = this.#plan;
    const { samples, first } = window;
    const engine = this.#engine;
    const at = first + this.#at;
    const place = this.#at % batchSize;
    const begin = at - place;
    const end = Math.min(begin + batchSize, window.end);
    const until = Math.min(at + engine.partRows, end);
    // Whoever sees the step may ask for the state: that of before its last part.
    if (onStep && this.#isInStep) this.#keepPartial();
    const total = engine.totalWeight(samples, begin, end);
    const found = engine.gradient(samples, at, until, total, place > 0, { step: this.steps, place });
    if (!Number.isFinite(found)) throw this.#rescue(window, at, until, this.losses.length + 1, this.steps + 1, found);
    const loss = (place > 0 ? this.#partialLoss : 0) + found;
    if (until === end) return this.#endPartedStep(window, begin, end, loss);
    this.#partialLoss = loss;
    this.#at = until - first;
  }

  #keepPartial(): void {
    (this.#partial ??= this.#engine.gradients.slice()).set(this.#engine.gradients);
  }

  #endPartedStep(window: Window, begin: number, end: number, loss: number): void {
    const { onStep, isStandardized = false } = this.#plan;
    if (onStep) {
      const facts = { epoch: this.losses.length + 1, step: this.steps + 1, loss, isStandardized };
      showStep(onStep, this.#engine, window.samples, [begin, end], this.steps, facts);
    }
    if (begin === window.first && this.#isFirst) this.#guard.accept();
    setRates(this.#engine.rates, this.#rule, this.steps, 1, this.#seen);
    this.#engine.update();
    this.#endStep(window, loss, this.#engine.rates[0]!, end);
  }

  /** A step over the places up to `end`. */
  #endStep({ samples, first, end: last }: Window, loss: number, rate: number, end: number): void {
    const { rows, index, windows } = this.#feed;
    const begin = first + this.#at - (this.#at % this.#plan.batchSize);
    // Of small networks, a call for each step would show.
    const weight = samples.weights ? this.#engine.totalWeight(samples, begin, end) : end - begin;
    this.#sum += loss * weight;
    this.#weight += weight;
    this.#at = end - first;
    this.steps++;
    if (end < last) return;
    this.#at = 0;
    if (index === windows - 1) {
      this.losses.push(rows === end - begin ? loss : this.#sum / this.#weight);
      this.learningRates.push(rate);
      this.#sum = 0;
      this.#weight = 0;
    }
    this.#hasWindow = false;
    this.#feed.next();
  }

  #rescue(
    { samples, first }: Window,
    begin: number,
    end: number,
    epoch: number,
    step: number,
    loss: number,
  ): DivergenceError {
    const layer = firstBadLayer(this.#engine, samples, begin, end, {
      step: this.steps,
      place: (begin - first) % this.#plan.batchSize,
      isAgain: true,
    });
    this.#guard.putBack();
    this.#hasDiverged = true;
    return new DivergenceError(epoch, step, layer, loss);
  }
}
