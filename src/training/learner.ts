/**
 * A network as training and everybody else sees it: its engine, what it has learned of its columns, and the training under
 * way. Here, and nowhere else, it is decided what may be asked of it when.
 */
import type { Dataset } from "../data/dataset.ts";
import type { Engine } from "../engine/engine.ts";
import { LanegradError, refuse } from "../ground/errors.ts";
import type { Finding, OnWarning } from "../inspect/guard-rails.ts";
import type { Asked } from "../inspect/passes.ts";
import { type Preprocessing, standardizationOf } from "../data/preprocess/pipeline.ts";
import type { Standardization } from "../data/preprocess/standardize.ts";
import { type Kept, copyState } from "./kept.ts";
import type { NetworkDescription } from "../model/description.ts";
import { atOnce } from "../ground/pieces.ts";
import type { TrainingState } from "./state.ts";

/**
 * What a network is doing: nothing; copying the rows of a training; training, between two pieces of its work; waiting, as
 * its iterator does between two epochs; nothing any more.
 */
export type Phase = "idle" | "starting" | "training" | "waiting" | "disposed";

/** What it may be asked for: to look at it is `ask`. */
export type Call = "ask" | "setParameters" | "standardize" | "train" | "pause" | "dispose";

interface Rule {
  readonly phases: readonly Phase[];
  /** Not even then, where the training goes on from parameters of its own, as lbfgs does, or with an average of them. */
  readonly butLbfgs?: boolean;
  readonly expected: string;
}

const idle = "a network that is not in training";
const rules: Readonly<Record<Call, Rule>> = {
  ask: { phases: ["idle", "starting", "training", "waiting"], expected: "one in use" },
  setParameters: {
    phases: ["idle", "starting", "training", "waiting"],
    butLbfgs: true,
    expected: "a network whose training does not go on from a point of its own, as by lbfgs and with averageWeights",
  },
  // The rows of a training have been standardized when it began.
  standardize: { phases: ["idle"], expected: idle },
  // One that waits gives way.
  train: { phases: ["idle", "waiting"], expected: idle },
  pause: { phases: ["starting", "training", "waiting"], expected: "a network that is in training" },
  dispose: { phases: ["idle", "waiting", "disposed"], expected: idle },
};

/** A training under way, as the network that it trains sees it. */
export interface Training {
  readonly phase: "starting" | "training" | "waiting";
  readonly keepsParameters: boolean;
  /** Whether the network is not any more what it was before. */
  readonly hasMoved: boolean;
  /** Puts the last good parameters back if need be. */
  settle(): void;
  /** It has to give way: an iterator that is left lying keeps nothing of the engine. */
  leave(): void;
  /** Takes no further step until it is resumed. */
  pause(): void;
  resume(): void;
  /** What another may go on from; undefined before its first piece of work, and where one has failed. */
  readonly kept: Kept | undefined;
}

const toConsole: OnWarning = ({ message }) => console.warn(`lanegrad: ${message}`);

export class Learner implements Asked {
  readonly description: NetworkDescription;
  /** The layers, from 0, that trainings leave as they are. */
  readonly frozen = new Set<number>();
  #engine: Engine | undefined;
  #preprocessing: Preprocessing | null;
  #standardization: Standardization | null;
  /** Whether it has been trained, or read from what was. */
  #hasLearned: boolean;
  #training: Training | undefined;
  /** As it was when the training under way began. */
  #before: Preprocessing | null = null;
  readonly #seen = new WeakSet<Dataset>();
  /** What the last training has left. */
  #kept: Kept | undefined;
  /** What reads the numbers of a training, which takes no step meanwhile. */
  readonly #holds = new Set<Promise<unknown>>();

  readonly #onWarning: OnWarning;
  /** What has been warned of. */
  readonly #told = new Set<string>();

  constructor(
    description: NetworkDescription,
    engine: Engine,
    hasLearned: boolean,
    preprocessing: Preprocessing | null = null,
    onWarning: OnWarning = toConsole,
  ) {
    this.description = description;
    this.#onWarning = onWarning;
    this.#engine = engine;
    this.#hasLearned = hasLearned;
    this.#preprocessing = preprocessing;
    this.#standardization = standardizationOf(preprocessing);
  }

  get phase(): Phase {
    return this.#engine === undefined ? "disposed" : (this.#training?.phase ?? "idle");
  }

  /** @throws InvalidInputError where the network is doing what forbids the call; LanegradError where it was disposed. */
  admit(call: Call, where: string = call): void {
    const { phase } = this;
    const { phases, butLbfgs = false, expected } = rules[call];
    const holds = butLbfgs && this.#training?.keepsParameters === true;
    if (phases.includes(phase) && !holds) return;
    if (phase === "disposed") throw new LanegradError("network: expected one in use, got one that was disposed");
    const got = {
      idle: "one that is not",
      waiting: "one whose iterator has not ended (its return() ends it)",
      starting: "one that is",
      training: "one that is",
    };
    refuse(where, expected, got[phase]);
  }

  get engine(): Engine {
    if (this.#engine === undefined) this.admit("ask");
    return this.#engine!;
  }

  get preprocessing(): Preprocessing | null {
    return this.#preprocessing;
  }

  get standardization(): Standardization | null {
    return this.#standardization;
  }

  /** For a call of the user's; a training uses `learn`. */
  standardize(preprocessing: Preprocessing): void {
    this.admit("standardize");
    this.learn(preprocessing);
  }

  /** Whether a training has changed it, or the one under way has. */
  get hasLearned(): boolean {
    return this.#hasLearned || this.#training?.hasMoved === true;
  }

  begin(where: string, training: Training): void {
    this.admit("train", where);
    this.#dismiss();
    this.#training = training;
    this.#before = this.#preprocessing;
  }

  /** @throws where the network has been disposed, or is trained by somebody else meanwhile. */
  checkTurn(training: Training): void {
    this.admit("ask");
    if (this.#training === training) return;
    refuse("train", "an iterator of the network's last training", "one of an earlier training");
  }

  /** What the training under way has encoded and standardized its rows by. */
  learn(preprocessing: Preprocessing | null): void {
    if (preprocessing === this.#preprocessing) return;
    this.#preprocessing = preprocessing;
    this.#standardization = standardizationOf(preprocessing);
  }

  /** Where the training under way stands: a copy. */
  state(): TrainingState | null {
    this.admit("ask");
    const kept = this.#training?.kept;
    return kept === undefined ? null : atOnce(copyState(kept.state()));
  }

  /** What may be gone on from: where the training under way stands, or what the last one has left. */
  get kept(): Kept | undefined {
    return this.#training?.kept ?? this.#kept;
  }

  /** For a training: what is there to go on from if it should not come to its first piece of work. */
  keep(kept: Kept | undefined): void {
    this.#kept = kept;
  }

  /** Reads numbers while the training takes no step. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    const held = work();
    this.#holds.add(held);
    try {
      return await held;
    } finally {
      this.#holds.delete(held);
    }
  }

  /** Waits until nobody reads the training's numbers. */
  async released(): Promise<void> {
    while (this.#holds.size > 0) await Promise.allSettled(this.#holds);
  }

  get isHeld(): boolean {
    return this.#holds.size > 0;
  }

  pause(): void {
    this.admit("pause");
    this.#training!.pause();
  }

  resume(): void {
    this.admit("pause", "resume");
    this.#training!.resume();
  }

  /** Whether this data set has not been trained on before; of a source, nobody knows. */
  seesFirst(dataset: Dataset | undefined): boolean {
    if (dataset === undefined) return true;
    const isNew = !this.#seen.has(dataset);
    this.#seen.add(dataset);
    return isNew;
  }

  /** Tells what has not been told of this network. */
  warn(findings: readonly Finding[], onWarning: OnWarning = this.#onWarning): void {
    for (const { code, message, about } of findings) {
      const key = `${code} ${about}`;
      if (this.#told.has(key)) continue;
      this.#told.add(key);
      onWarning(Object.freeze({ code, message }));
    }
  }

  /** However a training has ended: the network is as it was before, or as trained, and finite. */
  end(training: Training): void {
    if (this.#training !== training) return;
    training.settle();
    this.#kept = training.kept ?? this.#kept;
    this.#training = undefined;
    if (training.hasMoved) this.#hasLearned = true;
    else this.learn(this.#before);
  }

  dispose(): void {
    this.admit("dispose");
    this.#dismiss();
    this.#engine?.release();
    this.#engine = undefined;
    this.#kept = undefined;
  }

  #dismiss(): void {
    const training = this.#training;
    if (training === undefined) return;
    this.end(training);
    training.leave();
  }
}
