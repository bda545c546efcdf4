/** `fit` and `train`, by what networks come to, and what their hosts have of it. */
import { describe, expect, it, vi } from "vitest";
import { Dataset } from "../../src/data/dataset.ts";
import { CapacityError, DivergenceError, InvalidInputError } from "../../src/ground/errors.ts";
import { WasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import type { Epoch } from "../../src/training/history.ts";
import { Network } from "../../src/network/network.ts";
import { adam, lbfgs, sgd, ruleOf } from "../../src/kinds/optimizers/index.ts";
import { cpuMilliseconds } from "../support/cpu.ts";
import { bitsOf } from "../support/engines.ts";
import { all, line, rows, wide, stepByStep } from "./fixtures.ts";

describe("training", () => {
  it("gives its history", async () => {
    const network = await Network.create(wide);
    const seen: Epoch[] = [];
    const history = await network.fit(rows(100, 4), {
      epochs: 5,
      optimizer: adam(),
      validationData: rows(20, 4, 2),
      onEpoch: (epoch) => void seen.push(epoch),
    });
    expect(history).toMatchObject({ epochs: 5, steps: 5 * 4, stopReason: "epochs" });
    expect([...history.loss]).toEqual(seen.map(({ loss }) => loss));
    expect(history.validation).toEqual(seen.map(({ validation }) => validation));
    expect(seen.map(({ epoch, steps }) => [epoch, steps])).toEqual([1, 2, 3, 4, 5].map((e) => [e, 4 * e]));
    expect(history.seconds).toBeGreaterThanOrEqual(seen.at(-1)!.seconds);
    expect(history.validation.at(-1)).toEqual(await network.evaluate(rows(20, 4, 2)));
  });

  it("is the same loop as an async iterator", async () => {
    const options = { epochs: 5, optimizer: adam(), validationData: rows(20, 4, 2) };
    const [fitted, trained] = [await Network.create(wide), await Network.create(wide)];
    const { loss, validation } = await fitted.fit(rows(100, 4), options);
    const seen: Epoch[] = [];
    for await (const epoch of trained.train(rows(100, 4), options)) seen.push(epoch);
    expect(seen.map((epoch) => epoch.loss)).toEqual([...loss]);
    expect(seen.map((epoch) => epoch.validation)).toEqual(validation);
    expect(bitsOf(trained.parameters)).toEqual(bitsOf(fitted.parameters));
  });

  it.each(all)("is the same for the same seeds, in %s", async (engine) => {
    const run = async (seed: number, shuffle = true) => {
      const network = await Network.create({ ...wide, engine });
      const { loss } = await network.fit(rows(100, 4), { epochs: 3, optimizer: adam(), seed, shuffle });
      return [[...loss], bitsOf(network.parameters)];
    };
    expect(await run(5)).toEqual(await run(5));
    expect(await run(5)).not.toEqual(await run(6));
    expect(await run(5, false)).toEqual(await run(6, false));
    expect(await run(5, false)).not.toEqual(await run(5));
  });

  it("goes on where it was left, and starts anew what the optimizer remembers", async () => {
    const network = await Network.create({ ...wide, engine: "strict" });
    const again = await Network.create({ ...wide, engine: "strict" });
    const optimizer = sgd({ learningRate: 0.05 });
    await network.fit(rows(100, 4), { epochs: 4, optimizer, batchSize: "full" });
    for (let part = 0; part < 2; part++) await again.fit(rows(100, 4), { epochs: 2, optimizer, batchSize: "full" });
    expect(bitsOf(again.parameters)).toEqual(bitsOf(network.parameters));
  });

  it("adopts the standardization that its rows ask for, once", async () => {
    const asks = (scale: number) =>
      Dataset.from({ inputs: [[0], [2 * scale]], targets: [[0], [1]], standardize: true });
    const plain = Dataset.from({ inputs: [[0], [2]], targets: [[0], [1]] });
    const options = { epochs: 1, optimizer: sgd({ learningRate: 0.1 }) };
    const network = await Network.create(line);
    await network.fit(asks(1), options);
    expect(network.standardization).toEqual({ mean: [1], std: [1] });
    await network.fit(asks(10), options);
    expect(network.standardization).toEqual({ mean: [1], std: [1] });

    const given = await Network.create(line);
    given.standardize({ mean: [5], std: [5] });
    await given.fit(asks(1), options);
    expect(given.standardization).toEqual({ mean: [5], std: [5] });

    const trained = await Network.create(line);
    await trained.fit(plain, options);
    const before = bitsOf(trained.parameters);
    await expect(trained.fit(asks(1), options)).rejects.toThrow("fit: expected rows that are not to be standardized");
    expect(bitsOf(trained.parameters)).toEqual(before);
    expect(trained.standardization).toBeNull();
  });

  it("ends when onEpoch says so", async () => {
    const network = await Network.create(wide);
    for (const onEpoch of [({ epoch }: Epoch) => epoch < 3, async ({ epoch }: Epoch) => epoch < 3]) {
      const history = await network.fit(rows(100, 4), { epochs: 100, optimizer: adam(), onEpoch });
      expect(history).toMatchObject({ epochs: 3, stopReason: "callback" });
      expect(history.loss.length).toBe(3);
    }
    const thrown = new Error("from the callback");
    const onEpoch = () => {
      throw thrown;
    };
    await expect(network.fit(rows(100, 4), { epochs: 100, optimizer: adam(), onEpoch })).rejects.toBe(thrown);
    expect((await network.fit(rows(100, 4), { epochs: 1, optimizer: adam() })).epochs).toBe(1);
  });

  it("does not end on spoilt parameters when onEpoch stops it", async () => {
    const network = await Network.create(line);
    const options = {
      epochs: 9,
      optimizer: sgd({ learningRate: 1e30 }),
      batchSize: "full",
      onEpoch: () => false,
    } as const;
    await expect(network.fit(rows(4, 1, 1, 1e15), options)).rejects.toThrow(DivergenceError);
    expect(network.parameters.every((value) => Number.isFinite(value))).toBe(true);
  });

  it("takes any number of epochs without room for all of them", async () => {
    const network = await Network.create(line);
    const before = process.memoryUsage().arrayBuffers;
    let during = 0;
    const onEpoch = () => {
      during = process.memoryUsage().arrayBuffers;
      return false;
    };
    await network.fit(rows(4), { epochs: 1e8, optimizer: sgd({ learningRate: 0.1 }), onEpoch });
    expect(during - before).toBeLessThan(1e8);
  });

  it("ends when its loop is left", async () => {
    const network = await Network.create(wide);
    const options = { epochs: 100, optimizer: adam() };
    for await (const { epoch } of network.train(rows(100, 4), options)) if (epoch === 2) break;
    const iterator = network.train(rows(100, 4), options);
    await iterator.next();
    await iterator.return();
    expect((await network.fit(rows(100, 4), { ...options, epochs: 2 })).epochs).toBe(2);
  });

  it("gives way to another where its iterator has been left lying, and says so if it is taken up again", async () => {
    const network = await Network.create(wide);
    const options = { epochs: 100, optimizer: adam() };
    const iterator = network.train(rows(100, 4), options);
    await iterator.next();
    expect((await network.fit(rows(100, 4), { ...options, epochs: 2 })).epochs).toBe(2);
    await expect(iterator.next()).rejects.toThrow("train: expected an iterator of the network's last training");
    expect((await network.fit(rows(100, 4), { ...options, epochs: 2 })).epochs).toBe(2);
  });

  it("checks options of an iterator at once", async () => {
    const network = await Network.create(wide);
    expect(() => network.train(rows(100, 4), { epochs: -1, optimizer: adam() })).toThrow("train: epochs");
    expect(() => network.train(rows(100, 3), { epochs: 1, optimizer: adam() })).toThrow("train: expected 4 inputs");
  });

  it.each(["break", "abort"])("leaves finite parameters, however it is left: %s", async (how) => {
    for (const engine of ["strict", "float32", "float64"] as const) {
      const network = await Network.create({ ...line, engine, initialization: "zeros" });
      const large = engine === "float64" ? 1e150 : 1e15;
      const data = Dataset.from({ inputs: [[large], [2 * large]], targets: [[large], [large]] });
      const options = { epochs: 5, batchSize: "full" as const, optimizer: sgd({ learningRate: 1e30 }) };
      const abort = new AbortController();
      if (how === "break") {
        for await (const { epoch } of network.train(data, options)) if (epoch === 1) break;
      } else {
        const fit = network.fit(data, { ...options, signal: abort.signal, onEpoch: () => abort.abort() });
        await expect(fit).rejects.toThrow("aborted");
      }
      expect([...network.parameters], engine).toEqual([0, 0]);
    }
  });

  it("may be tried again, standardized, after it came to nothing", async () => {
    const network = await Network.create({ ...line, initialization: "zeros" });
    const inputs = [[1e15], [2e15]];
    const targets = [[1], [2]];
    const options = { epochs: 50, batchSize: "full" as const, optimizer: sgd({ learningRate: 0.1 }) };
    await expect(network.fit(Dataset.from({ inputs, targets }), options)).rejects.toThrow("expected a finite loss");
    const { loss } = await network.fit(Dataset.from({ inputs, targets, standardize: true }), options);
    expect(loss.at(-1)).toBeLessThan(0.01);
  });

  it("is not pulled from under itself: what would do so is refused, to callbacks and to others", async () => {
    const network = await Network.create(wide);
    const optimizer = adam();
    const data = rows(100, 4);
    const calls = {
      standardize: () => network.standardize({ mean: [1, 1, 1, 1], std: [1, 1, 1, 1] }),
      dispose: () => network.dispose(),
      fit: () => network.fit(data, { epochs: 1, optimizer }),
    };
    for (const [name, call] of Object.entries(calls)) {
      const training = network.fit(data, { epochs: 1e6, optimizer, onEpoch: call });
      await expect(training).rejects.toThrow(`${name}: expected a network that is not in training, got one that is`);
      const onStep = () => void (name === "fit" || call());
      const steps = network.fit(data, { epochs: 1, optimizer, onStep });
      if (name !== "fit") await expect(steps).rejects.toThrow(`${name}: expected a network that is not in training`);
      else await steps;
      const outside = network.fit(data, { epochs: 20, optimizer });
      await expect(async () => call()).rejects.toThrow(`${name}: expected a network that is not in training`);
      await outside;
    }
    expect(network.standardization).toBeNull();
  });

  it("by lbfgs refuses parameters from elsewhere, which it would not go on from", async () => {
    const network = await Network.create({ ...line, initialization: "zeros" });
    const set = () => network.setParameters(0, { weights: [[1]], biases: [1] });
    const data = Dataset.from({ inputs: [[0], [1], [2]], targets: [[1], [3], [5.5]] });
    await network.fit(data, { epochs: 2, optimizer: sgd({ learningRate: 0.1 }), onEpoch: set });
    await expect(network.fit(data, { epochs: 5, optimizer: lbfgs(), onEpoch: set })).rejects.toThrow("lbfgs");
    set();
  });

  it.each([sgd({ learningRate: 1e-6 }), lbfgs()])("hands its host the turn in long steps: $name", async (optimizer) => {
    const network = await Network.create({
      inputs: 64,
      layers: [
        { units: 256, activation: "relu" },
        { units: 1, activation: "identity" },
      ],
      loss: "meanSquaredError",
      engine: "strict",
    });
    const data = rows(60_000, 64);
    const abort = new AbortController();
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const start = cpuMilliseconds();
    setTimeout(() => abort.abort(), 200);
    const options = { epochs: 100, batchSize: "full" as const, optimizer };
    await expect(network.fit(data, { ...options, signal: abort.signal })).rejects.toThrow("aborted");
    clearInterval(timer);
    expect(cpuMilliseconds() - start).toBeLessThan(2000);
    expect(turns).toBeGreaterThan(1);
  });

  it("is one at a time", async () => {
    const network = await Network.create(wide);
    const options = { epochs: 3, optimizer: adam() };
    const [first, second] = [network.fit(rows(100, 4), options), network.fit(rows(100, 4), options)];
    await expect(second).rejects.toThrow("fit: expected a network that is not in training, got one that is");
    expect((await first).epochs).toBe(3);
  });

  it("lets others predict, evaluate and take gradients meanwhile, and is not disturbed by it", async () => {
    const [quiet, busy] = [await Network.create(wide), await Network.create(wide)];
    for (const optimizer of [adam(), lbfgs()]) {
      const options = { epochs: 20, optimizer };
      await quiet.fit(rows(100, 4), options);
      await busy.fit(rows(100, 4), {
        ...options,
        onEpoch: async () => {
          expect([...busy.predict(rows(7, 4).inputs)].every(Number.isFinite)).toBe(true);
          await busy.evaluate(rows(7, 4));
          busy.gradients(rows(7, 4));
          busy.activations(rows(7, 4).inputs);
        },
      });
      expect(bitsOf(busy.parameters)).toEqual(bitsOf(quiet.parameters));
    }
  });

  it("refuses what does not fit before anything is changed", async () => {
    const network = await Network.create(wide);
    const before = bitsOf(network.parameters);
    const good = { epochs: 1, optimizer: adam() };
    const refused = async (data: unknown, options: unknown, message: string) => {
      await expect(network.fit(data as never, options as never)).rejects.toThrow(InvalidInputError);
      await expect(network.fit(data as never, options as never)).rejects.toThrow(message);
      expect(bitsOf(network.parameters)).toEqual(before);
    };
    const data = rows(10, 4);
    await refused(rows(10, 3), good, "fit: expected 4 inputs a row, got 3");
    await refused(
      [[1]],
      good,
      "fit: expected a Dataset, as Dataset.from({ inputs, targets }) makes one, got an array of 1",
    );
    await refused(data, undefined, "fit: expected an object of options, got undefined");
    await refused(data, { ...good, epoch: 1 }, '"epoch" (did you mean "epochs"?)');
    await refused(data, { ...good, epochs: 0 }, "fit: epochs: expected a whole number, at least 1");
    await refused(data, { ...good, batchSize: 0 }, "expected a whole number, at least 1, got 0");
    await refused(
      data,
      { ...good, batchSize: "all" },
      'fit: batchSize ("full", or a number): expected a whole number, at least 1, got "all"',
    );
    await refused(data, { ...good, shuffle: 1 }, "fit: shuffle: expected true or false, got 1");
    await refused(data, { ...good, seed: 0.5 }, "fit: seed: expected a whole number, at least 0, got 0.5");
    await refused(data, { ...good, signal: {} }, "fit: signal: expected an AbortSignal, got an object");
    await refused(data, { ...good, onEpoch: 1 }, "fit: onEpoch: expected a function, got 1");
    await refused(data, { ...good, validationData: rows(3, 1) }, "fit: validationData: expected 4 inputs a row, got 1");
    await refused(data, { ...good, validationData: [] }, "fit: validationData: expected a Dataset");
  });

  it("takes no optimizer but those that are made for it", async () => {
    const network = await Network.create(wide);
    const before = bitsOf(network.parameters);
    const rule = ruleOf(adam());
    for (const optimizer of [
      undefined,
      "adam",
      adam,
      {},
      { name: "lbfgs", memory: 1e9, tolerance: 0 },
      { name: "lbfgs", memory: 10, tolerance: NaN },
      { name: "toString" },
      { name: "adam", learningRate: "0.1" },
      { name: "adam", learningRate: NaN },
      { name: "adam", learningRate: null },
      { name: "adamW", weightDecay: null },
      { name: "sgd", learningRate: 0.1, momentum: null },
      { name: "sgd" },
      { name: "adam", momentum: 0.9 },
      { name: "adam", rule: null },
      { name: "adam", rule },
    ]) {
      const fit = () => network.fit(rows(10, 4), { epochs: 1, optimizer: optimizer as never });
      await expect(fit(), JSON.stringify(optimizer)).rejects.toThrow(InvalidInputError);
      expect(bitsOf(network.parameters)).toEqual(before);
    }
    await network.fit(rows(10, 4), { epochs: 1, optimizer: structuredClone(adam()) });
    await network.fit(rows(10, 4), { epochs: 1, optimizer: { ...lbfgs() } });
  });

  it("refuses more rows than memory has room for, and stays as it is", async () => {
    const network = await Network.create({ ...wide, layers: [{ units: 1, activation: "identity" }] });
    const before = bitsOf(network.parameters);
    const memory = vi.spyOn(WasmEngine.prototype, "prepare").mockImplementationOnce(() => {
      throw new CapacityError("no room");
    });
    await expect(network.fit(rows(4, 4), { epochs: 1, optimizer: adam() })).rejects.toThrow(CapacityError);
    memory.mockRestore();
    expect(bitsOf(network.parameters)).toEqual(before);
    await network.fit(rows(4, 4), { epochs: 1, optimizer: adam() });
  });
});

describe("divergence", () => {
  const data = rows(64, 1, 1, 1000);

  it.each(all)("names epoch, step and layer, and keeps the last good parameters, in %s", async (engine) => {
    const layers = [
      { units: 3, activation: "identity" as const },
      { units: 1, activation: "identity" as const },
    ];
    const network = await Network.create({ ...line, layers, seed: 3, engine });
    const losses: number[] = [];
    const optimizer = sgd({ learningRate: 10 });
    const error = await network
      .fit(data, { epochs: 1000, batchSize: 16, optimizer, onEpoch: ({ loss }) => void losses.push(loss) })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DivergenceError);
    const { epoch, step, layer, message, loss } = error as DivergenceError;
    expect(epoch).toBe(losses.length + 1);
    expect(Math.ceil(step / 4)).toBe(epoch);
    expect([1, 2, undefined]).toContain(layer);
    expect(Number.isFinite(loss)).toBe(false);
    expect(message).toContain(`at epoch ${epoch}, step ${step}`);
    expect(network.parameters.every((value) => Number.isFinite(value))).toBe(true);
    expect((await network.evaluate(data)).loss).toSatisfy(Number.isFinite);
    const small = { epochs: 1, optimizer: sgd({ learningRate: 1e-12 }) };
    await expect(network.fit(data, small)).resolves.toMatchObject({ epochs: 1 });
  });

  it("is no end of the network for lbfgs either", async () => {
    const network = await Network.create(line);
    network.parameters[0] = NaN;
    await expect(network.fit(data, { epochs: 1, optimizer: lbfgs() })).rejects.toThrow("first in layer 1");
    network.parameters[0] = 0;
    await network.fit(data, { epochs: 1, optimizer: lbfgs() });
  });

  it("is told of by the iterator too", async () => {
    const network = await Network.create(line);
    const run = async () => {
      for await (const { loss } of network.train(data, { epochs: 1000, optimizer: sgd({ learningRate: 10 }) })) {
        expect(loss).toSatisfy(Number.isFinite);
      }
    };
    await expect(run()).rejects.toThrow(DivergenceError);
    expect((await network.evaluate(data)).loss).toSatisfy(Number.isFinite);
  });
});

describe("the host", () => {
  const many = rows(400_000, 4);

  it.each(["fit", "train"] as const)("can abort %s in the midst of a long epoch", async (method) => {
    const network = await Network.create(wide);
    const controller = new AbortController();
    const reason = new Error("enough");
    let aborted = 0;
    setTimeout(() => {
      aborted = cpuMilliseconds();
      controller.abort(reason);
    }, 200);
    const options = { epochs: 100, ...stepByStep, signal: controller.signal };
    const running = method === "fit" ? network.fit(many, options) : network.train(many, options).next();
    await expect(running).rejects.toBe(reason);
    expect(cpuMilliseconds() - aborted).toBeLessThan(100);
    expect(aborted).toBeGreaterThan(0);
    expect(network.parameters.every((value) => Number.isFinite(value))).toBe(true);
    await network.fit(rows(10, 4), { epochs: 1, optimizer: adam() });
  });

  it("can abort a validation too", async () => {
    const network = await Network.create({ ...wide, engine: "float64" });
    const controller = new AbortController();
    let aborted = 0;
    setTimeout(() => {
      aborted = cpuMilliseconds();
      controller.abort();
    }, 100);
    const options = { epochs: 1, ...stepByStep, validationData: many, signal: controller.signal };
    await expect(network.fit(rows(10, 4), options)).rejects.toMatchObject({ name: "AbortError" });
    expect(cpuMilliseconds() - aborted).toBeLessThan(100);
  });

  it("can abort before it begins, and then nothing is changed", async () => {
    const network = await Network.create(line);
    const before = bitsOf(network.parameters);
    const data = Dataset.from({ inputs: [[0], [2]], targets: [[0], [1]], standardize: true });
    const options = { epochs: 1, optimizer: adam(), signal: AbortSignal.abort() };
    await expect(network.fit(data, options)).rejects.toMatchObject({ name: "AbortError" });
    await expect(network.train(data, options).next()).rejects.toMatchObject({ name: "AbortError" });
    expect(bitsOf(network.parameters)).toEqual(before);
    expect(network.standardization).toBeNull();
  });

  it("keeps its turn while a network trains and evaluates", async () => {
    const network = await Network.create(wide);
    const controller = new AbortController();
    const gaps: number[] = [];
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      gaps.push(now - last);
      last = now;
      if (gaps.length === 25) controller.abort();
    }, 1);
    const options = { epochs: 100, ...stepByStep, signal: controller.signal };
    await expect(network.fit(many, options)).rejects.toMatchObject({ name: "AbortError" });
    const trained = gaps.length;
    await network.evaluate(many);
    clearInterval(timer);
    expect(gaps.length).toBeGreaterThan(trained);
    gaps.sort((a, b) => a - b);
    // A slice is 20 ms; a machine with other work may hold up one turn or another.
    expect(gaps[Math.floor(gaps.length / 2)]).toBeLessThan(60);
    expect(gaps[Math.floor(gaps.length * 0.9)]).toBeLessThan(200);
  });
});
