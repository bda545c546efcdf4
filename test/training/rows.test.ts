import { describe, expect, it } from "vitest";
import { countedRows } from "../../src/data/counted-rows.ts";
import { Dataset } from "../../src/data/dataset.ts";
import { EncodedSource } from "../../src/data/preprocess/encoded.ts";
import { ReferenceEngine } from "../../src/engine/reference/reference-engine.ts";
import { conformTo } from "../../src/inspect/door.ts";
import { NO_RULE } from "../../src/kinds/optimizers/optimizer.ts";
import { networkShape } from "../../src/model/shape.ts";
import { copyRows, type Preparation } from "../../src/training/rows.ts";

const shape = networkShape({ inputs: 2, layers: [{ units: 1, activation: "sigmoid" }], loss: "binaryCrossEntropy" });
const inputs = Array.from({ length: 6 }, (_, i) => [i, 10 * i]);
const targets = [0, 1, 0, 1, 1, 0];

async function copied(
  preparation: Preparation,
  { sampleWeight, signal, ...part }: { sampleWeight?: number[]; signal?: AbortSignal; begin?: number; end?: number; at?: number; isWanted?: () => boolean } = {}, // prettier-ignore
) {
  const engine = new ReferenceEngine(shape, "float64");
  const rows = countedRows("fit", Dataset.from({ inputs, targets, ...(sampleWeight && { sampleWeight }) }));
  const source = new EncodedSource("fit", rows, conformTo("fit", rows, { engine, preprocessing: null }));
  const samples = engine.prepare(8, NO_RULE, sampleWeight !== undefined || preparation.factors !== undefined);
  await copyRows("fit", samples, source, preparation, engine, signal, part);
  return samples;
}

describe("rows on their way into memory", () => {
  it("are standardized", async () => {
    const standardization = { mean: [1, 20], std: [2, 5] };
    const samples = await copied({ standardization });
    expect([...samples.inputs.subarray(0, 12)]).toEqual(inputs.flatMap(([a, b]) => [(a! - 1) / 2, (b! - 20) / 5]));
    expect([...samples.targets.subarray(0, 6)]).toEqual(targets);
  });

  it("weigh their own weight times their class's", async () => {
    const factors = Float64Array.of(2, 0.5);
    const own = await copied({ standardization: null, factors });
    expect([...own.weights!.subarray(0, 6)]).toEqual([2, 0.5, 2, 0.5, 0.5, 2]);
    const both = await copied({ standardization: null, factors }, { sampleWeight: [1, 2, 3, 4, 5, 6] });
    expect([...both.weights!.subarray(0, 6)]).toEqual([2, 1, 6, 2, 2.5, 12]);
  });

  it("come to the place that is theirs, as long as it is", async () => {
    const samples = await copied({ standardization: null }, { begin: 2, end: 4, at: 5 });
    expect([...samples.inputs.subarray(8, 16)]).toEqual([0, 0, 2, 20, 3, 30, 0, 0]);
    const unwanted = await copied({ standardization: null }, { isWanted: () => false });
    expect(unwanted.inputs.every((value) => value === 0)).toBe(true);
  });

  it("are looked at: a number that the loss cannot use is refused with its row", async () => {
    const wrong = targets.with(4, 2);
    const engine = new ReferenceEngine(shape, "float64");
    const rows = countedRows("fit", Dataset.from({ inputs, targets: wrong }));
    const source = new EncodedSource("fit", rows, conformTo("fit", rows, { engine, preprocessing: null }));
    const samples = engine.prepare(6, NO_RULE, false);
    const copy = copyRows("fit", samples, source, { standardization: null }, engine, undefined);
    await expect(copy).rejects.toThrow(/row 5/);
  });
});
