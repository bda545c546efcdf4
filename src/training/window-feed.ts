/** Rows of a source, window by window: loaded for rows that are not all in memory. */
import type { Samples } from "../engine/engine.ts";
import { Random } from "../ground/random.ts";
import type { Feed, Window } from "./feed.ts";

/** Rows begin to end - 1 of the source to row `at` of the samples, as long as they are wanted. */
export type Fill = (begin: number, end: number, at: number, isWanted: () => boolean) => Promise<void>;

export interface WindowPlan {
  /** Rows of the source, and of a window. */
  readonly rows: number;
  readonly size: number;
  readonly epochs: number;
  /** Whether windows come in another order in each epoch, as the seed has it. */
  readonly shuffle: boolean;
  readonly seed: number;
}

/** An epoch, and the window under way in it, from 0. */
export interface Place {
  readonly epoch: number;
  readonly index: number;
}

/** Two halves of the samples, in turn. */
export class WindowFeed implements Feed {
  readonly rows: number;
  readonly size: number;
  readonly windows: number;
  index: number;
  window: Window | undefined;
  readonly #samples: Samples;
  readonly #plan: WindowPlan;
  readonly #fill: Fill;
  #epoch: number;
  #half: 0 | 1 = 0;
  #current: Promise<Window>;
  #next: Promise<Window>;
  #isClosed = false;

  /** Samples for two windows; place: where the run begins. */
  constructor(samples: Samples, plan: WindowPlan, fill: Fill, { epoch, index }: Place = { epoch: 0, index: 0 }) {
    this.rows = plan.rows;
    this.size = plan.size;
    this.windows = Math.ceil(plan.rows / plan.size);
    this.index = index;
    this.#samples = samples;
    this.#plan = plan;
    this.#fill = fill;
    this.#epoch = epoch;
    this.#current = this.#begin(0, epoch, index);
    this.#next = this.#prefetch(1);
  }

  async ready(): Promise<void> {
    this.window = await this.#current;
  }

  next(): void {
    [this.#epoch, this.index] = this.#after();
    this.#half = this.#half === 0 ? 1 : 0;
    this.window = undefined;
    this.#current = this.#next;
    this.#next = this.#prefetch(this.#half === 0 ? 1 : 0);
  }

  close(): void {
    this.#isClosed = true;
  }

  /** The window after the current one, once that is there, which is taken note of; who asks for either is told of failures. */
  #prefetch(half: 0 | 1): Promise<Window> {
    const current = this.#current;
    const place = this.#after();
    const next = current.then((window) => {
      this.window = window;
      return this.#begin(half, ...place);
    });
    next.catch(() => {});
    return next;
  }

  #after(): [epoch: number, index: number] {
    return this.index + 1 < this.windows ? [this.#epoch, this.index + 1] : [this.#epoch + 1, 0];
  }

  async #begin(half: 0 | 1, epoch: number, index: number): Promise<Window> {
    const { rows, size } = this.#plan;
    const begin = this.#orderOf(epoch)[index]! * size;
    const count = Math.min(size, rows - begin);
    const first = half * size;
    const isWanted = () => !this.#isClosed && epoch < this.#plan.epochs;
    if (isWanted()) await this.#fill(begin, begin + count, first, isWanted);
    if (isWanted()) for (let row = first; row < first + count; row++) this.#samples.order[row] = row;
    return { samples: { ...this.#samples, capacity: first + count }, first, end: first + count };
  }

  /** Which windows the epoch sees, in their order: a function of the seed and its number. */
  #orderOf(epoch: number): Uint32Array {
    const order = Uint32Array.from({ length: this.windows }, (_, window) => window);
    return this.#plan.shuffle ? new Random(this.#plan.seed, "windows", epoch).shuffle(order) : order;
  }
}
