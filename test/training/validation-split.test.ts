import { describe, expect, it } from "vitest";
import { countedRows } from "../../src/data/counted-rows.ts";
import { Dataset } from "../../src/data/dataset.ts";
import { Random } from "../../src/ground/random.ts";
import { adam, lbfgs } from "../../src/kinds/optimizers/index.ts";
import { Network, type NetworkOptions } from "../../src/network/network.ts";
import type { FitOptions } from "../../src/training/options.ts";
import { checkValidationSplit, setAside, type ValidationSplit } from "../../src/training/validation-split.ts";
import { bitsOf } from "../support/engines.ts";

const random = new Random(3);
const inputs = Array.from({ length: 50 }, (_, i) => [i / 50, random.uniform(-1, 1)]);
const data = Dataset.from({ inputs, labels: inputs.map((_, i) => (i < 40 ? 0 : 1)) });
const description: NetworkOptions = {
  inputs: 2,
  layers: [
    { units: 4, activation: "tanh" },
    { units: 2, activation: "softmax" },
  ],
  loss: "categoricalCrossEntropy",
};
const options = { epochs: 3, optimizer: adam(), seed: 11 };

/** The rows of both parts, by their number. */
function parts(validationSplit: ValidationSplit, seed = 11) {
  const asked = {
    batchSize: 50,
    seed,
    validationData: undefined as Dataset | undefined,
    validationSplit: checkValidationSplit("fit: validationSplit", validationSplit),
  };
  const [train, { validationData, batchSize }] = setAside("fit", countedRows("fit", data), asked);
  expect(batchSize).toBe(train.count);
  const rowsOf = ({ inputs: values, count }: Dataset) =>
    Array.from({ length: count }, (_, i) => Math.round(50 * values[2 * i]!));
  return { train: rowsOf(train.dataset!), validation: rowsOf(validationData!) };
}

describe("a validation split", () => {
  it("parts the rows at random, by the seed of the training or its own", () => {
    const { train, validation } = parts(0.2);
    expect(validation).toHaveLength(10);
    expect([...train, ...validation].sort((a, b) => a - b)).toEqual(inputs.map((_, i) => i));
    expect(validation).not.toEqual(parts(0.2, 12).validation);
    expect(validation).toEqual(parts({ fraction: 0.2, seed: 11 }, 12).validation);
    const { test } = data.split({ test: 0.2, seed: 11 });
    expect(validation).toEqual(Array.from({ length: 10 }, (_, i) => Math.round(50 * test.inputs[2 * i]!)));
  });

  it("takes of each class its share where that is asked for", () => {
    for (let seed = 0; seed < 10; seed++) {
      const { validation } = parts({ fraction: 0.2, stratify: true }, seed);
      expect(validation.filter((row) => row >= 40)).toHaveLength(2);
    }
  });

  it("takes the last rows where they are not to be shuffled, as Keras does", () => {
    expect(parts({ fraction: 0.1, shuffle: false }).validation).toEqual([45, 46, 47, 48, 49]);
  });

  it("trains and validates as with two data sets", async () => {
    const { train, test } = data.split({ test: 0.3, seed: 11, stratify: true });
    for (const optimizer of [adam(), lbfgs()]) {
      for (const batchSize of [8, "full"] as const) {
        const [split, given] = [await Network.create(description), await Network.create(description)];
        const common: FitOptions = { ...options, optimizer, batchSize, metrics: ["macroF1"] };
        const validationSplit = { fraction: 0.3, stratify: true };
        const history = await split.fit(data, { ...common, validationSplit, earlyStopping: { patience: 3 } });
        const expected = await given.fit(train, { ...common, validationData: test, earlyStopping: { patience: 3 } });
        expect(bitsOf(split.parameters)).toEqual(bitsOf(given.parameters));
        expect(history.validation).toEqual(expected.validation);
        expect(history.validation).toHaveLength(3);
      }
    }
    const network = await Network.create(description);
    for await (const { validation } of network.train(data, { ...options, validationSplit: 0.3 })) {
      expect(validation!.count).toBe(15);
    }
  });

  it.each<[unknown, string]>([
    [0, "fit: validationSplit: expected a finite number, above 0, below 1, got 0"],
    [1, "fit: validationSplit: expected a finite number, above 0, below 1, got 1"],
    [null, "fit: validationSplit (a fraction, or options): expected an object of options, got null"],
    [{}, "fit: validationSplit: fraction: expected a finite number, above 0, below 1, got undefined"],
    [{ fraction: 0.2, stratified: true }, '(did you mean "stratify"?)'],
    [{ fraction: 0.2, shuffle: 1 }, "fit: validationSplit: shuffle: expected true or false, got 1"],
    [{ fraction: 0.2, stratify: true, shuffle: false }, "stratify: expected rows that are drawn at random"],
    [{ fraction: 0.2, seed: -1 }, "fit: validationSplit: seed: expected a whole number, at least 0, got -1"],
    [0.001, "fit: validationSplit: expected rows in both parts, got 50 to train on and 0 to validate"],
  ])("refuses %o", async (validationSplit, message) => {
    const network = await Network.create(description);
    await expect(network.fit(data, { ...options, validationSplit } as FitOptions)).rejects.toThrow(message);
  });

  it("does not go with validation data", async () => {
    const network = await Network.create(description);
    await expect(network.fit(data, { ...options, validationData: data, validationSplit: 0.2 })).rejects.toThrow(
      "fit: validationSplit: expected either this or validationData, got both",
    );
  });
});
