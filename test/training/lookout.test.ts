import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.ts";
import type { EncodedRows } from "../../src/data/preprocess/conform.ts";
import type { Warning } from "../../src/inspect/guard-rails.ts";
import { NO_RULE } from "../../src/kinds/optimizers/optimizer.ts";
import { askedOf, Network } from "../../src/network/network.ts";
import type { Learner } from "../../src/training/learner.ts";
import { Lookout } from "../../src/training/lookout.ts";
import type { Run } from "../../src/training/run.ts";

const layers = [
  { units: 3, activation: "relu" },
  { units: 1, activation: "sigmoid" },
] as const;

async function lookout() {
  const network = await Network.create({ inputs: 2, layers, loss: "binaryCrossEntropy", engine: "float64" });
  const learner = askedOf("test", network) as Learner;
  const heard: Warning[] = [];
  return { network, learner, heard, lookout: new Lookout(learner, (warning) => heard.push(warning)) };
}

const run = (losses: number[], learningRates: number[]) =>
  ({ losses: Float64Array.from(losses), learningRates: Float64Array.from(learningRates) }) as unknown as Run;

describe("a lookout", () => {
  it("warns of rows by the names of their columns, each thing once", async () => {
    const { heard, lookout: on } = await lookout();
    const inputs = Array.from({ length: 20 }, (_, i) => [i, 7]);
    const rows = Dataset.from({ inputs, targets: inputs.map(([x]) => x! % 2), inputNames: ["age", "fee"] });
    const { inputs: x, targets: y } = rows.read(0, 20);
    const encoded = { count: 20, inputs: x, targets: y, inputWidth: 2, targetWidth: 1, first: 0 } as EncodedRows;
    for (let turn = 0; turn < 2; turn++) on.lookAtRows(encoded, rows.schema, null, 1);
    expect(heard.map(({ code }) => code)).toEqual(["constantInput"]);
    expect(heard[0]!.message).toContain('"fee"');
  });

  it("looks at units once, after the first epoch of those that have a rate", async () => {
    const { network, learner, heard, lookout: on } = await lookout();
    network.setParameters(0, { weights: [[1, 1], [1, 1], [-1, -1]], biases: [0, 0, -1] }); // prettier-ignore
    const samples = learner.engine.prepare(8, NO_RULE, false);
    samples.inputs.fill(1);
    expect(on.isWatching).toBe(false);
    on.watchUnits(samples);
    expect(on.isWatching).toBe(true);
    on.lookAtRun(run([1], [0.1]));
    expect(on.isWatching).toBe(false);
    expect(heard.map(({ code }) => code)).toEqual(["deadUnits"]);
    on.lookAtRun(run([1, 1], [0.1, 0.1]));
    expect(heard.length).toBe(1);
  });

  it("warns of a loss that grows", async () => {
    const { heard, lookout: on } = await lookout();
    on.lookAtRun(run([1, 5, 25, 125, 625, 3125], [1, 1, 1, 1, 1, 1]));
    expect(heard.map(({ code }) => code)).toEqual(["diverging"]);
  });
});
