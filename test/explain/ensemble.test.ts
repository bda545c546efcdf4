import { describe, expect, it } from "vitest";
import { ensemble } from "../../src/explain/index.ts";
import { Dataset, Network, parseCsv } from "../../src/index.ts";
import { golden, goldenData, goldenNetwork, table } from "../support/explain.ts";

/** Networks that see their rows shifted: the shift is in the first biases. */
async function shifted(shift: number): Promise<Network> {
  const network = await goldenNetwork("softmax", "float64");
  const { layers } = golden.networks.softmax!;
  const { weights, biases } = layers[0]!;
  network.setParameters(0, {
    weights,
    biases: biases.map((bias, i) => bias + shift * weights[i]!.reduce((sum, weight) => sum + weight, 0)),
  });
  return network;
}

describe("an ensemble", () => {
  it("has the mean, the spread and the disagreement that NumPy and SciPy find", async () => {
    const { rows, shifts, weights, mean, std, entropy, mutualInformation } = golden.ensemble;
    const networks = await Promise.all(shifts.map(shifted));
    const found = ensemble(networks, { weights: weights.map((weight) => 10 * weight) }).predict(rows);
    mean.flat().forEach((value, i) => expect(found.mean[i]).toBeCloseTo(value, 10));
    std.flat().forEach((value, i) => expect(found.std[i]).toBeCloseTo(value, 10));
    entropy.forEach((value, i) => expect(found.entropy![i]).toBeCloseTo(value, 10));
    mutualInformation.forEach((value, i) => expect(found.mutualInformation![i]).toBeCloseTo(value, 10));
    expect(found.mean.rows()).toHaveLength(rows.length);
  });

  it("counts all networks alike unless it is said, and one alone as itself", async () => {
    const networks = await Promise.all([0, 0.5].map(shifted));
    const [a, b] = networks.map((network) => network.predict(golden.inputs));
    const { mean } = ensemble(networks).predict(golden.inputs);
    mean.forEach((value, i) => expect(value).toBeCloseTo((a![i]! + b![i]!) / 2, 12));
    const alone = ensemble([networks[1]!]).predict(golden.inputs);
    expect([...alone.mean]).toEqual([...b!]);
    expect(Math.max(...alone.std, ...alone.mutualInformation!)).toBe(0);
    expect([...ensemble(networks, { weights: [0, 2] }).predict(golden.inputs).mean]).toEqual([...b!]);
  });

  it("of a yes or a no has an entropy too, of numbers none", async () => {
    const sides = await goldenNetwork("sigmoid", "float64");
    const { entropy } = ensemble([sides]).predict(golden.inputs);
    sides.predict(golden.inputs).forEach((p, i) => {
      expect(entropy![i]).toBeCloseTo(-p * Math.log(p) - (1 - p) * Math.log(1 - p), 10);
    });
    expect(Object.keys(ensemble([await goldenNetwork("identity")]).predict(golden.inputs))).toEqual(["mean", "std"]);
  });

  it("is evaluated by its mean", async () => {
    const networks = await Promise.all([0, 0.25, -0.5].map(shifted));
    const together = ensemble(networks);
    const data = goldenData("softmax");
    const found = await together.evaluate(data, { metrics: ["logLoss", "accuracy"] });
    const { mean } = together.predict(data);
    let [loss, right] = [0, 0];
    for (let row = 0; row < data.count; row++) {
      const outputs = [...mean.subarray(3 * row, 3 * row + 3)];
      const target = golden.targets.softmax![row]!;
      loss -= Math.log(outputs[target]!) / data.count;
      if (outputs.indexOf(Math.max(...outputs)) === target) right++;
    }
    expect(found).toMatchObject({ count: 120, correct: right, accuracy: right / 120 });
    expect(found.loss).toBeCloseTo(loss, 10);
    expect(found.logLoss).toBeCloseTo(loss, 10);
    const alone = await ensemble([networks[1]!]).evaluate(data);
    const own = await networks[1]!.evaluate(data);
    expect({ ...alone, loss: 0 }).toEqual({ ...own, loss: 0 });
    expect(alone.loss).toBeCloseTo(own.loss, 10);
  });

  it("takes rows and data sets as its networks do", async () => {
    const options = { inputs: ["size", "noise"], targets: ["class"], categorical: ["class"], standardize: true };
    const data = await parseCsv(table, options);
    const layers = [{ units: 2, activation: "softmax" as const }];
    const make = async (seed: number) => {
      const network = await Network.create({ inputs: 2, layers, loss: "categoricalCrossEntropy", seed });
      network.standardize({ mean: [40, 0], std: [20, 1] });
      return network;
    };
    const together = ensemble([await make(1), await make(2)]);
    expect([...together.predict(data).mean]).toEqual([...together.predict(data.inputs).mean]);
    expect((await together.evaluate(data)).count).toBe(90);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ["no networks", async () => ensemble([]), "ensemble: expected an array of networks, got an array of 0"],
    ["what is no network", async () => ensemble([await goldenNetwork("sigmoid"), {} as Network]), "ensemble, network 2: expected a network"], // prettier-ignore
    ["networks of other outputs", async () => ensemble([await goldenNetwork("sigmoid"), await goldenNetwork("softmax")]), "ensemble, network 2: expected 1 outputs, as network 1, got 3"], // prettier-ignore
    ["networks that say something else", async () => ensemble([await goldenNetwork("sigmoid"), await goldenNetwork("identity")]), "ensemble, network 2: expected outputs that say sides, as network 1, got numbers"], // prettier-ignore
    ["weights of another number", async () => ensemble([await goldenNetwork("sigmoid")], { weights: [1, 2] }), "ensemble: weights: expected 1 numbers, one a network"], // prettier-ignore
    ["weights below 0", async () => ensemble([await goldenNetwork("sigmoid")], { weights: [-1] }), "ensemble: weights, number 1: expected a finite number, at least 0"], // prettier-ignore
    ["weights of nothing", async () => ensemble([await goldenNetwork("sigmoid")], { weights: [0] }), "expected numbers that are not all 0"], // prettier-ignore
    ["an unknown option", async () => ensemble([await goldenNetwork("sigmoid")], { weight: [1] } as object), 'got "weight" (did you mean "weights"?)'], // prettier-ignore
  ])("refuses %s", async (_, make, message) => {
    await expect(make()).rejects.toThrow(message);
  });

  it("refuses networks of other inputs, and of other classes", async () => {
    const layers = [{ units: 2, activation: "softmax" as const }];
    const make = (inputs: number) => Network.create({ inputs, layers, loss: "categoricalCrossEntropy" });
    const [a, b] = [await make(2), await make(3)];
    expect(() => ensemble([a, b])).toThrow("ensemble, network 2: expected 2 inputs, as network 1, got 3");
    const learn = async (network: Network, targetNames: string[]) => {
      const data = Dataset.from({ inputs: [[0, 1], [1, 0]], labels: [0, 1], targetNames }); // prettier-ignore
      await network.fit(data, { epochs: 1, optimizer: (await import("../../src/index.ts")).sgd({ learningRate: 1 }) });
      return network;
    };
    const [c, d] = [await learn(await make(2), ["no", "yes"]), await learn(await make(2), ["yes", "no"])];
    expect(() => ensemble([c, d])).toThrow('expected outputs "no,yes", as network 1, got "yes,no"');
    expect(ensemble([c, a]).networks).toHaveLength(2);
  });
});
