/**
 * The opening of a training: what rows ask for is learned, they are looked at, and put into the engine's memory; then a run may
 * begin. Loaded by the first training, so that who only asks networks carries nothing for it.
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
import { standardizedPlaces } from "../data/schema.ts";
import { TotalWeight } from "../data/weights.ts";
import { refuse } from "../ground/errors.ts";
import { inSlices } from "../ground/pieces.ts";
import { Random } from "../ground/random.ts";
import { breathe, sliceIsOver } from "../ground/scheduler.ts";
import { throwIfAborted, unlessAborted } from "../ground/signal.ts";
import { checkNumbers, checkStandardization, conformTo } from "../inspect/door.ts";
import { openMetrics } from "../inspect/evaluate.ts";
import type { HeadMeasures } from "../kinds/metrics/index.ts";
import type { Direction } from "../kinds/metrics/metric.ts";
import { type Monitored, monitorOf } from "../kinds/schedules/schedule.ts";
import { soleHead } from "../model/shape.ts";
import type { CheckpointOptions } from "./checkpoint-options.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { ClassFactors } from "./class-factors.ts";
import { type Feed, wholeFeed } from "./feed.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { Fingerprint } from "./kept.ts";
import { checkLayers } from "./layers.ts";
import type { Learner } from "./learner.ts";
import { Lookout } from "./lookout.ts";
import { directionOf, metricOf, withMetric } from "./monitor.ts";
import type { CheckedTraining } from "./options.ts";
import { refinedRule } from "./refine.ts";
import { copyRows } from "./rows.ts";
import type { Run } from "./run.ts";
import { startRun } from "./start.ts";
import type { TrainingState } from "./state.ts";
import { Stopper, type StopperState } from "./stopper.ts";
import type { Fill, Place, WindowFeed } from "./window-feed.ts";
import { windowSize } from "./window-size.ts";

/** What a training works with. */
export interface Opened {
  readonly run: Run;
  readonly feed: Feed;
  /** Of an epoch. */
  readonly rows: number;
  readonly validationRows: EncodedSource | undefined;
  readonly measures: HeadMeasures | undefined;
  readonly stopper: Stopper | undefined;
  readonly lookout: Lookout;
  readonly checkpoints: Checkpoints | undefined;
  /** What it goes on from. */
  readonly before: TrainingState | undefined;
  fingerprint(): Promise<Fingerprint>;
}

/** Units of a training of fewer steps are not looked at: that would take as long as the steps do. */
const WATCHED_STEPS = 8;

/** Loaded when it is asked for. */
async function openCheckpoints(where: string, learner: Learner, options: CheckpointOptions): Promise<Checkpoints> {
  const { Checkpoints: Asked } = await import("./checkpoints.ts");
  return Asked.open(where, learner, options);
}

/** Likewise. */
async function openWindows(...asked: ConstructorParameters<typeof WindowFeed>): Promise<Feed> {
  const { WindowFeed: Asked } = await import("./window-feed.ts");
  return new Asked(...asked);
}

/** Where windows begin. */
function placeOf(state: TrainingState | undefined): Place | undefined {
  return state && "window" in state ? { epoch: state.losses.length, index: state.window } : undefined;
}

/** What is asked for, and of whom. */
export class Opening {
  readonly #learner: Learner;
  readonly #where: string;
  readonly #rows: CountedRows;
  readonly #options: CheckedTraining;

  constructor(learner: Learner, where: string, rows: CountedRows, options: CheckedTraining) {
    this.#learner = learner;
    this.#where = where;
    this.#rows = rows;
    this.#options = options;
  }

  /** Learns columns and standardization if need be, and puts the rows into the engine's memory. */
  async open(): Promise<Opened> {
    const learner = this.#learner;
    const { signal, optimizer, checkpoint, epochs, batchSize, seed, onWarning } = this.#options;
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
    const { validationRows, measures } = await this.#openValidation(preprocessing);
    const { isWeighted, factors } = await this.#weights(rows, preprocessing);
    const standardization = standardizationOf(preprocessing);
    const lookout = new Lookout(learner, onWarning);
    // Once for each data set: of the next training on it, there is nothing else to be said.
    const isNew = learner.seesFirst(this.#rows.dataset);
    if (isNew && this.#rows.dataset) {
      const schema = preprocessing ?? this.#rows.schema;
      lookout.lookAtRows(await rows.read(0, rows.count), schema, preprocessing, epochs);
    }
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
    try {
      await unlessAborted(feed.ready(), signal);
      const stopper = this.#openStopper(measures, before?.state.session.stopper ?? undefined);
      const direction = this.#directionOfRate(measures);
      learner.learn(preprocessing);
      const isStandardized = standardization !== null;
      const plan = { ...this.#options, rule, samples, feed, isStandardized, direction };
      const run = await startRun(engine, plan, before?.state);
      if (isNew && (epochs * rows.count) / batchSize >= WATCHED_STEPS) lookout.watchUnits(samples);
      let found: Promise<Fingerprint> | undefined;
      const fingerprint = () => (found ??= inSlices(fingerprintOf(samples, of)));
      const others = { validationRows, measures, stopper, lookout, checkpoints, before: before?.state, fingerprint };
      return { run, feed, rows: rows.count, ...others };
    } catch (error) {
      feed.close();
      throw error;
    }
  }

  /** Whether rows have weights, and by what those of each class are multiplied. */
  async #weights(
    rows: EncodedSource,
    preprocessing: Preprocessing | null,
  ): Promise<{ readonly isWeighted: boolean; readonly factors: Float64Array | undefined }> {
    const { classWeight } = this.#options;
    const where = `${this.#where}: classWeight`;
    if (classWeight !== undefined) soleHead(where, this.#learner.engine.shape);
    const isWeighted = (await this.#rows.isWeighted()) || classWeight !== undefined;
    const columns = preprocessing?.targets ?? this.#rows.schema.targets;
    const classes = classWeight && new ClassFactors(where, classWeight, columns, rows.targetWidth);
    if (isWeighted) await this.#weigh(this.#where, rows, classes);
    return { isWeighted, factors: classes?.result() };
  }

  /** Rows that validate, once they have been looked at, and what is measured on them. */
  async #openValidation(preprocessing: Preprocessing | null): Promise<Pick<Opened, "validationRows" | "measures">> {
    const { validationData } = this.#options;
    if (!validationData) return { validationRows: undefined, measures: undefined };
    const where = `${this.#where}: validationData`;
    const validationRows = this.#encode(where, countedRows(where, validationData), preprocessing);
    const measures = await this.#openMeasures(validationRows);
    await this.#checkValidation(where, validationRows, preprocessing);
    return { validationRows, measures };
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

  /** What the learning rate goes by, if it goes by what epochs come to. */
  get #monitored(): Monitored | undefined {
    const { optimizer } = this.#options;
    return "learningRate" in optimizer ? monitorOf(optimizer.learningRate) : undefined;
  }

  /** Metrics that are asked for, and what early stopping and the learning rate go by. */
  async #openMeasures(rows: EncodedSource): Promise<HeadMeasures | undefined> {
    const { signal, earlyStopping, metrics } = this.#options;
    const open = (where: string, asked: CheckedTraining["metrics"]) =>
      openMetrics(`${this.#where}: ${where}`, asked, this.#learner, rows, signal);
    let asked = metrics;
    let measures = await open("metrics", asked);
    for (const [where, path] of [
      ["earlyStopping: monitor", earlyStopping?.monitor],
      ["learningRate: monitor", this.#monitored?.path],
    ] as const) {
      const name = path && metricOf(path);
      if (name === undefined || name === "" || (measures && name in measures.directions)) continue;
      await open(where, withMetric(undefined, name));
      asked = withMetric(asked, name);
      measures = await open("metrics", asked);
    }
    return measures;
  }

  /** Which value of that is better. */
  #directionOfRate(measures: HeadMeasures | undefined): Direction | undefined {
    const monitored = this.#monitored;
    return monitored && directionOf(`${this.#where}: learningRate: monitor`, monitored.path, measures, monitored.mode);
  }

  #openStopper(measures: HeadMeasures | undefined, state: StopperState | undefined): Stopper | undefined {
    const { earlyStopping } = this.#options;
    if (!earlyStopping) return undefined;
    const { monitor, mode } = earlyStopping;
    const direction = directionOf(`${this.#where}: earlyStopping: monitor`, monitor, measures, mode);
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
}
