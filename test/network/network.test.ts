import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.ts";
import { CapacityError, DivergenceError, InvalidInputError, LanegradError } from "../../src/ground/errors.ts";
import { Network, type NetworkOptions } from "../../src/network/network.ts";
import { adam, sgd } from "../../src/kinds/optimizers/index.ts";
import { bitsOf, largest } from "../support/engines.ts";
import { twoHidden } from "../support/titanic.ts";
import { all, passengers, line, wide } from "./fixtures.ts";

describe("a new network", () => {
  it("has the shape that was asked for", async () => {
    const network = await Network.create(wide);
    expect(network).toMatchObject({
      depth: 4,
      widths: [4, 32, 32, 1],
      parameterCount: 4 * 32 + 32 + 32 * 32 + 32 + 33,
    });
    expect(network.weights.map(({ length }) => length)).toEqual([128, 1024, 32]);
    expect(network.biases.map(({ length }) => length)).toEqual([32, 32, 1]);
    expect(network.standardization).toBeNull();
  });

  it.each(all)("starts from the same numbers in every engine: %s", async (engine) => {
    const [network, strict] = [
      await Network.create({ ...wide, engine }),
      await Network.create({ ...wide, engine: "strict" }),
    ];
    expect([...network.parameters]).toEqual([...strict.parameters]);
    expect(network.engine.tier).toBe(engine);
    const other = await Network.create({ ...wide, seed: 2, engine });
    expect([...other.parameters]).not.toEqual([...network.parameters]);
  });

  it("runs in the best engine that needs no flag unless told otherwise", async () => {
    const { engine } = await Network.create(wide);
    expect(engine.kind).toBe("wasm");
    expect(engine.why).toMatch(/the best this host runs/);
  });

  it("is initialized by its widths, or as it is asked to be", async () => {
    const layers = (activation: "tanh" | "relu") => [
      { units: 200, activation },
      { units: 1, activation: "identity" as const },
    ];
    const limit = Math.sqrt(6 / 300);
    for (const activation of ["tanh", "relu"] as const) {
      const network = await Network.create({ inputs: 100, layers: layers(activation), loss: "meanSquaredError" });
      expect(largest(network.weights[0]!)).toBeLessThanOrEqual(limit);
      expect(largest(network.weights[0]!)).toBeGreaterThan(0.99 * limit);
      expect(largest(network.biases[0]!)).toBeGreaterThan(0.9 * limit);
    }
    const he = { inputs: 100, layers: layers("relu"), loss: "meanSquaredError", initialization: "heUniform" } as const;
    const asked = await Network.create(he);
    expect(largest(asked.weights[0]!)).toBeGreaterThan(0.99 * Math.sqrt(6 / 100));
    expect(largest(asked.biases[0]!)).toBe(0);
    const options = { inputs: 100, layers: layers("tanh"), loss: "meanSquaredError" } as const;
    const zeros = await Network.create({ ...options, initialization: "zeros" });
    expect(largest(zeros.parameters)).toBe(0);
    const uniform = await Network.create({ ...options, initialization: { name: "uniform", limit: 0.5 } });
    expect(largest(uniform.biases[0]!)).toBeGreaterThan(0.45);
    expect(largest(uniform.parameters)).toBeLessThanOrEqual(0.5);
  });

  it("prints as the line that makes it", async () => {
    const network = await Network.create({ ...twoHidden, engine: "strict" });
    const create = (options: NetworkOptions) => Network.create(structuredClone(options));
    const made: Network = await runInNewContext(String(network), { Network: { create } });
    expect(made.description).toEqual(network.description);
  });

  it("does not let its description be changed behind its back", async () => {
    const network = await Network.create(twoHidden);
    network.standardize({ mean: [1, 2], std: [3, 4] });
    const { description, standardization } = network;
    for (const part of [description, description.layers, description.layers[0], standardization]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(() => ((standardization!.mean as number[])[0] = 5)).toThrow(TypeError);
    expect(() => ((description.layers[0] as { units: number }).units = 5)).toThrow(TypeError);
  });

  it("refuses what cannot be", async () => {
    const create = (change: object) => Network.create({ ...wide, ...change } as NetworkOptions);
    await expect(create({ seeds: 1 })).rejects.toThrow('"seeds" (did you mean "seed"?)');
    await expect(create({ seed: -1 })).rejects.toThrow("network: seed: expected a whole number, at least 0, got -1");
    await expect(create({ engine: "fast" })).rejects.toThrow("network: expected engine: one of auto, strict, fused");
    await expect(create({ initialization: "glorot" })).rejects.toThrow('(did you mean "glorotUniform"?)');
    await expect(create({ initialization: { name: "uniform", limit: 0 } })).rejects.toThrow(
      "uniform: limit: expected a finite number, above 0",
    );
    const layers = [{ units: 2 ** 20, activation: "identity" }];
    for (const engine of ["strict", "fused", "float32", "float64"]) {
      await expect(create({ inputs: 2 ** 20, layers, engine })).rejects.toThrow(CapacityError);
      await expect(create({ inputs: 1e9, engine })).rejects.toThrow(InvalidInputError);
    }
  });
});

describe.each(all)("parameters in %s", (engine) => {
  it("are live views: what is written is used", async () => {
    const network = await Network.create({ ...line, engine });
    network.weights[0]![0] = 3;
    network.biases[0]![0] = -1;
    expect([...network.predict([[2]])]).toEqual([5]);
    network.parameters[0] = 0.5;
    expect([...network.predict([[2]])]).toEqual([0]);
    expect([...network.parameters]).toEqual([0.5, -1]);
  });

  it("are set layer by layer, in several forms, or not at all", async () => {
    const network = await Network.create({ ...twoHidden, engine });
    network.setParameters(0, { weights: [[1, 2], [3, 4]], biases: [5, 6] }); // prettier-ignore
    expect([...network.parameters.slice(0, 6)]).toEqual([1, 2, 3, 4, 5, 6]);
    const flat = { weights: Float32Array.of(6, 5, 4, 3), biases: Float64Array.of(2, 1) };
    network.setParameters(0, flat as never);
    expect([...network.parameters.slice(0, 6)]).toEqual([6, 5, 4, 3, 2, 1]);
    network.setParameters(1, { weights: [[7, 8]], biases: [9] });
    expect([...network.parameters.slice(6)]).toEqual([7, 8, 9]);
    const before = bitsOf(network.parameters);
    const refused = (k: unknown, parameters: unknown, message: string) => {
      expect(() => network.setParameters(k as never, parameters as never)).toThrow(InvalidInputError);
      expect(() => network.setParameters(k as never, parameters as never)).toThrow(message);
      expect(bitsOf(network.parameters)).toEqual(before);
    };
    const weights = [[1, 2], [3, 4]]; // prettier-ignore
    refused(
      2,
      { weights, biases: [1, 2] },
      "setParameters: layer: expected a whole number, at least 0, at most 1, got 2",
    );
    refused(0, { weights: [[1, 2]], biases: [1, 2] }, "layer 1: weights: expected 2 rows of 2, got 1 rows");
    refused(0, { weights, biases: [1] }, "layer 1: biases");
    refused(0, { weights: [[1, 2], [3, NaN]], biases: [1, 2] }, "layer 1: weights, row 2, column 2"); // prettier-ignore
    refused(0, { weights, biases: [1, Infinity] }, "layer 1: biases, row 1, column 2");
    refused(0, { weights }, "layer 1: biases");
    refused(0, undefined, "setParameters: expected an object of options, got undefined");
    refused(0, { weights, bias: [1, 2] }, 'got "bias" (did you mean "biases"?)');
    if (engine !== "float64") refused(0, { weights, biases: [1, 1e39] }, "a finite number that float32 can hold");
  });
});

describe("the end of a network", () => {
  it("is asked for, or comes with its scope", async () => {
    const network = await Network.create(line);
    network.dispose();
    network.dispose();
    for (const use of [
      () => network.predict([[1]]),
      () => network.parameters,
      () => network.engine,
      () => network.toJSON(),
      () => network.standardize({ mean: [0], std: [1] }),
    ]) {
      expect(use).toThrow(LanegradError);
      expect(use).toThrow("network: expected one in use, got one that was disposed");
    }
    await expect(network.evaluate(passengers)).rejects.toThrow(LanegradError);
    await expect(network.fit(passengers, { epochs: 1, optimizer: adam() })).rejects.toThrow(LanegradError);
    const other = await Network.create(line);
    other[Symbol.dispose]();
    expect(() => other.predict([[1]])).toThrow("disposed");
  });

  it("makes room for others: hundreds come and go", async () => {
    for (let i = 0; i < 300; i++) (await Network.create(line)).dispose();
  });
});

describe("what comes in between", () => {
  const one: NetworkOptions = {
    inputs: 1,
    layers: [{ units: 1, activation: "identity" }],
    loss: "meanSquaredError",
    seed: 1,
  };
  const options = { epochs: 1, optimizer: sgd({ learningRate: 0.1 }) };
  const data = Dataset.from({ inputs: [[0], [1]], targets: [0, 1] });

  it("a training that is refused after it has begun leaves the network free for another", async () => {
    const network = await Network.create(one);
    const tiny = Dataset.from({ inputs: [[2e-41], [3e-41]], targets: [0, 1], standardize: true });
    await expect(network.fit(tiny, options)).rejects.toThrow(
      "standardization of input 1: expected numbers that float32",
    );
    expect(network.standardization).toBeNull();
    await network.fit(data, options);
  });

  it("a training that diverges leaves the user's own standardization", async () => {
    const network = await Network.create(one);
    network.standardize({ mean: [10], std: [5] });
    const [before] = network.predict([[12]]);
    const wild = Dataset.from({ inputs: [[1e19], [-1e19]], targets: [1e30, -1e30] });
    await expect(network.fit(wild, { ...options, epochs: 5 })).rejects.toThrow(DivergenceError);
    expect(network.predict([[12]])[0]).toBe(before);
    expect(network.standardization).toEqual({ mean: [10], std: [5] });
  });

  it("an iterator that is left lying loses nothing, and gives way to the next training", async () => {
    const network = await Network.create(one);
    network.standardize({ mean: [10], std: [5] });
    const left = network.train(data, { ...options, epochs: 10 });
    await left.next();
    await network.fit(data, options);
    expect(network.standardization).toEqual({ mean: [10], std: [5] });
    await expect(left.next()).rejects.toThrow("an iterator of the network's last training");
  });

  it("options are read once: what was checked is what trains", async () => {
    const network = await Network.create({ ...one, inputs: 4 });
    const reads: Record<string, number> = {};
    const read = (name: string, first: unknown) => ({
      enumerable: true,
      get: () => ((reads[name] = (reads[name] ?? 0) + 1), reads[name] === 1 ? first : NaN),
    });
    const optimizer = Object.defineProperties({}, {
      name: read("name", "adam"),
      learningRate: read("learningRate", 0.01),
      beta1: read("beta1", 0.9),
    }); // prettier-ignore
    const sly = Object.defineProperties({}, {
      epochs: read("epochs", 3),
      optimizer: read("optimizer", optimizer),
      batchSize: read("batchSize", 1),
      seed: read("seed", 2),
      onEpoch: read("onEpoch", undefined),
    }); // prettier-ignore
    const rowsOfFour = Dataset.from({ inputs: [[1, 2, 3, 4]], targets: [1] });
    const { epochs } = await network.fit(rowsOfFour, sly as never);
    expect(epochs).toBe(3);
    expect(Object.values(reads)).toEqual(Object.keys(reads).map(() => 1));
  });

  it("equal seeds do not draw equal numbers for initialization and shuffling, and every bit of a seed counts", async () => {
    const first = async (seed: number) => (await Network.create({ ...one, seed })).parameters[0];
    expect(await first(0)).not.toBe(await first(2 ** 32 + 1));
    expect(await first(5)).not.toBe(await first(5 + 2 ** 52));
  });

  it("a signal of any make aborts, also while rows are still being copied, and then nothing is changed", async () => {
    const network = await Network.create({ ...one, inputs: 50 });
    const many = Dataset.from({
      inputs: new Float32Array(50 * 40_000).map((_, i) => i % 17),
      inputWidth: 50,
      targets: new Float32Array(40_000),
      standardize: true,
    });
    const target = new EventTarget();
    const signal = {
      aborted: false,
      reason: new Error("enough"),
      addEventListener: target.addEventListener.bind(target),
      removeEventListener: target.removeEventListener.bind(target),
    };
    const before = bitsOf(network.parameters);
    const training = network.fit(many, { ...options, signal: signal as never });
    setImmediate(() => {
      signal.aborted = true;
      target.dispatchEvent(new Event("abort"));
    });
    await expect(training).rejects.toBe(signal.reason);
    expect(bitsOf(network.parameters)).toEqual(before);
    expect(network.standardization).toBeNull();
  });

  it("new is refused with a hint", () => {
    const Made = Network as unknown as new (description: unknown) => Network;
    expect(() => new Made(one)).toThrow("new Network: expected `await Network.create(...)`");
    expect(() => new Made(one)).toThrow(InvalidInputError);
  });

  it("arrays where a data set should be are told what to do", async () => {
    const network = await Network.create(one);
    await expect(network.fit([[0], [1]] as never, [0, 1] as never)).rejects.toThrow(
      "fit: expected a Dataset, as Dataset.from({ inputs, targets }) makes one, got an array of 2",
    );
  });

  it("a state is there while a training waits, and plain data", async () => {
    const network = await Network.create(one);
    expect(network.state()).toBeNull();
    const epochs = network.train(data, { ...options, epochs: 3 });
    await epochs.next();
    expect(structuredClone(network.state())).toMatchObject({ steps: 1, optimizer: { name: "sgd", learningRate: 0.1 } });
    await epochs.return();
    expect(network.state()).toBeNull();
  });
});
