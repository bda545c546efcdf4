import { describe, expect, it } from "vitest";
import type { Engine, TrainingPart } from "../../../src/engine/engine.ts";
import { ReferenceEngine } from "../../../src/engine/reference/reference-engine.ts";
import { WasmEngine } from "../../../src/engine/wasm/wasm-engine.ts";
import type { LayerDescription } from "../../../src/index.ts";
import { Dataset, Network, adam, lbfgs, sgd } from "../../../src/index.ts";
import { NO_RULE } from "../../../src/kinds/optimizers/optimizer.ts";
import { checkDescription, describe as print } from "../../../src/model/description.ts";
import { networkShape } from "../../../src/model/shape.ts";
import { bitsOf, kernelsOf, sharedKernels, tiers } from "../../support/engines.ts";
import { normwiseError } from "../../support/errors.ts";
import { fillLayers, layersCase, type LayersCase } from "../../support/random-layers.ts";

const seeds = Array.from({ length: 60 }, (_, i) => i + 1);
const training: TrainingPart = { step: 3, place: 0 };

const oracleOf = (drawn: LayersCase) => new ReferenceEngine(drawn.shape, "float64");

/** A gradient, by layer. */
function gradientOf(engine: Engine, drawn: LayersCase, part?: TrainingPart) {
  const samples = fillLayers(engine, drawn);
  const loss = engine.gradient(samples, 0, drawn.rows, drawn.rows, false, part);
  return { loss, gradients: engine.gradients.slice(), samples };
}

describe.each(tiers)("layers of every kind on the %s tier", (tier) => {
  it.each([
    ["as the network is used", undefined],
    ["in training", training],
  ] as const)("have the losses and gradients of the float64 twins, %s", (_, part) => {
    for (const seed of seeds) {
      const drawn = layersCase(seed);
      const found = gradientOf(new WasmEngine(kernelsOf[tier], drawn.shape), drawn, part);
      const expected = gradientOf(oracleOf(drawn), drawn, part);
      expect(Math.abs(found.loss - expected.loss), `seed ${seed}`).toBeLessThan(1e-5 * Math.max(1, expected.loss));
      expect(normwiseError(found.gradients, expected.gradients), `seed ${seed}`).toBeLessThan(1e-4);
    }
  });

  it("have those of the float64 twins where some are frozen, whose statistics stay", () => {
    for (const seed of seeds) {
      const drawn = layersCase(seed);
      const frozen = new Set(drawn.shape.layers.map((_, k) => k).filter((k) => (k + seed) % 2 === 0));
      const [found, expected] = [new WasmEngine(kernelsOf[tier], drawn.shape), oracleOf(drawn)].map((engine) => {
        const samples = fillLayers(engine, drawn, { frozen });
        engine.step(samples, 0, drawn.rows, 3);
        const { gradients, statistics } = engine;
        const values = engine.layerValues(samples, 0, drawn.rows, { ...training, isAgain: true });
        return { gradients: gradients.slice(), statistics: statistics.slice(), last: values.at(-1)!.activations };
      });
      expect(normwiseError(found!.gradients, expected!.gradients), `seed ${seed}`).toBeLessThan(1e-4);
      expect(normwiseError(found!.statistics, expected!.statistics), `seed ${seed}`).toBeLessThan(1e-5);
      expect(normwiseError(found!.last, expected!.last), `seed ${seed}`).toBeLessThan(1e-4);
      drawn.shape.layers.forEach(({ statistics: { begin, end } }, k) => {
        const [now, before] = [expected!.statistics, drawn.statistics].map((all) => [...all.subarray(begin, end)]);
        if (frozen.has(k)) expect(now).toEqual(before);
        else if (end > begin) expect(now).not.toEqual(before);
      });
    }
  });

  it("learn the statistics of the twins", () => {
    for (const seed of seeds) {
      const drawn = layersCase(seed);
      const [found, expected] = [new WasmEngine(kernelsOf[tier], drawn.shape), oracleOf(drawn)].map((engine) => {
        const samples = fillLayers(engine, drawn);
        for (let step = 0; step < 3; step++) engine.step(samples, 0, drawn.rows, step);
        return engine.statistics.slice();
      });
      found!.forEach((value, i) => expect(Math.abs(value - expected![i]!), `seed ${seed}`).toBeLessThan(1e-4));
    }
  });
});

describe("layers of every kind", () => {
  it("have gradients that agree with central differences within 1e-7, the same mask and the same batch at each", () => {
    for (const seed of seeds.slice(0, 40)) {
      const drawn = layersCase(seed);
      const engine = oracleOf(drawn);
      const { samples, gradients, loss } = gradientOf(engine, drawn, training);
      const floor = Math.max(1e-3 * Math.max(...gradients.map(Math.abs)), 1e-3 * loss);
      const lossAt = (i: number, distance: number) => {
        engine.parameters[i] = drawn.parameters[i]! + distance;
        return engine.loss(samples, 0, drawn.rows, drawn.rows, training);
      };
      for (let i = 0; i < gradients.length; i += 1 + Math.floor(gradients.length / 40)) {
        const h = 3e-4;
        const numeric = (8 * (lossAt(i, h) - lossAt(i, -h)) - (lossAt(i, 2 * h) - lossAt(i, -2 * h))) / (12 * h);
        engine.parameters[i] = drawn.parameters[i]!;
        const size = Math.max(Math.abs(numeric), Math.abs(gradients[i]!), floor);
        expect(Math.abs(numeric - gradients[i]!) / size, `seed ${seed}, parameter ${i}`).toBeLessThan(1e-7);
      }
    }
  });

  it("come to the same bits on two threads as on one", { timeout: 60_000 }, async () => {
    const shared = await sharedKernels("strict");
    for (const seed of [3, 8, 13]) {
      const drawn = layersCase(seed, 1000);
      const alone = new WasmEngine(kernelsOf.strict, drawn.shape);
      const together = await WasmEngine.withThreads(shared, drawn.shape, 2);
      // So that small networks are shared too.
      new Uint32Array(together.memory.buffer, together.plan.team, 2)[1] = 0;
      const [one, two] = [alone, together].map((engine) => {
        const samples = fillLayers(engine, drawn, { batchSize: 333 });
        engine.steps(samples, 0, 333, 8, 0);
        return [bitsOf(engine.parameters), bitsOf(engine.statistics)];
      });
      expect(two, `seed ${seed}`).toEqual(one);
      together.release();
    }
  });

  it("put rows into panels where the first layer does not read them", () => {
    const layers: LayerDescription[] = [{ layer: "layerNorm" }, { units: 2, activation: "identity" }];
    const { ops } = networkShape(checkDescription({ inputs: 3, layers, loss: "meanSquaredError" }));
    expect(ops.map(({ name }) => name)).toEqual(["panels", "layerNorm", "scale", "dense", "identity"]);
  });
});

const rows = (count: number) => {
  const inputs = Array.from({ length: count }, (_, i) => [Math.sin(i), Math.cos(2 * i), Math.sin(5 * i)]);
  return Dataset.from({ inputs, targets: inputs.map(([a, b, c]) => [a! * b!, c!]) });
};

const create = (layers: LayerDescription[], engine: "strict" | "float64" | "float32" = "strict") =>
  Network.create({
    inputs: 3,
    layers: [...layers, { units: 2, activation: "identity" }],
    loss: "meanSquaredError",
    seed: 4,
    engine,
  });

describe("a description with layers", () => {
  const described = (layer: object) =>
    checkDescription({
      inputs: 3,
      layers: [layer as LayerDescription, { units: 2, activation: "softmax" }],
      loss: "categoricalCrossEntropy",
    });

  it("is completed, and prints back", () => {
    expect(described({ layer: "dropout" }).layers[0]).toEqual({ layer: "dropout", rate: 0.5 });
    expect(described({ layer: "layerNorm" }).layers[0]).toEqual({ layer: "layerNorm", epsilon: 1e-5 });
    expect(described({ layer: "batchNorm" }).layers[0]).toEqual({ layer: "batchNorm", epsilon: 1e-5, momentum: 0.1 });
    expect(described({ layer: "dense", units: 2, activation: "tanh" }).layers[0]).toEqual({
      units: 2,
      activation: "tanh",
    });
    expect(print(described({ layer: "dropout", rate: 0.25 }))).toContain('{ layer: "dropout", rate: 0.25 }');
  });

  it.each([
    [
      { layer: "droput" },
      'layer 1: expected layer: one of dense, dropout, layerNorm, batchNorm, got "droput" (did you mean "dropout"?)',
    ],
    [{ layer: null }, "layer 1: expected layer: one of"],
    [{ layer: "dropout", rate: 1 }, "layer 1: rate: expected a finite number, at least 0, below 1, got 1"],
    [{ layer: "dropout", rate: null }, "layer 1: rate: expected a finite number"],
    [{ layer: "dropout", rat: 0.1 }, 'got "rat" (did you mean "rate"?)'],
    [{ layer: "layerNorm", epsilon: 0 }, "layer 1: epsilon: expected"],
    [{ layer: "batchNorm", momentum: 0 }, "layer 1: momentum: expected a finite number, above 0, at most 1, got 0"],
  ])("is refused where a layer is wrong: %o", (layer, message) => {
    expect(() => described(layer)).toThrow(message);
  });

  it("ends in a layer with an activation", () => {
    const layers: LayerDescription[] = [{ units: 2, activation: "tanh" }, { layer: "layerNorm" }];
    expect(() => checkDescription({ inputs: 1, layers, loss: "meanSquaredError" })).toThrow(
      "layer 2: expected the last layer to have an activation, as dense ones do: a loss goes with it, got layerNorm",
    );
  });
});

describe("dropout", () => {
  const network = () =>
    create([
      { units: 40, activation: "tanh" },
      { layer: "dropout", rate: 0.25 },
    ]);

  it("drops about its rate of all units, scales the others, and others in every step", () => {
    const shape = networkShape(
      checkDescription({
        inputs: 50,
        layers: [
          { layer: "dropout", rate: 0.25 },
          { units: 1, activation: "identity" },
        ],
        loss: "meanSquaredError",
      }),
    );
    const engine = new WasmEngine(kernelsOf.strict, shape);
    const samples = engine.prepare(400, NO_RULE, false, { seed: 9 });
    samples.inputs.fill(3);
    const [first, second] = [1, 2].map(
      (step) => engine.layerValues(samples, 0, 400, { step, place: 0 })[0]!.activations,
    );
    const kept = first!.filter((x) => x !== 0);
    expect([...new Set(kept)]).toEqual([4]);
    expect(kept.length / first!.length).toBeCloseTo(0.75, 1);
    expect(Math.abs(kept.length / first!.length - 0.75)).toBeLessThan(0.012);
    const both = first!.filter((x, i) => x !== 0 && second![i] !== 0).length;
    expect(Math.abs(both / first!.length - 0.75 ** 2)).toBeLessThan(0.015);
    const later = engine.layerValues(samples, 100, 400, { step: 1, place: 100 })[0]!.activations;
    expect(later).toEqual(first!.slice(100 * 50));
  });

  it("leaves predictions, gradients and their check alone", async () => {
    const [with_, without] = [await network(), await create([{ units: 40, activation: "tanh" }])];
    without.setParameters(0, with_.toJSON().layers[0]!);
    without.setParameters(1, with_.toJSON().layers[2]!);
    const batch = rows(20);
    expect(with_.predict(batch)).toEqual(without.predict(batch));
    expect(with_.gradients(batch)[2]).toEqual(without.gradients(batch)[1]);
    expect((await with_.checkGradients(batch)).maxRelativeError).toBeLessThan(1e-7);
    expect([with_.weights[1]!.length, with_.biases[1]!.length]).toEqual([0, 0]);
    expect(() => with_.setParameters(1, { weights: [], biases: [] })).toThrow(
      "layer 2: weights: expected a layer that has some",
    );
  });

  it("trains to the same bits again by the same seed, to others by another, step by step or not", async () => {
    const trained = async (seed: number, options = {}) => {
      const fresh = await network();
      await fresh.fit(rows(50), { epochs: 5, batchSize: 16, optimizer: adam(), seed, shuffle: false, ...options });
      return bitsOf(fresh.parameters);
    };
    const first = await trained(1);
    expect(await trained(1)).toEqual(first);
    expect(await trained(2)).not.toEqual(first);
    expect(await trained(1, { onStep: () => {} })).toEqual(first);
  });
});

describe("batchNorm", () => {
  const network = (engine: "strict" | "float64" | "float32" = "strict") => create([{ layer: "batchNorm" }], engine);

  it("normalizes by the batch in training, whatever its size, and learns PyTorch's moving statistics", async () => {
    for (const engine of ["strict", "float64", "float32"] as const) {
      const fresh = await network(engine);
      const dataset = rows(3000); // more than a pass takes
      await fresh.fit(dataset, { epochs: 1, batchSize: "full", optimizer: sgd({ learningRate: 0.1 }) });
      const { mean, variance } = fresh.toJSON().layers[0]! as unknown as Record<string, number[]>;
      const columns = [0, 1, 2].map((j) =>
        Array.from({ length: 3000 }, (_, i) => [Math.sin(i), Math.cos(2 * i), Math.sin(5 * i)][j]!),
      );
      columns.forEach((values, j) => {
        const average = values.reduce((sum, x) => sum + x, 0) / 3000;
        const squares = values.reduce((sum, x) => sum + (x - average) ** 2, 0);
        expect(mean![j]).toBeCloseTo(0.1 * average, 6);
        expect(variance![j]).toBeCloseTo(0.9 + 0.1 * (squares / 2999), 6);
      });
    }
  });

  it("is saved and restored with its statistics, and predicts with them", async () => {
    const trained = await network();
    await trained.fit(rows(64), { epochs: 3, optimizer: adam() });
    const restored = await Network.fromJSON(JSON.stringify(trained), { engine: "strict" });
    expect(restored.predict(rows(7))).toEqual(trained.predict(rows(7)));
    const saved = JSON.parse(JSON.stringify(trained));
    saved.layers[0].variance[1] = -1;
    await expect(Network.fromJSON(saved)).rejects.toThrow(
      "saved network: layer 1, variance, number 2: expected a finite number, at least 0, got -1",
    );
    delete saved.layers[0].variance;
    await expect(Network.fromJSON(saved)).rejects.toThrow("layer 1, variance: expected an array of 3 numbers");
  });

  it("goes on from the state of a training to the same bits, shown step by step or not", async () => {
    const options = { epochs: 4, batchSize: 10, optimizer: adam(), shuffle: false } as const;
    const [plain, shown] = [await network(), await network()];
    await plain.fit(rows(40), options);
    await shown.fit(rows(40), { ...options, onStep: () => {} });
    expect(bitsOf(shown.parameters)).toEqual(bitsOf(plain.parameters));
    expect(shown.toJSON()).toEqual(plain.toJSON());
  });

  it("frozen goes by its statistics in training, which stay, and takes any batch and lbfgs then", async () => {
    for (const engine of ["strict", "float64", "float32"] as const) {
      const trained = await network(engine);
      await trained.fit(rows(30), { epochs: 2, batchSize: 10, optimizer: adam({ learningRate: 0.1 }) });
      const learned = trained.toJSON().layers[0]!;
      trained.freeze(0);
      const { loss } = await trained.evaluate(rows(30));
      const descent = { epochs: 1, batchSize: "full", optimizer: sgd({ learningRate: 0.1 }) } as const;
      expect((await trained.fit(rows(30), descent)).loss[0]).toBeCloseTo(loss, 5);
      await trained.fit(rows(5), { epochs: 2, batchSize: 1, optimizer: adam() });
      await trained.fit(rows(30), { epochs: 2, optimizer: lbfgs() });
      expect(trained.toJSON().layers[0]).toEqual(learned);
      trained.thaw(0);
      await trained.fit(rows(30), descent);
      expect(trained.toJSON().layers[0]).not.toEqual(learned);
    }
  });

  it("takes the batches that are accumulated for one", async () => {
    for (const engine of ["strict", "float64"] as const) {
      const [parts, whole] = [await network(engine), await network(engine)];
      const options = { epochs: 2, optimizer: adam() };
      await parts.fit(rows(600), { ...options, batchSize: 100, accumulate: 5 });
      await whole.fit(rows(600), { ...options, batchSize: 500 });
      expect(parts.toJSON()).toEqual(whole.toJSON());
    }
  });

  it("refuses batches of one row, also a last one, and lbfgs", async () => {
    const fresh = await network();
    const fit = (count: number, batchSize: number, optimizer = sgd({ learningRate: 0.1 })) =>
      fresh.fit(rows(count), { epochs: 1, batchSize, optimizer });
    await expect(fit(5, 1)).rejects.toThrow(
      "fit: batchSize: expected batches of at least 2 rows for layer 1 (batchNorm), got 5 rows in batches of 1",
    );
    await expect(fit(9, 4)).rejects.toThrow("got 9 rows in batches of 4, the last one of 1");
    await expect(fresh.fit(rows(8), { epochs: 1, optimizer: lbfgs() })).rejects.toThrow(
      "fit: optimizer: expected one that",
    );
    await expect(fit(8, 4)).resolves.toBeDefined();
  });
});

it("takes the layers of a whole training", async () => {
  const network = await Network.create({
    inputs: 3,
    layers: [
      { units: 16, activation: "tanh" },
      { layer: "layerNorm" },
      { layer: "dropout", rate: 0.1 },
      { units: 2, activation: "identity" },
    ],
    loss: "meanSquaredError",
    seed: 1,
  });
  const { loss } = await network.fit(rows(100), { epochs: 60, optimizer: adam({ learningRate: 0.01 }) });
  expect(loss.at(-1)).toBeLessThan(0.3 * loss[0]!);
  expect(network.widths).toEqual([3, 16, 16, 16, 2]);
  expect([...network.weights[1]!].some((w) => w !== 1)).toBe(true);
});
