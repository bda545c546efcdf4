/**
 * The engine of WebAssembly kernels: writes the plan of `layout.ts` into linear memory and calls the kernels. Parameters,
 * gradients and rows are views of that memory; nothing is copied and nothing is allocated in a step.
 */
import { LanegradError } from "../../ground/errors.ts";
import {
  type MemoryPlan,
  networkFields,
  opFields,
  passFields,
  type PassPlan,
  planMemory,
  planTraining,
  samplesFields,
  type SamplesPlan,
  STATE_COUNT,
  teamFields,
} from "./layout.ts";
import type { NetworkShape } from "../../model/shape.ts";
import {
  type Engine,
  type EngineReport,
  type LayerValues,
  type PassRecord,
  type Samples,
  STEPS_LIMIT,
} from "../engine.ts";
import type { UpdateRule } from "../../kinds/optimizers/optimizer.ts";
import { allocate, grow } from "./memory.ts";
import type { Kernels } from "./modules.ts";
import { OpenPass } from "./open-pass.ts";
import { installKernels, startTeam } from "./threads.ts";
import { warn } from "../../ground/host.ts";

/** What the module exports for hosts, besides the kernels that go into its table. See `assembly/network.ts`. */
interface Exports extends Record<string, unknown> {
  table: WebAssembly.Table;
  writeConstants(): void;
  stop(team: number): void;
  forward(network: number, samples: number, begin: number, end: number): void;
  loss(network: number, samples: number, begin: number, end: number): number;
  gradient(network: number, samples: number, begin: number, end: number, total: number, accumulate: number): number;
  totalWeight(samples: number, begin: number, end: number): number;
  step(network: number, samples: number, begin: number, end: number, rate: number): number;
  steps(
    network: number,
    samples: number,
    begin: number,
    batchSize: number,
    capacity: number,
    count: number,
    losses: number,
    rates: number,
  ): number;
  updateParameters(network: number, rate: number): void;
}

/** Multiply-adds of a forward pass from which threads are worth waking: `bench/NOTES.md` has the measurement. */
const SHARING_PAYS = 250_000;
/** How often a thread that waits looks before it sleeps: some 50 microseconds. */
const SPINS = 20_000;
/**
 * Seconds in a call after which a thread that does not come to meet the others is lost, besides what its share of the work
 * may take: on a machine that is busy with much else, threads wait for their turn for one or two.
 */
const PATIENCE = 10;
/** Multiply-adds a second that every thread makes, also in code that is not optimized yet. */
const SLOWEST = 2e8;

/** Stops the workers of engines that nobody can reach any more, where the host tells. */
const abandoned =
  typeof FinalizationRegistry === "undefined" ? undefined : new FinalizationRegistry<() => void>((stop) => stop());

interface WasmSamples extends Samples {
  readonly plan: SamplesPlan;
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
  readonly outputs: Float32Array;
  readonly weights: Float32Array | undefined;
}

export class WasmEngine implements Engine {
  readonly shape: NetworkShape;
  readonly memory: WebAssembly.Memory;
  readonly plan: MemoryPlan;
  readonly kernels: OpenPass;
  readonly #exports: Exports;
  readonly #kernels: ReadonlyMap<string, number>;
  #report: EngineReport;
  #scratch: WasmSamples;
  #weightedScratch!: WasmSamples;
  #parameters!: Float32Array;
  #gradients!: Float32Array;
  #stepLosses!: Float64Array;
  #rates!: Float64Array;
  #state!: Float64Array;
  #slots: readonly Float32Array[] = [];

  /** @throws CapacityError if the network does not fit into linear memory, or the host has not so much. */
  constructor(kernels: Kernels, shape: NetworkShape, threads = 1) {
    this.#report = { kind: "wasm", tier: kernels.tier, why: kernels.why, shared: kernels.shared, threads: 1 };
    this.shape = shape;
    this.plan = planMemory(shape, threads);
    this.memory = allocate(this.plan.byteLength, kernels.shared);
    this.#exports = instantiate(kernels, this.memory);
    this.#exports.writeConstants();
    this.#kernels = installKernels(this.#exports, this.#exports.table);
    this.#writeTeam(1);
    this.#writePass(this.plan.pass);
    this.#writePass(this.plan.open);
    this.kernels = new OpenPass(this.memory, this.plan.open, shape, this.#exports);
    this.#scratch = this.#openViews();
    fillOrder(this.#scratch);
  }

  /**
   * An engine whose calls are shared by `threads` threads, two or more, the caller's included; by fewer, with a warning,
   * where workers cannot be had. `kernels` are of shared memory.
   */
  static async withThreads(kernels: Kernels, shape: NetworkShape, threads: number): Promise<WasmEngine> {
    const engine = new WasmEngine(kernels, shape, threads);
    // A worker that ends must not keep the engine alive, nor the engine its workers.
    const weak = new WeakRef(engine);
    const onDeath = (reason: string) => {
      const left = weak.deref();
      if (left !== undefined) left.#goOnAlone(reason);
    };
    const { team } = engine.plan;
    const { stop } = engine.#exports;
    try {
      await startTeam(kernels.module, engine.memory, team, threads, onDeath);
    } catch (failure) {
      stop(team);
      warn(`threads were asked for, but a worker did not start (${(failure as Error).message}); using one`);
      return engine;
    }
    engine.#writeTeam(threads);
    abandoned?.register(engine, () => stop(team), engine);
    return engine;
  }

  get report(): EngineReport {
    return this.#report;
  }

  /** Lets the workers end; the engine goes on with one thread. */
  release(): void {
    if (this.#report.threads === 1) return;
    abandoned?.unregister(this);
    this.#exports.stop(this.plan.team);
    this.#writeTeam(1);
  }

  /** A worker has ended: the calls from now on are no longer shared. */
  #goOnAlone(reason: string): void {
    if (this.#report.threads === 1) return;
    this.release();
    warn(`a worker thread was lost (${reason}); going on with one thread, to the same results`);
  }

  /** What to throw when a call has failed: a thread traps where the others no longer come to meet it. */
  #failure(cause: unknown): unknown {
    if (this.#report.threads === 1) return cause;
    this.release();
    const message =
      "threads: expected all of them to finish a call, lost one in its midst; parameters may be those of half a step. " +
      "Calls from now on use one thread";
    return new LanegradError(message, { cause });
  }

  #writeTeam(threads: number): void {
    this.#report = { ...this.#report, threads };
    const widest = Math.max(...this.shape.layers.map(({ fanIn, fanOut }) => fanIn * fanOut));
    const share = (widest * this.plan.pass.network.capacity) / threads;
    const patience = PATIENCE + Math.ceil(share / SLOWEST);
    this.#writeTable(this.plan.team, teamFields, { threads, pays: SHARING_PAYS, spins: SPINS, patience });
  }

  get parameters(): Float32Array {
    return this.#parameters;
  }
  get gradients(): Float32Array {
    return this.#gradients;
  }
  get stepLosses(): Float64Array {
    return this.#stepLosses;
  }
  get rates(): Float64Array {
    return this.#rates;
  }
  get ruleState(): Float64Array {
    return this.#state;
  }
  get slots(): readonly Float32Array[] {
    return this.#slots;
  }
  get scratch(): Samples {
    return this.#scratch;
  }
  get weightedScratch(): Samples {
    return this.#weightedScratch;
  }

  prepare(count: number, rule: UpdateRule, weighted = false): Samples {
    const plan = planTraining(this.shape, this.plan, count, rule.slots, weighted);
    if (grow(this.memory, plan.byteLength)) this.#scratch = this.#openViews();
    this.#writeTable(this.plan.pass.table, networkFields, {
      ...this.plan.pass.network,
      slots: plan.slots,
      advance: this.#kernels.get(`${rule.kernel}Advance`) ?? 0,
      update: this.#kernelIndex(`${rule.kernel}Update`),
    });
    const { arenaBytes } = this.plan;
    const { buffer } = this.memory;
    new Uint8Array(buffer, plan.slots, rule.slots * arenaBytes).fill(0);
    this.#slots = Array.from(
      { length: rule.slots },
      (_, i) => new Float32Array(buffer, plan.slots + i * arenaBytes, this.shape.parameterCount),
    );
    this.#state.fill(0);
    this.#state.set(rule.state);
    this.#rates.fill(rule.rate(0));
    const samples = this.#writeSamples(plan.samples);
    fillOrder(samples);
    samples.weights?.fill(1);
    return samples;
  }

  forward(samples: Samples, begin: number, end: number): void {
    this.#forward(this.plan.pass, samples, begin, end);
  }

  #forward(pass: PassPlan, samples: Samples, begin: number, end: number): void {
    try {
      this.#exports.forward(pass.table, tableOf(samples), begin, end);
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  loss(samples: Samples, begin: number, end: number, total: number): number {
    try {
      return this.#exports.loss(this.plan.pass.table, tableOf(samples), begin, end) / total;
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  totalWeight(samples: Samples, begin: number, end: number): number {
    return samples.weights === undefined ? end - begin : this.#exports.totalWeight(tableOf(samples), begin, end);
  }

  gradient(samples: Samples, begin: number, end: number, total: number, accumulate: boolean): number {
    try {
      return this.#exports.gradient(this.plan.pass.table, tableOf(samples), begin, end, total, accumulate ? 1 : 0);
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  step(samples: Samples, begin: number, end: number): number {
    try {
      return this.#exports.step(this.plan.pass.table, tableOf(samples), begin, end, this.#rates[0]!);
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  steps(samples: Samples, begin: number, batchSize: number, count: number): number {
    const { pass, stepLosses, rates } = this.plan;
    try {
      const { capacity } = samples;
      return this.#exports.steps(pass.table, tableOf(samples), begin, batchSize, capacity, count, stepLosses, rates);
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  update(): void {
    this.#exports.updateParameters(this.plan.pass.table, this.#rates[0]!);
  }

  layerValues(samples: Samples, begin: number, end: number): LayerValues[] {
    const forward = (at: number, stop: number) => this.#forward(this.plan.open, samples, at, stop);
    return this.kernels.layerValues(begin, end, forward);
  }

  record(samples: Samples, begin: number, end: number, total: number): PassRecord {
    const { table } = this.plan.open;
    return this.kernels.record(begin, end, (at, stop) => {
      try {
        this.#exports.gradient(table, tableOf(samples), at, stop, total, 0);
      } catch (cause) {
        throw this.#failure(cause);
      }
    });
  }

  /** Views of the network's own part of memory; anew after memory has grown, since that may detach its buffer. */
  #openViews(): WasmSamples {
    const { plan, shape } = this;
    const { buffer } = this.memory;
    this.#parameters = new Float32Array(buffer, plan.parameters, shape.parameterCount);
    this.#gradients = new Float32Array(buffer, plan.gradients, shape.parameterCount);
    this.#stepLosses = new Float64Array(buffer, plan.stepLosses, STEPS_LIMIT);
    this.#rates = new Float64Array(buffer, plan.rates, STEPS_LIMIT);
    this.#state = new Float64Array(buffer, plan.state, STATE_COUNT);
    this.#weightedScratch = this.#writeSamples(plan.weightedScratch);
    return this.#writeSamples(plan.scratch);
  }

  #writeSamples(plan: SamplesPlan): WasmSamples {
    const { buffer } = this.memory;
    const { capacity } = plan;
    this.#writeTable(plan.table, samplesFields, plan);
    return {
      plan,
      capacity,
      inputs: new Float32Array(buffer, plan.inputs, capacity * this.shape.inputs),
      targets: new Float32Array(buffer, plan.targets, capacity * this.shape.outputs),
      outputs: new Float32Array(buffer, plan.outputs, capacity * this.shape.outputs),
      order: new Uint32Array(buffer, plan.order, capacity),
      weights: plan.weights === 0 ? undefined : new Float32Array(buffer, plan.weights, capacity),
    };
  }

  #writePass(pass: PassPlan): void {
    [...pass.ops, pass.loss].forEach(({ table, kernels, numbers }, i) => {
      new Float32Array(this.memory.buffer, table.numbers, numbers.length).set(numbers);
      this.#writeTable(pass.network.ops + i * opFields.length * 4, opFields, {
        ...table,
        forward: this.#kernelIndex(kernels.forward),
        backward: this.#kernelIndex(kernels.backward),
        parameterGradient: this.#kernelIndex(kernels.parameterGradient),
      });
    });
    for (const { table, ...places } of pass.passes) {
      this.#writeTable(table, passFields, { ...zeros(passFields), ...places });
    }
    this.#writeTable(pass.table, networkFields, pass.network);
  }

  #writeTable<F extends string>(offset: number, fields: readonly F[], values: Readonly<Record<F, number>>): void {
    new Uint32Array(this.memory.buffer, offset, fields.length).set(fields.map((field) => values[field]));
  }

  /** Where a kernel stands in the function table; 0 for none. */
  #kernelIndex(name: string | undefined): number {
    if (name === undefined) return 0;
    const index = this.#kernels.get(name);
    if (index === undefined) throw new LanegradError(`kernels: expected an export ${name}, got none`);
    return index;
  }
}

function tableOf(samples: Samples): number {
  return (samples as WasmSamples).plan.table;
}

function fillOrder(samples: Samples): void {
  for (let i = 0; i < samples.capacity; i++) samples.order[i] = i;
}

function instantiate({ module, loader }: Kernels, memory: WebAssembly.Memory): Exports {
  const { instance } = loader.instantiateSync(module, { env: { memory } });
  // The instance's own exports: the loader's are wrapped, at a cost to each call.
  return instance.exports as unknown as Exports;
}

function zeros<F extends string>(fields: readonly F[]): Record<F, number> {
  return Object.fromEntries(fields.map((field) => [field, 0])) as Record<F, number>;
}
