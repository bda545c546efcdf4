/** A training by L-BFGS: an epoch is an iteration, its loss that of the point it ends on. */
import type { Engine, Samples } from "../engine/engine.ts";
import { DivergenceError } from "../ground/errors.ts";
import { isFloat32 } from "../ground/floats.ts";
import type { Lbfgs } from "../kinds/optimizers/index.ts";
import { penalize, penalty, type Refinement } from "../kinds/regularizers/refinement.ts";
import type { Learned } from "../model/learned.ts";
import { firstBadLayer } from "./guard.ts";
import { Minimizer } from "./lbfgs.ts";
import type { Run, RunPlan } from "./run.ts";
import type { LbfgsState } from "./state.ts";

export class LbfgsRun implements Run {
  readonly keepsParameters = true;
  readonly rowsOfEpoch = 0;
  readonly losses: number[];
  readonly learningRates = [];
  ended: Run["ended"];
  steps: number;
  readonly #engine: Engine;
  readonly #optimizer: Lbfgs;
  readonly #best: Float64Array;
  readonly #minimizer: Minimizer;
  readonly #iterations: ReturnType<Minimizer["iterations"]>;
  /** Penalties, and layers that stay as they are. */
  readonly #refinement: Refinement | undefined;
  /** Of the point, penalties included. */
  #loss: number;
  #evaluations = 0;

  constructor(engine: Engine, { samples, optimizer, rule }: RunPlan<Lbfgs>, state?: LbfgsState) {
    this.#engine = engine;
    this.#optimizer = optimizer;
    this.#refinement = rule?.refinement;
    this.losses = [...(state?.losses ?? [])];
    this.steps = state?.steps ?? 0;
    this.ended = state?.ended ?? undefined;
    this.#loss = state?.minimizer?.value ?? NaN;
    this.#best = Float64Array.from(engine.parameters);
    const objective = (at: Float64Array, gradient: Float64Array) => this.#evaluate(samples, at, gradient);
    const noise = isFloat32(engine.parameters) ? 2 ** -23 : 2 ** -50;
    const { memory, tolerance } = optimizer;
    this.#minimizer = new Minimizer(objective, this.#best, { memory, tolerance, noise }, state?.minimizer);
    this.#iterations = this.#minimizer.iterations();
  }

  advance(deadline: number): boolean {
    const hasEnded = this.#iterate(deadline);
    // The line search leaves its last trial in the engine, which need not be the best point.
    this.#engine.parameters.set(this.#best);
    if (hasEnded) this.losses.push(this.loss);
    return hasEnded;
  }

  #iterate(deadline: number): boolean {
    do {
      const { done, value } = this.#iterations.next();
      if (done) this.ended = value;
      else if (value === undefined) continue;
      else {
        this.#loss = value;
        this.steps++;
        if (this.#evaluations >= this.#optimizer.maxEvaluations) this.ended = "evaluations";
      }
      return true;
    } while (performance.now() < deadline);
    return false;
  }

  get hasMoved(): boolean {
    return this.steps > 0;
  }

  /** Of the rows alone, as everywhere. */
  get loss(): number {
    return this.#loss - (this.#refinement ? penalty(this.#refinement, this.#best) : 0);
  }

  state({ parameters, statistics }: Learned = this.#engine): LbfgsState {
    return {
      optimizer: this.#optimizer,
      steps: this.steps,
      losses: Float64Array.from(this.losses),
      parameters,
      statistics,
      minimizer: this.#minimizer.state(),
      ended: this.ended ?? null,
    };
  }

  finish(): void {
    // Its best point has been evaluated.
  }

  settle(): void {
    // A piece of work that threw has left its last trial.
    this.#engine.parameters.set(this.#best);
  }

  /** Loss and gradient over all rows, penalties included, pass by pass, between which others may use the engine. */
  *#evaluate(samples: Samples, at: Float64Array, gradient: Float64Array): Generator<undefined, number> {
    const engine = this.#engine;
    const count = samples.capacity;
    const total = engine.totalWeight(samples, 0, count);
    let loss = 0;
    this.#evaluations++;
    for (let begin = 0; begin < count; begin += engine.scratch.capacity) {
      const end = Math.min(begin + engine.scratch.capacity, count);
      if (begin > 0) yield undefined;
      engine.parameters.set(at);
      if (begin === 0)
        at.set(engine.parameters); // what the engine could hold of it
      else engine.gradients.set(gradient);
      loss += engine.gradient(samples, begin, end, total, begin > 0);
      if (Number.isNaN(this.#loss) && !Number.isFinite(loss)) throw this.#refusal(samples, begin, end, loss);
      gradient.set(engine.gradients);
    }
    if (this.#refinement) {
      loss += penalty(this.#refinement, at);
      penalize(this.#refinement, at, gradient);
    }
    if (Number.isNaN(this.#loss)) this.#loss = loss;
    return loss;
  }

  /** Without a loss at the point from which it starts there is nothing to descend from. */
  #refusal(samples: Samples, begin: number, end: number, loss: number): DivergenceError {
    return new DivergenceError(1, 1, firstBadLayer(this.#engine, samples, begin, end), loss);
  }
}
