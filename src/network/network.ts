/**
 * The public face of a network. It checks what it is given, at the door; the engine it drives trusts it. Layers are
 * indexed from 0 as arrays are: `weights[0]` is w^(1) of the notes.
 */
import { Dataset } from "../data/dataset.ts";
import { checkDescription, describe, type NetworkDescription } from "../model/description.ts";
import { type EngineName, engineMaker } from "../engine/create.ts";
import type { Engine, EngineReport, Samples } from "../engine/engine.ts";
import { ReferenceEngine } from "../engine/reference/reference-engine.ts";
import { CapacityError, checkNumber, checkOptions, LanegradError, refuse, show } from "../ground/errors.ts";
import { writeWhole } from "../ground/files.ts";
import { openSource, pathOf } from "../ground/source.ts";
import {
  type CheckedTraining,
  checkTraining,
  type Epoch,
  type FitOptions,
  type History,
  Session,
  trainingOptions,
  type TrainingOptions,
} from "../training/session.ts";
import { type Floats, isFloat32, isFloats, plainArray } from "../ground/floats.ts";
import {
  fromSaved,
  type LayerParameters,
  type ReadNetwork,
  readStandardization,
  type SavedNetwork,
  toSaved,
} from "../model/formats/json.ts";
import { readSaved, savedPieces } from "../model/formats/json-text.ts";
import type { Standardization } from "../model/formats/json.ts";
import { checkGradients, errorFloor, type GradientCheck, relativeError } from "../inspect/gradient-check.ts";
import { checkInitialization, type Initialization, initialize } from "../kinds/initializers/index.ts";
import { ruleOf } from "../kinds/optimizers/index.ts";
import { checkTargets } from "../kinds/losses/targets.ts";
import { type Evaluation, Tally } from "../kinds/metrics/evaluation.ts";
import { Random } from "../ground/random.ts";
import { checkInputs, isNumbers, type Numbers } from "../data/rows.ts";
import { type NetworkShape, networkShape } from "../model/shape.ts";
import { checkTraces, openTrace, Recorder, type View } from "../inspect/recording.ts";
import { breathe, sliceIsOver } from "../ground/scheduler.ts";
import { type Signal, throwIfAborted } from "../ground/signal.ts";
import { startRun } from "../training/descent.ts";

export interface NetworkOptions extends NetworkDescription {
  /** A whole number: the same seed gives the same parameters. Default 0. */
  readonly seed?: number;
  /** Default "auto". */
  readonly initialization?: Initialization;
  /** What computes: see the README. Default "auto". */
  readonly engine?: EngineName;
  /** How many threads share the work of larger networks, this one included; the results are the same. Default 1. */
  readonly threads?: number;
}

/** What runs a network that is read from a file or an object. */
export type EngineOptions = Pick<NetworkOptions, "engine" | "threads">;

/** Samples for a gradient: a data set, or what makes one. */
export type Batch = Dataset | { readonly inputs: Numbers; readonly targets: Numbers };

/** x^(k), and the s^(k) it came from, of every row: [rows, n_k], row-major. The inputs have no s. */
export interface LayerActivations {
  readonly preActivations?: Floats;
  readonly activations: Floats;
}

/** The derivatives of a batch's mean loss by the parameters of one layer. */
export interface LayerGradients {
  /** [fanOut, fanIn], row-major. */
  readonly weights: Floats;
  /** [fanOut] */
  readonly biases: Floats;
}

export interface NetworkGradientCheck extends GradientCheck {
  /** The largest relative error of this network's own engine against the float64 reference. */
  readonly engineError: number;
}

const engineOptions = ["engine", "threads"];
const networkOptions = ["inputs", "layers", "loss", "seed", "initialization", "engine", "threads"];

/**
 * A multi-layer perceptron: `Network.create` makes one, `fit` or `train` teaches it, `predict` asks it, and `gradients`,
 * `activations` and `checkGradients` look inside. Values go in and come out in the user's own units: a network that
 * standardizes its inputs does so by itself.
 */
export class Network {
  /** Everything that defines it but its parameters. */
  readonly description: NetworkDescription;
  #engine: Engine | undefined;
  #standardization: Standardization | null = null;
  /** The training under way, and whether there has been one. */
  #session: Session | undefined;
  #trained = false;

  private constructor(description: NetworkDescription, engine: Engine) {
    this.description = description;
    this.#engine = engine;
  }

  /**
   * A network with fresh parameters.
   * @throws InvalidInputError for a description or option that cannot be; CapacityError if it does not fit into memory.
   */
  static async create(options: NetworkOptions): Promise<Network> {
    checkOptions("network", options, networkOptions);
    const description = checkDescription(options);
    const seed = checkNumber("network: seed", options.seed ?? 0, { integer: true, min: 0 });
    const initialization = checkInitialization(options.initialization ?? "auto");
    const engine = await createEngine(networkShape(description), options);
    initialize(engine.parameters, engine.shape.layers, initialization, new Random(seed, "initialization"));
    return new Network(description, engine);
  }

  /**
   * A network from what `toJSON` made, as an object or as text.
   * @throws InvalidInputError naming the part that is missing or wrong.
   */
  static async fromJSON(saved: SavedNetwork | string, options: EngineOptions = {}): Promise<Network> {
    checkOptions("fromJSON", options, engineOptions);
    return Network.#restore(fromSaved(saved), options, "saved network");
  }

  /**
   * A network that `save` wrote: a path or a file: URL in Node, Deno and Bun, any other URL anywhere, in a page a relative one
   * too.
   * @throws InvalidInputError if it cannot be read or is no saved network.
   */
  static async load(from: string | URL, options: EngineOptions = {}): Promise<Network> {
    checkOptions("load", options, engineOptions);
    const source = await openSource("load", from);
    return Network.#restore(await readSaved(source), options, source.name);
  }

  static async #restore(read: ReadNetwork, options: EngineOptions, name: string): Promise<Network> {
    const { description, standardization, parameters } = read;
    const engine = await createEngine(networkShape(description), options);
    engine.parameters.set(parameters);
    const overflown = engine.parameters.findIndex((value) => !Number.isFinite(value));
    if (overflown !== -1) refuse(name, "parameters that float32 can hold", String(parameters[overflown]));
    const network = new Network(description, engine);
    network.#trained = true;
    if (standardization !== null) network.standardize(standardization);
    return network;
  }

  /** Which engine runs this network, and why. */
  get engine(): EngineReport {
    return this.#live.report;
  }

  /** m: how many layers there are, inputs and output included. */
  get depth(): number {
    return this.description.layers.length + 1;
  }

  /** n_1 ... n_m: how many units each layer has. */
  get widths(): number[] {
    return [this.description.inputs, ...this.description.layers.map(({ units }) => units)];
  }

  /** How many weights and biases there are. */
  get parameterCount(): number {
    return this.#live.shape.parameterCount;
  }

  /**
   * All parameters as one live view of the engine's memory: layer after layer, weights, then biases. What is written here
   * is used by the next call, also by the next step of a training (but lbfgs goes on from its own point). Take it anew after
   * a training has begun: memory that had to grow may have moved. The memory may be shared: copy before you post it.
   */
  get parameters(): Floats {
    return this.#live.parameters;
  }

  /** weights[k] holds w^(k+1) as a live view, [fanOut, fanIn], row-major; see `parameters`. */
  get weights(): Floats[] {
    const { parameters, shape } = this.#live;
    return shape.layers.map(({ weights, biases }) => parameters.subarray(weights, biases));
  }

  /** biases[k] holds the weights into the always-1 unit of layer k + 1 as a live view, [fanOut]; see `parameters`. */
  get biases(): Floats[] {
    const { parameters, shape } = this.#live;
    return shape.layers.map(({ biases, fanOut }) => parameters.subarray(biases, biases + fanOut));
  }

  /**
   * Sets the parameters of layer k (from 0): weights [fanOut][fanIn] and biases [fanOut].
   * @throws InvalidInputError for a layer that is not there or numbers that do not fit it; nothing is changed then.
   */
  setParameters(k: number, parameters: LayerParameters): void {
    const { layers } = this.#live.shape;
    checkNumber("setParameters: layer", k, { integer: true, min: 0, max: layers.length - 1 });
    checkOptions("setParameters", parameters, ["weights", "biases"]);
    if (this.#session?.run.keepsParameters) {
      refuse(
        "setParameters",
        "a network that lbfgs is not training, which goes on from its own point",
        "one in training",
      );
    }
    const { weights, biases } = parameters;
    const { fanIn, fanOut } = layers[k]!;
    const w = checkInputs(`layer ${k + 1}: weights`, weights, fanIn, this.#isSingle);
    if (w.count !== fanOut) refuse(`layer ${k + 1}: weights`, `${fanOut} rows of ${fanIn}`, `${w.count} rows`);
    const b = checkInputs(`layer ${k + 1}: biases`, [biases], fanOut, this.#isSingle);
    this.weights[k]!.set(w.values);
    this.biases[k]!.set(b.values);
  }

  /** How inputs are standardized on the way in: x^(1) = (input - mean) / std; null if they are taken as they are. */
  get standardization(): Standardization | null {
    return this.#standardization;
  }

  /**
   * Sets the standardization of inputs. `fit` does this by itself from a data set that asks for it.
   * @throws InvalidInputError unless there is a mean and a positive std for each input, of a size that the engine's
   *   numbers can have.
   */
  standardize(standardization: Standardization): void {
    const checked = readStandardization("network", standardization, this.#live.shape.inputs);
    const { mean, std } = checked;
    const held = this.#isSingle ? Math.fround : Number;
    std.forEach((value, i) => {
      const [center, scale] = [held(mean[i]!), held(1 / value)];
      if (Number.isFinite(center) && Number.isFinite(scale) && scale > 0) return;
      const where = `network: standardization of input ${i + 1}`;
      const kind = `numbers that ${this.#isSingle ? "float32" : "float64"} can hold`;
      refuse(where, kind, `mean ${mean[i]} and std ${value}`);
    });
    this.#standardization = checked;
  }

  /**
   * Trains, and resolves with the history. Each call starts the optimizer and the shuffling anew. While it runs, the network
   * may be asked for predictions and gradients; it has the parameters of the last step. It never blocks its host for long.
   *
   * A network that has not been trained takes over the standardization that its data set asks for, learned from just these
   * rows.
   * @throws InvalidInputError for data that does not fit or options that are wrong, CapacityError if there is no memory;
   *   DivergenceError if the loss turns NaN or infinite; the signal's reason if aborted.
   */
  async fit(dataset: Dataset, options: FitOptions): Promise<History> {
    checkOptions("fit", options, [...trainingOptions, "onEpoch"]);
    const { onEpoch, ...training } = options;
    if (onEpoch !== undefined && typeof onEpoch !== "function") refuse("fit: onEpoch", "a function", show(onEpoch));
    const checked = this.#checkTraining("fit", dataset, training, onEpoch !== undefined, true);
    const session = this.#begin("fit", dataset, checked);
    try {
      while (!session.done) {
        await this.#nextEpoch(session);
        if (onEpoch !== undefined && (await onEpoch(session.report())) === false) {
          session.run.finish();
          return session.history("callback");
        }
      }
      session.run.finish();
      return session.history(session.run.converged ? "converged" : "epochs");
    } finally {
      this.#end(session);
    }
  }

  /**
   * Trains epoch by epoch, as `fit` does: `for await (const { epoch, loss } of network.train(passengers, options)) ...`.
   * Options are checked at once; training begins with the first epoch asked for. Leaving the loop ends it.
   * @throws as `fit` does; InvalidInputError where another training has taken this one's place between two epochs.
   */
  train(dataset: Dataset, options: TrainingOptions): AsyncGenerator<Epoch, void, undefined> {
    checkOptions("train", options, trainingOptions);
    return this.#train(dataset, this.#checkTraining("train", dataset, options, true, false));
  }

  async *#train(dataset: Dataset, checked: CheckedTraining): AsyncGenerator<Epoch, void, undefined> {
    const session = this.#begin("train", dataset, checked);
    try {
      while (!session.done) {
        await this.#nextEpoch(session);
        session.idle = true;
        yield session.report();
        session.idle = false;
      }
      session.run.finish();
    } finally {
      this.#end(session);
    }
  }

  /** An epoch, in slices of time; if nobody watches, as many as fit into a slice. */
  async #nextEpoch(session: Session): Promise<void> {
    const { signal, validation, watched } = session.options;
    for (;;) {
      if (sliceIsOver() || signal?.aborted) await breathe(signal);
      this.#checkSession(session);
      const hasEnded = session.advance();
      if (hasEnded && (watched || session.done || sliceIsOver())) break;
    }
    if (validation) session.addValidation(await this.#evaluate(validation, signal));
  }

  /** Refuses to go on where the network has been disposed, or trained by somebody else meanwhile. */
  #checkSession(session: Session): void {
    if (this.#live && this.#session === session) return;
    refuse("train", "an iterator of the network's last training", "one of an earlier training");
  }

  #checkTraining(
    where: string,
    dataset: Dataset,
    options: TrainingOptions,
    watched: boolean,
    keepsValidation: boolean,
  ): CheckedTraining {
    this.#checkDataset(where, dataset);
    const checked = checkTraining(where, dataset, options, watched, keepsValidation);
    if (checked.validation) this.#checkDataset(`${where}: validation`, checked.validation);
    return checked;
  }

  /** Puts the rows, standardized, into the engine's memory, and starts. */
  #begin(where: string, dataset: Dataset, options: CheckedTraining): Session {
    const engine = this.#live;
    if (this.#session?.idle === false) refuse(where, "a network that is not in training", "one that is");
    const learned = dataset.standardization();
    if (learned && this.#standardization === null && this.#trained) {
      refuse(where, "rows that are not to be standardized, as in this network's training so far", "others");
    }
    throwIfAborted(options.signal);
    const standardization =
      this.#standardization ?? (learned ? { mean: [...learned.mean], std: [...learned.std] } : null);
    const samples = engine.prepare(dataset.count, ruleOf(options.optimizer) ?? { kernel: "sgd", slots: 0, state: [0] });
    standardizeInto(samples.inputs, dataset.inputs, dataset.inputWidth, standardization);
    samples.targets.set(dataset.targets);
    this.#session?.run.settle();
    const session = new Session(
      options,
      startRun(engine, { ...options, samples, isStandardized: standardization !== null }),
    );
    this.#session = session;
    if (standardization !== this.#standardization) this.standardize(standardization!);
    return session;
  }

  /** However a training has ended: what it leaves is finite. */
  #end(session: Session): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    if (this.#engine !== undefined) session.run.settle();
    // A first training that never came to anything leaves the network as it was, for another attempt.
    if (session.run.kept) this.#trained = true;
    else if (!this.#trained) this.#standardization = null;
  }

  /**
   * The outputs of every row, [rows, n_m], row-major. `inputs`: rows, one row, or a flat typed array of rows. Among few rows
   * the sums are taken in another order than among many, so a row's last bits depend on its company.
   * @throws InvalidInputError for rows of another width or numbers that are not finite.
   */
  predict(inputs: Numbers): Floats {
    return this.#predict("predict", inputs);
  }

  /**
   * The plain forward pass over a flat typed array of rows, of any number: like `predict`, but into `outputs` if given,
   * which then is what is returned.
   * @throws InvalidInputError for arrays that do not fit or numbers that are not finite.
   */
  forward(inputs: Floats, outputs?: Floats): Floats {
    if (!ArrayBuffer.isView(inputs)) refuse("forward", "a flat typed array of rows", show(inputs));
    return this.#predict("forward", inputs, outputs);
  }

  #predict(where: string, inputs: Numbers, given?: Floats): Floats {
    const engine = this.#live;
    const { values, count } = checkInputs(where, inputs, engine.shape.inputs, this.#isSingle);
    const length = count * engine.shape.outputs;
    const taken = given === undefined ? this.#newFloats(length) : isFloats(given) ? plainArray(given) : undefined;
    if (taken?.length !== length) {
      refuse(`${where}: outputs`, `a Float32Array or Float64Array of ${length}`, show(given));
    }
    this.#passes(values, undefined, count, (samples, begin, rows) => {
      engine.forward(samples, 0, rows);
      taken.set(samples.outputs.subarray(0, rows * engine.shape.outputs), begin * engine.shape.outputs);
    });
    return given ?? taken;
  }

  /**
   * Loss over a data set, and for classifiers accuracy and confusion. It does not block for long; parameters that a training
   * changes meanwhile count from then on.
   * @throws InvalidInputError for data that does not fit.
   */
  async evaluate(dataset: Dataset): Promise<Evaluation> {
    this.#checkDataset("evaluate", dataset);
    return this.#evaluate(dataset, undefined);
  }

  async #evaluate(dataset: Dataset, signal: Signal | undefined): Promise<Evaluation> {
    const engine = this.#live;
    const { inputWidth, targetWidth, count } = dataset;
    const tally = new Tally(this.description.loss, targetWidth);
    let sum = 0;
    for (let begin = 0; begin < count; begin += engine.scratch.capacity) {
      if (sliceIsOver()) await breathe(signal);
      const end = Math.min(begin + engine.scratch.capacity, count);
      const inputs = dataset.inputs.subarray(begin * inputWidth, end * inputWidth);
      const targets = dataset.targets.subarray(begin * targetWidth, end * targetWidth);
      this.#passes(inputs, targets, end - begin, (samples, _begin, rows) => {
        sum += engine.loss(samples, 0, rows, 1);
        tally.add(samples.outputs, samples.targets, rows);
      });
    }
    return tally.evaluation(sum / count, count);
  }

  /**
   * The gradient of the batch's mean loss by every parameter, as copies, one entry a layer.
   * @throws InvalidInputError for data that does not fit.
   */
  gradients(batch: Batch): LayerGradients[] {
    const engine = this.#live;
    const { inputs, targets, count } = this.#checkBatch("gradients", batch);
    this.#passes(inputs, targets, count, (samples, begin, rows) => {
      engine.gradient(samples, 0, rows, count, begin > 0);
    });
    return engine.shape.layers.map(({ weights, biases, fanOut }) => ({
      weights: engine.gradients.slice(weights, biases),
      biases: engine.gradients.slice(biases, biases + fanOut),
    }));
  }

  /**
   * Compares backpropagation with central differences, both in float64 at this network's parameters, and this network's
   * own gradient with the float64 one. With `perTensor`, that many partials of each tensor are checked over all rows; by
   * default 200, or where that would take more than about a second fewer, down to 10, and then over fewer rows, spread
   * evenly: `rows` says how many. It goes by sizes, so it is the same on every machine.
   * @throws InvalidInputError for data that does not fit.
   */
  checkGradients(batch: Batch, options: { perTensor?: number; seed?: number } = {}): NetworkGradientCheck {
    checkOptions("checkGradients", options, ["perTensor", "seed"]);
    const { perTensor } = options;
    if (perTensor !== undefined) checkNumber("checkGradients: perTensor", perTensor, { integer: true, min: 1 });
    const seed = checkNumber("checkGradients: seed", options.seed ?? 1, { integer: true, min: 0 });
    const dataset = this.#checkBatch("checkGradients", batch);
    const own = this.gradients(dataset).flatMap(({ weights, biases }) => [...weights, ...biases]);
    const oracle = new ReferenceEngine(this.#live.shape, "float64");
    oracle.parameters.set(this.parameters);
    const samples = oracle.prepare(dataset.count, { kernel: "sgd", slots: 0, state: [0] });
    standardizeInto(samples.inputs, dataset.inputs, dataset.inputWidth, this.#standardization);
    samples.targets.set(dataset.targets);
    const check = checkGradients(oracle, samples, dataset.count, {
      ...(perTensor !== undefined && { perTensor }),
      seed,
    });
    const floor = errorFloor(oracle.loss(samples, 0, dataset.count, dataset.count), oracle.gradients);
    const engineError = own.reduce(
      (worst, partial, i) => Math.max(worst, relativeError(partial, oracle.gradients[i]!, floor)),
      0,
    );
    return { ...check, engineError };
  }

  /**
   * Every value of the forward pass: entry k - 1 holds x^(k) and, from k = 2 on, the s^(k) it came from, as copies. x^(1)
   * is the input as the network takes it, standardized if it standardizes.
   * @throws InvalidInputError for rows of another width or numbers that are not finite.
   */
  activations(inputs: Numbers): LayerActivations[] {
    const engine = this.#live;
    const { inputs: width, layers } = engine.shape;
    const { values, count } = checkInputs("activations", inputs, width, this.#isSingle);
    const x1 = this.#newFloats(values.length);
    standardizeInto(x1, values, width, this.#standardization);
    const behind = layers.map(({ fanOut }) => ({
      preActivations: this.#newFloats(count * fanOut),
      activations: this.#newFloats(count * fanOut),
    }));
    this.#passes(values, undefined, count, (samples, begin, rows) => {
      engine.layerValues(samples, 0, rows).forEach((layer, k) => {
        behind[k]!.preActivations.set(layer.preActivations, begin * layers[k]!.fanOut);
        behind[k]!.activations.set(layer.activations, begin * layers[k]!.fanOut);
      });
    });
    return [{ activations: x1 }, ...behind];
  }

  /**
   * Opens one sample, or a batch of them: the dataflow diagram of a pass forward and backward, every value and every partial
   * derivative read from the engine's own. `import "lanegrad/dataflow"` brings the diagrams. Inputs are taken as `predict`
   * takes them: the network standardizes them if it does so.
   * @throws InvalidInputError for data that does not fit; LanegradError if `lanegrad/dataflow` has not been imported.
   */
  trace(inputs: Numbers, targets: Numbers): View {
    checkTraces();
    const engine = this.#live;
    const { inputs: width } = engine.shape;
    if (targets === undefined) refuse("trace", "inputs and their targets", "inputs only");
    const isRow =
      isNumbers(inputs) && typeof inputs[0] === "number" && (inputs.length === width || Array.isArray(inputs));
    const batch = this.#checkBatch(
      "trace",
      isRow ? { inputs: [inputs as number[]], targets: asRow(targets) } : { inputs, targets },
    );
    const recorder = new Recorder(engine, batch.count);
    this.#passes(batch.inputs, batch.targets, batch.count, (samples, _begin, rows) => recorder.add(samples, 0, rows));
    return openTrace(recorder.finish(this.#standardization !== null));
  }

  /** Copies rows into the engine's scratch samples, pass after pass. */
  #passes(
    inputs: ArrayLike<number>,
    targets: Floats | undefined,
    count: number,
    each: (samples: Samples, begin: number, rows: number) => void,
  ): void {
    const { scratch, shape } = this.#live;
    for (let begin = 0; begin < count; begin += scratch.capacity) {
      const end = Math.min(begin + scratch.capacity, count);
      standardizeInto(
        scratch.inputs,
        inputs,
        shape.inputs,
        this.#standardization,
        begin * shape.inputs,
        end * shape.inputs,
      );
      if (targets) scratch.targets.set(targets.subarray(begin * shape.outputs, end * shape.outputs));
      each(scratch, begin, end - begin);
    }
  }

  /**
   * Everything that defines this network, parameters included; `Network.fromJSON` brings it back.
   * @throws InvalidInputError for parameters that are not finite.
   */
  toJSON(): SavedNetwork {
    return toSaved(this.description, this.#standardization, this.parameters);
  }

  /**
   * Writes `toJSON` to a file, in pieces, so that networks of any size can be saved: to a temporary name beside it first,
   * then renamed when it is on the disk, so that no half-written file is ever found. A file that is there keeps its mode, a
   * symbolic link stays one. What is written are the parameters of the moment of the call.
   * @throws InvalidInputError if it cannot be written, or a parameter is not finite; CapacityError if there is no memory for
   *   a copy of the parameters; LanegradError in a page, which has no files.
   */
  async save(to: string | URL): Promise<void> {
    const pieces = savedPieces(this.description, this.#standardization, this.#copyOfParameters("save"));
    await writeWhole(await pathOf("save", to), pieces);
  }

  /** The line that makes such a network. */
  toString(): string {
    return describe(this.description);
  }

  /** Lets the engine's memory and threads go; a network that is no longer reachable needs no such call. */
  dispose(): void {
    this.#engine?.release();
    this.#engine = undefined;
  }

  /** For `using network = await Network.create(...)`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #copyOfParameters(where: string): Floats {
    const { parameters } = this;
    try {
      return parameters.slice();
    } catch {
      const size = `memory for a copy of the parameters, ${parameters.byteLength} bytes`;
      throw new CapacityError(`${where}: expected ${size}, got none; free some, or write the live ones by yourself`);
    }
  }

  get #live(): Engine {
    if (this.#engine === undefined) throw new LanegradError("network: expected one in use, got one that was disposed");
    return this.#engine;
  }

  /** Whether the engine computes in float32. */
  get #isSingle(): boolean {
    return isFloat32(this.#live.parameters);
  }

  /** An array of the engine's kind. */
  #newFloats(length: number): Floats {
    return this.#isSingle ? new Float32Array(length) : new Float64Array(length);
  }

  #checkBatch(where: string, batch: Batch): Dataset {
    if (batch instanceof Dataset) {
      this.#checkDataset(where, batch);
      return batch;
    }
    checkOptions(where, batch, ["inputs", "targets"]);
    const { shape } = this.#live;
    const { inputs, targets } = batch;
    const dataset = Dataset.from({
      inputs,
      targets,
      ...(ArrayBuffer.isView(inputs) ? { inputWidth: shape.inputs } : {}),
      ...(ArrayBuffer.isView(targets) ? { targetWidth: shape.outputs } : {}),
    });
    this.#checkDataset(where, dataset);
    return dataset;
  }

  #checkDataset(where: string, dataset: Dataset): void {
    if (!(dataset instanceof Dataset)) refuse(where, "a Dataset", show(dataset));
    const { inputs, outputs, loss } = this.#live.shape;
    if (dataset.inputWidth !== inputs) refuse(where, `${inputs} inputs a row`, String(dataset.inputWidth));
    if (dataset.targetWidth !== outputs) refuse(where, `${outputs} targets a row`, String(dataset.targetWidth));
    if (this.#isSingle) {
      checkInputs(`${where}: inputs`, dataset.inputs, inputs, true);
      checkInputs(`${where}: targets`, dataset.targets, outputs, true);
    }
    checkTargets(where, loss, dataset.targets, outputs);
  }
}

/** The targets of one row. */
function asRow(targets: Numbers): Numbers {
  return isNumbers(targets) && typeof targets[0] === "number" ? [targets as readonly number[]] : targets;
}

/** The threads beyond which nobody's machine goes. */
const THREADS_LIMIT = 256;

function createEngine(shape: NetworkShape, { engine = "auto", threads = 1 }: EngineOptions): Promise<Engine> {
  const count = checkNumber("network: threads", threads, { integer: true, min: 1, max: THREADS_LIMIT });
  return engineMaker(engine)(shape, count);
}

/** to[i] = (from[begin + i] - mean) / std, column by column, in float64; as it is where there is no standardization. */
function standardizeInto(
  to: Floats,
  from: ArrayLike<number>,
  width: number,
  standardization: Standardization | null,
  begin = 0,
  end = from.length,
): void {
  if (standardization === null) {
    if (isFloats(from)) to.set(from.subarray(begin, end));
    else for (let i = begin; i < end; i++) to[i - begin] = from[i]!;
    return;
  }
  const { mean, std } = standardization;
  for (let row = begin; row < end; row += width) {
    for (let j = 0; j < width; j++) to[row - begin + j] = (from[row + j]! - mean[j]!) / std[j]!;
  }
}
