/** Data sets that are not the one a network has learned from. How rows are made: ../dataset.test.ts, ../formats/. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dataset } from "../../../src/data/dataset.ts";
import { type CsvOptions, parseCsv } from "../../../src/data/formats/csv.ts";
import { InvalidInputError } from "../../../src/ground/errors.ts";
import { sgd } from "../../../src/kinds/optimizers/index.ts";
import { Network } from "../../../src/network/network.ts";

const land: CsvOptions = { inputs: ["land"], targets: ["y"], categorical: ["land"] };
const lands = () => parseCsv("land,y\nChad,0\nCuba,1\nMali,1\nChad,0", land);
const newNetwork = (inputs: number, units = 1) =>
  Network.create({
    inputs,
    layers: [units === 1 ? { units, activation: "sigmoid" } : { units, activation: "softmax" }],
    loss: units === 1 ? "binaryCrossEntropy" : "categoricalCrossEntropy",
    engine: "float64",
  });
const training = { epochs: 300, batchSize: "full", optimizer: sgd({ learningRate: 1 }) } as const;

async function trainedOnLands(options: Partial<CsvOptions> = {}): Promise<Network> {
  const network = await newNetwork(3);
  await network.fit(await parseCsv("land,y\nChad,0\nCuba,1\nMali,1\nChad,0", { ...land, ...options }), training);
  return network;
}

describe("a second table", () => {
  it("is encoded by the categories of the first, if it has fewer or others in another order", async () => {
    const network = await trainedOnLands();
    const second = await parseCsv("land,y\nMali,1\nChad,0\nMali,1", land);
    expect(second.inputWidth).toBe(2);
    expect((await network.evaluate(second)).accuracy).toBe(1);
    const [mali, chad] = network.predict([
      [0, 0, 1],
      [1, 0, 0],
    ]);
    expect([...network.predict(second)]).toEqual([mali, chad, mali]);
    expect(network.activations(second)[0]!.activations).toEqual(new Float64Array([0, 0, 1, 1, 0, 0, 0, 0, 1]));
    const plain = { inputs: [[0, 0, 1], [1, 0, 0], [0, 0, 1]], targets: [[1], [0], [1]] }; // prettier-ignore
    expect(network.gradients(second)).toEqual(network.gradients(plain));
    expect((await network.checkGradients(second)).maxRelativeError).toBe(
      (await network.checkGradients(plain)).maxRelativeError,
    );
    const before = (await network.evaluate(second)).loss;
    await network.fit(second, training);
    expect((await network.evaluate(second)).loss).toBeLessThan(before);
  });

  it("is refused by name at every door if it has a category that the first did not have, and nothing is changed", async () => {
    const network = await trainedOnLands();
    const second = await parseCsv("land,y\nCuba,1\nPeru,0", land);
    const before = network.toJSON();
    const message =
      'row 2, column "land": expected a category that training had: one of Chad, Cuba, Mali, got "Peru" (unknown: "ignore"';
    await expect(network.evaluate(second)).rejects.toThrow(`evaluate, ${message}`);
    await expect(network.fit(second, training)).rejects.toThrow(`fit, ${message}`);
    await expect(network.fit(await lands(), { ...training, validationData: second })).rejects.toThrow(
      `fit: validationData, ${message}`,
    );
    await expect(network.train(second, training).next()).rejects.toThrow(`train, ${message}`);
    expect(() => network.predict(second)).toThrow(`predict, ${message}`);
    expect(() => network.gradients(second)).toThrow(`gradients, ${message}`);
    await expect(network.checkGradients(second)).rejects.toThrow(`checkGradients, ${message}`);
    expect(network.toJSON()).toEqual(before);
    // Rows without it are as good as ever.
    expect((await network.evaluate(second.select([0]))).accuracy).toBe(1);
  });

  it("has zeros for categories that nobody knows, where either table was read so", async () => {
    const text = "land,y\nCuba,1\nPeru,0";
    for (const [first, second] of [
      [{ unknown: "ignore" }, {}],
      [{}, { unknown: "ignore" }],
    ] as const) {
      const network = await trainedOnLands(first);
      const table = await parseCsv(text, { ...land, ...second });
      expect([...network.predict(table)]).toEqual([...network.predict([[0, 1, 0], [0, 0, 0]])]); // prettier-ignore
    }
  });

  it("puts columns in the order of training, by name, and refuses what is missing or new", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => [i % 2, 50 + (i % 7)] as const);
    const targets = rows.map(([sick]) => sick);
    const network = await newNetwork(2);
    const inputs = rows.map((row) => [...row]);
    const train = Dataset.from({ inputs, targets, inputNames: ["sick", "weight"], standardize: true });
    await network.fit(train, training);
    expect((await network.evaluate(train)).accuracy).toBe(1);
    const turned = rows.map(([a, b]) => [b, a]);
    const named = (...inputNames: string[]) => Dataset.from({ inputs: turned, targets, inputNames });
    expect(await network.evaluate(named("weight", "sick"))).toEqual(await network.evaluate(train));
    await expect(network.evaluate(named("weight", "ill"))).rejects.toThrow(
      'evaluate: inputs: expected the columns of training: sick, weight, got none for "sick"',
    );
    const wide = Dataset.from({
      inputs: rows.map((row) => [...row, 1]),
      targets,
      inputNames: ["sick", "weight", "age"],
    });
    await expect(network.evaluate(wide)).rejects.toThrow('expected the columns of training: sick, weight, got another one, "age"'); // prettier-ignore
    // Numbers without names go by their places.
    expect((await network.evaluate(Dataset.from({ inputs, targets }))).accuracy).toBe(1);
  });

  it("agrees with the first in what are numbers and what are categories", async () => {
    const network = await trainedOnLands();
    const numbers = await parseCsv("land,y\n1,0", { inputs: ["land"], targets: ["y"] });
    await expect(network.evaluate(numbers)).rejects.toThrow(
      'evaluate: inputs, column "land": expected categories, as in training, got numbers',
    );
    // One-hot numbers by their own names are the same columns.
    const table = await lands();
    const { inputs, inputWidth, inputNames, targets } = table;
    const encoded = Dataset.from({ inputs, inputWidth, inputNames, targets });
    expect(await network.evaluate(encoded)).toEqual(await network.evaluate(table));
  });

  it("tells a column from a category of the same name", async () => {
    const network = await newNetwork(3);
    const options: CsvOptions = { inputs: ["sex=a", "sex"], targets: ["y"], categorical: ["sex"] };
    const table = await parseCsv("sex=a,sex,y\n30,b,0\n40,a,1\n50,b,0", options);
    await network.fit(table, { ...training, epochs: 1 });
    expect(network.activations(table)[0]!.activations).toEqual(table.inputs);
    const turned = await parseCsv("sex=a,sex,y\n30,b,0", { ...options, inputs: ["sex", "sex=a"] });
    expect([...network.activations(turned)[0]!.activations]).toEqual([30, 0, 1]);
  });

  it("with a column called class is checked as one called anything else", async () => {
    const network = await newNetwork(1, 2);
    const options: CsvOptions = { inputs: ["a"], targets: ["class"], categorical: ["class"] };
    await network.fit(await parseCsv("a,class\n0,0\n1,1", options), { ...training, epochs: 1 });
    await expect(network.evaluate(await parseCsv("a,class\n0,1\n1,2", options))).rejects.toThrow(
      'expected a category that training had: one of 0, 1, got "2"',
    );
  });

  it("is encoded by the classes of the first, its targets too", async () => {
    const options: CsvOptions = { inputs: ["x"], targets: ["kind"], categorical: ["kind"] };
    const network = await newNetwork(1, 3);
    await network.fit(await parseCsv("x,kind\n-1,a\n0,b\n1,c\n", options), { ...training, epochs: 2000 });
    expect(await network.evaluate(await parseCsv("x,kind\n1,c\n-1,a\n", options))).toMatchObject({ accuracy: 1 });
    await expect(network.evaluate(await parseCsv("x,kind\n1,d\n0,b\n-1,a\n", options))).rejects.toThrow(
      'evaluate, row 1, column "kind": expected a category that training had: one of a, b, c, got "d"',
    );
  });

  it("of labels may have fewer classes, but no others", async () => {
    const network = await newNetwork(1, 3);
    await network.fit(Dataset.from({ inputs: [[-1], [0], [1]], labels: [0, 1, 2] }), { ...training, epochs: 2000 });
    expect(await network.evaluate(Dataset.from({ inputs: [[1], [-1]], labels: [2, 0] }))).toMatchObject({
      accuracy: 1,
    });
    expect(await network.evaluate(Dataset.from({ inputs: [[-1]], labels: [0] }))).toMatchObject({ accuracy: 1 });
    const named = Dataset.from({ inputs: [[-1]], labels: [0], classes: 3, targetNames: ["low", "mid", "high"] });
    expect(await network.evaluate(named)).toMatchObject({ accuracy: 1 });
    await expect(network.evaluate(Dataset.from({ inputs: [[1]], labels: [3] }))).rejects.toThrow(
      'evaluate, row 1, column "class": expected a category that training had: one of 0, 1, 2, got "3"',
    );
  });

  it("comes back with the network from JSON", async () => {
    const network = await trainedOnLands({ unknown: "ignore" });
    expect(network.preprocessing).toEqual({
      inputs: [{ kind: "category", name: "land", categories: ["Chad", "Cuba", "Mali"], unknown: "ignore" }],
      targets: [{ kind: "number", name: "y" }],
    });
    const again = await Network.fromJSON(JSON.stringify(network), { engine: "float64" });
    expect(again.preprocessing).toEqual(network.preprocessing);
    const second = await parseCsv("land,y\nPeru,0\nMali,1", land);
    expect([...again.predict(second)]).toEqual([...network.predict(second)]);
    expect(again.toJSON() as object).toEqual(network.toJSON());
  });

  it("gives the same outputs for any order of columns and any part of the categories", async () => {
    const letters = ["a", "b", "c", "d"];
    const cell = fc.record({
      n: fc.integer({ min: -9, max: 9 }),
      p: fc.constantFrom(...letters),
      q: fc.constantFrom(...letters),
    });
    const all = letters.map((letter, n) => ({ n, p: letter, q: letter }));
    const tableOf = (rows: readonly { n: number; p: string; q: string }[], inputs: readonly string[]) =>
      parseCsv(["n,p,q,y", ...rows.map(({ n, p, q }) => `${n},${p},${q},${n > 0 ? 1 : 0}`)].join("\n"), {
        inputs,
        targets: ["y"],
        categorical: ["p", "q"],
        standardize: true,
      });
    const network = await newNetwork(9);
    const first = await tableOf(all, ["n", "p", "q"]);
    await network.fit(first, { ...training, epochs: 5 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(cell, { minLength: 1, maxLength: 9 }),
        fc.shuffledSubarray(["n", "p", "q"], { minLength: 3 }),
        async (rows, inputs) => {
          const table = await tableOf(rows, inputs);
          const expected = network.predict(first.encode(rows));
          expect([...network.predict(table)]).toEqual([...expected]);
        },
      ),
      { seed: 50, numRuns: 100 },
    );
  });
});

describe("what a network knows of its columns", () => {
  it("is nothing where nothing has names, and stays so until a training brings some", async () => {
    const network = await newNetwork(2);
    const numbers = { inputs: [[0, 1], [1, 0]], targets: [0, 1] }; // prettier-ignore
    await network.fit(Dataset.from(numbers), { ...training, epochs: 1 });
    expect(network.preprocessing).toBeNull();
    const named = Dataset.from({ ...numbers, inputNames: ["a", "b"] });
    await network.evaluate(named);
    expect(network.preprocessing).toBeNull();
    network.standardize({ mean: [1, 2], std: [3, 4] });
    await network.fit(named, { ...training, epochs: 1 });
    expect(network.preprocessing).toEqual({
      inputs: [
        { kind: "number", name: "a", mean: 1, std: 3 },
        { kind: "number", name: "b", mean: 2, std: 4 },
      ],
      targets: [{ kind: "number" }],
    });
    expect(network.standardization).toEqual({ mean: [1, 2], std: [3, 4] });
    await network.fit(Dataset.from({ ...numbers, inputNames: ["b", "a"] }), { ...training, epochs: 1 });
    expect(network.preprocessing!.inputs.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("is what it was where a training came to nothing", async () => {
    const network = await newNetwork(3);
    const controller = new AbortController();
    const fit = network.fit(await lands(), { ...training, signal: controller.signal });
    controller.abort();
    await expect(fit).rejects.toThrow();
    expect(network.preprocessing).toBeNull();
  });

  it("leaves categories as they are when numbers are standardized by hand", async () => {
    const network = await trainedOnLands();
    expect(() => network.standardize({ mean: [0, 0, 1], std: [1, 1, 1] })).toThrow(
      "network: standardization of input 3: expected mean 0 and std 1 for a category, got mean 1 and std 1",
    );
    network.standardize({ mean: [0, 0, 0], std: [1, 1, 1] });
    expect(network.preprocessing!.inputs[0]!.kind).toBe("category");
  });
});

describe("standardized numbers", () => {
  it("are refused where they overflow, the column named, before anything is written", async () => {
    for (const [engine, large] of [
      ["strict", 1e38],
      ["float64", 1e306],
    ] as const) {
      const network = await Network.create({
        inputs: 2,
        layers: [{ units: 1, activation: "identity" }],
        loss: "meanSquaredError",
        engine,
      });
      const inputNames = ["kept", "tiny"];
      network.standardize({ mean: [0, 0], std: [1, 1e-3] });
      const outputs = engine === "strict" ? new Float32Array([7]) : new Float64Array([7]);
      const message = /row 1, column 2.*: expected a finite number.* when it is standardized, got/;
      expect(() => network.predict([[large, large]])).toThrow(message);
      expect(() => network.forward(new Float64Array([0, -large]), outputs)).toThrow(message);
      expect(outputs[0]).toBe(7);
      const rows = Dataset.from({ inputs: [[0, large]], targets: [0], inputNames });
      await expect(network.evaluate(rows)).rejects.toThrow(/column 2 \("tiny"\): expected a finite number/);
      await expect(network.fit(rows, training)).rejects.toThrow(/column 2 \("tiny"\): expected a finite number/);
      expect(() => network.gradients(rows)).toThrow(InvalidInputError);
      expect(network.predict([[large, large / 1e4]]).every(Number.isFinite)).toBe(true);
    }
  });
});

describe("targets that are not as many as outputs", () => {
  it.each([
    [
      { labels: [1, 2, 3] },
      "fit: expected 3 targets a row, got 4 (labels start at 0: labels.map((label) => label - 1))",
    ],
    [{ labels: [0, 2, 3] }, "fit: expected 3 targets a row, got 4 (labels from 0 to 3)"],
    [
      { labels: [0, 1, 1] },
      "fit: expected 3 targets a row, got 2 (classes: 3 makes room for those that have no row here)",
    ],
    [{ targets: [0, 1, 2] }, "fit: expected 3 targets a row, got 1 (classes by their numbers go as labels)"],
  ])("of %j are refused with what to do", async (given, message) => {
    const network = await newNetwork(1, 3);
    await expect(network.fit(Dataset.from({ inputs: [[1], [2], [3]], ...given }), training)).rejects.toThrow(message);
  });
});
