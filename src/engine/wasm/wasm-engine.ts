/**
 * The engine of WebAssembly kernels: writes the plan of `layout.ts` into linear memory and calls the kernels. Parameters,
 * gradients and rows are views of that memory; nothing is copied and nothing is allocated in a step.
 */
import { LanegradError } from "../../ground/errors.ts";
import {
  groupFields,
  groupNumbers,
  type MemoryPlan,
  kernelFields,
  LANES,
  networkFields,
  opFields,
  passFields,
  rowsOf,
  type PassPlan,
  planMemory,
  planTraining,
  refinementFields,
  refinementNumbers,
  samplesFields,
  type SamplesPlan,
  STATE_COUNT,
  teamFields,
  type TrainingPlan,
} from "./layout.ts";
import type { NetworkShape } from "../../model/shape.ts";
import {
  type Engine,
  type EngineReport,
  type LayerValues,
  partAt,
  type PassRecord,
  type Samples,
  STEPS_LIMIT,
  type TrainingNeeds,
  type TrainingPart,
} from "../engine.ts";
import { frozenOps, startStatistics } from "../ops.ts";
import type { UpdateRule } from "../../kinds/optimizers/optimizer.ts";
import type { Refinement } from "../../kinds/regularizers/refinement.ts";
import { allocate, grow } from "./memory.ts";
import type { Kernels } from "./modules.ts";
import { OpenPass } from "./open-pass.ts";
import { warn } from "../../ground/host.ts";

/** What the module exports for hosts, besides the kernels that go into its table. See `assembly/network.ts`. */
interface Exports extends Record<string, unknown> {
  table: WebAssembly.Table;
  writeConstants(): void;
  stop(team: number): void;
  forward(network: number, samples: number, begin: number, end: number): void;
  loss(network: number, samples: number, begin: number, end: number, mode: number): number;
  gradient(
    network: number,
    samples: number,
    begin: number,
    end: number,
    total: number,
    accumulate: number,
    mode: number,
  ): number;
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

/** What a call is: `assembly/tables.ts`. */
const [USE, TRAINING, AGAIN] = [0, 1, 2];
/** How many fields of `Network` say where in a training a call is, `step` being the first. */
const CLOCK_FIELDS = 3;

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
  #statistics!: Float32Array;
  #batch!: Float32Array;
  /** The pass of a training's steps, and what its noise is drawn by. */
  #stepPass: PassPlan;
  seed = 0;
  frozen: readonly boolean[];
  #stepLosses!: Float64Array;
  #rates!: Float64Array;
  #state!: Float64Array;
  #slots: readonly Float32Array[] = [];

  /** @throws CapacityError if the network does not fit into linear memory, or the host has not so much. */
  constructor(kernels: Kernels, shape: NetworkShape, threads = 1) {
    this.#report = { kind: "wasm", tier: kernels.tier, why: kernels.why, shared: kernels.shared, threads: 1 };
    this.shape = shape;
    this.plan = planMemory(shape, threads);
    this.#stepPass = this.plan.pass;
    this.frozen = frozenOps(shape, new Set());
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
    startStatistics(this.#statistics, shape);
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
      const { startTeam } = await import("./threads.ts");
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
  get statistics(): Float32Array {
    return this.#statistics;
  }
  get batch(): Float32Array {
    return this.#batch;
  }
  get partRows(): number {
    return this.#stepPass.network.capacity;
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

  prepare(count: number, rule: UpdateRule, weighted = false, needs: TrainingNeeds = {}): Samples {
    const { batchSize, seed = 0, frozen = new Set() } = needs;
    const plan = planTraining(
      this.shape,
      this.plan,
      count,
      rule.slots,
      weighted,
      batchSize,
      rule.refinement?.groups.length,
    );
    if (grow(this.memory, plan.byteLength)) this.#scratch = this.#openViews();
    if (plan.pass !== this.plan.pass) this.#writePass(plan.pass);
    this.#stepPass = plan.pass;
    this.seed = seed;
    this.frozen = frozenOps(this.shape, frozen);
    this.#writeFrozen();
    this.#writeTable(plan.pass.table, networkFields, {
      ...plan.pass.network,
      slots: plan.slots,
      advance: this.#kernels.get(`${rule.kernel}Advance`) ?? 0,
      update: this.#kernelIndex(`${rule.kernel}Update`),
      refinement: plan.refinement?.table ?? 0,
    });
    if (rule.refinement) this.#writeRefinement(rule.refinement, plan, rule.slots);
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

  loss(samples: Samples, begin: number, end: number, total: number, part?: TrainingPart): number {
    const { table } = part ? this.#stepPass : this.plan.pass;
    try {
      return this.#exports.loss(table, tableOf(samples), begin, end, this.#enter(table, part)) / total;
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  headLosses(rows: number): number[] {
    const panels = Math.ceil(rows / LANES);
    return this.plan.pass.heads.map(({ loss }) =>
      new Float64Array(this.memory.buffer, loss.table.output, panels).reduce((sum, part) => sum + part, 0),
    );
  }

  totalWeight(samples: Samples, begin: number, end: number): number {
    return samples.weights === undefined ? end - begin : this.#exports.totalWeight(tableOf(samples), begin, end);
  }

  gradient(
    samples: Samples,
    begin: number,
    end: number,
    total: number,
    accumulate: boolean,
    part?: TrainingPart,
  ): number {
    const { table } = part ? this.#stepPass : this.plan.pass;
    const adds = accumulate ? 1 : 0;
    try {
      return this.#exports.gradient(table, tableOf(samples), begin, end, total, adds, this.#enter(table, part));
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  step(samples: Samples, begin: number, end: number, step = 0): number {
    const { table } = this.#stepPass;
    this.#setClock(table, step, 0);
    try {
      return this.#exports.step(table, tableOf(samples), begin, end, this.#rates[0]!);
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  steps(samples: Samples, begin: number, batchSize: number, count: number, step = 0): number {
    const { stepLosses, rates } = this.plan;
    const { table } = this.#stepPass;
    this.#setClock(table, step, 0);
    try {
      const { capacity } = samples;
      return this.#exports.steps(table, tableOf(samples), begin, batchSize, capacity, count, stepLosses, rates);
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  update(): void {
    this.#exports.updateParameters(this.#stepPass.table, this.#rates[0]!);
  }

  layerValues(samples: Samples, begin: number, end: number, part?: TrainingPart): LayerValues[] {
    const { table } = this.plan.open;
    return this.kernels.layerValues(begin, end, (at, stop) => {
      if (part === undefined) return this.#forward(this.plan.open, samples, at, stop);
      const mode = this.#enter(table, partAt(part, at - begin));
      try {
        this.#exports.loss(table, tableOf(samples), at, stop, mode);
      } catch (cause) {
        throw this.#failure(cause);
      }
    });
  }

  record(samples: Samples, begin: number, end: number, total: number, part?: TrainingPart): PassRecord {
    const { table } = this.plan.open;
    return this.kernels.record(begin, end, (at, stop) => {
      const mode = this.#enter(table, part && partAt(part, at - begin));
      try {
        this.#exports.gradient(table, tableOf(samples), at, stop, total, 0, mode);
      } catch (cause) {
        throw this.#failure(cause);
      }
    });
  }

  /** Says where in a training a call is; the mode of the call. */
  #enter(table: number, part: TrainingPart | undefined): number {
    if (part === undefined) return USE!;
    this.#setClock(table, part.step, part.place);
    return part.isAgain ? AGAIN! : TRAINING!;
  }

  #setClock(table: number, step: number, place: number): void {
    const at = table + 4 * networkFields.indexOf("step");
    new Uint32Array(this.memory.buffer, at, CLOCK_FIELDS).set([step, this.seed, place]);
  }

  /** Views of the network's own part of memory; anew after memory has grown, since that may detach its buffer. */
  #openViews(): WasmSamples {
    const { plan, shape } = this;
    const { buffer } = this.memory;
    this.#parameters = new Float32Array(buffer, plan.parameters, shape.parameterCount);
    this.#gradients = new Float32Array(buffer, plan.gradients, shape.parameterCount);
    this.#statistics = new Float32Array(buffer, plan.statistics, shape.statisticsCount);
    this.#batch = new Float32Array(buffer, plan.batch, shape.batchCount);
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
    rowsOf(pass).forEach(({ table, kernels, numbers }, i) => {
      const indices = kernelFields.map((field) => [field, this.#kernelIndex(kernels[field])]);
      this.#writeTable(pass.network.ops + i * opFields.length * 4, opFields, {
        ...table,
        ...(Object.fromEntries(indices) as Record<(typeof kernelFields)[number], number>),
      });
      new Float32Array(this.memory.buffer, table.numbers, numbers.length).set(numbers);
    });
    for (const { table, ...places } of pass.passes) {
      this.#writeTable(table, passFields, { ...zeros(passFields), ...places });
    }
    this.#writeTable(pass.table, networkFields, pass.network);
  }

  /** Into the tables of ops of all passes. */
  #writeFrozen(): void {
    const offset = 4 * opFields.indexOf("frozen");
    for (const { network } of [this.plan.pass, this.plan.open, this.#stepPass]) {
      this.frozen.forEach((is, i) => {
        const at = network.ops + i * opFields.length * 4 + offset;
        new Uint32Array(this.memory.buffer, at, 1)[0] = Number(is);
      });
    }
  }

  #writeTable<F extends string>(offset: number, fields: readonly F[], values: Readonly<Record<F, number>>): void {
    new Uint32Array(this.memory.buffer, offset, fields.length).set(fields.map((field) => values[field]));
  }

  #writeRefinement(refinement: Refinement, { refinement: plan, slots }: TrainingPlan, slotCount: number): void {
    const { table, groups, squares } = plan!;
    const hasAverage = refinement.averageDecay !== undefined;
    this.#writeNumbers(table, refinementNumbers, { ...refinement, averageDecay: refinement.averageDecay ?? 0 });
    this.#writeTable(table + 8 * refinementNumbers.length, refinementFields, {
      groups,
      groupCount: refinement.groups.length,
      squares: refinement.clipNorm < Infinity ? squares : 0,
      average: hasAverage ? slots + (slotCount - 1) * this.plan.arenaBytes : 0,
    });
    const groupBytes = 8 * groupNumbers.length + 4 * groupFields.length;
    refinement.groups.forEach((group, i) => {
      const { begin, end, row, frozen } = group;
      const at = groups + i * groupBytes;
      this.#writeNumbers(at, groupNumbers, group);
      const fields = { row: 4 * row, begin: 4 * begin, end: 4 * end, frozen: Number(frozen) };
      this.#writeTable(at + 8 * groupNumbers.length, groupFields, fields);
    });
  }

  #writeNumbers<F extends string>(offset: number, fields: readonly F[], values: Readonly<Record<F, number>>): void {
    new Float64Array(this.memory.buffer, offset, fields.length).set(fields.map((field) => values[field]));
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

/** Puts every exported function into the table, in order, and tells the index of each; workers do likewise. */
function installKernels(exports: Record<string, unknown>, table: WebAssembly.Table): Map<string, number> {
  const kernels = new Map<string, number>();
  for (const [name, value] of Object.entries(exports)) {
    if (typeof value === "function") kernels.set(name, table.grow(1, value));
  }
  return kernels;
}
