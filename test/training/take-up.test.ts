import { describe, expect, it } from "vitest";
import { countedRows } from "../../src/data/counted-rows.ts";
import { Dataset } from "../../src/data/dataset.ts";
import { adam, lbfgs } from "../../src/kinds/optimizers/index.ts";
import { askedOf, Network } from "../../src/network/network.ts";
import type { Learner } from "../../src/training/learner.ts";
import { checkTraining, type TrainingOptions } from "../../src/training/options.ts";
import { takeUp } from "../../src/training/take-up.ts";

const layers = [{ units: 1, activation: "sigmoid" }] as const;
const inputs = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(i)]);
const data = Dataset.from({ inputs, targets: inputs.map((_, i) => i % 2) });
const checked = (options: TrainingOptions) => checkTraining(countedRows("fit", data), options);

async function trained(options: TrainingOptions) {
  const network = await Network.create({ inputs: 2, layers, loss: "binaryCrossEntropy", engine: "strict" });
  await network.fit(data, options);
  return { network, learner: askedOf("test", network) as Learner };
}

describe("a training that is taken up", () => {
  it("goes on from a copy of where the last one ended", async () => {
    const options = { epochs: 2, optimizer: adam() };
    const { network, learner } = await trained(options);
    const { state } = await takeUp("fit: continue", learner, checked(options));
    expect(state.losses.length).toBe(2);
    expect([...state.parameters]).toEqual([...network.parameters]);
    network.parameters[0] = 9;
    expect(state.parameters[0]).not.toBe(9);
  });

  it("has the parameters that the network was given since; what lbfgs knew of its own point is dropped then", async () => {
    const options = { epochs: 2, optimizer: lbfgs() };
    const { network, learner } = await trained(options);
    expect((await takeUp("fit: continue", learner, checked(options))).state).toHaveProperty("minimizer.at");
    network.parameters[0] = 9;
    const { state } = await takeUp("fit: continue", learner, checked(options));
    expect(state.parameters[0]).toBe(9);
    expect(state).toHaveProperty("minimizer", null);
  });

  it("is refused other terms, by name", async () => {
    const { learner } = await trained({ epochs: 2, optimizer: adam() });
    const other = takeUp("fit: continue", learner, checked({ epochs: 2, optimizer: adam({ learningRate: 0.5 }) }));
    await expect(other).rejects.toThrow("fit: continue: expected the optimizer of the training that goes on");
  });
});
