import { describe, expect, it, vi } from "vitest";
import type { Engine, Samples } from "../../src/engine/engine.ts";
import { ReferenceEngine } from "../../src/engine/reference/reference-engine.ts";
import { WasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { DivergenceError } from "../../src/ground/errors.ts";
import {
  adam,
  adamW,
  lbfgs,
  sgd,
  type Optimizer,
  ruleOf,
  type StepOptimizer,
} from "../../src/kinds/optimizers/index.ts";
import { NO_RULE } from "../../src/kinds/optimizers/optimizer.ts";
import { networkShape } from "../../src/model/shape.ts";
import type { Run } from "../../src/training/run.ts";
import { startRun } from "../../src/training/start.ts";
import { kernelsOf } from "../support/engines.ts";

const shape = networkShape({ inputs: 1, layers: [{ units: 1, activation: "identity" }], loss: "meanSquaredError" });

const engines: [string, () => Engine][] = [
  ["strict", () => new WasmEngine(kernelsOf.strict, shape)],
  ["fused", () => new WasmEngine(kernelsOf.fused, shape)],
  ["float64", () => new ReferenceEngine(shape, "float64")],
];

/** Rows of y = 2 x - 1. */
function lineOf(engine: Engine, count: number, scale = 1): Samples {
  const samples = engine.prepare(count, { ...NO_RULE, rate: () => 0.1 });
  for (let i = 0; i < count; i++) {
    samples.inputs[i] = scale * (i / count - 0.5);
    samples.targets[i] = 2 * samples.inputs[i]! - 1;
  }
  return samples;
}

function start(
  engine: Engine,
  samples: Samples,
  optimizer: Optimizer,
  batchSize: number,
  shuffle = false,
  seed = 0,
  { epochs = 1000, watched = true } = {},
): Promise<Run> {
  engine.ruleState.set(ruleOf(optimizer)?.state ?? []);
  return startRun(engine, { samples, batchSize, optimizer, shuffle, seed, epochs, watched });
}

const epochOf = (run: Run) => {
  run.advance(Infinity);
  return run.losses.at(-1)!;
};

function engineSteps(engine: Engine, samples: Samples, rows: number): number[] {
  engine.rates[0] = 0.1;
  return [1, 2, 3].map(() => engine.step(samples, 0, rows));
}

/** Each slice is over before it begins. */
async function slowly(engine: Engine, samples: Samples, rows: number): Promise<number[]> {
  const run = await start(engine, samples, sgd({ learningRate: 0.1 }), rows);
  let slices = 0;
  while (run.losses.length < 3) {
    run.advance(0);
    slices++;
    engine.gradients.fill(slices); // as others leave it who ask for a gradient meanwhile
  }
  expect(slices).toBe(9);
  return [...run.losses];
}

describe.each(engines)("descent in %s", (_, newEngine) => {
  it("takes every batch of an epoch once, the last one smaller, and gives the mean over rows", async () => {
    const engine = newEngine();
    const samples = lineOf(engine, 10);
    const ranges: number[] = [];
    const { steps } = engine;
    engine.steps = (...range) => {
      ranges.push(range[1]);
      const done = steps.apply(engine, range);
      for (let i = 0; i < done; i++) engine.stepLosses[i] = range[1] + 4 * i;
      return done;
    };
    vi.spyOn(performance, "now").mockReturnValue(0); // every call is a short one
    const run = await start(engine, samples, sgd({ learningRate: 0.1 }), 4);
    expect(epochOf(run)).toBe((4 * 4 + 2 * 8) / 10);
    vi.restoreAllMocks();
    expect(ranges).toEqual([0, 4]); // the second call does both steps that are left
    expect(run.steps).toBe(3);
    expect(run.ended).toBeUndefined();
  });

  it("works in slices, each of one step at least, and of more where steps are short", async () => {
    const engine = newEngine();
    const run = await start(engine, lineOf(engine, 10), sgd({ learningRate: 0.1 }), 1);
    const taken: number[] = [];
    let before = 0;
    while (!run.advance(0)) {
      taken.push(run.steps - before);
      before = run.steps;
    }
    expect(taken).toEqual([1, 2, 4]);
    expect(run.steps).toBe(10);
  });

  it("works epochs of one step off in advance where nobody watches, to the same bits, and no epoch too many", async () => {
    const found = await Promise.all(
      [true, false].map(async (watched) => {
        const engine = newEngine();
        const run = await start(engine, lineOf(engine, 10), sgd({ learningRate: 0.1 }), 10, true, 0, {
          epochs: 100,
          watched,
        });
        while (run.losses.length < 100) run.advance(Infinity);
        expect(run.steps).toBe(100);
        return [[...run.losses], [...engine.parameters]];
      }),
    );
    expect(found[0]).toEqual(found[1]);
  });

  it("goes pass by pass through a batch of many rows, to the same bits as in one step", async () => {
    const found = await Promise.all(
      [engineSteps, slowly].map(async (train) => {
        const engine = newEngine();
        const rows = 2 * engine.scratch.capacity + 33;
        const samples = lineOf(engine, rows);
        return [await train(engine, samples, rows), [...engine.parameters]];
      }),
    );
    expect(found[0]![1]).toEqual(found[1]![1]);
    const [once, parts] = found.map(([losses]) => losses as number[]) as [number[], number[]];
    once.forEach((loss, i) => expect(parts[i]).toBeCloseTo(loss, 10));
  });

  it("gives the same whatever the slices", async () => {
    const losses = await Promise.all(
      [0, Infinity].map(async (deadline) => {
        const engine = newEngine();
        const run = await start(engine, lineOf(engine, 50), sgd({ learningRate: 0.1 }), 8, true, 7);
        while (run.losses.length < 5) run.advance(deadline);
        return [[...run.losses], [...engine.parameters]];
      }),
    );
    expect(losses[0]).toEqual(losses[1]);
  });

  it("draws batches anew for each epoch, every row once, by the seed", async () => {
    const orders = await Promise.all(
      [5, 5, 6].map(async (seed) => {
        const engine = newEngine();
        const samples = lineOf(engine, 30);
        const run = await start(engine, samples, sgd({ learningRate: 0.1 }), 7, true, seed);
        return [0, 1, 2].map(() => (epochOf(run), [...samples.order]));
      }),
    );
    for (const order of orders.flat()) {
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_row, i) => i));
    }
    expect(new Set(orders[0]!.map(String)).size).toBe(3);
    expect(orders[0]).toEqual(orders[1]);
    expect(orders[0]).not.toEqual(orders[2]);
  });

  it("leaves the order alone where it does not matter", async () => {
    const engine = newEngine();
    const samples = lineOf(engine, 30);
    epochOf(await start(engine, samples, sgd({ learningRate: 0.1 }), 30, true));
    expect([...samples.order]).toEqual(Array.from({ length: 30 }, (_row, i) => i));
  });

  it("finds the line", async () => {
    const engine = newEngine();
    const run = await start(engine, lineOf(engine, 40), sgd({ learningRate: 0.5 }), 8, true);
    for (let epoch = 0; epoch < 300; epoch++) epochOf(run);
    expect(engine.parameters[0]).toBeCloseTo(2, 4);
    expect(engine.parameters[1]).toBeCloseTo(-1, 4);
  });

  it("that diverges keeps the parameters of the last epoch that began well, and says where it was", async () => {
    const engine = newEngine();
    const samples = lineOf(engine, 40, 1000);
    const run = await start(engine, samples, sgd({ learningRate: 1e4 }), 10);
    const good: number[][] = [];
    let error: unknown;
    try {
      for (;;) {
        good.push([...engine.parameters]);
        epochOf(run);
      }
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(DivergenceError);
    const { epoch, step, layer } = error as DivergenceError;
    expect(epoch).toBe(good.length);
    expect(Math.ceil(step / 4)).toBe(epoch);
    expect(layer === 1 || layer === undefined).toBe(true);
    const kept = [...engine.parameters];
    expect([good.at(-1), good.at(-2)]).toContainEqual(kept);
    expect(engine.loss(samples, 0, 40, 40)).toSatisfy(Number.isFinite);
  });

  it("does not end on parameters that its last update has spoilt", async () => {
    const engine = newEngine();
    const samples = lineOf(engine, 4, engine.parameters instanceof Float32Array ? 1e15 : 1e150);
    const run = await start(engine, samples, sgd({ learningRate: 1e30 }), 4);
    expect(epochOf(run)).toSatisfy(Number.isFinite);
    expect(engine.parameters.every((value) => Number.isFinite(value))).toBe(false);
    expect(() => run.finish()).toThrow(DivergenceError);
    expect([...engine.parameters]).toEqual([0, 0]);
  });

  it("by lbfgs is there in some iterations, and then stays", async () => {
    const engine = newEngine();
    const samples = lineOf(engine, 40);
    const run = await start(engine, samples, lbfgs(), 40);
    const losses: number[] = [];
    while (run.ended === undefined && losses.length < 100) losses.push(epochOf(run));
    expect(run.ended).toBeOneOf(
      engine.parameters instanceof Float64Array ? ["converged"] : ["converged", "lineSearch"],
    );
    expect(losses.length).toBeLessThan(30);
    expect(losses).toEqual([...losses].sort((a, b) => b - a));
    expect(engine.loss(samples, 0, 40, 40)).toBe(losses.at(-1));
    expect(engine.parameters[0]).toBeCloseTo(2, 4);
  });

  it("by lbfgs shows the best point so far at every pause", async () => {
    const engine = newEngine();
    const samples = lineOf(engine, 40);
    const run = await start(engine, samples, lbfgs(), 40);
    let best = Infinity;
    for (let pause = 0; pause < 20; pause++) {
      run.advance(0);
      const loss = engine.loss(samples, 0, 40, 40);
      expect(loss).toBeLessThanOrEqual(best);
      best = loss;
    }
  });

  it("by lbfgs refuses to start where there is no loss", async () => {
    const engine = newEngine();
    const samples = lineOf(engine, 40);
    engine.parameters[0] = Infinity;
    const run = await start(engine, samples, lbfgs(), 40);
    expect(() => epochOf(run)).toThrow(DivergenceError);
    expect([...engine.parameters]).toEqual([Infinity, 0]);
  });
});

it("takes optimizers as their factories make them", async () => {
  const factsOf = (optimizer: StepOptimizer) => {
    const { rate, kernel, slots, state } = ruleOf(optimizer);
    return { kernel, slots, state, rates: [rate(0), rate(1000)] };
  };
  expect(factsOf(sgd({ learningRate: 0.1 }))).toEqual({ kernel: "sgd", slots: 0, rates: [0.1, 0.1], state: [] });
  expect(factsOf(sgd({ learningRate: 0.1, momentum: 0.9 }))).toEqual({
    kernel: "momentum",
    slots: 1,
    rates: [0.1, 0.1],
    state: [0.9, 0, 0, 1, 1, 1],
  });
  const ofAdam = { kernel: "adam", slots: 2, rates: [0.001, 0.001] };
  expect(factsOf(adam())).toEqual({ ...ofAdam, state: [0.9, 0.999, 1e-8, 1, 1] });
  expect(factsOf(adamW())).toEqual({ ...ofAdam, state: [0.9, 0.999, 1e-8, 1, 1] });
  expect(ruleOf(adamW())).toMatchObject({ decay: 0.01, decaysBiases: false });
});

it("bounds what adam divides by", async () => {
  expect(() => adam({ epsilon: 1e-19 })).toThrow("adam: epsilon: expected a finite number, at least 1e-18");
  expect(() => adamW({ epsilon: 1e19 })).toThrow("at most 10000000000000000, got 10000000000000000000");
  expect(() => adam({ learningRate: 101 })).toThrow(
    "adam: learningRate: expected a finite number, above 0, at most 100",
  );
  expect(ruleOf(adam({ learningRate: 100, epsilon: 1e-18 })).state).toEqual([0.9, 0.999, 1e-18, 1, 1]);
});
