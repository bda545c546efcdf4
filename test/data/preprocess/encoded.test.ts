import { describe, expect, it } from "vitest";
import { countedRows } from "../../../src/data/counted-rows.ts";
import { Dataset } from "../../../src/data/dataset.ts";
import type { EncodedRows } from "../../../src/data/preprocess/conform.ts";
import { EncodedMemory, EncodedSource } from "../../../src/data/preprocess/encoded.ts";
import { ReferenceEngine } from "../../../src/engine/reference/reference-engine.ts";
import { conformTo } from "../../../src/inspect/door.ts";
import { networkShape } from "../../../src/model/shape.ts";

const shape = networkShape({ inputs: 1, layers: [{ units: 1, activation: "identity" }], loss: "meanSquaredError" });
const count = 40_000;
const values = Float64Array.from({ length: count }, (_, i) => i / 7);
const data = Dataset.from({ inputs: values, inputWidth: 1, targets: values.map((value) => -value) });

function source(given: Parameters<typeof countedRows>[1] = data): EncodedSource {
  const rows = countedRows("fit", given);
  const engine = new ReferenceEngine(shape, "float64");
  return new EncodedSource("fit", rows, conformTo("fit", rows, { engine, preprocessing: null }));
}

const memory = () => new EncodedMemory(source().read(0, count) as EncodedRows);

describe.each([
  ["rows in memory", memory],
  [
    "rows of a source",
    () => source({ schema: data.schema, count, read: async (a: number, b: number) => data.read(a, b) }),
  ],
] as const)("%s", (_, open) => {
  it("are shown in order, each once, in pieces that take no time to speak of", async () => {
    const rows = open();
    const seen: number[] = [];
    let pieces = 0;
    await rows.each(({ inputs, first, count: size }) => {
      expect(first).toBe(seen.length);
      expect(size).toBeLessThanOrEqual(20_000);
      seen.push(...inputs);
      pieces++;
    }, undefined);
    expect(pieces).toBeGreaterThan(1);
    expect(seen).toEqual([...values]);
  });

  it("are shown in part, so many at a time, until nobody wants more", async () => {
    const seen: [number, number][] = [];
    const look = ({ first, count: size }: EncodedRows) => void seen.push([first, size]);
    await open().each(look, undefined, { begin: 10, end: 35, size: 10 });
    expect(seen).toEqual([[10, 10], [20, 10], [30, 5]]); // prettier-ignore
    let turns = 0;
    await open().each(() => ++turns < 2, undefined, { size: 10 });
    expect(turns).toBe(2);
  });

  it("end with a signal's reason", async () => {
    const abort = new AbortController();
    const enough = new Error("enough");
    let turns = 0;
    const look = () => {
      // Somebody else's work takes up the slice.
      for (const end = performance.now() + 20; performance.now() < end;);
      if (++turns === 2) abort.abort(enough);
    };
    await expect(open().each(look, abort.signal, { size: 100 })).rejects.toBe(enough);
    expect(turns).toBe(2);
  });
});
