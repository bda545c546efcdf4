/**
 * A training from its beginning to its end, and the loop that all trainings go through: `fit` and `train` only differ in who
 * asks for the next epoch. Slices of time, validation and the history are here; how it begins is an opening's, steps are a run's.
 */
import type { CountedRows } from "../data/counted-rows.ts";
import { breathe, sliceEnd, sliceIsOver } from "../ground/scheduler.ts";
import { unlessAborted } from "../ground/signal.ts";
import type { Evaluation } from "../kinds/metrics/evaluation.ts";
import type { Epoch, History } from "./history.ts";
import { type Kept, termsOf } from "./kept.ts";
import type { Learner, Training } from "./learner.ts";
import type { Opened } from "./opening.ts";
import type { CheckedTraining } from "./options.ts";
import { Report } from "./report.ts";
import type { Run } from "./run.ts";
import type { SessionState } from "./state.ts";

export class Session implements Training {
  phase: Training["phase"] = "starting";
  readonly #learner: Learner;
  readonly #where: string;
  readonly #rows: CountedRows;
  readonly #options: CheckedTraining;
  #report: Report;
  /** What it works with, once it has begun. */
  #opened: Opened | undefined;
  #isStopped = false;
  /** Whether a piece of work has failed, so that nobody can go on from there. */
  #isTorn = false;
  #kept: Kept | undefined;
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
    return this.#opened?.run.keepsParameters ?? false;
  }

  get hasMoved(): boolean {
    return this.#opened?.run.hasMoved ?? false;
  }

  settle(): void {
    if (!this.#isDone) this.#opened?.run.settle();
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
    this.#opened?.feed.close();
    this.#opened = undefined;
    this.#kept = undefined;
    this.#report = new Report(this.#options, false);
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
      await this.#begin();
      // One that is gone on with may have been left before its last epoch was told.
      while (this.stopReason === undefined || this.#report.isBehind) {
        if (!this.#report.isBehind) await this.#work(this.#opened!);
        this.#opened!.lookout.lookAtRun(this.#opened!.run);
        const evaluation = await this.#validate(this.#opened!);
        if (learner.isHeld) await learner.released();
        // From here on in one turn: whoever looks at the state finds all of the epoch told, or nothing.
        const epoch = this.#report.epoch(evaluation);
        this.#opened!.run.observe?.(epoch);
        this.#opened!.stopper?.observe(epoch);
        yield epoch;
        learner.checkTurn(this);
      }
      this.#report.tell(true);
      await this.#finish(this.#opened!);
    } finally {
      this.#opened?.feed.close();
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
    if (!this.#opened) return undefined;
    const { run, stopper } = this.#opened;
    if (stopper?.isOver) return "earlyStopping";
    return run.ended ?? (run.losses.length >= this.#options.epochs ? "epochs" : undefined);
  }

  history(): History {
    return this.#report.history(this.stopReason!, this.#opened?.stopper?.best);
  }

  async #begin(): Promise<void> {
    const learner = this.#learner;
    const { Opening } = await import("./opening.ts");
    const opened = await new Opening(learner, this.#where, this.#rows, this.#options).open();
    this.#opened = opened;
    this.#report.begin(opened.run, opened.rows, opened.before?.session);
    this.#kept = this.#keep(opened);
    learner.keep(undefined);
    this.phase = "training";
  }

  /** A last update may have made numbers that are none; if not, they are worth a last checkpoint. */
  async #finish({ run, stopper, checkpoints }: Opened): Promise<void> {
    if (this.#learner.isHeld) await this.#learner.released();
    this.#isTorn = true;
    run.finish();
    this.#isTorn = false;
    stopper?.restore();
    this.#isDone = true;
    await checkpoints?.finish(this.#progressOf(run), this.#kept!);
  }

  /** What others may go on from, whatever becomes of this session. */
  #keep({ run, stopper, fingerprint }: Opened): Kept {
    const terms = { ...termsOf(this.#options), frozen: [...this.#learner.frozen] };
    const report = this.#report;
    const session = (): SessionState => {
      return { ...terms, ...report.state(), stopper: stopper?.state() ?? null };
    };
    return { state: () => ({ ...run.state(stopper?.last), session: session() }), fingerprint };
  }

  #progressOf({ losses, steps }: Run) {
    return { epochs: losses.length, steps, seconds: this.#report.clock.seconds };
  }

  /** Works until an epoch has ended; after the first, if nobody watches, until no more epochs fit into the slice. */
  async #work({ run, lookout, checkpoints }: Opened): Promise<void> {
    const { signal, watched } = this.#options;
    for (;;) {
      const rows = run.waitsFor;
      if (rows) await unlessAborted(rows, signal);
      if (sliceIsOver() || signal?.aborted) await breathe(signal);
      if (this.#pause) await unlessAborted(this.#pause.end, signal);
      if (checkpoints) {
        const progress = this.#progressOf(run);
        if (checkpoints.isDue(progress)) await checkpoints.write(progress, this.#kept!);
      }
      if (this.#learner.isHeld) await this.#learner.released();
      this.#isTorn = true;
      const hasEnded = run.advance(sliceEnd());
      this.#isTorn = false;
      this.#report.tell();
      const isLookedAt = watched || lookout.isWatching;
      if (hasEnded && (isLookedAt || this.stopReason !== undefined || sliceIsOver())) return;
    }
  }

  async #validate({ validationRows, measures }: Opened): Promise<Evaluation | undefined> {
    if (!validationRows) return undefined;
    const { evaluate } = await import("../inspect/evaluate.ts");
    const where = `${this.#where}: validationData`;
    return evaluate(where, this.#learner, validationRows, measures, this.#options.signal);
  }
}
