/**
 * The public face of a network: it says what can be asked, checks at the door, and hands on. Training is in `training/`,
 * questions that change nothing in `inspect/`, files in `model/formats/`. Layers are indexed from 0 as arrays are:
 * `weights[0]` is w^(1) of the notes.
 */
import { type CountedRows, countedRows } from "../data/counted-rows.ts";
import type { Dataset } from "../data/dataset.ts";
import type { RowSource } from "../data/source.ts";
import { EncodedSource } from "../data/preprocess/encoded.ts";
import {
  learnColumns,
  type Preprocessing,
  standardizationOf,
  withStandardization,
} from "../data/preprocess/pipeline.ts";
import type { Standardization } from "../data/preprocess/standardize.ts";
import { checkInputs, type Numbers } from "../data/rows.ts";
import { checkThreads, type EngineName, engineMaker, type Threads } from "../engine/create.ts";
import type { Engine, EngineReport } from "../engine/engine.ts";
import { CapacityError, checkNumber, checkOptions, InvalidInputError, refuse, show } from "../ground/errors.ts";
import type { Floats } from "../ground/floats.ts";
import { Random } from "../ground/random.ts";
import { type Batch, checkBatch, conformTo, checkSamples, checkStandardization } from "../inspect/door.ts";
import type { EvaluateOptions } from "../inspect/evaluate.ts";
import {
  activationsOf,
  gradientsOf,
  type LayerActivations,
  type LayerGradients,
  traceOf,
} from "../inspect/gradients.ts";
import type { GradientOptions, NetworkGradientCheck } from "../inspect/network-gradient-check.ts";
import { type Asked, isSingle } from "../inspect/passes.ts";
import { forward, predict, type Predictions } from "../inspect/predictions.ts";
import type { OnWarning } from "../inspect/guard-rails.ts";
import { tracing, type View } from "../inspect/traces.ts";
import { checkInitialization, type Initialization, initialize } from "../kinds/initializers/index.ts";
import type { Evaluation } from "../kinds/metrics/evaluation.ts";
import type { TensorShape } from "../kinds/layers/index.ts";
import { checkDescription, describe, type NetworkDescription } from "../model/description.ts";
import type { ReadNetwork } from "../model/formats/from-json.ts";
import { type LayerParameters, type SavedNetwork, toSaved } from "../model/formats/json.ts";
import { copyLearned, copyOf, type Learned } from "../model/learned.ts";
import { type NetworkShape, networkShape } from "../model/shape.ts";
import { summaryOf } from "../model/summary.ts";
import { Learner } from "../training/learner.ts";
import type { Epoch, History } from "../training/history.ts";
import { checkFit, checkFunction, checkTraining, type FitOptions, type TrainingOptions } from "../training/options.ts";
import { Session } from "../training/session.ts";
import type { TrainingState } from "../training/state.ts";
import { setAside } from "../training/validation-split.ts";
import type { Model } from "./model.ts";

export interface NetworkOptions extends NetworkDescription {
  /** A whole number: the same seed gives the same parameters. Default 0. */
  readonly seed?: number;
  /** How parameters start; default "auto". */
  readonly initialization?: Initialization;
  /** What computes: see the README. Default "auto". */
  readonly engine?: EngineName;
  /**
   * How many threads share the work of larger networks, this one included; the results are the same. At most as many as the
   * machine runs at a time, unless it is `{ count, force: true }`. Default 1. While they share a call they wait for each
   * other: should one be lost in its midst, the call throws a LanegradError after some ten seconds.
   */
  readonly threads?: Threads;
  /**
   * Called with each warning of a training that is likely to disappoint, unless `fit` is told whom to call. Nothing is said
   * twice. By default `console.warn` is given the message.
   */
  readonly onWarning?: OnWarning;
}

/** What runs a network that is read from a file or an object. */
export type EngineOptions = Pick<NetworkOptions, "engine" | "threads" | "onWarning">;

/** What is behind a network's face. Set below, where the private field is in sight. */
let privateLearner: (value: unknown) => Learner | undefined;

/**
 * For this library's own functions of a network.
 * @throws InvalidInputError for anything that `Network` itself has not made.
 */
export function askedOf(where: string, network: unknown): Asked {
  return privateLearner(network) ?? refuse(where, "a network, as Network.create makes one", show(network));
}

const engineOptions = ["engine", "threads", "onWarning"];
const networkOptions = ["inputs", "layers", "loss", "heads", "seed", "initialization", ...engineOptions];

/**
 * A multi-layer perceptron: `Network.create` makes one, `fit` or `train` teaches it, `predict` asks it, and `gradients`,
 * `activations` and `checkGradients` look inside. Values go in and come out in the user's own units: a network that
 * standardizes its inputs does so by itself.
 */
export class Network implements Model {
  /** Everything that defines it but its parameters. */
  readonly description: NetworkDescription;
  readonly #learner: Learner;

  static {
    privateLearner = (value) =>
      typeof value === "object" && value !== null && #learner in value ? value.#learner : undefined;
  }

  private constructor(description: NetworkDescription, learner: Learner) {
    // JavaScript knows no private constructors.
    if (!(learner instanceof Learner)) {
      throw new InvalidInputError("new Network: expected `await Network.create(...)`, which makes one, got `new`");
    }
    this.description = description;
    this.#learner = learner;
  }

  /**
   * A network with fresh parameters.
   * @throws InvalidInputError for a description or option that cannot be; CapacityError if it does not fit into memory.
   */
  static async create(options: NetworkOptions): Promise<Network> {
    checkOptions("network", options, networkOptions);
    const { seed = 0, initialization, engine: name, threads, onWarning, ...given } = { ...options };
    checkFunction("network: onWarning", onWarning);
    const description = checkDescription(given);
    checkNumber("network: seed", seed, { integer: true, min: 0 });
    const start = checkInitialization(initialization);
    const engine = await createEngine(networkShape(description), name, threads);
    await initialize(engine.parameters, engine.shape.layers, start, new Random(seed, "initialization"));
    return new Network(description, new Learner(description, engine, false, null, onWarning));
  }

  /**
   * A network from what `toJSON` made, as an object or as text.
   * @throws InvalidInputError naming the part that is missing or wrong.
   */
  static async fromJSON(saved: SavedNetwork | string, options: EngineOptions = {}): Promise<Network> {
    checkOptions("fromJSON", options, engineOptions);
    const { fromSaved } = await import("../model/formats/from-json.ts");
    return Network.#restore(fromSaved(saved), options, "saved network");
  }

  /**
   * A network that `save` wrote: a path or a file: URL in Node, Deno and Bun, any other URL anywhere, in a page a relative one
   * too.
   * @throws InvalidInputError if it cannot be read or is no saved network.
   */
  static async load(from: string | URL, options: EngineOptions = {}): Promise<Network> {
    checkOptions("load", options, engineOptions);
    const { loadModel } = await import("../model/files.ts");
    const { name, ...read } = await loadModel("load", from);
    return Network.#restore(read, options, name);
  }

  /**
   * A network with its training, as a checkpoint has them: `fit(rows, { ...options, continue: true })` goes on with it, to the
   * same bits as if it had never been left, in any process and at any number of threads. A path or a URL, as `load` takes
   * them. It has what the network had when that was written, and its frozen layers. Of a learning rate that is a function, nobody
   * can see whether it is the same.
   * @throws InvalidInputError if it cannot be read, or is no checkpoint, or a part of one, or one that has been changed.
   */
  static async resume(from: string | URL, options: EngineOptions = {}): Promise<Network> {
    checkOptions("resume", options, engineOptions);
    const { loadCheckpoint } = await import("../training/resume.ts");
    const { name, kept, learned, frozen, ...model } = await loadCheckpoint("resume", from);
    const network = await Network.#restore({ ...model, ...learned }, options, name);
    for (const k of frozen) network.freeze(k);
    network.#learner.keep(kept);
    return network;
  }

  static async #restore(read: ReadNetwork, options: EngineOptions, name: string): Promise<Network> {
    const { description, preprocessing, parameters, statistics } = read;
    const onWarning = checkFunction<OnWarning>("network: onWarning", options.onWarning);
    const engine = await createEngine(networkShape(description), options.engine, options.threads);
    copyLearned(engine, { parameters, statistics });
    const overflown = engine.parameters.findIndex((value) => !Number.isFinite(value));
    if (overflown !== -1) refuse(name, "parameters that float32 can hold", String(parameters[overflown]));
    const standardization = standardizationOf(preprocessing);
    if (standardization !== null) checkStandardization(name, standardization, engine);
    return new Network(description, new Learner(description, engine, true, preprocessing, onWarning));
  }

  /** Which engine runs this network, and why. */
  get engine(): EngineReport {
    return this.#learner.engine.report;
  }

  /** m: how many layers there are, inputs and output included. */
  get depth(): number {
    return this.#learner.engine.shape.layers.length + 1;
  }

  /** n_1 ... n_m: how many units each layer has. */
  get widths(): number[] {
    const { inputs, layers } = this.#learner.engine.shape;
    return [inputs, ...layers.map(({ fanOut }) => fanOut)];
  }

  /** How many weights and biases there are. */
  get parameterCount(): number {
    return this.#learner.engine.shape.parameterCount;
  }

  /**
   * All parameters as one live view of the engine's memory: layer after layer, weights, then biases. What is written here
   * is used by the next call, also by the next step of a training (but lbfgs goes on from its own point). Take it anew after
   * a training has begun: memory that had to grow may have moved. The memory may be shared: copy before you post it.
   */
  get parameters(): Floats {
    return this.#learner.engine.parameters;
  }

  /**
   * weights[k] holds those of layers[k] of the description as a live view: of a dense layer w^(k+1), [fanOut, fanIn], row-major;
   * see `parameters`.
   */
  get weights(): Floats[] {
    const { parameters, shape } = this.#learner.engine;
    return shape.layers.map(({ weights, biases }) => parameters.subarray(weights, biases));
  }

  /** biases[k] holds those of layers[k] as a live view: of a dense layer the weights of the always-1 unit, [fanOut]. */
  get biases(): Floats[] {
    const { parameters, shape } = this.#learner.engine;
    return shape.layers.map(({ biases, end }) => parameters.subarray(biases, end));
  }

  /**
   * Sets the parameters of layer k (from 0): of a dense one weights [fanOut][fanIn] and biases [fanOut].
   * @throws InvalidInputError for a layer that is not there or numbers that do not fit it; nothing is changed then.
   */
  setParameters(k: number, parameters: LayerParameters): void {
    const { layers } = this.#learner.engine.shape;
    checkNumber("setParameters: layer", k, { integer: true, min: 0, max: layers.length - 1 });
    checkOptions("setParameters", parameters, ["weights", "biases"]);
    this.#learner.admit("setParameters");
    const { weights, biases } = parameters;
    const { tensors } = layers[k]!;
    const single = isSingle(this.#learner.engine);
    const w = checkTensor(`layer ${k + 1}: weights`, weights, tensors.weights, single);
    const b = checkTensor(`layer ${k + 1}: biases`, biases, tensors.biases, single);
    this.weights[k]!.set(w);
    this.biases[k]!.set(b);
  }

  /**
   * Leaves layer k (from 0; heads are one layer, the last) as it is in the trainings that begin from now on, until `thaw`: neither
   * its gradient nor a penalty, decay or momentum moves it, and batchNorm goes by its moving statistics, which stay. `save` does
   * not write what is frozen, a checkpoint does. A training may be gone on with after layers have been frozen or thawed.
   * @throws InvalidInputError for a layer that is not there.
   */
  freeze(k: number): void {
    this.#learner.frozen.add(this.#layer("freeze", k));
  }

  /** Lets trainings change layer k (from 0) again. */
  thaw(k: number): void {
    this.#learner.frozen.delete(this.#layer("thaw", k));
  }

  /** The layers, from 0, that are frozen. */
  get frozen(): number[] {
    return [...this.#learner.frozen].sort((a, b) => a - b);
  }

  #layer(where: string, k: number): number {
    const { layers } = this.#learner.engine.shape;
    return checkNumber(`${where}: layer`, k, { integer: true, min: 0, max: layers.length - 1 });
  }

  /**
   * What the network has learned of its columns from the data set that it was first trained on, as plain data that is saved
   * with it: names and order, categories, classes, and by what inputs are standardized. Data sets that know their names are
   * encoded by it. Null where there is nothing to know.
   */
  get preprocessing(): Preprocessing | null {
    return this.#learner.preprocessing;
  }

  /** How inputs are standardized on the way in: x^(1) = (input - mean) / std; null if they are taken as they are. */
  get standardization(): Standardization | null {
    return this.#learner.standardization;
  }

  /**
   * Sets the standardization of inputs. `fit` does this by itself from a data set that asks for it. Not while the network is in
   * training: its rows have been standardized when that began.
   * @throws InvalidInputError unless there is a mean and a positive std for each input, of a size that the engine's
   *   numbers can have.
   */
  standardize(standardization: Standardization): void {
    const { engine } = this.#learner;
    const checked = checkStandardization("network", standardization, engine);
    const { preprocessing } = this.#learner;
    this.#learner.standardize(withStandardization("network", preprocessing, checked, engine.shape.outputs));
  }

  /**
   * Trains, and resolves with the history. Each call starts the optimizer and the shuffling anew. While it runs, callbacks and
   * others may ask the network for whatever they like, also to be saved: it has the parameters of the last step. Only what
   * would pull the rug from under the training is refused: to standardize, to dispose, to train again, and where lbfgs trains
   * to set parameters. It never blocks its host for more than some 10 ms.
   *
   * A network that has not been trained takes over the standardization that its data set asks for, learned from just these
   * rows. The first data set that knows names of columns, categories or classes gives them to the network: whatever comes
   * later is put in their order, and refused by name where it does not fit.
   *
   * Rows of a source are read through windows: see `windowRows`. What is learned of a whole column takes passes of their own.
   * @throws InvalidInputError for data that does not fit or options that are wrong, CapacityError if there is no memory;
   *   DivergenceError if the loss turns NaN or infinite; the signal's reason if aborted.
   */
  async fit(data: Dataset | RowSource, options: FitOptions): Promise<History> {
    const rows = countedRows("fit", data);
    conformTo("fit", rows, this.#learner);
    const { onEpoch, ...checked } = checkFit(rows, options);
    this.#checkValidation("fit", rows, checked.validationData);
    const session = new Session(this.#learner, "fit", ...setAside("fit", rows, checked), true);
    for await (const epoch of session.epochs()) {
      if (onEpoch !== undefined && (await onEpoch(epoch)) === false) session.stop();
    }
    return session.history();
  }

  /**
   * Trains epoch by epoch, as `fit` does: `for await (const { epoch, loss } of network.train(passengers, options)) ...`.
   * Options are checked at once; training begins with the first epoch asked for. Leaving the loop ends it.
   * @throws as `fit` does; InvalidInputError where another training has taken this one's place between two epochs.
   */
  train(data: Dataset | RowSource, options: TrainingOptions): AsyncGenerator<Epoch, void, undefined> {
    const rows = countedRows("train", data);
    conformTo("train", rows, this.#learner);
    const checked = checkTraining(rows, options);
    this.#checkValidation("train", rows, checked.validationData);
    return new Session(this.#learner, "train", ...setAside("train", rows, checked), false).lazyEpochs();
  }

  /**
   * The training under way takes no further step until `resume`; a validation that has begun is finished. Whatever may be asked
   * of a network in training may be asked meanwhile, and its signal is heard. Nothing else keeps a process alive then.
   * @throws InvalidInputError where no training is under way.
   */
  pause(): void {
    this.#learner.pause();
  }

  /**
   * Lets a training that was paused go on, to the same bits; one that was not is left alone.
   * @throws InvalidInputError where no training is under way.
   */
  resume(): void {
    this.#learner.resume();
  }

  /**
   * Where the training under way stands, as plain data that survive `structuredClone`: optimizer, step, the order of rows and
   * all that going on from there takes. Null where there is none that has begun its work.
   */
  state(): TrainingState | null {
    return this.#learner.state();
  }

  /**
   * Writes the training under way, or what the last one has left, to a file that `Network.resume` reads: the network and all
   * that going on takes. At any moment, also in the midst of an epoch; while its numbers are read, the training takes no step.
   * The file is written as `save` does. It is laid out as safetensors are.
   * @throws InvalidInputError if it cannot be written, or there has been no training; LanegradError in a page, which has no
   *   files.
   */
  async checkpoint(to: string | URL): Promise<void> {
    const { writeCheckpoint } = await import("../training/checkpoints.ts");
    await writeCheckpoint("checkpoint", this.#learner, to);
  }

  /**
   * The outputs of every row, [rows, n_m], row-major. `inputs`: rows, one row, a flat typed array of rows, or a data
   * set. Among few rows
   * the sums are taken in another order than among many, so a row's last bits depend on its company. `rows()` gives plain
   * arrays, one for each row, as `JSON.stringify` does.
   * @throws InvalidInputError for rows of another width or numbers that are not finite.
   */
  predict(inputs: Numbers | Dataset): Predictions {
    return predict(this.#learner, inputs);
  }

  /**
   * The plain forward pass over a flat typed array of rows, of any number: like `predict`, but into `outputs` if given,
   * which then is what is returned.
   * @throws InvalidInputError for arrays that do not fit or numbers that are not finite.
   */
  forward(inputs: Floats, outputs?: Floats): Floats {
    if (!ArrayBuffer.isView(inputs)) refuse("forward", "a flat typed array of rows", show(inputs));
    return forward(this.#learner, inputs, outputs);
  }

  /**
   * Loss over a data set, for classifiers accuracy and confusion, and the metrics that are asked for; of a network with heads, of
   * each. It does not block for long; parameters that a training changes meanwhile count from then on.
   * @throws InvalidInputError for data that does not fit, or metrics that the network's outputs do not have.
   */
  async evaluate(data: Dataset | RowSource, options: EvaluateOptions = {}): Promise<Evaluation> {
    const counted = countedRows("evaluate", data);
    const rows = new EncodedSource("evaluate", counted, conformTo("evaluate", counted, this.#learner));
    const { checkEvaluate, evaluate, openMetrics } = await import("../inspect/evaluate.ts");
    const { metrics } = checkEvaluate(options);
    const measures = await openMetrics("evaluate: metrics", metrics, this.#learner, rows);
    return evaluate("evaluate", this.#learner, rows, measures);
  }

  /**
   * The gradient of the batch's mean loss by every parameter, as copies, one entry a layer.
   * @throws InvalidInputError for data that does not fit.
   */
  gradients(batch: Batch): LayerGradients[] {
    return gradientsOf(this.#learner, checkBatch("gradients", batch, this.#learner));
  }

  /**
   * Compares backpropagation with central differences, both in float64 at this network's parameters, and this network's
   * own gradient with the float64 one. With `perTensor`, that many partials of each tensor are checked over all rows; by
   * default 200, or where that would take more than about a second fewer, down to 10, and then over fewer rows, spread
   * evenly: `rows` says how many. It goes by sizes, so it is the same on every machine.
   * @throws InvalidInputError for data that does not fit.
   */
  async checkGradients(batch: Batch, options: GradientOptions = {}): Promise<NetworkGradientCheck> {
    const rows = checkBatch("checkGradients", batch, this.#learner);
    const { checkGradientsOf } = await import("../inspect/network-gradient-check.ts");
    return checkGradientsOf(this.#learner, rows, options);
  }

  /**
   * Every value of the forward pass: entry k - 1 holds x^(k) and, from k = 2 on, the s^(k) it came from, as copies. x^(1)
   * is the input as the network takes it, standardized if it standardizes.
   * @throws InvalidInputError for rows of another width or numbers that are not finite.
   */
  activations(inputs: Numbers | Dataset): LayerActivations[] {
    return activationsOf("activations", this.#learner, inputs);
  }

  /**
   * Opens one sample, or a batch of them: the dataflow diagram of a pass forward and backward, every value and every partial
   * derivative read from the engine's own. `import "lanegrad/dataflow"` brings the diagrams. Inputs are taken as `predict`
   * takes them: the network standardizes them if it does so.
   * @throws InvalidInputError for data that does not fit; LanegradError if `lanegrad/dataflow` has not been imported.
   */
  trace(inputs: Numbers, targets: Numbers): View {
    return traceOf(tracing(), this.#learner, checkSamples("trace", inputs, targets, this.#learner));
  }

  /**
   * Everything that defines this network, parameters included; `Network.fromJSON` brings it back.
   * @throws InvalidInputError for parameters that are not finite.
   */
  toJSON(): SavedNetwork {
    return toSaved(this.description, this.preprocessing, this.#learner.engine);
  }

  /**
   * Writes `toJSON` to a file, in pieces, so that networks of any size can be saved: to a temporary name beside it first,
   * then renamed when it is on the disk, so that no half-written file is ever found. A file that is there keeps its mode, a
   * symbolic link stays one. What is written are the parameters of the moment of the call.
   * @throws InvalidInputError if it cannot be written, or a parameter is not finite; CapacityError if there is no memory for
   *   a copy of the parameters; LanegradError in a page, which has no files.
   */
  async save(to: string | URL): Promise<void> {
    const { description, preprocessing } = this;
    const learned = this.#copyOfLearned("save");
    const { saveModel } = await import("../model/files.ts");
    await saveModel("save", to, { description, preprocessing, learned });
  }

  /** The line that makes such a network. */
  toString(): string {
    return describe(this.description);
  }

  /** What consoles of Node, Deno and Bun print of it. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** A table of its layers, with their units, activations and parameters, and what all of it comes to. */
  summary(): string {
    const { engine, standardization } = this.#learner;
    const { tier, threads } = engine.report;
    const facts = {
      isStandardized: standardization !== null,
      frozen: this.frozen,
      engine: threads === 1 ? tier : `${tier}, ${threads} threads`,
    };
    return summaryOf(this.description, engine.shape, facts);
  }

  /**
   * Lets the engine's memory and threads go; a network that is no longer reachable needs no such call.
   * @throws InvalidInputError in the midst of a training: abort that first. One that waits for its iterator ends by it.
   */
  dispose(): void {
    this.#learner.dispose();
  }

  /** For `using network = await Network.create(...)`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #copyOfLearned(where: string): Learned {
    const { parameters } = this;
    try {
      return copyOf(this.#learner.engine);
    } catch {
      const size = `memory for a copy of the parameters, ${parameters.byteLength} bytes`;
      throw new CapacityError(`${where}: expected ${size}, got none; free some, or write the live ones by yourself`);
    }
  }

  /** Its columns are to fit what the network will know of the rows that it is trained on. */
  #checkValidation(given: string, { schema }: CountedRows, validation: unknown): void {
    if (validation === undefined) return;
    const where = `${given}: validationData`;
    const { engine, preprocessing } = this.#learner;
    const learned = learnColumns(preprocessing, schema, engine.shape.heads);
    conformTo(where, countedRows(where, validation), { engine, preprocessing: learned });
  }
}

/** The numbers of a tensor: of two dimensions rows, as inputs are given, of one a list. */
function checkTensor(where: string, given: unknown, { dimensions }: TensorShape, single: boolean): ArrayLike<number> {
  const [columns, rows] = [dimensions.at(-1)!, dimensions.length === 2 ? dimensions[0]! : 1];
  if (columns === 0) refuse(where, "a layer that has some", "one without parameters");
  const { values, count } = checkInputs(where, (dimensions.length === 2 ? given : [given]) as Numbers, columns, single);
  if (count !== rows) refuse(where, `${rows} rows of ${columns}`, `${count} rows`);
  return values;
}

function createEngine(shape: NetworkShape, engine: EngineName = "auto", threads: Threads = 1): Promise<Engine> {
  return engineMaker(engine)(shape, checkThreads("network: threads", threads));
}
