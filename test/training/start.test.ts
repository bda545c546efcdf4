import { expect, it } from "vitest";
import { ReferenceEngine } from "../../src/engine/reference/reference-engine.ts";
import { lbfgs, type Optimizer, ruleOf, sgd } from "../../src/kinds/optimizers/index.ts";
import { NO_RULE } from "../../src/kinds/optimizers/optimizer.ts";
import { networkShape } from "../../src/model/shape.ts";
import { Descent } from "../../src/training/descent.ts";
import { LbfgsRun } from "../../src/training/lbfgs-run.ts";
import { startRun } from "../../src/training/start.ts";

const layers = [{ units: 1, activation: "sigmoid" }] as const;

function plan(optimizer: Optimizer) {
  const engine = new ReferenceEngine(networkShape({ inputs: 1, layers, loss: "binaryCrossEntropy" }), "float64");
  const rule = ruleOf(optimizer) ?? NO_RULE;
  const samples = engine.prepare(4, rule, false);
  samples.inputs.set([-1, 0, 1, 2]);
  samples.targets.set([0, 0, 1, 1]);
  const facts = { batchSize: 2, epochs: 9, shuffle: true, seed: 1, watched: true };
  return { engine, plan: { samples, optimizer, rule, ...facts } };
}

it.each([
  ["a descent", sgd({ learningRate: 0.5 }), Descent],
  ["L-BFGS", lbfgs(), LbfgsRun],
])("starts %s by what the optimizer is, and goes on from its state", async (_, optimizer, kind) => {
  const one = plan(optimizer);
  const run = await startRun(one.engine, one.plan);
  expect(run).toBeInstanceOf(kind);
  while (!run.advance(Infinity));
  const state = structuredClone(run.state());
  while (!run.advance(Infinity));
  const other = plan(optimizer);
  const resumed = await startRun(other.engine, other.plan, state);
  expect(resumed.losses).toEqual([...state.losses]);
  while (!resumed.advance(Infinity));
  expect(resumed.losses).toEqual(run.losses);
  expect(other.engine.parameters).toEqual(one.engine.parameters);
});
