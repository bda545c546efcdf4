/** The learning-rate range test: its curve, its suggestion, and a network that is left as it was. */
import { describe, expect, it } from "vitest";
import { adam, Dataset, findLearningRate, lbfgs, Network, type NetworkOptions, sgd } from "../../src/index.ts";

const inputs = Array.from({ length: 600 }, (_, i) => [2 * Math.sin(1.7 * i), 200 * Math.cos(3.1 * i + i * i)]);
const targets = inputs.map(([a, b]) => (a! * a! + (b! * b!) / 1e4 > 3 ? 1 : 0));
const data = Dataset.from({ inputs, targets, standardize: true });

const newNetwork = (changes: Partial<NetworkOptions> = {}) =>
  Network.create({
    inputs: 2,
    layers: [
      { units: 16, activation: "tanh" },
      { units: 1, activation: "sigmoid" },
    ],
    loss: "binaryCrossEntropy",
    initialization: "glorotUniform",
    engine: "strict",
    ...changes,
  });

describe("findLearningRate", () => {
  it.each([adam(), sgd({ learningRate: 1 }), sgd({ learningRate: 1, momentum: 0.9 })])(
    "suggests a rate that learns, to $name",
    async (optimizer) => {
      const { rates, losses, suggestion } = await findLearningRate(await newNetwork(), data, { optimizer, to: 100 });
      expect(losses.length).toBe(rates.length);
      expect(rates[0]).toBe(1e-7);
      expect(rates.includes(suggestion!)).toBe(true);
      const lossAt = async (learningRate: number) => {
        const history = await (await newNetwork()).fit(data, { epochs: 10, optimizer: { ...optimizer, learningRate } });
        return history.loss.at(-1)!;
      };
      const found = await lossAt(suggestion!);
      expect(found).toBeLessThan(0.95 * (await lossAt(suggestion! / 100)));
      expect(found).toBeLessThan(0.9 * losses[0]!);
    },
  );

  it("gives rates evenly spaced in their logarithms, and the loss before each step, from where the network stands", async () => {
    const network = await newNetwork({ engine: "float64" });
    await network.fit(data, { epochs: 3, optimizer: adam() });
    const options = { from: 1e-4, to: 1, steps: 21, batchSize: "full" } as const;
    const { rates, losses } = await findLearningRate(network, data, options);
    rates.forEach((rate, i) => expect(rate).toBeCloseTo(10 ** (-4 + i / 5), 12));
    expect(losses[0]).toBeCloseTo((await network.evaluate(data)).loss, 12);
  });

  it("finds the same each time, and leaves the network as it was", async () => {
    const network = await newNetwork();
    const before = [...network.parameters];
    const first = await findLearningRate(network, data);
    expect(await findLearningRate(network, data)).toEqual(first);
    expect([...network.parameters]).toEqual(before);
    // What it learned the standardization from is not decided yet.
    expect(network.standardization).toBeNull();
    await network.fit(data, { epochs: 1, optimizer: adam() });
    expect(network.standardization).not.toBeNull();
  });

  it("ends where the loss runs away, or is none any more", async () => {
    const layers = [{ units: 1, activation: "identity" }] as const;
    const network = await newNetwork({ layers, loss: "meanSquaredError" });
    const { losses } = await findLearningRate(network, data, {
      optimizer: sgd({ learningRate: 1 }),
      to: 1e20,
      steps: 50,
    });
    expect(losses.length).toBeLessThan(50);
    expect(losses.every(Number.isFinite)).toBe(true);
  });

  it("suggests nothing where the loss never falls", async () => {
    const flat = Dataset.from({ inputs: [[0, 0], [0, 0]], targets: [0, 1] }); // prettier-ignore
    const layers = [{ units: 1, activation: "sigmoid" }] as const;
    const network = await newNetwork({ layers, initialization: "zeros" });
    const { suggestion } = await findLearningRate(network, flat, {
      optimizer: sgd({ learningRate: 1 }),
      batchSize: "full",
    });
    expect(suggestion).toBeUndefined();
  });

  it.each([
    [{ optimizer: lbfgs() }, 'findLearningRate: optimizer: expected one that has a learning rate, got "lbfgs"'],
    [{ from: 1, to: 0.1 }, "findLearningRate: to: expected a finite number, above 1, got 0.1"],
    [{ from: 0 }, "findLearningRate: from: expected a finite number, above 0"],
    [{ steps: 9 }, "findLearningRate: steps: expected a whole number, at least 10"],
    [{ step: 9 }, 'got "step" (did you mean "steps"?)'],
    [{ batchSize: 0 }, "batchSize"],
    [{ optimizer: adam(), to: 1000 }, "adam: learningRate("],
  ])("refuses %j", async (options, message) => {
    await expect(findLearningRate(await newNetwork(), data, options as object)).rejects.toThrow(message);
  });

  it("refuses what is no network", async () => {
    await expect(findLearningRate({} as Network, data)).rejects.toThrow("findLearningRate: expected a network");
  });
});
