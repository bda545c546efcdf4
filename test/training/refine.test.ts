/** What updates do besides their rule: kernels against their twins, these against formulas, and what trainings make of it. */
import { describe, expect, it } from "vitest";
import { ReferenceEngine } from "../../src/engine/reference/reference-engine.ts";
import { WasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { Random } from "../../src/ground/random.ts";
import {
  adam,
  adamW,
  Dataset,
  InvalidInputError,
  lbfgs,
  Network,
  type NetworkOptions,
  type Optimizer,
  sgd,
} from "../../src/index.ts";
import { penalty } from "../../src/kinds/regularizers/refinement.ts";
import { networkShape } from "../../src/model/shape.ts";
import { refinedRule, type Refining } from "../../src/training/refine.ts";
import { bitsOf, kernelsOf, largestDifference, sharedKernels, tiers } from "../support/engines.ts";

const SEED = 11;
const layers = [
  { units: 37, activation: "tanh" },
  { units: 21, activation: "sigmoid" },
  { units: 3, activation: "softmax" },
] as const;
const shape = networkShape({ inputs: 19, layers, loss: "categoricalCrossEntropy" });
const wide = networkShape({
  inputs: 90,
  layers: [{ units: 150, activation: "tanh" }, ...layers.slice(1)],
  loss: "categoricalCrossEntropy",
});

const one = { l1: 0.01, l2: 0.1, maxNorm: 1, biases: true };
const cases: [string, Optimizer, Refining, readonly number[]][] = [
  ["clipNorm", sgd({ learningRate: 0.5 }), { clipNorm: 0.01 }, []],
  ["clipNorm that is never reached", sgd({ learningRate: 0.5 }), { clipNorm: 1e6 }, []],
  ["clipValue", adam({ learningRate: 0.01 }), { clipValue: 0.001 }, []],
  ["l1", sgd({ learningRate: 0.1 }), { regularization: { ...one, l2: 0, maxNorm: Infinity } }, []],
  ["l2 of weights", adam({ learningRate: 0.01 }), { regularization: { ...one, l1: 0, biases: false } }, []],
  ["maxNorm", sgd({ learningRate: 0.1 }), { regularization: { l1: 0, l2: 0, maxNorm: 0.5, biases: false } }, []],
  ["decay", adamW({ learningRate: 0.01, weightDecay: 0.5 }), {}, []],
  ["frozen layers", sgd({ learningRate: 0.1, momentum: 0.9 }), { clipNorm: 0.1 }, [0, 2]],
  ["averageWeights", adam({ learningRate: 0.01 }), { averageWeights: { decay: 0.7 } }, []],
  ["layers by themselves", sgd({ learningRate: 0.1 }), { regularization: [null, one, null] }, [0]],
  [
    "all of it",
    adamW({ learningRate: 0.01, decayBiases: true }),
    { clipNorm: 0.1, regularization: one, averageWeights: { decay: 0.9 } },
    [1],
  ],
];

/** Ten steps of ten rows each. */
function trained<E extends ReferenceEngine | WasmEngine>(
  engine: E,
  optimizer: Optimizer,
  refining: Refining,
  frozen: readonly number[],
) {
  const random = new Random(SEED);
  const rule = refinedRule("test", optimizer, engine.shape, refining, new Set(frozen));
  const samples = engine.prepare(30, rule);
  const { parameters, shape: of } = engine;
  for (let i = 0; i < parameters.length; i++) parameters[i] = Math.fround(random.uniform(-0.5, 0.5));
  for (let i = 0; i < samples.inputs.length; i++) samples.inputs[i] = Math.fround(random.uniform(-1, 1));
  for (let row = 0; row < 30; row++) samples.targets[row * 3 + random.below(3)] = 1;
  const start = parameters.slice();
  engine.rates.fill(rule.rate(0));
  engine.steps(samples, 0, of === wide ? 30 : 10, 10);
  return { rule, start, parameters: engine.parameters, slots: engine.slots, numbers: [...engine.ruleState] };
}

describe.each(cases)("an update with %s", (_, optimizer, refining, frozen) => {
  it.each(tiers)("is that of the twin, in %s", (tier) => {
    const expected = trained(new ReferenceEngine(shape, "float64"), optimizer, refining, frozen);
    const found = trained(new WasmEngine(kernelsOf[tier], shape), optimizer, refining, frozen);
    const moved = largestDifference(expected.parameters, expected.start);
    expect(moved).toBeGreaterThan(1e-4);
    expect(largestDifference(found.parameters, expected.parameters)).toBeLessThan(1e-4 * moved + 1e-7);
    found.slots.forEach((slot, i) => expect(largestDifference(slot, expected.slots[i]!)).toBeLessThan(1e-5));
    expect(found.numbers).toEqual(expected.numbers);
    for (const k of frozen) {
      const { weights, end } = shape.layers[k]!;
      expect(bitsOf(found.parameters.subarray(weights, end))).toEqual(bitsOf(found.start.subarray(weights, end)));
    }
  });

  it.each(["strict", "fused"] as const)("has the same bits with two and three threads, in %s", async (tier) => {
    const kernels = await sharedKernels(tier);
    const alone = trained(new WasmEngine(kernels, wide), optimizer, refining, frozen);
    for (const threads of [2, 3]) {
      const engine = await WasmEngine.withThreads(kernels, wide, threads);
      const shared = trained(engine, optimizer, refining, frozen);
      expect(bitsOf(shared.parameters)).toEqual(bitsOf(alone.parameters));
      shared.slots.forEach((slot, i) => expect(bitsOf(slot)).toEqual(bitsOf(alone.slots[i]!)));
      engine.release();
    }
  });
});

describe("the formulas", () => {
  const few = networkShape({ inputs: 2, layers: [{ units: 2, activation: "identity" }], loss: "meanSquaredError" });
  /** Parameters, [w11 w12 w21 w22 b1 b2], after steps of plain descent, whose gradients are given. */
  function after(
    refining: Refining,
    gradients: number[][],
    optimizer: Optimizer = sgd({ learningRate: 0.5 }),
    rate = 0.5,
  ) {
    const engine = new ReferenceEngine(few, "float64");
    engine.prepare(1, refinedRule("test", optimizer, few, refining));
    engine.parameters.set([1, -2, 0, 2, 3, -4]);
    engine.rates.fill(rate);
    for (const gradient of gradients) {
      engine.gradients.set(gradient);
      engine.update();
    }
    return { parameters: [...engine.parameters], slots: engine.slots.map((slot) => [...slot]) };
  }
  const close = (found: number[], expected: number[]) =>
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 12));
  const none = [0, 0, 0, 0, 0, 0];
  const off = { l1: 0, l2: 0, maxNorm: Infinity, biases: false };

  it("clip_grad_norm_: max / (norm + 1e-6), at most 1", () => {
    const g = [3, 0, 0, 4, 0, 0];
    const scale = 2 / (5 + 1e-6);
    close(after({ clipNorm: 2 }, [g]).parameters, [1 - 1.5 * scale, -2, 0, 2 - 2 * scale, 3, -4]);
    close(after({ clipNorm: 6 }, [g]).parameters, [-0.5, -2, 0, 0, 3, -4]);
  });

  it("clip_grad_value_", () => {
    close(after({ clipValue: 1 }, [[3, -5, 0.5, 0, -1, 9]]).parameters, [0.5, -1.5, -0.25, 2, 3.5, -4.5]);
  });

  it("penalties: l1 sign(w), 0 at 0, and l2 w; of weights, and of biases if asked", () => {
    close(after({ regularization: { ...off, l1: 0.2 } }, [none]).parameters, [0.9, -1.9, 0, 1.9, 3, -4]);
    close(after({ regularization: { ...off, l2: 0.2 } }, [none]).parameters, [0.9, -1.8, 0, 1.8, 3, -4]);
    close(
      after({ regularization: { ...off, l2: 0.2, biases: true } }, [none]).parameters,
      [0.9, -1.8, 0, 1.8, 2.7, -3.6],
    );
  });

  it("penalties are added after clipping", () => {
    const { parameters } = after({ clipValue: 0.1, regularization: { ...off, l2: 1 } }, [[9, 9, 9, 9, 9, 9]]);
    close(parameters, [0.45, -1.05, -0.05, 0.95, 2.95, -4.05]);
  });

  it("decay apart from the gradient: of weights, and of biases if asked", () => {
    const decayed = (decayBiases: boolean) =>
      after({}, [none], adamW({ learningRate: 0.5, weightDecay: 0.2, decayBiases })).parameters;
    close(decayed(false), [0.9, -1.8, 0, 1.8, 3, -4]);
    close(decayed(true), [0.9, -1.8, 0, 1.8, 2.7, -3.6]);
  });

  it("Keras's MaxNorm of the weights into each unit", () => {
    const short = 1.5 / Math.sqrt(5);
    const { parameters } = after({ regularization: { ...off, maxNorm: 1.5 } }, [none]);
    close(parameters, [short, -2 * short, 0, 1.5, 3, -4]);
  });

  it("the average is the parameters after the first step, then moves", () => {
    const { slots } = after({ averageWeights: { decay: 0.75 } }, [
      [2, 0, 0, 0, 0, 0],
      [4, 0, 0, 0, 0, 0],
    ]);
    close(slots.at(-1)!, [-0.5, -2, 0, 2, 3, -4]);
  });

  it("the gradient of a penalty is its derivative", () => {
    const regularization = { ...off, l1: 0.3, l2: 0.7, biases: true };
    const { refinement } = refinedRule("test", sgd({ learningRate: 1 }), few, { regularization });
    const w = Float64Array.of(1, -2, 0.5, 2, 3, -4);
    for (let i = 0; i < 6; i++) {
      const at = (h: number) =>
        penalty(
          refinement!,
          w.map((value, j) => (i === j ? value + h : value)),
        );
      const slope = (at(1e-4) - at(-1e-4)) / 2e-4;
      expect(slope).toBeCloseTo(0.3 * Math.sign(w[i]!) + 0.7 * w[i]!, 8);
    }
  });

  it("a plain rule stays the optimizer's own", () => {
    expect(refinedRule("test", sgd({ learningRate: 1 }), few).refinement).toBeUndefined();
    expect(refinedRule("test", adamW({ weightDecay: 0 }), few).refinement).toBeUndefined();
  });
});

describe("a training", () => {
  const random = new Random(SEED);
  const inputs = Array.from({ length: 90 }, () => [random.uniform(-1, 1), random.uniform(-1, 1)]);
  const data = Dataset.from({ inputs, labels: inputs.map(([a, b]) => (a! * b! > 0 ? 1 : 0)) });
  const options: NetworkOptions = {
    inputs: 2,
    layers: [
      { units: 8, activation: "tanh" },
      { units: 2, activation: "softmax" },
    ],
    loss: "categoricalCrossEntropy",
    engine: "strict",
  };
  const create = () => Network.create(options);
  const base = { epochs: 4, batchSize: 15, optimizer: adam({ learningRate: 0.05 }) };

  it("accumulates batches as one of so many times the rows", async () => {
    const [whole, parts] = [await create(), await create()];
    const { steps } = await whole.fit(data, { ...base, batchSize: 45 });
    expect((await parts.fit(data, { ...base, accumulate: 3 })).steps).toBe(steps);
    expect(bitsOf(parts.parameters)).toEqual(bitsOf(whole.parameters));
  });

  it("leaves frozen layers as they are, and thawed ones not, and shows all their gradients", async () => {
    const network = await create();
    const [first, second] = [bitsOf(network.weights[0]!), bitsOf(network.weights[1]!)];
    network.freeze(0);
    expect(network.frozen).toEqual([0]);
    await network.fit(data, { ...base, optimizer: adamW({ weightDecay: 0.5 }), regularization: { l2: 1 } });
    expect(bitsOf(network.weights[0]!)).toEqual(first);
    expect(bitsOf(network.weights[1]!)).not.toEqual(second);
    const [{ weights }] = network.gradients({
      inputs,
      targets: inputs.map(([a, b]) => (a! * b! > 0 ? [0, 1] : [1, 0])),
    }) as never as [{ weights: Float32Array }];
    expect(weights.some((g) => g !== 0)).toBe(true);
    await network.fit(data, { epochs: 5, optimizer: lbfgs() });
    expect(bitsOf(network.weights[0]!)).toEqual(first);
    network.thaw(0);
    await network.fit(data, base);
    expect(bitsOf(network.weights[0]!)).not.toEqual(first);
    expect(() => network.freeze(2)).toThrow("freeze: layer: expected a whole number, at least 0, at most 1, got 2");
  });

  it("has the average between epochs and in the end, and refuses new parameters meanwhile", async () => {
    const [plain, averaged] = [await create(), await create()];
    const path: Float32Array[] = [];
    await plain.fit(data, {
      ...base,
      batchSize: "full",
      onEpoch: () => void path.push(plain.parameters.slice() as Float32Array),
    });
    const seen: Float32Array[] = [];
    const history = await averaged.fit(data, {
      ...base,
      batchSize: "full",
      averageWeights: { decay: 0.5 },
      validationData: data,
      onEpoch: () => {
        seen.push(averaged.parameters.slice() as Float32Array);
        expect(() => averaged.setParameters(1, { weights: [], biases: [] })).toThrow("averageWeights");
      },
    });
    let average = path[0]!;
    path.forEach((parameters, epoch) => {
      if (epoch > 0) average = average.map((a, i) => 0.5 * a + 0.5 * parameters[i]!);
      expect(largestDifference(seen[epoch]!, average)).toBeLessThan(1e-6);
    });
    expect(bitsOf(averaged.parameters)).toEqual(bitsOf(seen.at(-1)!));
    expect((await averaged.evaluate(data)).loss).toBe(history.validation.at(-1)!.loss);
  });

  it("by lbfgs descends the penalized loss, and tells that of the rows", async () => {
    const network = await Network.create({ ...options, engine: "float64" });
    const { loss } = await network.fit(data, {
      epochs: 200,
      optimizer: lbfgs({ tolerance: 1e-9 }),
      regularization: { l2: 0.05 },
    });
    expect((await network.evaluate(data)).loss).toBeCloseTo(loss.at(-1)!, 12);
    const targets = inputs.map(([a, b]) => (a! * b! > 0 ? [0, 1] : [1, 0]));
    network.gradients({ inputs, targets }).forEach(({ weights, biases }, k) => {
      weights.forEach((g, i) => expect(g + 0.05 * network.weights[k]![i]!).toBeCloseTo(0, 6));
      biases.forEach((g) => expect(g).toBeCloseTo(0, 6));
    });
  });

  it.each([
    [{ clipNorm: 0 }, "fit: clipNorm: expected a finite number, above 0"],
    [{ clipNorm: 1, clipValue: 1 }, "fit: clipValue: expected either this or clipNorm, got both"],
    [{ clipValue: null }, "fit: clipValue: expected a finite number, above 0, at most 1e+30, got null"],
    [{ accumulate: 1.5 }, "fit: accumulate: expected a whole number, at least 1"],
    [{ regularization: { l3: 1 } }, "fit: regularization: expected options among l1, l2, maxNorm, biases"],
    [{ regularization: [null, { l2: -1 }] }, "fit: regularization: layer 2: l2: expected a finite number, at least 0"],
    [{ regularization: [null] }, "fit: regularization: expected an entry for each of 2 layers, got 1"],
    [{ regularization: { biases: 1 } }, "fit: regularization: biases: expected true or false, got 1"],
    [{ averageWeights: 0.9 }, "fit: averageWeights: expected an object of options, got 0.9"],
    [{ averageWeights: { decay: 1 } }, "fit: averageWeights: decay: expected a finite number, at least 0, below 1"],
    [{ optimizer: lbfgs(), clipNorm: 1 }, "fit: clipNorm: expected an optimizer that descends step by step, got lbfgs"],
    [{ optimizer: lbfgs(), accumulate: 2 }, "fit: accumulate: expected an optimizer that descends"],
    [{ optimizer: lbfgs(), averageWeights: {} }, "fit: averageWeights: expected an optimizer that descends"],
    [{ optimizer: lbfgs(), regularization: { maxNorm: 1 } }, "fit: regularization: maxNorm: expected an optimizer"],
  ])("refuses %o and changes nothing", async (given, message) => {
    const network = await create();
    const before = bitsOf(network.parameters);
    const fit = () => network.fit(data, { ...base, ...given } as never);
    await expect(fit()).rejects.toThrow(InvalidInputError);
    await expect(fit()).rejects.toThrow(message);
    expect(bitsOf(network.parameters)).toEqual(before);
  });
});
