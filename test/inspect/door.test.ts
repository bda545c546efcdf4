/** What a network is given, from other realms and in disguise. Data sets: ../data/. */
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.ts";
import { InvalidInputError, LanegradError } from "../../src/ground/errors.ts";
import { sgd } from "../../src/kinds/optimizers/index.ts";
import { Network } from "../../src/network/network.ts";

const newNetwork = () =>
  Network.create({
    inputs: 2,
    layers: [
      { units: 3, activation: "tanh" },
      { units: 1, activation: "sigmoid" },
    ],
    loss: "binaryCrossEntropy",
    engine: "strict",
  });
const training = { epochs: 1, optimizer: sgd({ learningRate: 0.1 }) };

/** What a page would get from a frame of its own. */
const foreign = <T>(code: string): T => runInNewContext(code) as T;

describe("arrays of another realm", () => {
  it("are as good as this one's, at every door", async () => {
    const network = await newNetwork();
    const flat = foreign<Float32Array>("new Float32Array([1, 2, 3, 4])");
    const own = new Float32Array([1, 2, 3, 4]);
    const targets = foreign<Float64Array>("new Float64Array([0, 1])");
    const outputs = foreign<Float32Array>("new Float32Array(2)");
    const expected = network.forward(own);
    expect(network.forward(flat)).toEqual(expected);
    expect(network.forward(own, outputs)).toBe(outputs);
    expect([...outputs]).toEqual([...expected]);
    for (const code of [
      "[[1, 2], [3, 4]]",
      "[new Float64Array([1, 2]), new Uint8Array([3, 4])]",
      "new Uint8Array([1, 2, 3, 4])",
    ]) {
      expect([...network.predict(foreign(code))], code).toEqual([...expected]);
    }
    expect(network.activations(flat)[0]!.activations).toEqual(own);
    expect(network.gradients({ inputs: flat, targets })).toEqual(network.gradients({ inputs: own, targets: [0, 1] }));
    network.setParameters(1, { weights: foreign("[new Float32Array([1, 2, 3])]"), biases: foreign("[4]") });
    expect([...network.weights[1]!, ...network.biases[1]!]).toEqual([1, 2, 3, 4]);
    const dataset = Dataset.from({ inputs: flat, inputWidth: 2, targets });
    await network.fit(dataset, training);
    expect((await network.evaluate(dataset)).count).toBe(2);
  });
});

describe("data sets that are none", () => {
  it("are refused at every door, whatever they are made of", async () => {
    const network = await newNetwork();
    const real = Dataset.from({ inputs: [[1, 2]], targets: [1] });
    const before = JSON.stringify(network);
    for (const fake of [
      { ...real },
      Object.create(real) as Dataset,
      Object.assign(Object.create(Dataset.prototype) as Dataset, { ...real, count: 1e6 }),
      new Proxy(real, {}),
    ] as Dataset[]) {
      await expect(network.fit(fake, training)).rejects.toThrow("fit: expected a Dataset");
      await expect(network.evaluate(fake)).rejects.toThrow(InvalidInputError);
      await expect(network.fit(real, { ...training, validationData: fake })).rejects.toThrow(InvalidInputError);
      expect(() => network.train(fake, training)).toThrow(InvalidInputError);
      expect(() => network.predict(fake)).toThrow(InvalidInputError);
    }
    expect(JSON.stringify(network)).toBe(before);
  });

  it("are refused once their buffer has shrunk, in the midst of a training too", async () => {
    const network = await newNetwork();
    type Resizable = ArrayBuffer & { resize(byteLength: number): void };
    const Buffer = ArrayBuffer as unknown as new (length: number, options: object) => Resizable;
    const count = 400_000;
    const buffer = new Buffer(count * 8, { maxByteLength: count * 8 });
    const dataset = Dataset.from({ inputs: new Float32Array(buffer), inputWidth: 2, targets: new Float32Array(count) });
    const fit = network.fit(dataset, training);
    setTimeout(() => buffer.resize(8), 0);
    await fit.catch((error: unknown) => expect(error).toBeInstanceOf(LanegradError));
    await expect(network.fit(dataset, training)).rejects.toThrow(
      /inputs: expected 800000 numbers, as there were, got 2/,
    );
    await expect(network.evaluate(dataset)).rejects.toThrow(InvalidInputError);
    expect(() => network.predict(dataset)).toThrow(InvalidInputError);
    expect(network.parameters.every(Number.isFinite)).toBe(true);
  });
});

describe("arrays in disguise", () => {
  /** Answers to what is asked, and later otherwise, as whoever changes things between a check and a use. */
  function fickle<T extends object>(target: T, answers: readonly unknown[]): T {
    let asked = 0;
    return new Proxy(target, {
      get: (of, key) => {
        const value: unknown = Reflect.get(of, key);
        const lies = typeof key === "string" && (key === "length" || /^\d+$/.test(key)) && asked++ % 3 === 2;
        return lies ? answers[asked % answers.length] : value;
      },
    });
  }

  it("give finite numbers or an error of this library, whatever they answer", async () => {
    const network = await newNetwork();
    const answers = fc.array(fc.oneof(fc.constantFrom(NaN, Infinity, -1, 1e9, 0.5, "1", null, undefined, 7n, [1]), fc.double()), { minLength: 1, maxLength: 5 }); // prettier-ignore
    const rows = fc.array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 4 }); // prettier-ignore
    fc.assert(
      fc.property(rows, answers, (numbers, lies) => {
        const inputs = fickle(
          numbers.map((row) => fickle(row, lies)),
          lies,
        );
        const targets = fickle(
          numbers.map(() => 1),
          lies,
        );
        for (const use of [
          () => [...network.predict(inputs)],
          () => network.activations(inputs).flatMap(({ activations }) => [...activations]),
          () => network.gradients({ inputs, targets }).flatMap(({ weights }) => [...weights]),
          () => [...Dataset.from({ inputs, targets }).inputs],
          () => [...Dataset.from({ inputs, labels: targets }).targets],
          () => [...Dataset.from({ inputs: numbers, targets: numbers }).select(targets).inputs],
        ]) {
          try {
            expect(use().every(Number.isFinite)).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(LanegradError);
          }
        }
      }),
      { seed: 70, numRuns: 1000 },
    );
    expect([...network.parameters].every(Number.isFinite)).toBe(true);
  });
});
