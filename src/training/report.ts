/** What a training tells while it works and when it has ended: its clock, its epochs, its progress and its history. */
import type { Evaluation } from "../kinds/metrics/evaluation.ts";
import type { Best, Epoch, History, Progress } from "./history.ts";
import type { SessionState } from "./state.ts";
import type { Run } from "./run.ts";

/** Counts seconds, but not those of pauses. */
export class Clock {
  #start = performance.now();
  #pausedAt: number | undefined;

  get seconds(): number {
    return ((this.#pausedAt ?? performance.now()) - this.#start) / 1000;
  }

  pause(): void {
    this.#pausedAt ??= performance.now();
  }

  /** Seconds from before it was started. */
  add(seconds: number): void {
    this.#start -= seconds * 1000;
  }

  resume(): void {
    if (this.#pausedAt !== undefined) this.#start += performance.now() - this.#pausedAt;
    this.#pausedAt = undefined;
  }
}

/** What it has told so far. */
export type ReportState = Pick<SessionState, "seconds" | "told" | "validation">;

export interface Asked {
  readonly epochs: number;
  readonly onProgress: ((progress: Progress) => unknown) | undefined;
  /** In milliseconds. */
  readonly progressInterval: number;
}

export class Report {
  readonly clock = new Clock();
  readonly #asked: Asked;
  /** Whether the validations of all epochs will be wanted, or just the last one's. */
  readonly #keeps: boolean;
  #validation: Evaluation[] = [];
  #run!: Run;
  /** Rows of an epoch. */
  #rows = 0;
  /** How many epochs there were before this training went on from them, and how long they took. */
  #before = 0;
  #secondsBefore = 0;
  /** How many of the epochs that have ended have been told. */
  #told = 0;
  /** When progress is to be told again, in seconds. */
  #next = 0;

  constructor(asked: Asked, keeps: boolean) {
    this.#asked = asked;
    this.#keeps = keeps;
  }

  begin(run: Run, rows: number, state?: ReportState): void {
    this.#run = run;
    this.#rows = rows;
    this.#before = run.losses.length;
    if (state === undefined) return;
    this.#validation = [...state.validation];
    this.#told = state.told;
    this.#secondsBefore = state.seconds;
    this.clock.add(state.seconds);
  }

  /** Whether the last epoch has still to be validated and told. */
  get isBehind(): boolean {
    return this.#run.losses.length > this.#told;
  }

  state(): ReportState {
    return { seconds: this.clock.seconds, told: this.#told, validation: this.#validation.slice() };
  }

  /** What the last epoch came to, its validation included. */
  epoch(validation: Evaluation | undefined): Epoch {
    const { losses, learningRates, steps } = this.#run;
    const { seconds } = this.clock;
    const learningRate = learningRates.at(-1);
    if (!this.#keeps) this.#validation = [];
    if (validation) this.#validation.push(validation);
    this.#told = losses.length;
    return {
      epoch: losses.length,
      loss: losses.at(-1)!,
      steps,
      seconds,
      secondsLeft: this.#left(seconds, losses.length),
      ...(learningRate !== undefined && { learningRate }),
      ...(validation && { validation }),
    };
  }

  /** Tells how far the training is, if somebody wants to know and has not been told just now. */
  tell(isLast = false): void {
    const { onProgress, progressInterval } = this.#asked;
    if (onProgress === undefined || (!isLast && this.clock.seconds < this.#next)) return;
    onProgress(this.#progress());
    this.#next = this.clock.seconds + progressInterval / 1000;
  }

  #progress(): Progress {
    const { losses, learningRates, steps, loss, rowsOfEpoch } = this.#run;
    const { epochs } = this.#asked;
    const { seconds } = this.clock;
    const done = losses.length + rowsOfEpoch / this.#rows;
    const learningRate = learningRates.at(-1);
    return {
      epoch: Math.min(losses.length + 1, epochs),
      epochs,
      share: done / epochs,
      steps,
      loss,
      rowsPerSecond: ((done - this.#before) * this.#rows) / (seconds - this.#secondsBefore),
      seconds,
      secondsLeft: this.#left(seconds, done),
      ...(learningRate !== undefined && { learningRate }),
    };
  }

  #left(seconds: number, done: number): number {
    return ((seconds - this.#secondsBefore) * (this.#asked.epochs - done)) / (done - this.#before);
  }

  history(stopReason: History["stopReason"], best: Best | undefined): History {
    const { losses, learningRates, steps } = this.#run;
    return {
      loss: Float64Array.from(losses),
      learningRate: Float64Array.from(learningRates),
      validation: this.#validation,
      best: best ?? this.#lowest(),
      epochs: losses.length,
      steps,
      seconds: this.clock.seconds,
      stopReason,
    };
  }

  /** The epoch of the lowest loss. */
  #lowest(): Best {
    const isValidated = this.#validation.length > 0;
    const values = isValidated ? this.#validation.map(({ loss }) => loss) : this.#run.losses;
    let best = 0;
    for (let i = 1; i < values.length; i++) if (values[i]! < values[best]!) best = i;
    const earlier = this.#run.losses.length - values.length;
    return { epoch: earlier + best + 1, value: values[best]!, monitor: isValidated ? "validation.loss" : "loss" };
  }
}
