import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { Engine, Samples } from "../../../src/engine/engine.ts";
import type { Floats } from "../../../src/ground/floats.ts";
import { ReferenceEngine } from "../../../src/engine/reference/reference-engine.ts";
import { WasmEngine } from "../../../src/engine/wasm/wasm-engine.ts";
import { activationOf, type ActivationName, activations as kinds } from "../../../src/kinds/activations/index.ts";
import { CapacityError } from "../../../src/ground/errors.ts";
import { passCapacity } from "../../../src/engine/wasm/layout.ts";
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  lion,
  nadam,
  rmsprop,
  ruleOf,
  sgd,
} from "../../../src/kinds/optimizers/index.ts";
import { refinedRule } from "../../../src/training/refine.ts";
import { Random } from "../../../src/ground/random.ts";
import { type NetworkShape, networkShape } from "../../../src/model/shape.ts";
import {
  bitsOf,
  kernelsOf,
  largestDifference,
  normwiseError,
  prepared,
  tiers,
  sharedKernels,
} from "../../support/engines.ts";
import { fill, matrixErrors, type RandomCase, randomCase } from "../../support/random-network.ts";

const readme = new URL("../../../README.md", import.meta.url);
const rule = ruleOf(sgd({ learningRate: 0.1 }));
const TOLERANCE = 1e-5;
/** What the thousand random networks really come to, in every tier. */
const STATED = 5e-6;

function oracleOf(drawn: RandomCase) {
  const engine = new ReferenceEngine(drawn.shape, "float64");
  return { engine, samples: fill(engine, drawn) };
}

/**
 * No matrix of the gradient is further from the oracle's than the tolerance; returns how far the worst is. By the largest
 * of its matrix, since a single partial can be the small difference of large terms, of which float32 keeps seven digits
 * however it is computed; and matrix by matrix, since a wrong one of a vanishing layer would not show in the whole.
 */
function checkGradient({ shape }: RandomCase, gradients: Floats, oracle: Floats, label: string): number {
  const errors = matrixErrors(shape, gradients, oracle);
  errors.forEach((error, k) => expect(error, `${label}: w^(${k + 1})`).toBeLessThanOrEqual(TOLERANCE));
  return Math.max(...errors);
}

describe.each(tiers)("the %s engine", (tier) => {
  const newEngine = (shape: NetworkShape) => new WasmEngine(kernelsOf[tier], shape);
  const hundreds = Array.from({ length: 10 }, (_, i) => i * 100);
  const worst = { gradient: 0, outputs: 0, loss: 0 };

  it("reports itself", () => {
    expect(newEngine(randomCase(1).shape).report).toMatchObject({ kind: "wasm", tier, shared: false });
  });

  it.each(hundreds)("agrees with float64 within 1e-5 on the hundred random networks after seed %i", (after) => {
    for (let seed = after + 1; seed <= after + 100; seed++) {
      const drawn = randomCase(seed);
      const oracle = oracleOf(drawn);
      const engine = newEngine(drawn.shape);
      const samples = fill(engine, drawn);
      const [expected, found] = [oracle, { engine, samples }].map((side) => {
        const loss = side.engine.gradient(side.samples, 0, drawn.rows, drawn.rows, false);
        side.engine.forward(side.samples, 0, drawn.rows);
        return loss;
      });
      const gradient = checkGradient(drawn, engine.gradients, oracle.engine.gradients, `seed ${seed}`);
      const outputs = normwiseError(samples.outputs, oracle.samples.outputs);
      const loss = normwiseError([found!], [expected!]);
      expect(Math.max(outputs, loss), `seed ${seed}: outputs ${outputs}, loss ${loss}`).toBeLessThanOrEqual(TOLERANCE);
      worst.gradient = Math.max(worst.gradient, gradient);
      worst.outputs = Math.max(worst.outputs, outputs);
      worst.loss = Math.max(worst.loss, loss);
    }
  });

  it("was as near to float64 as the README states", async ({ annotate }) => {
    const found = `the worst of ${tier}: ${JSON.stringify(worst)}`;
    await annotate(found);
    expect(Math.max(...Object.values(worst)), found).toBeLessThan(STATED);
    expect(await readFile(readme, "utf8")).toContain(`today's worst is below ${STATED.toExponential()}`);
  });

  /** Adding, multiplying and halving small whole numbers is exact in float32, so every edge of a tile must agree exactly. */
  function checkExact(fanIn: number, fanOut: number, rows: number): void {
    const label = `${fanIn} to ${fanOut}, ${rows} rows`;
    const random = new Random(fanIn * 1000 + fanOut);
    const shape = identityShape(fanIn, fanOut);
    const oracle = new ReferenceEngine(shape, "float64");
    const engine = newEngine(shape);
    const [expected, samples] = [oracle.prepare(rows, rule), engine.prepare(rows, rule)];
    for (const [from, to] of [
      [oracle.parameters, engine.parameters],
      [expected.inputs, samples.inputs],
      [expected.targets, samples.targets],
    ] as const) {
      for (let i = 0; i < from.length; i++) from[i] = random.below(3) - 1;
      to.set(from);
    }
    for (const accumulate of [false, true]) {
      const loss = oracle.gradient(expected, 0, rows, 1, accumulate);
      const found = engine.gradient(samples, 0, rows, 1, accumulate);
      expect(normwiseError([found], [loss]), `${label}: loss`).toBeLessThan(1e-6);
      const difference = largestDifference(engine.gradients, oracle.gradients);
      expect(difference, `${label}: gradient${accumulate ? ", added" : ""}`).toBe(0);
    }
    engine.forward(samples, 0, rows);
    oracle.forward(expected, 0, rows);
    expect(largestDifference(samples.outputs, expected.outputs), `${label}: outputs`).toBe(0);
  }

  it("is exact at every pair of widths from 1 to 40", () => {
    for (let fanIn = 1; fanIn <= 40; fanIn++) {
      for (let fanOut = 1; fanOut <= 40; fanOut++) checkExact(fanIn, fanOut, 19);
    }
  });

  it.each([
    [128, 128],
    [129, 257],
    [277, 133],
    [133, 277],
    [784, 20],
    [5, 600],
    [600, 5],
  ])("is exact over several blocks and passes, from %i units to %i", (fanIn, fanOut) => {
    checkExact(fanIn, fanOut, 300);
  });

  it("is exact for few rows, which are read as they lie", () => {
    for (let rows = 1; rows <= 12; rows++) {
      for (const fanIn of [63, 64, 65, 71, 79, 80, 96, 111, 784]) {
        for (const fanOut of [1, 2, 3, 5, 6, 7, 11, 12, 13, 30]) checkExact(fanIn, fanOut, rows);
      }
    }
    // The last panel of more rows is of few.
    for (const rows of [17, 21, 26]) checkExact(100, 17, rows);
  });

  it("takes batches of every size from 1 to 50", () => {
    for (const seed of [3, 17, 44]) {
      const drawn = withRows(randomCase(seed), 50);
      const oracle = oracleOf(drawn);
      const engine = newEngine(drawn.shape);
      const samples = fill(engine, drawn);
      engine.forward(samples, 0, 50);
      const all = samples.outputs.slice();
      for (let rows = 1; rows <= 50; rows++) {
        const label = `seed ${seed}, ${rows} rows`;
        const expected = oracle.engine.gradient(oracle.samples, 0, rows, rows, false);
        const loss = engine.gradient(samples, 0, rows, rows, false);
        expect(Math.abs(loss / expected - 1), label).toBeLessThan(1e-6);
        checkGradient(drawn, engine.gradients, oracle.engine.gradients, label);
        samples.outputs.fill(NaN);
        engine.forward(samples, 0, rows);
        const some = samples.outputs.subarray(0, rows * drawn.shape.outputs);
        // Few rows are summed in another order.
        expect(normwiseError(some, all.subarray(0, some.length)), label).toBeLessThan(2e-6);
        expect(samples.outputs[some.length] ?? NaN, `${label}: the row behind`).toBeNaN();
      }
    }
  });

  it("lets no dead lane show: fewer rows give the bits that they give among more", () => {
    const drawn = withRows(randomCase(21), 16);
    const used = newEngine(drawn.shape);
    const fresh = newEngine(drawn.shape);
    const [usedSamples, freshSamples] = [fill(used, drawn), fill(fresh, drawn)];
    used.gradient(usedSamples, 0, 16, 16, false);
    const [usedLoss, freshLoss] = [used, fresh].map((engine, i) =>
      engine.gradient(i ? freshSamples : usedSamples, 0, 3, 3, false),
    );
    used.forward(usedSamples, 0, 3);
    fresh.forward(freshSamples, 0, 3);
    const length = 3 * drawn.shape.outputs;
    expect(usedLoss).toBe(freshLoss);
    expect(bitsOf(used.gradients)).toEqual(bitsOf(fresh.gradients));
    expect(bitsOf(usedSamples.outputs.slice(0, length))).toEqual(bitsOf(freshSamples.outputs.slice(0, length)));
  });

  it("lets a NaN stay in its own row", () => {
    const drawn = withRows(randomCase(21), 20);
    const engine = newEngine(drawn.shape);
    const samples = fill(engine, drawn);
    const { inputs, outputs } = drawn.shape;
    engine.forward(samples, 0, 20);
    const before = samples.outputs.slice();
    samples.inputs.fill(NaN, 7 * inputs, 8 * inputs);
    engine.forward(samples, 0, 20);
    expect(samples.outputs.subarray(7 * outputs, 8 * outputs).every((value) => Number.isNaN(value))).toBe(true);
    samples.outputs.set(before.subarray(7 * outputs, 8 * outputs), 7 * outputs);
    expect(samples.outputs).toEqual(before);
  });

  describe("over several passes", () => {
    const small = networkShape({
      inputs: 3,
      layers: [
        { units: 5, activation: "tanh" },
        { units: 2, activation: "softmax" },
      ],
      loss: "categoricalCrossEntropy",
    });
    const rows = 2 * passCapacity(small) + 77;
    const drawn = caseOf(small, rows, 5);
    const oracle = oracleOf(drawn);
    const engine = newEngine(small);
    const samples = fill(engine, drawn);

    it("adds losses and gradients up", () => {
      const expected = oracle.engine.gradient(oracle.samples, 0, rows, rows, false);
      const loss = engine.gradient(samples, 0, rows, rows, false);
      expect(Math.abs(loss / expected - 1)).toBeLessThan(1e-6);
      expect(engine.loss(samples, 0, rows, rows)).toBe(loss);
      checkGradient(drawn, engine.gradients, oracle.engine.gradients, "all");
    });

    it("adds to what is there when asked to", () => {
      const expected = oracle.engine.gradient(oracle.samples, 0, rows, rows, false);
      const parts = [0, 101, 1400, rows];
      let loss = 0;
      engine.gradients.fill(NaN);
      for (let p = 0; p < 3; p++) loss += engine.gradient(samples, parts[p]!, parts[p + 1]!, rows, p > 0);
      expect(Math.abs(loss / expected - 1)).toBeLessThan(1e-6);
      checkGradient(drawn, engine.gradients, oracle.engine.gradients, "all");
    });

    it("follows the order and writes each output to its own row", () => {
      engine.forward(samples, 0, rows);
      oracle.engine.forward(oracle.samples, 0, rows);
      expect(normwiseError(samples.outputs, oracle.samples.outputs)).toBeLessThan(TOLERANCE);
      const straight = samples.outputs.slice();
      new Random(1).shuffle(samples.order);
      samples.outputs.fill(NaN);
      engine.forward(samples, 0, rows);
      expect(samples.outputs).toEqual(straight);
      const [p, row] = [1500, samples.order[1500]!];
      const one = engine.gradient(samples, p, p + 1, 1, false);
      const expected = oracle.engine.gradient(oracle.samples, row, row + 1, 1, false);
      expect(Math.abs(one / expected - 1)).toBeLessThan(1e-6);
      checkGradient(drawn, engine.gradients, oracle.engine.gradients, "one");
      samples.order.sort();
    });

    it("gives every layer's values, for any range", () => {
      const all = engine.layerValues(samples, 0, rows);
      const some = engine.layerValues(samples, 7, 1107);
      const expected = oracle.engine.layerValues(oracle.samples, 0, rows);
      engine.forward(samples, 0, rows);
      expect(all.at(-1)!.activations).toEqual(samples.outputs);
      small.layers.forEach(({ fanOut }, k) => {
        for (const values of ["preActivations", "activations"] as const) {
          expect(normwiseError(all[k]![values], expected[k]![values])).toBeLessThan(TOLERANCE);
          expect(some[k]![values]).toEqual(all[k]![values].slice(7 * fanOut, 1107 * fanOut));
        }
      });
    });
  });

  it("shows the values of every layer of random networks", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const drawn = randomCase(seed);
      const oracle = oracleOf(drawn);
      const engine = newEngine(drawn.shape);
      const found = engine.layerValues(fill(engine, drawn), 0, drawn.rows);
      oracle.engine.layerValues(oracle.samples, 0, drawn.rows).forEach(({ preActivations, activations }, k) => {
        const label = `seed ${seed}, layer ${k + 1}`;
        expect(normwiseError(found[k]!.preActivations, preActivations), label).toBeLessThan(TOLERANCE);
        expect(normwiseError(found[k]!.activations, activations), label).toBeLessThan(TOLERANCE);
      });
    }
  });

  describe("with weights", () => {
    /** As many rows as need several passes, the last panel of them not full. */
    const weighted = () => {
      const drawn = caseOf(smooth, 2 * passCapacity(smooth) + 21, 4);
      const random = new Random(9);
      const weights = Float32Array.from({ length: drawn.rows }, (_, i) => (i % 5 === 0 ? 0 : random.uniform(0, 3)));
      const load = (engine: Engine, values: ArrayLike<number> | undefined) => {
        const samples = engine.prepare(drawn.rows, ruleOf(sgd({ learningRate: 0.1 })), values !== undefined);
        engine.parameters.set(drawn.parameters);
        samples.inputs.set(drawn.inputs);
        samples.targets.set(drawn.targets);
        if (values) samples.weights!.set(values);
        new Random(3).shuffle(samples.order);
        return samples;
      };
      return { drawn, weights, load };
    };

    it("counts each row's loss and gradient as much as it weighs", () => {
      const { drawn, weights, load } = weighted();
      const [engine, oracle] = [newEngine(smooth), new ReferenceEngine(smooth, "float64")];
      const [samples, expected] = [load(engine, weights), load(oracle, weights)];
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      for (const [begin, end] of [
        [0, drawn.rows],
        [3, 8],
        [5, 6],
        [10, 40],
      ] as const) {
        const label = `places ${begin} to ${end}`;
        const loss = oracle.gradient(expected, begin, end, total, false);
        expect(engine.gradient(samples, begin, end, total, false) / loss, label).toBeCloseTo(1, 5);
        expect(engine.loss(samples, begin, end, total) / loss, label).toBeCloseTo(1, 5);
        checkGradient(drawn, engine.gradients, oracle.gradients, label);
      }
    });

    it("takes as many rows of weight 1 as a row weighs to the same gradient", () => {
      const { drawn, load } = weighted();
      const oracle = new ReferenceEngine(smooth, "float64");
      const counts = Array.from({ length: drawn.rows }, (_, i) => i % 4);
      const some = load(oracle, counts);
      const loss = oracle.gradient(some, 0, 12, 7, false);
      const gradients = oracle.gradients.slice();
      const places = Array.from(some.order.subarray(0, 12)).flatMap((row) => Array<number>(counts[row]!).fill(row));
      const plain = load(oracle, undefined);
      plain.order.set(places);
      expect(oracle.gradient(plain, 0, places.length, 7, false) / loss).toBeCloseTo(1, 12);
      expect(normwiseError(oracle.gradients, gradients)).toBeLessThan(1e-12);
    });

    it("gives the same bits with weights of 1 as without", () => {
      const { drawn, load } = weighted();
      const results = [undefined, new Float32Array(drawn.rows).fill(1)].map((weights) => {
        const engine = newEngine(smooth);
        const samples = load(engine, weights);
        engine.steps(samples, 0, 37, 60);
        return [engine.stepLosses.slice(0, 60), bitsOf(engine.parameters)];
      });
      expect(results[1]).toEqual(results[0]);
    });

    it("steps by the weighted mean, and stays where nothing weighs anything", () => {
      const { drawn, weights, load } = weighted();
      const [engine, oracle] = [newEngine(smooth), new ReferenceEngine(smooth, "float64")];
      const [samples, expected] = [load(engine, weights), load(oracle, weights)];
      for (const at of [0, 40, 80]) {
        const loss = oracle.step(expected, at, at + 40);
        expect(engine.step(samples, at, at + 40) / loss).toBeCloseTo(1, 5);
      }
      const moved = largestDifference(oracle.parameters, drawn.parameters);
      expect(largestDifference(engine.parameters, oracle.parameters)).toBeLessThan(1e-4 * moved);
      for (const [each, rows] of [
        [engine, samples],
        [oracle, expected],
      ] as const) {
        rows.weights!.fill(0);
        const before = each.parameters.slice();
        expect(each.step(rows, 0, 40)).toBe(0);
        expect(each.parameters).toEqual(before);
      }
    });
  });

  it("takes each step of a call by a rate of its own", () => {
    const drawn = caseOf(smooth, 50, 6);
    const rates = [0.1, 0, 0.3, 0.05, 0.2, 0.01, 0.4];
    for (const optimizer of [sgd({ learningRate: 9 }), adamW({ learningRate: 9, weightDecay: 0.1 })]) {
      const [engine, single, oracle] = [newEngine(smooth), newEngine(smooth), new ReferenceEngine(smooth, "float64")];
      const [samples, singles, expected] = [engine, single, oracle].map((each) =>
        prepared(each, refinedRule("test", optimizer, smooth), drawn),
      );
      for (const each of [engine, oracle]) each.rates.set(rates);
      expect(engine.steps(samples!, 0, 20, 7)).toBe(7);
      oracle.steps(expected!, 0, 20, 7);
      rates.forEach((rate, i) => {
        single.rates[0] = rate;
        single.step(singles!, 20 * (i % 3), Math.min(20 * (i % 3) + 20, 50));
      });
      expect(bitsOf(engine.parameters)).toEqual(bitsOf(single.parameters));
      const moved = largestDifference(oracle.parameters, drawn.parameters);
      expect(largestDifference(engine.parameters, oracle.parameters)).toBeLessThan(1e-4 * moved);
    }
  });

  const optimizers = {
    sgd: sgd({ learningRate: 0.1 }),
    momentum: sgd({ learningRate: 0.02, momentum: 0.9 }),
    adam: adam({ learningRate: 0.003 }),
    adamW: adamW({ learningRate: 0.003, weightDecay: 0.1 }),
    nesterov: sgd({ learningRate: 0.02, momentum: 0.9, nesterov: true }),
    dampening: sgd({ learningRate: 0.02, momentum: 0.9, dampening: 0.3 }),
    rmsprop: rmsprop({ learningRate: 0.003, epsilon: 1e-3 }),
    "rmsprop with momentum": rmsprop({ learningRate: 0.001, epsilon: 1e-3, momentum: 0.9 }),
    "rmsprop, centered": rmsprop({ learningRate: 0.003, epsilon: 1e-2, centered: true }),
    "rmsprop, both": rmsprop({ learningRate: 0.001, epsilon: 1e-2, momentum: 0.9, centered: true }),
    adagrad: adagrad({ learningRate: 0.03, learningRateDecay: 0.01, initialAccumulatorValue: 0.1 }),
    adadelta: adadelta({ learningRate: 3, epsilon: 1e-4 }),
    amsgrad: adam({ learningRate: 0.003, amsgrad: true }),
    nadam: nadam({ learningRate: 0.003, momentumDecay: 0.1 }),
    lion: lion({ learningRate: 0.003, weightDecay: 0.1, decayBiases: true }),
  };
  it.each(Object.entries(optimizers))("steps with %s as the reference does", (_, optimizer) => {
    const drawn = caseOf(smooth, 70, 11);
    const oracle = new ReferenceEngine(smooth, "float64");
    const engine = newEngine(smooth);
    const refined = refinedRule("test", optimizer, smooth);
    const expected = prepared(oracle, refined, drawn);
    const samples = prepared(engine, refined, drawn);
    for (let step = 0; step < 50; step++) {
      const begin = 10 * (step % 7);
      const [found, loss] = [engine.step(samples, begin, begin + 10), oracle.step(expected, begin, begin + 10)];
      expect(Math.abs(found / loss - 1), `step ${step + 1}`).toBeLessThan(TOLERANCE);
    }
    const moved = largestDifference(oracle.parameters, drawn.parameters);
    expect(moved).toBeGreaterThan(0.05);
    expect(largestDifference(engine.parameters, oracle.parameters)).toBeLessThan(TOLERANCE * moved);
  });

  it.each([
    [0.001, 1e-8],
    [100, 1e-18],
    [100, 1e4],
    [1e-10, 1e-18],
  ])("steps with adam, rate %s and epsilon %s, wherever a gradient lies", (learningRate, epsilon) => {
    const sizes = [0, 1e-30, 1e-20, 1e-12, 1e-8, 1e-3, 1, 1e4, 1e10, 1e16];
    const engine = newEngine(smooth);
    prepared(engine, ruleOf(adam({ learningRate, epsilon })), caseOf(smooth, 1, 1));
    // Every pair of sizes, at whatever distance the kernel takes two parameters together.
    const gradientAt = (i: number) => (i % 2 === 0 ? 1 : -1) * sizes[(i + Math.floor(i / 4)) % sizes.length]!;
    engine.parameters.fill(0);
    for (let i = 0; i < engine.gradients.length; i++) engine.gradients[i] = gradientAt(i);
    engine.update();
    engine.parameters.forEach((parameter, i) => {
      const expected = -learningRate * (gradientAt(i) / (Math.abs(gradientAt(i)) + epsilon));
      const label = `parameter ${i}, gradient ${gradientAt(i)}`;
      // What is below float32's smallest numbers on the way is lost: next to nothing of the rate.
      const lost = 1e-9 * learningRate * (1e-18 / epsilon) ** 2 + 1e-44;
      expect(Math.abs(parameter - expected), label).toBeLessThanOrEqual(1e-5 * Math.abs(expected) + lost);
    });
  });

  it("steps with adam no further than its rate, however large a gradient is, and goes on afterwards", () => {
    const engine = newEngine(smooth);
    prepared(engine, ruleOf(adam({ learningRate: 0.01 })), caseOf(smooth, 1, 1));
    engine.parameters.fill(0);
    for (const gradient of [1e18, 1e25, 3e38, Infinity, 1]) {
      const before = engine.parameters.slice();
      engine.gradients.forEach((_, i) => (engine.gradients[i] = i % 3 === 0 ? gradient : -1));
      engine.update();
      engine.parameters.forEach((parameter, i) => {
        const change = parameter - before[i]!;
        expect(Math.abs(change), `${gradient}, parameter ${i}`).toBeLessThan(0.0101);
        expect(i % 3 === 0 ? -change : change, `${gradient}, parameter ${i}`).toBeGreaterThan(0.001);
      });
    }
    engine.gradients.fill(NaN);
    engine.update();
    expect(engine.parameters.every(Number.isNaN)).toBe(true);
  });

  it("steps with adam where the mean outlives the mean square", () => {
    const engine = newEngine(smooth);
    const [beta1, epsilon, learningRate] = [0.9, 1e-18, 0.001];
    prepared(engine, ruleOf(adam({ learningRate, beta1, beta2: 0, epsilon })), caseOf(smooth, 1, 1));
    engine.gradients.fill(1e7);
    engine.update();
    engine.parameters.fill(0);
    engine.gradients.fill(0);
    engine.update();
    const expected = (-learningRate * ((beta1 * (1 - beta1) * 1e7) / (1 - beta1 ** 2))) / epsilon;
    engine.parameters.forEach((parameter) => expect(parameter / expected).toBeCloseTo(1, 5));
  });

  it("gives the same bits every time", () => {
    const run = () => {
      const drawn = randomCase(8);
      const engine = newEngine(drawn.shape);
      const samples = prepared(engine, ruleOf(adam({ learningRate: 0.01 })), drawn);
      const losses = Array.from({ length: 30 }, () => engine.step(samples, 0, drawn.rows));
      return [losses, bitsOf(engine.parameters)];
    };
    expect(run()).toEqual(run());
  });

  it("leaves the parameters alone, and does not count the step, if the loss is not finite", () => {
    const drawn = randomCase(4);
    const [steady, disturbed] = [newEngine(drawn.shape), newEngine(drawn.shape)];
    const [steadySamples, samples] = [steady, disturbed].map((engine) => prepared(engine, ruleOf(adam()), drawn));
    for (const rubbish of [NaN, Infinity]) {
      samples!.targets[0] = rubbish;
      const before = bitsOf(disturbed.parameters);
      expect(disturbed.step(samples!, 0, drawn.rows)).not.toSatisfy(Number.isFinite);
      expect(bitsOf(disturbed.parameters)).toEqual(before);
    }
    samples!.targets[0] = drawn.targets[0]!;
    disturbed.step(samples!, 0, drawn.rows);
    steady.step(steadySamples!, 0, drawn.rows);
    expect(bitsOf(disturbed.parameters)).toEqual(bitsOf(steady.parameters));
  });

  it("takes softmax and cross-entropy together at logits of 1000", () => {
    const { engine, samples } = oneLayer(newEngine, "softmax", [1000, -1000, 0, 0], [0, 1, 1, 0]);
    expect(engine.gradient(samples, 0, 1, 1, false)).toBe(2000);
    expect([...engine.gradients]).toEqual([1, -1, 1, -1]);
    expect(engine.gradient(samples, 1, 2, 1, false)).toBe(0);
    expect([...engine.gradients].map(Math.abs)).toEqual([0, 0, 0, 0]);
    engine.forward(samples, 0, 2);
    expect([...samples.outputs]).toEqual([1, 0, 1, 0]);
  });

  it("takes sigmoid and log loss together at logits of 1000", () => {
    const { engine, samples } = oneLayer(newEngine, "sigmoid", [1000, 0], [0, 1, 1]);
    samples.inputs[2] = -1;
    const found = [0, 1, 2].map((p) => [engine.gradient(samples, p, p + 1, 1, false), ...engine.gradients]);
    expect(found).toEqual([
      [1000, 1, 1],
      [0, 0, 0],
      [1000, 1, -1],
    ]);
    engine.forward(samples, 0, 3);
    expect([...samples.outputs.slice(0, 2)]).toEqual([1, 1]);
    expect(samples.outputs[2]).toBeLessThan(1e-37);
  });

  /** Numbers at the ends of float32, of which differences and sums overflow, and such beside ordinary ones. */
  const extremes = [3e38, -3e38, 2 ** 127 * (2 - 2 ** -23), -(2 ** 127) * (2 - 2 ** -23), 1e38, 88, -104, 1, 0, -1e-38];

  it.each(["softmax", "sigmoid"] as const)(
    "takes %s and its cross-entropy together at any logits of float32",
    (last) => {
      const random = new Random(17);
      const largest = extremes[2]!;
      for (let i = 0; i < 400; i++) {
        const label = `case ${i}`;
        const units = 1 + (i % 5);
        const logits = Array.from({ length: units }, () => extremes[random.below(extremes.length)]!);
        const chosen = random.below(units);
        const share = random.below(2) / 2;
        const targets = logits.map((_, u) => (last === "sigmoid" ? random.below(3) / 2 : u === chosen ? 1 - share : 0));
        if (last === "softmax") targets[random.below(units)]! += share;
        const parameters = [...logits, ...logits.map(() => 0)];
        const [found, oracle] = [newEngine, (shape: NetworkShape) => new ReferenceEngine(shape, "float64")].map(
          (create) => {
            const { engine, samples } = oneLayer(create, last, parameters, targets);
            const loss = engine.gradient(samples, 0, 1, 1, false);
            engine.forward(samples, 0, 1);
            return { loss, gradients: engine.gradients, outputs: samples.outputs };
          },
        );
        // What a row's outputs sum up to is a float32.
        const parts = last === "sigmoid" ? units : 1;
        const expected = Math.min(oracle!.loss * parts, largest) / parts;
        expect(Math.abs(found!.loss - expected), label).toBeLessThanOrEqual(1e-5 * Math.abs(expected) + 1e-7);
        expect(largestDifference(found!.gradients, oracle!.gradients), label).toBeLessThan(1e-6);
        expect(largestDifference(found!.outputs, oracle!.outputs), label).toBeLessThan(1e-6);
      }
    },
  );

  it("keeps every activation and its slope right at any pre-activation of float32", () => {
    for (const activation of Object.keys(kinds) as ActivationName[]) {
      const shape = networkShape({ inputs: 1, layers: [{ units: 2, activation }], loss: "meanSquaredError" });
      const [engine, oracle] = [newEngine(shape), new ReferenceEngine(shape, "float64")];
      const s = Float64Array.from(extremes.flatMap((first) => extremes.flatMap((second) => [first, second])));
      const [x, expected] = [engine, oracle].map(({ kernels }) => kernels.forward(1, s, s.length / 2));
      const dx = s.map((_, i) => 0.5 - (i % 3));
      const kept = activationOf(activation).keeps === "preActivation" ? s : x!;
      const [ds, slopes] = [engine, oracle].map(({ kernels }) => kernels.backward(1, dx, kept, s.length / 2));
      x!.forEach((value, i) => {
        const label = `${activation}, ${i}: f(${s[i]}) = ${value}`;
        // Beyond the largest float32 infinity is right.
        const error = value === Math.fround(expected![i]!) ? 0 : Math.abs(value - expected![i]!);
        expect(error, label).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(expected![i]!)));
        const slopeError = ds![i] === Math.fround(slopes![i]!) ? 0 : Math.abs(ds![i]! - slopes![i]!);
        expect(slopeError, label).toBeLessThan(1e-6);
      });
    }
  });

  it("keeps hidden sigmoid, tanh and softmax finite at pre-activations of 1000", () => {
    for (const activation of ["sigmoid", "tanh", "softmax"] as const) {
      const shape = networkShape({
        inputs: 1,
        layers: [
          { units: 2, activation },
          { units: 1, activation: "identity" },
        ],
        loss: "meanSquaredError",
      });
      const [engine, oracle] = [newEngine(shape), new ReferenceEngine(shape, "float64")];
      const results = [engine, oracle].map((each) => {
        const samples = each.prepare(1, rule);
        each.parameters.set([1000, -1000, 0, 0, 0.5, 0.25, 0]);
        samples.inputs[0] = 1;
        return [each.gradient(samples, 0, 1, 1, false), ...each.gradients];
      });
      expect(largestDifference(results[0]!, results[1]!), activation).toBe(0);
    }
  });

  it("runs over memory that is shared or not, with the same bits, and through its growth", async () => {
    const kernels = await sharedKernels(tier);
    const drawn = randomCase(6);
    const engines = [new WasmEngine(kernels, drawn.shape), newEngine(drawn.shape)] as const;
    const [shared, unshared] = engines;
    expect(unshared.report.shared).toBe(false);
    expect(unshared.memory.buffer).toBeInstanceOf(ArrayBuffer);
    const views = unshared.parameters;
    unshared.parameters.set(drawn.parameters);
    const room = unshared.memory.buffer.byteLength;
    const samples = engines.map((engine) => {
      const many = engine.prepare(50_000, ruleOf(adam()));
      engine.parameters.set(drawn.parameters);
      for (let i = 0; i < many.inputs.length; i++) many.inputs[i] = drawn.inputs[i % drawn.inputs.length]!;
      for (let i = 0; i < many.targets.length; i++) many.targets[i] = drawn.targets[i % drawn.targets.length]!;
      return many;
    });
    expect(unshared.memory.buffer.byteLength).toBeGreaterThan(room);
    expect(views.length, "old views are detached by growth").toBe(0);
    expect(largestDifference(unshared.parameters, drawn.parameters)).toBe(0);
    const losses = engines.map((engine, i) => engine.step(samples[i]!, 0, 50_000));
    expect(losses[0]).toBe(losses[1]);
    expect(bitsOf(unshared.parameters)).toEqual(bitsOf(shared.parameters));
    const { scratch } = unshared;
    scratch.inputs.set(drawn.inputs.subarray(0, drawn.shape.inputs));
    unshared.forward(scratch, 0, 1);
    shared.scratch.inputs.set(drawn.inputs.subarray(0, drawn.shape.inputs));
    shared.forward(shared.scratch, 0, 1);
    const length = drawn.shape.outputs;
    expect(bitsOf(scratch.outputs.slice(0, length))).toEqual(bitsOf(shared.scratch.outputs.slice(0, length)));
  });

  it("keeps its parameters and forgets its slots when training begins again", () => {
    const drawn = caseOf(smooth, 8, 3);
    const engine = newEngine(smooth);
    const momentum = ruleOf(optimizers.momentum);
    let samples = prepared(engine, momentum, drawn);
    engine.step(samples, 0, 8);
    const after = engine.parameters.slice();
    samples = engine.prepare(8, momentum);
    expect(bitsOf(engine.parameters)).toEqual(bitsOf(after));
    expect([...samples.order]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    samples.inputs.set(drawn.inputs);
    samples.targets.set(drawn.targets);
    engine.rates[0] = 0.25;
    engine.step(samples, 0, 8);
    const expected = after.map((w, i) => w - 0.25 * engine.gradients[i]!);
    expect(largestDifference(engine.parameters, expected)).toBeLessThan(1e-6);
  });

  it("refuses rows that do not fit and changes nothing", () => {
    const drawn = randomCase(6);
    const engine = newEngine(drawn.shape);
    const samples = fill(engine, drawn);
    expect(() => engine.prepare(2 ** 31, ruleOf(adam()))).toThrow(CapacityError);
    const loss = engine.loss(samples, 0, drawn.rows, drawn.rows);
    const oracle = oracleOf(drawn);
    expect(normwiseError([loss], [oracle.engine.loss(oracle.samples, 0, drawn.rows, drawn.rows)])).toBeLessThan(1e-6);
  });
});

const smooth = networkShape({
  inputs: 7,
  layers: [
    { units: 9, activation: "tanh" },
    { units: 5, activation: "sigmoid" },
    { units: 3, activation: "softmax" },
  ],
  loss: "categoricalCrossEntropy",
});

/** Four outputs, so that the mean over them halves whole numbers only. */
function identityShape(inputs: number, units: number): NetworkShape {
  return networkShape({
    inputs,
    layers: [
      { units, activation: "identity" },
      { units: 4, activation: "identity" },
    ],
    loss: "meanSquaredError",
  });
}

/** Three rows of input 1 for a single layer. */
function oneLayer(
  newEngine: (shape: NetworkShape) => Engine,
  activation: "softmax" | "sigmoid",
  parameters: number[],
  targets: number[],
): { engine: Engine; samples: Samples } {
  const loss = activation === "softmax" ? "categoricalCrossEntropy" : "binaryCrossEntropy";
  const shape = networkShape({ inputs: 1, layers: [{ units: parameters.length / 2, activation }], loss });
  const engine = newEngine(shape);
  const samples = engine.prepare(targets.length / shape.outputs, rule);
  engine.parameters.set(parameters);
  samples.inputs.fill(1);
  samples.targets.set(targets);
  return { engine, samples };
}

/** Random parameters and rows, the targets one-hot, for a shape. */
function caseOf(shape: NetworkShape, rows: number, seed: number): RandomCase {
  const random = new Random(seed);
  const draw = (count: number, bound: number) =>
    Float64Array.from({ length: count }, () => Math.fround(random.uniform(-bound, bound)));
  const targets = new Float64Array(rows * shape.outputs);
  for (let row = 0; row < rows; row++) targets[row * shape.outputs + random.below(shape.outputs)] = 1;
  const { inputs, layers } = shape;
  const { loss } = shape.heads[0]!;
  const description = {
    inputs,
    loss,
    layers: layers.map(({ fanOut: units, activation }) => ({ units, activation: activation! })),
  };
  const parameters = draw(shape.parameterCount, 0.7);
  return { seed, description, shape, parameters, inputs: draw(rows * inputs, 1.5), targets, rows };
}

/** The case with as many rows, its own again and again, each time a little scaled. */
function withRows(drawn: RandomCase, rows: number): RandomCase {
  const repeat = (values: Float64Array, width: number, scaled: boolean) =>
    Float64Array.from({ length: rows * width }, (_, i) =>
      Math.fround(values[i % values.length]! * (scaled ? 1 + Math.floor(i / values.length) / 64 : 1)),
    );
  const { inputs, outputs } = drawn.shape;
  return { ...drawn, rows, inputs: repeat(drawn.inputs, inputs, true), targets: repeat(drawn.targets, outputs, false) };
}
