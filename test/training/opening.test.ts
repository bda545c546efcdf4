import { describe, expect, it } from "vitest";
import { countedRows } from "../../src/data/counted-rows.ts";
import { Dataset } from "../../src/data/dataset.ts";
import { sgd } from "../../src/kinds/optimizers/index.ts";
import { askedOf, Network } from "../../src/network/network.ts";
import type { Learner } from "../../src/training/learner.ts";
import { Opening } from "../../src/training/opening.ts";
import { checkTraining, type TrainingOptions } from "../../src/training/options.ts";

const layers = [{ units: 1, activation: "sigmoid" }] as const;
const inputs = Array.from({ length: 30 }, (_, i) => [i, 2 * i + (i % 3)]);
const data = Dataset.from({ inputs, targets: inputs.map((_, i) => i % 2), standardize: true });

async function opening(more: Partial<TrainingOptions> = {}, rows = data) {
  const network = await Network.create({ inputs: 2, layers, loss: "binaryCrossEntropy", engine: "float64" });
  const learner = askedOf("test", network) as Learner;
  const options = { epochs: 2, batchSize: 10, optimizer: sgd({ learningRate: 0.1 }), ...more };
  const counted = countedRows("fit", rows);
  return { network, open: () => new Opening(learner, "fit", counted, checkTraining(counted, options)).open() };
}

describe("the opening of a training", () => {
  it("learns how to standardize, and has the rows in memory for a run that has done nothing yet", async () => {
    const { network, open } = await opening();
    const { run, feed, rows, stopper, validationRows, before } = await open();
    expect([rows, run.losses.length, run.steps]).toEqual([30, 0, 0]);
    expect([stopper, validationRows, before]).toEqual([undefined, undefined, undefined]);
    const { mean, std } = network.standardization!;
    expect(mean[0]).toBeCloseTo(14.5, 12);
    const { samples } = feed.window!;
    expect([...samples.inputs.subarray(0, 4)]).toEqual(
      inputs.slice(0, 2).flatMap((row) => row.map((value, j) => (value - mean[j]!) / std[j]!)),
    );
    expect([...samples.targets]).toEqual([...data.targets]);
  });

  it("opens what validates and who stops early by it", async () => {
    const { open } = await opening({ validationData: data, metrics: ["accuracy"], earlyStopping: { patience: 3 } });
    const { validationRows, measures, stopper } = await open();
    expect(validationRows!.count).toBe(30);
    expect(Object.keys(measures!.directions)).toEqual(["accuracy"]);
    expect(stopper!.isOver).toBe(false);
  });

  it("finds the same fingerprint for the same rows, and takes it once", async () => {
    const [one, other] = [await (await opening()).open(), await (await opening()).open()];
    const found = one.fingerprint();
    expect(one.fingerprint()).toBe(found);
    expect(await found).toEqual(await other.fingerprint());
  });

  it("refuses to go on where nothing has begun, and rows for which classes have no weights", async () => {
    await expect((await opening({ continue: true })).open()).rejects.toThrow(
      "fit: continue: expected a network with a training to go on with, got one without",
    );
    await expect((await opening({ classWeight: { 2: 1 } })).open()).rejects.toThrow("fit: classWeight");
  });
});
