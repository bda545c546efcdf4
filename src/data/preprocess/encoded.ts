/** Rows as a network takes them, some at a time: what is read is encoded on its way, and nothing of it is kept. */
import { breathe, sliceIsOver } from "../../ground/scheduler.ts";
import { type Signal, unlessAborted } from "../../ground/signal.ts";
import { atOnce } from "../../ground/pieces.ts";
import type { CountedRows } from "../counted-rows.ts";
import { type Conformity, type EncodedRows, encodeRows, namesFor } from "./conform.ts";

/** How many numbers are looked at in a turn: well below a millisecond. */
const PIECE = 32_768;

export abstract class Encoded {
  abstract readonly count: number;
  abstract readonly inputWidth: number;
  abstract readonly targetWidth: number;

  /** Rows begin to end - 1. */
  abstract read(begin: number, end: number): EncodedRows | Promise<EncodedRows>;

  /**
   * Shows rows begin to end - 1, `size` at a time, in slices of time; no more after `look` has said false.
   * @throws what `look` throws; the signal's reason within a slice of its being aborted.
   */
  async each(look: (rows: EncodedRows) => unknown, signal: Signal | undefined, part: Part = {}): Promise<void> {
    const { begin = 0, end = this.count, size = this.#size } = part;
    for (let at = begin; at < end; at += size) {
      if (sliceIsOver()) await breathe(signal);
      const rows = this.read(at, Math.min(at + size, end));
      if (look(rows instanceof Promise ? await unlessAborted(rows, signal) : rows) === false) return;
    }
  }

  get #size(): number {
    return Math.max(1, Math.floor(PIECE / (this.inputWidth + this.targetWidth)));
  }
}

/** Rows that lie in memory, encoded. */
export class EncodedMemory extends Encoded {
  readonly count: number;
  readonly inputWidth: number;
  readonly targetWidth: number;
  readonly #rows: EncodedRows;

  constructor(rows: EncodedRows) {
    super();
    ({ count: this.count, inputWidth: this.inputWidth, targetWidth: this.targetWidth } = rows);
    this.#rows = rows;
  }

  read(begin: number, end: number): EncodedRows {
    const { inputs, targets, weights, ...facts } = this.#rows;
    return {
      ...facts,
      count: end - begin,
      first: begin,
      inputs: inputs.subarray(begin * this.inputWidth, end * this.inputWidth),
      targets: targets.subarray(begin * this.targetWidth, end * this.targetWidth),
      weights: weights?.subarray(begin, end),
    };
  }
}

export class EncodedSource extends Encoded {
  readonly count: number;
  readonly inputWidth: number;
  readonly targetWidth: number;
  readonly inputNames: readonly string[];
  readonly rows: CountedRows;
  readonly #where: string;
  readonly #conformity: Conformity;

  constructor(where: string, rows: CountedRows, conformity: Conformity) {
    super();
    this.count = rows.count;
    this.inputWidth = conformity.inputs.width;
    this.targetWidth = conformity.targets.width;
    this.inputNames = namesFor(rows.schema, conformity);
    this.rows = rows;
    this.#where = where;
    this.#conformity = conformity;
  }

  /**
   * Rows begin to end - 1.
   * @throws InvalidInputError for a category that the network has not learned, and as the rows' `read` does.
   */
  read(begin: number, end: number): EncodedRows | Promise<EncodedRows> {
    const encode = (block: Awaited<ReturnType<CountedRows["read"]>>) =>
      atOnce(encodeRows(this.#where, block, this.#conformity, begin));
    const block = this.rows.read(begin, end);
    return block instanceof Promise ? block.then(encode) : encode(block);
  }
}

export interface Part {
  readonly begin?: number;
  readonly end?: number;
  /** Rows at a time. Default: so many that it takes no time to speak of. */
  readonly size?: number;
}
