import { describe, expect, it } from "vitest";
import { ReferenceEngine } from "../../src/engine/reference/reference-engine.ts";
import { networkShape } from "../../src/model/shape.ts";
import { earlyStopping } from "../../src/training/early-stopping.ts";
import type { Epoch } from "../../src/training/history.ts";
import { Stopper } from "../../src/training/stopper.ts";

describe("where early stopping stands", () => {
  const layers = [{ units: 1, activation: "sigmoid" } as const];
  const shape = networkShape({ inputs: 4, layers, loss: "binaryCrossEntropy" });
  const epochOf = (loss: number, i: number): Epoch => ({ epoch: i + 1, loss, steps: i, seconds: 0, secondsLeft: 0 });
  const losses = [5, 4, NaN, 4.5, 3.95, 3.9, 3.8, 3.85, 4, 4, 4, 4, 4];

  /** How many of the losses it takes until it is over, changing its mind in the midst. */
  function run(changes: boolean) {
    const engine = new ReferenceEngine(shape, "float64");
    const settings = earlyStopping({ monitor: "loss", minDelta: 0.1, patience: 5 });
    let stopper = new Stopper(settings, "lower", engine);
    let taken = 0;
    for (const [i, loss] of losses.entries()) {
      if (stopper.isOver) break;
      engine.parameters.fill(i);
      stopper.observe(epochOf(loss, i));
      if (changes) stopper = new Stopper(settings, "lower", engine, structuredClone(stopper.state()));
      taken++;
    }
    stopper.restore();
    return { taken, best: stopper.best, parameters: engine.parameters[0] };
  }

  it("goes by what is better by more than minDelta, and keeps the best", () => {
    // 4 counts, 3.95 and 3.9 do not, 3.8 does; NaN never.
    expect(run(false)).toEqual({ taken: 12, best: { epoch: 7, value: 3.8, monitor: "loss" }, parameters: 6 });
  });

  it("can be gone on from, as plain data", () => {
    expect(run(true)).toEqual(run(false));
  });
});
