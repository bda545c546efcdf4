/**
 * A training that is left anywhere and gone on with elsewhere, from a structured clone of its state, comes to the same bits
 * as one that was never left.
 */
import { describe, expect, it } from "vitest";
import type { Engine, Samples } from "../../src/engine/engine.ts";
import { ReferenceEngine } from "../../src/engine/reference/reference-engine.ts";
import { WasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { Random } from "../../src/ground/random.ts";
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  lbfgs,
  lion,
  nadam,
  type Optimizer,
  rmsprop,
  sgd,
} from "../../src/kinds/optimizers/index.ts";
import { cosine } from "../../src/kinds/schedules/cosine.ts";
import { reduceOnPlateau } from "../../src/kinds/schedules/reduceOnPlateau.ts";
import { warmUp } from "../../src/kinds/schedules/warmUp.ts";
import { networkShape } from "../../src/model/shape.ts";
import type { Run } from "../../src/training/run.ts";
import { refinedRule } from "../../src/training/refine.ts";
import { startRun } from "../../src/training/start.ts";
import type { RunState } from "../../src/training/state.ts";
import { bitsOf, kernelsOf, normwiseError, sharedKernels } from "../support/engines.ts";

const SEED = 90_210;
const EPOCHS = 4;
/** Wide enough for two threads to share its steps. */
const shape = networkShape({
  inputs: 60,
  layers: [
    { units: 80, activation: "tanh" },
    { units: 3, activation: "softmax" },
  ],
  loss: "categoricalCrossEntropy",
});
const small = networkShape({
  inputs: 5,
  layers: [
    { units: 7, activation: "sigmoid" },
    { units: 3, activation: "softmax" },
  ],
  loss: "categoricalCrossEntropy",
});

const optimizers: [string, Optimizer][] = [
  ["sgd", sgd({ learningRate: 0.1 })],
  ["momentum", sgd({ learningRate: 0.05, momentum: 0.9 })],
  ["nesterov", sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true })],
  ["dampening", sgd({ learningRate: 0.05, momentum: 0.9, dampening: 0.5 })],
  ["rmsprop", rmsprop({ momentum: 0.5, centered: true })],
  ["adagrad", adagrad({ learningRateDecay: 0.1, initialAccumulatorValue: 0.1 })],
  ["adadelta", adadelta()],
  ["adam", adam({ learningRate: 0.01 })],
  ["adamW", adamW({ learningRate: 0.01, weightDecay: 0.1 })],
  ["amsgrad", adam({ learningRate: 0.01, amsgrad: true })],
  ["nadam", nadam({ momentumDecay: 0.1 })],
  ["lion", lion({ learningRate: 0.01 })],
  ["adam, by a schedule", adam({ learningRate: warmUp(cosine({ from: 0.05, steps: 7 }), { steps: 3 }) })],
  ["lbfgs", lbfgs({ memory: 3 })],
];

const engines: [string, () => Engine | Promise<Engine>][] = [
  ["strict", () => new WasmEngine(kernelsOf.strict, shape)],
  ["strict with two threads", async () => WasmEngine.withThreads(await sharedKernels("strict"), shape, 2)],
  ["float64", () => new ReferenceEngine(small, "float64")],
];

/** Clipped, with an average: all that updates keep. */
const ruleFor = (engine: Engine, optimizer: Optimizer) =>
  refinedRule(
    "test",
    optimizer,
    engine.shape,
    optimizer.name === "lbfgs" ? {} : { clipNorm: 1, averageWeights: { decay: 0.9 } },
  );

function rowsFor(engine: Engine, count: number, optimizer: Optimizer): Samples {
  const random = new Random(SEED);
  const samples = engine.prepare(count, ruleFor(engine, optimizer));
  for (let i = 0; i < engine.parameters.length; i++) engine.parameters[i] = Math.fround(random.uniform(-0.3, 0.3));
  for (let i = 0; i < samples.inputs.length; i++) samples.inputs[i] = Math.fround(random.uniform(-1, 1));
  for (let row = 0; row < count; row++) samples.targets[row * 3 + random.below(3)] = 1;
  return samples;
}

/** A run that has come as far as `state` says. */
function runFrom(
  engine: Engine,
  rows: number,
  batchSize: number,
  optimizer: Optimizer,
  state?: RunState,
): Promise<Run> {
  const samples = rowsFor(engine, rows, optimizer);
  return startRun(
    engine,
    {
      samples,
      batchSize,
      epochs: EPOCHS,
      optimizer,
      rule: ruleFor(engine, optimizer),
      shuffle: true,
      seed: 3,
      watched: true,
    },
    state,
  );
}

function finish(engine: Engine, run: Run, deadline = Infinity) {
  while (run.losses.length < EPOCHS) run.advance(deadline);
  run.settle();
  return { parameters: bitsOf(engine.parameters), losses: run.losses, steps: run.steps };
}

describe.each(engines)("a training in %s", (name, newEngine) => {
  describe.each(optimizers)("by %s", (_, optimizer) => {
    it.each([
      ["of mini-batches", 150, 64],
      ["of steps that take several passes", 700, 700],
    ])(`%s goes on to the same bits (seed ${SEED})`, async (_kind, rows, batchSize) => {
      const random = new Random(SEED, "split");
      const whole = await newEngine();
      const expected = finish(whole, await runFrom(whole, rows, batchSize, optimizer));
      whole.release();
      for (let turn = 0; turn < 4; turn++) {
        let state: RunState | undefined;
        // Left twice: once at any point, and once where an epoch ends.
        for (const leave of [() => random.below(12), undefined]) {
          const engine = await newEngine();
          const run = await runFrom(engine, rows, batchSize, optimizer, state);
          if (leave) for (let left = leave(); left > 0 && run.losses.length < EPOCHS - 1; left--) run.advance(0);
          else run.advance(Infinity);
          state = structuredClone(run.state());
          engine.gradients.fill(NaN);
          engine.release();
        }
        const last = await (name.startsWith("strict") ? engines[turn % 2]![1] : newEngine)();
        expect(finish(last, await runFrom(last, rows, batchSize, optimizer, state), turn % 2 ? 0 : Infinity)).toEqual(
          expected,
        );
        last.release();
      }
    });
  });
});

describe("a run's state", () => {
  it("seen in a step of several passes, before its update, goes on to the same bits", async () => {
    const optimizer = adam({ learningRate: 0.01 });
    const states: RunState[] = [];
    const newRun = async (engine: Engine, state?: RunState, watch = false): Promise<Run> => {
      const plan = { batchSize: 700, epochs: EPOCHS, optimizer, shuffle: true, seed: 3, watched: true };
      const onStep = watch ? () => void states.push(structuredClone(run.state())) : undefined;
      const run = await startRun(engine, { ...plan, samples: rowsFor(engine, 700, optimizer), onStep }, state);
      return run;
    };
    const whole = new WasmEngine(kernelsOf.strict, shape);
    expect(whole.scratch.capacity).toBeLessThan(700);
    const expected = finish(whole, await newRun(whole, undefined, true));
    expect(states).toHaveLength(EPOCHS);
    for (const state of states) {
      const engine = new WasmEngine(kernelsOf.strict, shape);
      expect(finish(engine, await newRun(engine, state))).toEqual(expected);
    }
  });

  it("of lbfgs is its best point, also where a piece of its work has thrown", async () => {
    const engine = new ReferenceEngine(small, "float64");
    const run = await runFrom(engine, 50, 50, lbfgs());
    run.advance(Infinity);
    const best = engine.parameters.slice();
    const { gradient } = engine;
    engine.gradient = () => {
      throw new Error("a lost thread");
    };
    expect(() => run.advance(Infinity)).toThrow("a lost thread");
    engine.gradient = gradient;
    run.settle();
    expect(engine.parameters).toEqual(best);
  });

  it("is plain data", async () => {
    const engine = new WasmEngine(kernelsOf.strict, small);
    const run = await runFrom(engine, 30, 8, adam());
    run.advance(Infinity);
    run.advance(0);
    const state = structuredClone(run.state());
    expect(state).toMatchObject({ optimizer: { name: "adam", learningRate: 0.001 }, steps: expect.any(Number) });
    expect(state.losses.length).toBeGreaterThan(0);
    expect(state.steps).toBeGreaterThan(4);
  });

  it("keeps what a plateau has seen", async () => {
    const optimizer = sgd({ learningRate: reduceOnPlateau({ from: 0.5, patience: 1, threshold: 0.5 }) });
    const learn = (engine: Engine, run: Run, epochs: number) => {
      for (let i = 0; i < epochs; i++) {
        run.advance(Infinity);
        run.observe!({
          epoch: run.losses.length,
          loss: run.losses.at(-1)!,
          steps: run.steps,
          seconds: 0,
          secondsLeft: 0,
        });
      }
      return bitsOf(engine.parameters);
    };
    const [whole, first, second] = [0, 1, 2].map(() => new ReferenceEngine(small, "float64"));
    const expected = learn(whole!, await runFrom(whole!, 30, 8, optimizer), 7);
    const begun = await runFrom(first!, 30, 8, optimizer);
    learn(first!, begun, 4);
    const state = structuredClone(begun.state());
    expect(state).toMatchObject({ schedule: { rate: 0.05, waited: 1 } });
    expect(learn(second!, await runFrom(second!, 30, 8, optimizer, state), 3)).toEqual(expected);
  });

  it("keeps the last good parameters: a training that goes on and diverges has them again", async () => {
    const start = () => new ReferenceEngine(small, "float64");
    const [engine, other] = [start(), start()];
    const run = await runFrom(engine, 30, 8, sgd({ learningRate: 0.1 }));
    run.advance(Infinity);
    const good = run.state().parameters.slice();
    while (run.steps < 6) run.advance(0);
    const later = await runFrom(other, 30, 8, sgd({ learningRate: 0.1 }), structuredClone(run.state()));
    other.parameters.fill(Infinity);
    later.settle();
    expect(bitsOf(other.parameters)).toEqual(bitsOf(good));
  });

  it.each(optimizers.slice(0, -2))("means the same in kernels and their slow twins: %s", (_, optimizer) => {
    const [kernels, twin] = [new WasmEngine(kernelsOf.strict, small), new ReferenceEngine(small, "float64")];
    for (const engine of [kernels, twin]) {
      const samples = rowsFor(engine, 40, optimizer);
      for (let step = 0; step < 5; step++) engine.step(samples, 0, 40);
    }
    expect(kernels.slots.length).toBe(twin.slots.length);
    kernels.slots.forEach((slot, i) => {
      expect(slot.length).toBe(small.parameterCount);
      expect(normwiseError(slot, twin.slots[i]!)).toBeLessThan(1e-5);
    });
    expect([...kernels.ruleState]).toEqual([...twin.ruleState]);
  });
});
