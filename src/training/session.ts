/**
 * A training from its beginning to its end, and the loop that all trainings go through: `fit` and `train` only differ in who
 * asks for the next epoch. Slices of time, validation and the history are here; steps are a run's.
 */
import { type Dataset, rowsOf } from "../data/dataset.ts";
import { conform, type EncodedRows, encodeRows } from "../data/preprocess/conform.ts";
import {
  learnColumns,
  type Preprocessing,
  standardizationOf,
  withStandardization,
} from "../data/preprocess/pipeline.ts";
import { learnStandardization } from "../data/preprocess/standardize.ts";
import { standardizedPlaces } from "../data/schema.ts";
import { totalOf } from "../data/weights.ts";
import type { Samples } from "../engine/engine.ts";
import type { Floats } from "../ground/floats.ts";
import { refuse } from "../ground/errors.ts";
import { Random } from "../ground/random.ts";
import { inSlices } from "../ground/pieces.ts";
import { breathe, sliceEnd, sliceIsOver } from "../ground/scheduler.ts";
import { throwIfAborted, unlessAborted } from "../ground/signal.ts";
import { evaluate, openMetrics } from "../inspect/evaluate.ts";
import { checkStandardization } from "../inspect/door.ts";
import type { Evaluation } from "../kinds/metrics/evaluation.ts";
import type { Measures } from "../kinds/metrics/index.ts";
import type { MetricName } from "../kinds/metrics/values.ts";
import type { CheckpointOptions } from "./checkpoint-options.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { classFactors, type ClassWeight } from "./class-weights.ts";
import {
  checkNumbers,
  checkSameRows,
  checkTerms,
  copyState,
  type Fingerprint,
  fingerprintOf,
  type Kept,
} from "./kept.ts";
import { checkLayers } from "./layers.ts";
import type { Learner, Training } from "./learner.ts";
import { directionOf, metricOf } from "./monitor.ts";
import { Stopper, type StopperState } from "./early-stopping.ts";
import type { Epoch, History } from "./history.ts";
import type { CheckedTraining } from "./options.ts";
import { refinedRule } from "./refine.ts";
import { Report } from "./report.ts";
import { copyRows } from "./rows.ts";
import type { Run } from "./run.ts";
import { startRun } from "./start.ts";
import type { SessionState, TrainingState } from "./state.ts";

/** Loaded when it is asked for. */
async function openCheckpoints(where: string, learner: Learner, options: CheckpointOptions): Promise<Checkpoints> {
  const { Checkpoints: Opened } = await import("./checkpoints.ts");
  return Opened.open(where, learner, options);
}

/** What a training goes on from: a copy. */
interface Before {
  readonly state: TrainingState;
  readonly fingerprint: Fingerprint;
}

/** The same with other parameters; what L-BFGS has learned at its own point is of no use at another. */
function withParameters(state: TrainingState, given: Floats): TrainingState {
  const parameters = given.slice();
  if (!("minimizer" in state) || state.minimizer === null) return { ...state, parameters };
  const isThere = state.minimizer.at.every((value, i) => value === parameters[i]);
  return isThere ? { ...state, parameters } : { ...state, parameters, minimizer: null, ended: null };
}

export class Session implements Training {
  phase: Training["phase"] = "starting";
  readonly #learner: Learner;
  readonly #where: string;
  readonly #dataset: Dataset;
  readonly #options: CheckedTraining;
  readonly #report: Report;
  #stopper: Stopper | undefined;
  #validationRows: EncodedRows | undefined;
  #measures: Measures | undefined;
  #run: Run | undefined;
  #isStopped = false;
  /** Whether a piece of work has failed, so that nobody can go on from there. */
  #isTorn = false;
  #kept: Kept | undefined;
  #checkpoints: Checkpoints | undefined;
  /** Whether it has come to its end, and was not left or aborted. */
  #isDone = false;
  /** While it is paused: what it waits for, and what ends that. */
  #pause: { readonly end: Promise<void>; readonly resume: () => void } | undefined;

  /** keepsHistory: whether `history` will be asked for. */
  constructor(learner: Learner, where: string, dataset: Dataset, options: CheckedTraining, keepsHistory: boolean) {
    this.#learner = learner;
    this.#where = where;
    this.#dataset = dataset;
    this.#options = options;
    this.#report = new Report(options, keepsHistory);
  }

  get keepsParameters(): boolean {
    return this.#run?.keepsParameters ?? false;
  }

  get hasMoved(): boolean {
    return this.#run?.hasMoved ?? false;
  }

  settle(): void {
    this.#run?.settle();
    if (this.#isDone) this.#stopper?.restore();
  }

  pause(): void {
    if (this.#pause) return;
    let resume!: () => void;
    this.#pause = { end: new Promise((resolve) => (resume = resolve)), resume };
    this.#report.clock.pause();
  }

  resume(): void {
    this.#pause?.resume();
    this.#pause = undefined;
    this.#report.clock.resume();
  }

  get kept(): Kept | undefined {
    return this.#isTorn ? undefined : this.#kept;
  }

  leave(): void {
    this.#run = undefined;
    this.#kept = undefined;
  }

  /** Asks for no epoch after the last one. */
  stop(): void {
    this.#isStopped = true;
  }

  /** The training, epoch by epoch; where nobody watches, as many at a time as fit into a slice. */
  async *epochs(): AsyncGenerator<Epoch, void, undefined> {
    const learner = this.#learner;
    learner.begin(this.#where, this);
    try {
      await this.#startRun();
      // One that is gone on with may have been left before its last epoch was told.
      while (this.stopReason === undefined || this.#report.isBehind) {
        if (!this.#report.isBehind) await this.#work(this.#run!);
        const evaluation = await this.#validate();
        if (learner.isHeld) await learner.released();
        // From here to where it is told at once: whoever looks at the state sees all of it or nothing.
        if (evaluation) this.#report.validated(evaluation);
        const epoch = this.#report.epoch();
        this.#run!.observe?.(epoch);
        this.#stopper?.observe(epoch);
        yield epoch;
        learner.checkTurn(this);
      }
      this.#report.tell(true);
      await this.#finish(this.#run!);
      this.#isDone = true;
    } finally {
      learner.end(this);
    }
  }

  /** The same for an iterator that may be left lying: between two epochs another training may take its place. */
  async *lazyEpochs(): AsyncGenerator<Epoch, void, undefined> {
    for await (const epoch of this.epochs()) {
      this.phase = "waiting";
      yield epoch;
      this.phase = "training";
    }
  }

  /** Why the training has ended; undefined while it goes on. */
  get stopReason(): History["stopReason"] | undefined {
    if (this.#isStopped) return "callback";
    if (this.#stopper?.isOver) return "earlyStopping";
    return (
      this.#run?.ended ??
      (this.#run !== undefined && this.#run.losses.length >= this.#options.epochs ? "epochs" : undefined)
    );
  }

  history(): History {
    return this.#report.history(this.stopReason!, this.#stopper?.best);
  }

  /** A last update may have made numbers that are none; if not, they are worth a last checkpoint. */
  async #finish(run: Run): Promise<void> {
    if (this.#learner.isHeld) await this.#learner.released();
    this.#isTorn = true;
    run.finish();
    this.#isTorn = false;
    this.#stopper?.restore();
    await this.#checkpoints?.finish(this.#progress, this.#kept!);
  }

  /** Learns columns and standardization if need be, and puts the rows into the engine's memory. */
  async #startRun(): Promise<void> {
    const learner = this.#learner;
    const { signal, optimizer, validationData, classWeight, checkpoint, batchSize, seed } = this.#options;
    throwIfAborted(signal);
    const checkpoints = checkpoint && (await openCheckpoints(this.#where, learner, checkpoint));
    const before = this.#options.continue ? await this.#takeUp() : undefined;
    const rows = await this.#encode(this.#where, this.#dataset, learner.preprocessing);
    checkLayers(this.#where, learner.engine.shape, this.#options, rows.count);
    const preprocessing = await this.#learn(rows);
    if (validationData) {
      const validationRows = await this.#encode(`${this.#where}: validationData`, validationData, preprocessing);
      this.#measures = await this.#openMeasures(validationRows);
      totalOf(`${this.#where}: validationData`, validationRows.weights, validationRows.count);
      this.#validationRows = validationRows;
    }
    totalOf(this.#where, rows.weights, rows.count);
    const factors = classWeight && (await this.#classFactors(classWeight, rows, preprocessing));
    const standardization = standardizationOf(preprocessing);
    // Of many that begin in one turn, not all take their memory in it.
    if (sliceIsOver()) await breathe(signal);
    if (learner.isHeld) await learner.released();
    // What the last training has left lies in memory that is prepared anew.
    learner.keep(before && { state: () => before.state, fingerprint: async () => before.fingerprint });
    const { engine } = learner;
    const rule = refinedRule(this.#where, optimizer, engine.shape, this.#options, learner.frozen);
    const samples = engine.prepare(rows.count, rule, rows.weights !== undefined || factors !== undefined, {
      batchSize: Math.min(batchSize, rows.count),
      seed: new Random(seed, "dropout").next(),
    });
    await copyRows(this.#where, samples, rows, standardization, engine, signal, factors);
    if (before) await this.#checkSame(before, samples);
    const stopper = this.#openStopper(before?.state.session.stopper ?? undefined);
    learner.learn(preprocessing);
    const plan = { ...this.#options, rule, samples, isStandardized: standardization !== null };
    const run = await startRun(engine, plan, before?.state);
    this.#run = run;
    this.#stopper = stopper;
    this.#report.begin(run, samples.capacity, before?.state.session);
    this.#kept = this.#keep(run, samples);
    learner.keep(undefined);
    this.#checkpoints = checkpoints;
    this.phase = "training";
  }

  /**
   * A copy of what the last training has left, with the parameters that the network has now.
   * @throws InvalidInputError where there is none, or one of other options.
   */
  async #takeUp(): Promise<Before> {
    const { signal } = this.#options;
    const where = `${this.#where}: continue`;
    const { kept } = this.#learner;
    if (!kept) return refuse(where, "a network with a training to go on with", "one without");
    checkTerms(where, kept.state(), this.#options);
    const fingerprint = await kept.fingerprint();
    const state = await inSlices(copyState(kept.state()), signal);
    return { fingerprint, state: withParameters(state, this.#learner.engine.parameters) };
  }

  /** @throws InvalidInputError for other rows than those before. */
  async #checkSame({ state, fingerprint }: Before, samples: Samples): Promise<void> {
    const where = `${this.#where}: continue`;
    checkSameRows(where, fingerprint, await inSlices(fingerprintOf(samples), this.#options.signal));
    checkNumbers(where, state, this.#learner.engine, samples);
  }

  /** What others may go on from, whatever becomes of this session. */
  #keep(run: Run, samples: Samples): Kept {
    const { batchSize, shuffle, seed, classWeight = null } = this.#options;
    const report = this.#report;
    const stopper = this.#stopper;
    const session = (): SessionState => {
      return { batchSize, shuffle, seed, classWeight, ...report.state(), stopper: stopper?.state() ?? null };
    };
    let fingerprint: Promise<Fingerprint> | undefined;
    return {
      state: () => ({ ...run.state(), session: session() }),
      fingerprint: () => (fingerprint ??= inSlices(fingerprintOf(samples))),
    };
  }

  get #progress() {
    const { losses, steps } = this.#run!;
    return { epochs: losses.length, steps, seconds: this.#report.clock.seconds };
  }

  #classFactors(given: ClassWeight, rows: EncodedRows, preprocessing: Preprocessing | null): Promise<Float64Array> {
    const columns = preprocessing?.targets ?? rowsOf(this.#where, this.#dataset).schema.targets;
    return inSlices(classFactors(`${this.#where}: classWeight`, given, rows, columns), this.#options.signal);
  }

  /** Metrics that are asked for, and what early stopping goes by. */
  async #openMeasures(rows: EncodedRows): Promise<Measures | undefined> {
    const { signal, earlyStopping, metrics } = this.#options;
    const open = (where: string, asked: CheckedTraining["metrics"]) =>
      openMetrics(`${this.#where}: ${where}`, asked, this.#learner, rows, signal);
    const measures = await open("metrics", metrics);
    const monitored = earlyStopping && metricOf(earlyStopping.monitor);
    if (monitored === undefined || (measures && monitored in measures.directions)) return measures;
    await open("earlyStopping: monitor", [monitored as MetricName]);
    return open("metrics", [...(metrics ?? []), monitored as MetricName]);
  }

  #openStopper(state: StopperState | undefined): Stopper | undefined {
    const { earlyStopping } = this.#options;
    if (!earlyStopping) return undefined;
    const { monitor, mode } = earlyStopping;
    const direction = directionOf(`${this.#where}: earlyStopping: monitor`, monitor, this.#measures, mode);
    return new Stopper(earlyStopping, direction, this.#learner.engine, state);
  }

  async #encode(where: string, dataset: Dataset, known: Preprocessing | null): Promise<EncodedRows> {
    const rows = rowsOf(where, dataset);
    const conformity = conform(where, rows, known, this.#learner.engine.shape);
    return inSlices(encodeRows(where, rows, conformity), this.#options.signal);
  }

  /** What the network knows already, and for its first training what the rows ask for. */
  async #learn(rows: EncodedRows): Promise<Preprocessing | null> {
    const { preprocessing, standardization, hasLearned, engine } = this.#learner;
    const { schema } = rowsOf(this.#where, this.#dataset);
    const known = learnColumns(preprocessing, schema);
    const standardize = standardizedPlaces(schema.inputs);
    if (standardization !== null || !standardize.includes(true)) return known;
    if (hasLearned) {
      refuse(this.#where, "rows that are not to be standardized, as in this network's training so far", "others");
    }
    const work = learnStandardization(rows.inputs, rows.inputNames, standardize);
    const { mean, std } = await inSlices(work, this.#options.signal);
    const checked = checkStandardization("network", { mean: [...mean], std: [...std] }, engine);
    return withStandardization("network", known, checked, engine.shape.outputs);
  }

  /** Works until an epoch has ended; if nobody watches, until no more epochs fit into the slice. */
  async #work(run: Run): Promise<void> {
    const { signal, watched } = this.#options;
    for (;;) {
      if (sliceIsOver() || signal?.aborted) await breathe(signal);
      if (this.#pause) await unlessAborted(this.#pause.end, signal);
      if (this.#checkpoints?.isDue(this.#progress)) await this.#checkpoints.write(this.#progress, this.#kept!);
      if (this.#learner.isHeld) await this.#learner.released();
      this.#isTorn = true;
      const hasEnded = run.advance(sliceEnd());
      this.#isTorn = false;
      this.#report.tell();
      if (hasEnded && (watched || this.stopReason !== undefined || sliceIsOver())) return;
    }
  }

  async #validate(): Promise<Evaluation | undefined> {
    const rows = this.#validationRows;
    if (!rows) return undefined;
    const { signal } = this.#options;
    return evaluate(`${this.#where}: validationData`, this.#learner, rows, this.#measures, signal);
  }
}
