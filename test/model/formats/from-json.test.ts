import { describe, expect, it } from "vitest";
import type { Preprocessing } from "../../../src/data/preprocess/pipeline.ts";
import { InvalidInputError } from "../../../src/ground/errors.ts";
import { fromSaved } from "../../../src/model/formats/from-json.ts";
import { type SavedNetwork, toSaved } from "../../../src/model/formats/json.ts";
import { Network } from "../../../src/network/network.ts";
import { learned } from "../../support/random-network.ts";
import { twoHidden } from "../../support/titanic.ts";

const preprocessing = {
  inputs: [
    { kind: "number", name: "age", mean: 29.7, std: 14.5 },
    { kind: "number", name: "male" },
  ],
  targets: [{ kind: "number", name: "survived" }],
} satisfies Preprocessing;

describe("a model that is not one", () => {
  const good = toSaved(twoHidden, preprocessing, learned(Float64Array.from({ length: 9 }, (_, i) => i / 8)));
  const changed = (change: (saved: any) => void): SavedNetwork => {
    const saved = structuredClone(good);
    change(saved);
    return saved;
  };

  it("is refused wherever its text is cut off", async () => {
    const text = JSON.stringify(good);
    for (let length = 0; length < text.length; length += 7) {
      await expect(Network.fromJSON(text.slice(0, length)), `${length} characters`).rejects.toThrow(InvalidInputError);
    }
    await expect(Network.fromJSON(text.slice(0, 100))).rejects.toThrow("saved network: expected JSON, got");
  });

  it.each([
    [null, "saved network: expected a saved lanegrad network, got null"],
    [42, "expected a saved lanegrad network, got 42"],
    [[], 'saved network: expected format "lanegrad", got undefined'],
    ['{"weights": [1, 2]}', 'saved network: expected format "lanegrad", got undefined'],
    [changed((saved) => (saved.format = "onnx")), 'expected format "lanegrad", got "onnx"'],
    [changed((saved) => (saved.version = 2)), "saved network: expected version 1, the only one known here, got 2"],
    [changed((saved) => (saved.version = "1")), 'expected version 1, the only one known here, got "1"'],
    [changed((saved) => delete saved.description), "saved network: description: expected an object of options"],
    [
      changed((saved) => (saved.description.inputs = 3)),
      "saved network: preprocessing, inputs: expected columns of 3 numbers in all, got 2",
    ],
    [changed((saved) => (saved.description.loss = "mse")), "saved network: network: expected loss: one of"],
    [
      changed((saved) => (saved.description.layers[1].activation = "relu")),
      "saved network: layer 2: expected outputs from",
    ],
    [changed((saved) => delete saved.preprocessing), "saved network: preprocessing: expected a schema, got undefined"],
    [changed((saved) => delete saved.preprocessing.targets), "preprocessing, targets: expected an array of columns"],
    [
      changed((saved) => (saved.preprocessing.inputs[1] = 7)),
      "preprocessing, inputs, column 2: expected a column, got 7",
    ],
    [
      changed((saved) => (saved.preprocessing.inputs[1].kind = "text")),
      'column 2, kind: expected "number" or "category"',
    ],
    [changed((saved) => (saved.preprocessing.inputs[1].name = 7)), "inputs, column 2, name: expected a string, got 7"],
    [
      changed((saved) => (saved.preprocessing.inputs[0].std = 0)),
      "saved network: preprocessing, inputs, column 1, std: expected a finite number, above 0, got 0",
    ],
    [
      changed((saved) => delete saved.preprocessing.inputs[0].mean),
      "saved network: preprocessing, inputs, column 1, mean: expected a finite number, got undefined",
    ],
    [
      changed((saved) => (saved.preprocessing.inputs[0] = { kind: "category", name: "land", categories: ["a", "a"] })),
      "saved network: preprocessing, inputs, column 1, categories: expected each name once",
    ],
    [changed((saved) => delete saved.layers), "saved network: layers: expected an array of 2, got undefined"],
    [changed((saved) => saved.layers.pop()), "saved network: layers: expected an array of 2, got an array of 1"],
    [changed((saved) => (saved.layers[1] = null)), "saved network: layer 2: expected an object of options, got null"],
    [
      changed((saved) => (saved.layers[1].bias = [])),
      'saved network: layer 2: expected options among weights, biases, got "bias"',
    ],
    [
      changed((saved) => saved.layers[0].weights.pop()),
      "layer 1, weights: expected an array of 2 rows, got an array of 1",
    ],
    [
      changed((saved) => saved.layers[0].weights[1].push(1)),
      "layer 1, weights of unit 2: expected an array of 2 numbers",
    ],
    [
      changed((saved) => (saved.layers[0].weights[1][0] = "1")),
      'weights of unit 2, number 1: expected a finite number, got "1"',
    ],
    [
      changed((saved) => (saved.layers[1].biases[0] = null)),
      "layer 2, biases, number 1: expected a finite number, got null",
    ],
    [changed((saved) => (saved.layers[1].biases = 0)), "layer 2, biases: expected an array of 1 numbers, got 0"],
    [
      changed((saved) => delete saved.layers[0].biases[0]),
      "layer 1, biases, number 1: expected a finite number, got undefined",
    ],
  ] as [any, string][])("is refused, the place named: %#", async (saved, message) => {
    await expect(Network.fromJSON(saved)).rejects.toThrow(InvalidInputError);
    await expect(Network.fromJSON(saved)).rejects.toThrow(message);
  });

  it("does not make room for what a short file only claims", () => {
    const greedy = changed((saved) => (saved.description.layers[0].units = 2 ** 20));
    expect(() => fromSaved(greedy)).toThrow("layer 1, weights: expected an array of 1048576 rows, got an array of 2");
  });
});
