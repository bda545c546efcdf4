import { describe, expect, it } from "vitest";
import type { CountedRows } from "../../src/data/counted-rows.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { adam, lbfgs } from "../../src/kinds/optimizers/index.ts";
import { windowSize } from "../../src/training/window-size.ts";

/** (3 + 2 * 2 + 2) numbers of 4 bytes a row: 2^26 / 36 = 1864135 rows fit. */
const engine = { shape: { inputs: 3, outputs: 2 }, parameters: new Float32Array(1) } as unknown as Engine;
const source = (count: number) => ({ count, dataset: undefined }) as CountedRows;
const asked = { windowRows: undefined, batchSize: 100, optimizer: adam() };

describe("rows of a window", () => {
  it("are all of a data set, which is in memory anyway, and of a source that fits", () => {
    expect(windowSize("fit", { count: 1e8, dataset: {} } as CountedRows, engine, asked)).toBe(1e8);
    expect(windowSize("fit", source(1000), engine, asked)).toBe(1000);
  });

  it("are whole batches in 64 MiB of a source that does not", () => {
    expect(windowSize("fit", source(1e8), engine, asked)).toBe(1_864_100);
  });

  it("are as many as are asked for, at most all", () => {
    expect(windowSize("fit", source(1000), engine, { ...asked, windowRows: 250 })).toBe(250);
    expect(windowSize("fit", source(1000), engine, { ...asked, windowRows: 5000 })).toBe(1000);
    expect(windowSize("fit", { count: 1000, dataset: {} } as CountedRows, engine, { ...asked, windowRows: 250 })).toBe(
      250,
    );
  });

  it("hold a batch, and all rows for a method that takes these at once", () => {
    expect(() => windowSize("fit", source(1000), engine, { ...asked, windowRows: 50 })).toThrow(
      "fit: batchSize: expected at most 50, the rows of a window (windowRows: 1000 holds all rows), got 100",
    );
    const all = { ...asked, optimizer: lbfgs() };
    expect(() => windowSize("fit", source(1000), engine, { ...all, windowRows: 500 })).toThrow(
      "fit: optimizer: expected one that takes steps on some of the rows (windowRows: 1000 holds all rows), got lbfgs",
    );
    expect(windowSize("fit", source(1000), engine, { ...all, windowRows: 1000 })).toBe(1000);
  });
});
