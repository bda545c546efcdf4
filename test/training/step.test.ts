import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { ReferenceEngine } from "../../src/engine/reference/reference-engine.ts";
import { NO_RULE } from "../../src/kinds/optimizers/optimizer.ts";
import { networkShape } from "../../src/model/shape.ts";
import { showStep, type Step } from "../../src/training/step.ts";

const shape = networkShape({
  inputs: 1,
  layers: [{ units: 1, activation: "sigmoid" }],
  loss: "binaryCrossEntropy",
});
const facts = { epoch: 2, step: 7, loss: 0.5, isStandardized: false };

function stepOf(onStep: (step: Step) => unknown) {
  const engine = new ReferenceEngine(shape, "float64");
  const samples = engine.prepare(4, NO_RULE, false);
  samples.order.set([3, 1, 0, 2]);
  engine.gradients.set([0.25, -0.5]);
  showStep(
    (step) => {
      engine.gradients.fill(9);
      return onStep(step);
    },
    engine,
    samples,
    [1, 3],
    7,
    facts,
  );
  return engine;
}

describe("a step that is shown", () => {
  it("says which rows it takes, and keeps its gradient whatever is asked meanwhile", () => {
    const seen: Step[] = [];
    const engine = stepOf((step) => void seen.push(step));
    expect(seen[0]).toMatchObject({ epoch: 2, step: 7, loss: 0.5 });
    expect([...seen[0]!.rows]).toEqual([1, 0]);
    expect([...engine.gradients]).toEqual([0.25, -0.5]);
  });

  it("is answered at once: promises are refused, also those of other makes, and errors pass on", () => {
    const message = "onStep: expected a function that is done when it returns, got one that returns a promise";
    expect(() => stepOf(async () => {})).toThrow(message);
    expect(() => stepOf(() => runInNewContext("Promise.resolve()") as unknown)).toThrow(message);
    const enough = new Error("enough");
    expect(() => stepOf(() => { throw enough; })).toThrow(enough); // prettier-ignore
  });

  it("can be opened only where diagrams are at hand", () => {
    expect(() => stepOf((step) => step.trace())).toThrow('`import "lanegrad/dataflow"` brings them');
  });
});
