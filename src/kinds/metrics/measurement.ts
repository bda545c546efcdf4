/** One evaluation of some metrics: rows are added, batch after batch, then values are read. */
import type { Floats } from "../../ground/floats.ts";
import type { Pieces } from "../../ground/pieces.ts";
import type { Entry, Meter } from "./metric.ts";
import type { Measured } from "./values.ts";

export class Measurement {
  readonly #entries: readonly Entry[];
  readonly #meters = new Map<unknown, Meter>();

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
    for (const { source, start } of entries) if (!this.#meters.has(source)) this.#meters.set(source, start());
  }

  add(outputs: Floats, targets: Floats, weights: Floats | undefined, rows: number): void {
    // An engine's live memory, which a metric of one's own may use again, by a prediction for instance.
    const isSafe = !this.#entries.some(({ isOwn }) => isOwn);
    const [x, y] = isSafe ? [outputs, targets] : [outputs.slice(), targets.slice()];
    for (const meter of this.#meters.values()) meter.add(x, y, weights, rows);
  }

  /** When all rows have been added. */
  *finish(): Pieces<Measured> {
    for (const meter of this.#meters.values()) if (meter.finish) yield* meter.finish();
    return this.#values();
  }

  #values(): Measured {
    const read = (entry: Entry) => [entry.name, entry.value(this.#meters.get(entry.source)!)];
    const own = this.#entries.filter(({ isOwn }) => isOwn).map(read);
    const named = this.#entries.filter(({ isOwn }) => !isOwn).map(read);
    return { ...Object.fromEntries(named), ...(own.length > 0 && { own: Object.fromEntries(own) }) };
  }
}
