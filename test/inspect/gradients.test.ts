import { describe, expect, it } from "vitest";
import { Dataset, Network } from "../../src/index.ts";

const layers = [{ units: 4, activation: "tanh" } as const, { units: 2, activation: "softmax" } as const];
const options = { inputs: 3, layers, loss: "categoricalCrossEntropy", engine: "float64", seed: 2 } as const;
const inputs = Array.from({ length: 700 }, (_, i) => [Math.sin(i * i), Math.cos(3 * i), Math.sin(7 * i)]);
const targets = inputs.map((_, i) => [i % 2, 1 - (i % 2)]);

describe("the gradient of a batch", () => {
  it("over several passes is the mean of its rows' gradients", async () => {
    const network = await Network.create(options);
    const sum = new Float64Array(network.parameterCount);
    for (let row = 0; row < 700; row++) {
      const one = network.gradients({ inputs: [inputs[row]!], targets: [targets[row]!] });
      one.flatMap(({ weights, biases }) => [...weights, ...biases]).forEach((value, i) => (sum[i]! += value / 700));
    }
    const whole = network.gradients({ inputs, targets });
    whole.flatMap(({ weights, biases }) => [...weights, ...biases]).forEach((value, i) => expect(value).toBeCloseTo(sum[i]!, 12)); // prettier-ignore
    expect(network.gradients(Dataset.from({ inputs, targets }))).toEqual(whole);
    expect(whole.map(({ weights, biases }) => [weights.length, biases.length])).toEqual([[12, 4], [8, 2]]); // prettier-ignore
  });

  it("is of the parameters, where the inputs are standardized", async () => {
    const [plain, standardized] = [await Network.create(options), await Network.create(options)];
    standardized.standardize({ mean: [1, 2, 3], std: [2, 4, 8] });
    const scaled = inputs.map((row) => row.map((x, j) => j + 1 + x * 2 ** (j + 1)));
    const [a, b] = [plain.gradients({ inputs, targets }), standardized.gradients({ inputs: scaled, targets })];
    a.forEach(({ weights }, k) => weights.forEach((value, i) => expect(b[k]!.weights[i]).toBeCloseTo(value, 12)));
  });

  it("is a copy", async () => {
    const network = await Network.create(options);
    const [first] = network.gradients({ inputs, targets });
    const kept = first!.weights.slice();
    network.gradients({ inputs: inputs.slice(0, 1), targets: targets.slice(0, 1) });
    expect(first!.weights).toEqual(kept);
  });
});

describe("activations", () => {
  it("over several passes are those of each row, the last one the prediction", async () => {
    const network = await Network.create(options);
    const all = network.activations(inputs);
    expect(all.map(({ activations }) => activations.length)).toEqual([2100, 2800, 1400]);
    expect(all[0]!.preActivations).toBeUndefined();
    network.predict(inputs).forEach((value, i) => expect(all[2]!.activations[i]).toBeCloseTo(value, 12));
    all[1]!.preActivations!.forEach((s, i) => expect(all[1]!.activations[i]).toBeCloseTo(Math.tanh(s), 12));
    const [, one] = network.activations(inputs[699]!);
    expect(all[1]!.activations.slice(-4)).toEqual(one!.activations);
  });
});
