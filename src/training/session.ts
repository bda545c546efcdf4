/**
 * A training from its beginning to its end, and the loop that all trainings go through: `fit` and `train` only differ in who
 * asks for the next epoch. Slices of time, validation and the history are here; steps are a run's.
 */
import { type CountedRows, countedRows } from "../data/counted-rows.ts";
import type { EncodedRows } from "../data/preprocess/conform.ts";
import { EncodedSource } from "../data/preprocess/encoded.ts";
import {
  learnColumns,
  type Preprocessing,
  standardizationOf,
  withStandardization,
} from "../data/preprocess/pipeline.ts";
import { Moments } from "../data/preprocess/standardize.ts";
import { placeNames, standardizedPlaces } from "../data/schema.ts";
import { TotalWeight } from "../data/weights.ts";
import type { Samples } from "../engine/engine.ts";
import { inSlices } from "../ground/pieces.ts";
import { refuse } from "../ground/errors.ts";
import { Random } from "../ground/random.ts";
import { breathe, sliceEnd, sliceIsOver } from "../ground/scheduler.ts";
import { throwIfAborted, unlessAborted } from "../ground/signal.ts";
import { evaluate, openMetrics } from "../inspect/evaluate.ts";
import type { HeadMeasures } from "../kinds/metrics/index.ts";
import { checkNumbers, checkStandardization, conformTo } from "../inspect/door.ts";
import type { Evaluation } from "../kinds/metrics/evaluation.ts";
import type { CheckpointOptions } from "./checkpoint-options.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { ClassFactors } from "./class-weights.ts";
import { type Fingerprint, fingerprintOf, type Kept, type RowsOfEpoch, termsOf } from "./kept.ts";
import { checkLayers } from "./layers.ts";
import { soleHead } from "../model/shape.ts";
import type { Learner, Training } from "./learner.ts";
import { directionOf, metricOf, withMetric } from "./monitor.ts";
import { Stopper, type StopperState } from "./early-stopping.ts";
import type { Epoch, History } from "./history.ts";
import type { CheckedTraining } from "./options.ts";
import { refinedRule } from "./refine.ts";
import { Report } from "./report.ts";
import { type Feed, wholeFeed } from "./feed.ts";
import { copyRows } from "./rows.ts";
import type { Fill, Place, WindowFeed } from "./window-feed.ts";
import { windowSize } from "./window-size.ts";
import type { Run } from "./run.ts";
import { startRun } from "./start.ts";
import type { SessionState, TrainingState } from "./state.ts";

type GuardRails = typeof import("../inspect/guard-rails.ts");

/** Loaded when it is asked for. */
async function openCheckpoints(where: string, learner: Learner, options: CheckpointOptions): Promise<Checkpoints> {
  const { Checkpoints: Opened } = await import("./checkpoints.ts");
  return Opened.open(where, learner, options);
}

/** Likewise. */
async function openWindows(...asked: ConstructorParameters<typeof WindowFeed>): Promise<Feed> {
  const { WindowFeed: Opened } = await import("./window-feed.ts");
  return new Opened(...asked);
}

/** Where windows begin. */
function placeOf(state: TrainingState | undefined): Place | undefined {
  return state && "window" in state ? { epoch: state.losses.length, index: state.window } : undefined;
}

export class Session implements Training {
  phase: Training["phase"] = "starting";
  readonly #learner: Learner;
  readonly #where: string;
  readonly #rows: CountedRows;
  readonly #options: CheckedTraining;
  #report: Report;
  #stopper: Stopper | undefined;
  #validationRows: EncodedSource | undefined;
  #feed: Feed | undefined;
  #measures: HeadMeasures | undefined;
  #run: Run | undefined;
  /** Loaded as it starts. */
  #rails: GuardRails | undefined;
  /** Until the units have been looked at. */
  #samples: Samples | undefined;
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
  constructor(learner: Learner, where: string, rows: CountedRows, options: CheckedTraining, keepsHistory: boolean) {
    this.#learner = learner;
    this.#where = where;
    this.#rows = rows;
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
    if (!this.#isDone) this.#run?.settle();
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

  /** An iterator that is left lying keeps nothing of the engine. */
  leave(): void {
    this.#run = undefined;
    this.#kept = undefined;
    this.#samples = undefined;
    this.#stopper = undefined;
    this.#report = new Report(this.#options, false);
    this.#feed?.close();
    this.#feed = undefined;
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
        this.#lookAround(this.#run!);
        const evaluation = await this.#validate();
        if (learner.isHeld) await learner.released();
        // From here on in one turn: whoever looks at the state finds all of the epoch told, or nothing.
        const epoch = this.#report.epoch(evaluation);
        this.#run!.observe?.(epoch);
        this.#stopper?.observe(epoch);
        yield epoch;
        learner.checkTurn(this);
      }
      this.#report.tell(true);
      await this.#finish(this.#run!);
    } finally {
      this.#feed?.close();
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
    this.#isDone = true;
    await this.#checkpoints?.finish(this.#progress, this.#kept!);
  }

  /** Learns columns and standardization if need be, and puts the rows into the engine's memory. */
  async #startRun(): Promise<void> {
    const learner = this.#learner;
    const { signal, optimizer, validationData, classWeight, checkpoint, batchSize, seed } = this.#options;
    throwIfAborted(signal);
    const checkpoints = checkpoint && (await openCheckpoints(this.#where, learner, checkpoint));
    const going = this.#options.continue ? await import("./take-up.ts") : undefined;
    const before = await going?.takeUp(`${this.#where}: continue`, learner, this.#options);
    const rows = this.#encode(this.#where, this.#rows, learner.preprocessing);
    const of = { rows: rows.count, size: windowSize(this.#where, this.#rows, learner.engine, this.#options) };
    for (const count of new Set([of.size, of.rows % of.size || of.size])) {
      checkLayers(this.#where, learner.engine.shape, this.#options, count, learner.frozen);
    }
    const preprocessing = await this.#learn(rows);
    if (validationData) {
      const where = `${this.#where}: validationData`;
      const validationRows = this.#encode(where, countedRows(where, validationData), preprocessing);
      this.#measures = await this.#openMeasures(validationRows);
      await this.#checkValidation(where, validationRows, preprocessing);
      this.#validationRows = validationRows;
    }
    if (classWeight !== undefined) soleHead(`${this.#where}: classWeight`, learner.engine.shape);
    const isWeighted = (await this.#rows.isWeighted()) || classWeight !== undefined;
    const columns = preprocessing?.targets ?? this.#rows.schema.targets;
    const classes =
      classWeight && new ClassFactors(`${this.#where}: classWeight`, classWeight, columns, rows.targetWidth);
    if (isWeighted) await this.#weigh(this.#where, rows, classes);
    const factors = classes?.result();
    const standardization = standardizationOf(preprocessing);
    // Once for each data set: of the next training on it, there is nothing else to be said.
    this.#rails = await import("../inspect/guard-rails.ts");
    const isNew = learner.seesFirst(this.#rows.dataset);
    if (isNew && this.#rows.dataset) this.#checkRows(await rows.read(0, rows.count), preprocessing);
    // Of many that begin in one turn, not all take their memory in it.
    if (sliceIsOver()) await breathe(signal);
    if (learner.isHeld) await learner.released();
    // What the last training has left lies in memory that is prepared anew.
    learner.keep(before && { state: () => before.state, fingerprint: async () => before.fingerprint });
    const { engine } = learner;
    const { size } = of;
    const isWhole = size === rows.count;
    const rule = refinedRule(this.#where, optimizer, engine.shape, this.#options, learner.frozen);
    const samples = engine.prepare(isWhole ? size : 2 * size, rule, isWeighted, {
      batchSize: Math.min(batchSize, size),
      seed: new Random(seed, "dropout").next(),
      frozen: learner.frozen,
    });
    const fill: Fill = (begin, end, at, isWanted) =>
      copyRows(this.#where, samples, rows, { standardization, factors }, engine, signal, { begin, end, at, isWanted });
    if (isWhole) await fill(0, size, 0, () => true);
    if (before) await going!.checkBefore(`${this.#where}: continue`, before, engine, samples, of, signal);
    const feed = isWhole
      ? wholeFeed(samples)
      : await openWindows(samples, { ...this.#options, ...of }, fill, placeOf(before?.state));
    this.#feed = feed;
    await unlessAborted(feed.ready(), signal);
    const stopper = this.#openStopper(before?.state.session.stopper ?? undefined);
    learner.learn(preprocessing);
    const plan = { ...this.#options, rule, samples, feed, isStandardized: standardization !== null };
    const run = await startRun(engine, plan, before?.state);
    this.#run = run;
    this.#samples = isNew ? samples : undefined;
    this.#stopper = stopper;
    this.#report.begin(run, rows.count, before?.state.session);
    this.#kept = this.#keep(run, samples, of);
    learner.keep(undefined);
    this.#checkpoints = checkpoints;
    this.phase = "training";
  }

  /** What others may go on from, whatever becomes of this session. */
  #keep(run: Run, samples: Samples, of: RowsOfEpoch): Kept {
    const terms = { ...termsOf(this.#options), frozen: [...this.#learner.frozen] };
    const report = this.#report;
    const stopper = this.#stopper;
    const session = (): SessionState => {
      return { ...terms, ...report.state(), stopper: stopper?.state() ?? null };
    };
    let fingerprint: Promise<Fingerprint> | undefined;
    return {
      state: () => ({ ...run.state(stopper?.last), session: session() }),
      fingerprint: () => (fingerprint ??= inSlices(fingerprintOf(samples, of))),
    };
  }

  get #progress() {
    const { losses, steps } = this.#run!;
    return { epochs: losses.length, steps, seconds: this.#report.clock.seconds };
  }

  /** What is in memory is looked at before the training, rows of a source as they come. */
  async #checkValidation(where: string, rows: EncodedSource, preprocessing: Preprocessing | null): Promise<void> {
    if (!rows.rows.dataset) return;
    const { engine } = this.#learner;
    const standardization = standardizationOf(preprocessing);
    await rows.each((part) => checkNumbers(where, part, 0, part.count, engine, standardization), this.#options.signal);
    if (await rows.rows.isWeighted()) await this.#weigh(where, rows);
  }

  /** Looks at the weights of all rows. */
  async #weigh(where: string, rows: EncodedSource, classes?: ClassFactors): Promise<void> {
    const total = new TotalWeight();
    const look = (part: EncodedRows) => {
      total.add(part.weights, part.count);
      classes?.add(part);
    };
    await rows.each(look, this.#options.signal);
    total.result(where);
  }

  /** Warns of what rows in memory say. */
  #checkRows(rows: EncodedRows, preprocessing: Preprocessing | null): void {
    const { inputs, targets } = preprocessing ?? this.#rows.schema;
    const names = { inputNames: placeNames(inputs, "x"), targetNames: placeNames(targets, "y") };
    const findings = this.#rails!.checkRows(this.#learner.engine.shape, { ...rows, ...names }, standardizationOf(preprocessing));
    this.#learner.warn(findings, this.#options.onWarning);
  }

  /** Warns of what the work of one epoch or several has come to; of units after the first, where steps have a rate. */
  #lookAround({ losses, learningRates }: Run): void {
    const { engine } = this.#learner;
    const rails = this.#rails!;
    const units = this.#samples && learningRates.length > 0 ? rails.checkUnits(engine, this.#samples) : [];
    this.#samples = undefined;
    this.#learner.warn([...units, ...rails.checkDescent(losses)], this.#options.onWarning);
  }

  /** Metrics that are asked for, and what early stopping goes by. */
  async #openMeasures(rows: EncodedSource): Promise<HeadMeasures | undefined> {
    const { signal, earlyStopping, metrics } = this.#options;
    const open = (where: string, asked: CheckedTraining["metrics"]) =>
      openMetrics(`${this.#where}: ${where}`, asked, this.#learner, rows, signal);
    const measures = await open("metrics", metrics);
    const monitored = earlyStopping && metricOf(earlyStopping.monitor);
    if (monitored === undefined || (measures && monitored in measures.directions)) return measures;
    await open("earlyStopping: monitor", withMetric(undefined, monitored));
    return open("metrics", withMetric(metrics, monitored));
  }

  #openStopper(state: StopperState | undefined): Stopper | undefined {
    const { earlyStopping } = this.#options;
    if (!earlyStopping) return undefined;
    const { monitor, mode } = earlyStopping;
    const direction = directionOf(`${this.#where}: earlyStopping: monitor`, monitor, this.#measures, mode);
    return new Stopper(earlyStopping, direction, this.#learner.engine, state);
  }

  #encode(where: string, rows: CountedRows, preprocessing: Preprocessing | null): EncodedSource {
    return new EncodedSource(where, rows, conformTo(where, rows, { engine: this.#learner.engine, preprocessing }));
  }

  /** What the network knows already, and for its first training what the rows ask for. */
  async #learn(rows: EncodedSource): Promise<Preprocessing | null> {
    const { preprocessing, standardization, hasLearned, engine } = this.#learner;
    const { schema } = this.#rows;
    const known = learnColumns(preprocessing, schema, engine.shape.heads);
    const standardize = standardizedPlaces(schema.inputs);
    if (standardization !== null || !standardize.includes(true)) return known;
    if (hasLearned) {
      refuse(this.#where, "rows that are not to be standardized, as in this network's training so far", "others");
    }
    const moments = new Moments(rows.inputNames, standardize);
    for (let pass = 0; pass < 2; pass++) {
      await rows.each(({ inputs }) => moments.add(inputs), this.#options.signal);
      moments.turn();
    }
    const { mean, std } = moments.result();
    const checked = checkStandardization("network", { mean: [...mean], std: [...std] }, engine);
    return withStandardization("network", known, checked, engine.shape.outputs);
  }

  /** Works until an epoch has ended; after the first, if nobody watches, until no more epochs fit into the slice. */
  async #work(run: Run): Promise<void> {
    const { signal, watched } = this.#options;
    for (;;) {
      const rows = run.waitsFor;
      if (rows) await unlessAborted(rows, signal);
      if (sliceIsOver() || signal?.aborted) await breathe(signal);
      if (this.#pause) await unlessAborted(this.#pause.end, signal);
      if (this.#checkpoints?.isDue(this.#progress)) await this.#checkpoints.write(this.#progress, this.#kept!);
      if (this.#learner.isHeld) await this.#learner.released();
      this.#isTorn = true;
      const hasEnded = run.advance(sliceEnd());
      this.#isTorn = false;
      this.#report.tell();
      const isLookedAt = watched || this.#samples !== undefined;
      if (hasEnded && (isLookedAt || this.stopReason !== undefined || sliceIsOver())) return;
    }
  }

  async #validate(): Promise<Evaluation | undefined> {
    const rows = this.#validationRows;
    if (!rows) return undefined;
    return evaluate(`${this.#where}: validationData`, this.#learner, rows, this.#measures, this.#options.signal);
  }
}
