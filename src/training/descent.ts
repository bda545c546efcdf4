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
import { allFinite, firstBadLayer, Guard } from "./guard.ts";
import { readMonitor } from "./monitor.ts";
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
  /** By which the mean of an epoch divides. */
  readonly #total: number;
  /** The next place of the order, and the sum of the losses of the places before it, by their weights. */
  #at: number;
  #sum: number;
  /** What the passes of a long step so far have summed up: its loss, and between two slices a copy of its gradient. */
  #partialLoss: number;
  #partial: Floats | undefined;
  /** Steps in a call: grows until a call takes long enough. */
  #perCall = 1;

  constructor(engine: Engine, plan: RunPlan<StepOptimizer>, state?: DescentState) {
    const { samples, batchSize, shuffle, seed, watched, onStep } = plan;
    this.#engine = engine;
    this.#plan = plan;
    this.#rule = plan.rule ?? ruleOf(plan.optimizer);
    this.#averages = this.#rule.refinement?.averageDecay !== undefined;
    this.#seen = state?.schedule ?? startOf(plan.optimizer.learningRate);
    this.#inParts = onStep !== undefined || batchSize > engine.partRows;
    this.#goesOn = !watched && batchSize === samples.capacity;
    if (shuffle && batchSize < samples.capacity) {
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
    this.#total = engine.totalWeight(samples, 0, samples.capacity);
    if (!state) return;
    samples.order.set(state.order);
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
  #ownArenas(): Pick<Engine, "parameters" | "slots"> {
    const { parameters, slots } = this.#engine;
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
      if (this.#at === 0) this.#startEpoch();
      if (this.#inParts) this.#takePart();
      else this.#takeSteps();
    } while (this.losses.length === before && performance.now() < deadline);
    if (this.#isInStep) this.#keepPartial();
    const hasEnded = this.losses.length > before;
    if (hasEnded) this.#show(true);
    return hasEnded;
  }

  observe(epoch: Epoch): void {
    const { learningRate } = this.#plan.optimizer;
    if (this.#seen === undefined) return;
    const value = readMonitor("learningRate: monitor", epoch, monitorOf(learningRate)!);
    this.#seen = observe(learningRate, this.#seen, value);
  }

  finish(): void {
    if (!allFinite(this.#engine.parameters)) throw this.#rescue(0, 1, this.losses.length, this.steps, NaN);
  }

  settle(): void {
    if (!allFinite(this.#engine.parameters)) this.#guard.putBack();
    else if (this.steps > 0 && !this.#hasDiverged) this.#show(true);
  }

  get hasMoved(): boolean {
    return this.steps > 0 && !this.#guard.isBack;
  }

  get rowsOfEpoch(): number {
    return this.#at;
  }

  get loss(): number {
    const { samples, batchSize } = this.#plan;
    const whole = this.#at - (this.#at % batchSize);
    return whole > 0 ? this.#sum / this.#engine.totalWeight(samples, 0, whole) : (this.losses.at(-1) ?? NaN);
  }

  state(): DescentState {
    const { statistics, ruleState } = this.#engine;
    const { parameters, slots } = this.#ownArenas();
    return {
      optimizer: this.#plan.optimizer,
      steps: this.steps,
      losses: Float64Array.from(this.losses),
      learningRates: Float64Array.from(this.learningRates),
      parameters,
      statistics,
      at: this.#at,
      sum: this.#sum,
      order: this.#plan.samples.order,
      random: this.#random?.state ?? null,
      numbers: ruleState,
      slots,
      schedule: this.#seen ?? null,
      partial: this.#isInStep ? { loss: this.#partialLoss, gradients: this.#partial! } : null,
      guard: this.#guard.state,
    };
  }

  /** Whether a step has been begun whose update is still to come. */
  get #isInStep(): boolean {
    return this.#at % this.#plan.batchSize > 0;
  }

  #startEpoch(): void {
    this.#random?.shuffle(this.#plan.samples.order);
    this.#guard.remember();
  }

  /** As many steps as fit into a call, to the end of the epoch, or of the training, at most. */
  #takeSteps(): void {
    const { samples, batchSize, epochs } = this.#plan;
    const { stepLosses, rates } = this.#engine;
    const stepsTo = (place: number) => Math.ceil(place / batchSize);
    const later = this.#goesOn ? (epochs - this.losses.length - 1) * stepsTo(samples.capacity) : 0;
    const done = this.#call(stepsTo(samples.capacity - this.#at) + later);
    for (let i = 0; i < done; i++) {
      const loss = stepLosses[i]!;
      const end = Math.min(this.#at + batchSize, samples.capacity);
      if (!Number.isFinite(loss)) throw this.#rescue(this.#at, end, this.losses.length + 1, this.steps + 1, loss);
      // Of epochs that share a call, only the first one's parameters are remembered.
      if (i === 0 && this.#at === 0) this.#guard.accept();
      this.#endStep(loss, rates[i]!, this.#at, end);
    }
  }

  /** Up to `limit` steps in one call to the engine; how many it did. */
  #call(limit: number): number {
    const start = performance.now();
    const { samples, batchSize } = this.#plan;
    const count = Math.min(this.#perCall, limit);
    setRates(this.#engine.rates, this.#rule, this.steps, count, this.#seen);
    const done = this.#engine.steps(samples, this.#at, batchSize, count, this.steps);
    if (performance.now() - start < CALL) this.#perCall = Math.min(2 * this.#perCall, this.#engine.stepLosses.length);
    return done;
  }

  /** A pass of a step; after the last one the update. */
  #takePart(): void {
    const { samples, batchSize, onStep } = this.#plan;
    const engine = this.#engine;
    const begin = this.#at - (this.#at % batchSize);
    const end = Math.min(begin + batchSize, samples.capacity);
    const until = Math.min(this.#at + engine.partRows, end);
    // Whoever sees the step may ask for the state: that of before its last part.
    if (onStep && this.#isInStep) this.#keepPartial();
    const total = engine.totalWeight(samples, begin, end);
    const place = this.#at - begin;
    const found = engine.gradient(samples, this.#at, until, total, place > 0, { step: this.steps, place });
    if (!Number.isFinite(found)) throw this.#rescue(this.#at, until, this.losses.length + 1, this.steps + 1, found);
    const loss = (place > 0 ? this.#partialLoss : 0) + found;
    if (until === end) return this.#endPartedStep(begin, end, loss);
    this.#partialLoss = loss;
    this.#at = until;
  }

  #keepPartial(): void {
    (this.#partial ??= this.#engine.gradients.slice()).set(this.#engine.gradients);
  }

  #endPartedStep(begin: number, end: number, loss: number): void {
    const { onStep, samples, isStandardized = false } = this.#plan;
    if (onStep) {
      const facts = { epoch: this.losses.length + 1, step: this.steps + 1, loss, isStandardized };
      showStep(onStep, this.#engine, samples, [begin, end], this.steps, facts);
    }
    if (begin === 0) this.#guard.accept();
    setRates(this.#engine.rates, this.#rule, this.steps, 1, this.#seen);
    this.#engine.update();
    this.#endStep(loss, this.#engine.rates[0]!, begin, end);
  }

  #endStep(loss: number, rate: number, begin: number, end: number): void {
    const { samples } = this.#plan;
    // Of small networks, a call for each step would show.
    this.#sum += loss * (samples.weights ? this.#engine.totalWeight(samples, begin, end) : end - begin);
    this.#at = end;
    this.steps++;
    if (end < samples.capacity) return;
    this.losses.push(begin === 0 ? loss : this.#sum / this.#total);
    this.learningRates.push(rate);
    this.#at = 0;
    this.#sum = 0;
  }

  #rescue(begin: number, end: number, epoch: number, step: number, loss: number): DivergenceError {
    const { samples, batchSize } = this.#plan;
    const layer = firstBadLayer(this.#engine, samples, begin, end, {
      step: this.steps,
      place: begin % batchSize,
      isAgain: true,
    });
    this.#guard.putBack();
    this.#hasDiverged = true;
    return new DivergenceError(epoch, step, layer, loss);
  }
}
