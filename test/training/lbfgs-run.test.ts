import { describe, expect, it } from "vitest";
import { ReferenceEngine } from "../../src/engine/reference/reference-engine.ts";
import { DivergenceError } from "../../src/ground/errors.ts";
import { lbfgs } from "../../src/kinds/optimizers/index.ts";
import { NO_RULE } from "../../src/kinds/optimizers/optimizer.ts";
import { networkShape } from "../../src/model/shape.ts";
import { LbfgsRun } from "../../src/training/lbfgs-run.ts";

const layers = [{ units: 1, activation: "identity" }] as const;

/** y = 3 x - 1 at so many places: least squares find it exactly. */
function line(options: Parameters<typeof lbfgs>[0] = {}, target = (x: number) => 3 * x - 1) {
  const engine = new ReferenceEngine(networkShape({ inputs: 1, layers, loss: "meanSquaredError" }), "float64");
  const samples = engine.prepare(5, NO_RULE, false);
  [-2, -1, 0, 1, 2].forEach((x, i) => {
    samples.inputs[i] = x;
    samples.targets[i] = target(x);
  });
  const facts = { batchSize: 5, epochs: 50, shuffle: false, seed: 1, watched: true };
  return { engine, run: new LbfgsRun(engine, { samples, optimizer: lbfgs(options), ...facts }) };
}

describe("a run of L-BFGS", () => {
  it("comes to the least squares, each epoch an iteration that the loss falls by", () => {
    const { engine, run } = line();
    expect([run.hasMoved, run.loss]).toEqual([false, NaN]);
    while (run.ended === undefined) run.advance(Infinity);
    expect(run.ended).toBe("converged");
    expect(engine.parameters[0]).toBeCloseTo(3, 6);
    expect(engine.parameters[1]).toBeCloseTo(-1, 6);
    run.losses.forEach((loss, i) => i > 0 && expect(loss).toBeLessThanOrEqual(run.losses[i - 1]!));
    expect(run.learningRates).toEqual([]);
  });

  it("leaves the best point in the engine, whatever its line search tried last", () => {
    const { engine, run } = line();
    run.advance(Infinity);
    const best = [...engine.parameters];
    expect(run.state().minimizer!.at).toEqual(Float64Array.from(best));
    engine.parameters.fill(77);
    run.settle();
    expect([...engine.parameters]).toEqual(best);
  });

  it("ends once loss and gradient have been asked for so often", () => {
    const { run } = line({ maxEvaluations: 1 });
    run.advance(Infinity);
    expect(run.ended).toBe("evaluations");
  });

  it("refuses to start where there is no loss", () => {
    const { run } = line({}, () => 1e200);
    expect(() => run.advance(Infinity)).toThrow(DivergenceError);
  });
});
