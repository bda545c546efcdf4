import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Preprocessing } from "../../../src/data/preprocess/pipeline.ts";
import type { EngineName } from "../../../src/engine/create.ts";
import { InvalidInputError } from "../../../src/ground/errors.ts";
import { fromSaved } from "../../../src/model/formats/from-json.ts";
import { type SavedNetwork, toSaved } from "../../../src/model/formats/json.ts";
import { Network } from "../../../src/network/network.ts";
import { bitsOf } from "../../support/engines.ts";
import { randomCase } from "../../support/random-network.ts";
import { twoHidden } from "../../support/titanic.ts";
import { learned } from "../../support/random-network.ts";

const engines = ["strict", "fused", "float32", "float64"] as const satisfies EngineName[];
const preprocessing = {
  inputs: [
    { kind: "number", name: "age", mean: 29.7, std: 14.5 },
    { kind: "number", name: "male" },
  ],
  targets: [{ kind: "number", name: "survived" }],
} satisfies Preprocessing;
const standardization = { mean: [29.69911764705882, 0.1], std: [14.516321150817316, 0.3] };

/** Numbers of every size, down to float32's smallest and up to its largest. */
const awkward = [0.1, 1 / 3, -Math.PI, 1e-45, 3.4028234663852886e38, -1.17549435e-38, 16777217, 1e-8, 0];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lanegrad-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(engines)("a network of the %s engine", (engine) => {
  it("comes back from JSON bit by bit", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { description } = randomCase(seed);
      const network = await Network.create({ ...description, seed, engine });
      const again = await Network.fromJSON(JSON.stringify(network), { engine });
      expect(bitsOf(again.parameters), `seed ${seed}`).toEqual(bitsOf(network.parameters));
      expect(again.description).toEqual(network.description);
    }
  });

  it("comes back from a file, its standardization too, and predicts the same", async () => {
    const network = await Network.create({ ...twoHidden, engine });
    network.parameters.set(awkward);
    network.standardize(standardization);
    const path = join(folder, `${engine}.json`);
    await network.save(path);
    const again = await Network.load(path, { engine });
    expect(bitsOf(again.parameters)).toEqual(bitsOf(network.parameters));
    expect(again.standardization).toEqual(standardization);
    const rows = [
      [22, 1],
      [38, 0],
    ];
    expect(bitsOf(again.predict(rows))).toEqual(bitsOf(network.predict(rows)));
    expect(again.engine.tier).toBe(engine);
  });

  it("runs in every other engine", async () => {
    const network = await Network.create({ ...twoHidden, seed: 3, engine });
    for (const other of engines) {
      const again = await Network.fromJSON(network.toJSON(), { engine: other });
      // Nine digits are all of a float32; a wider engine reads just these.
      expect([...again.parameters].map(Math.fround), other).toEqual([...network.parameters].map(Math.fround));
    }
  });
});

it("keeps float64 numbers that float32 cannot", async () => {
  const network = await Network.create({ ...twoHidden, engine: "float64" });
  network.parameters.set([0.1, 1e-300, Number.MIN_VALUE, Number.MAX_VALUE, 2 ** 53 - 1, 1 + 2 ** -52, 0, 1, 2]);
  const again = await Network.fromJSON(JSON.stringify(network), { engine: "float64" });
  expect(bitsOf(again.parameters)).toEqual(bitsOf(network.parameters));
  for (const engine of ["strict", "fused", "float32"] as const) {
    await expect(Network.fromJSON(JSON.stringify(network), { engine })).rejects.toThrow(InvalidInputError);
    await expect(Network.fromJSON(JSON.stringify(network), { engine })).rejects.toThrow(
      "saved network: expected parameters that float32 can hold, got 1.7976931348623157e+308",
    );
  }
});

it("is what a person can read", async () => {
  const network = await Network.create({ ...twoHidden, engine: "strict", initialization: "zeros" });
  network.parameters[0] = 0.1;
  expect(JSON.parse(JSON.stringify(network))).toEqual({
    format: "lanegrad",
    version: 1,
    description: twoHidden,
    preprocessing: null,
    layers: [
      {
        weights: [
          [0.100000001, 0],
          [0, 0],
        ],
        biases: [0, 0],
      },
      { weights: [[0, 0]], biases: [0] },
    ],
  });
});

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

  it("is refused with the name of its file", async () => {
    const path = join(folder, "foreign.json");
    await writeFile(path, '{"format": "other"}');
    await expect(Network.load(path)).rejects.toThrow(`${path}: expected format "lanegrad", got "other"`);
    await expect(Network.load(join(folder, "none.json"))).rejects.toThrow(
      /none.json: expected a readable file in UTF-8, got ENOENT/,
    );
    await expect(Network.load(folder)).rejects.toThrow("expected a readable file in UTF-8, got EISDIR");
    await expect(Network.load("")).rejects.toThrow('load: expected a path or a URL, got ""');
    await expect(Network.load("a\0b")).rejects.toThrow(InvalidInputError);
  });
});

describe("saving", () => {
  it("leaves the old file, and nothing beside it, where the new one cannot be written", async () => {
    const network = await Network.create(twoHidden);
    const inside = join(folder, "taken");
    await mkdir(inside);
    await writeFile(join(inside, "old"), "old");
    // A folder with something in it cannot be replaced by a file.
    await expect(network.save(inside)).rejects.toThrow(InvalidInputError);
    await expect(network.save(inside)).rejects.toThrow(`${inside}: expected a file that can be written, got a folder`);
    expect(await readFile(join(inside, "old"), "utf8")).toBe("old");
    expect((await readdir(folder)).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });

  it.each([
    ["in a folder that is not there", () => join(folder, "none", "model.json")],
    ["below a file", () => join(folder, "taken", "old", "model.json")],
    ["with a name that is too long", () => join(folder, "x".repeat(5000))],
    ["with a zero in its name", () => join(folder, "a\0b")],
    ["with no name", () => ""],
  ])("%s is refused", async (_, path) => {
    const network = await Network.create(twoHidden);
    await expect(network.save(path())).rejects.toThrow(InvalidInputError);
  });

  it("does not replace a good file by one that could not be read again", async () => {
    const path = join(folder, "good.json");
    const network = await Network.create(twoHidden);
    await network.save(path);
    const good = await readFile(path, "utf8");
    for (const rubbish of [NaN, -Infinity]) {
      network.weights[1]![0] = rubbish;
      await expect(network.save(path)).rejects.toThrow(`layer 2: expected finite parameters, got ${rubbish}`);
      expect(await readFile(path, "utf8")).toBe(good);
    }
  });

  it("replaces the old file whole", async () => {
    const path = join(folder, "model.json");
    await writeFile(path, "x".repeat(100_000));
    const network = await Network.create(twoHidden);
    await network.save(path);
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual(JSON.parse(JSON.stringify(network)));
    expect((await readdir(folder)).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });
});
