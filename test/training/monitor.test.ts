import { describe, expect, it } from "vitest";
import { checkMonitor, directionOf, metricOf, readMonitor, withMetric } from "../../src/training/monitor.ts";
import type { Measures } from "../../src/kinds/metrics/index.ts";

const measures = { directions: { accuracy: "higher", "own.cost": undefined } } as unknown as Measures;

describe("what is gone by from epoch to epoch", () => {
  it("is the loss, or what begins with validation. if there is validation data", () => {
    expect(() => checkMonitor("stop", "loss", undefined)).not.toThrow();
    expect(() => checkMonitor("stop", "validation.accuracy", {})).not.toThrow();
    expect(() => checkMonitor("stop", "validation.loss", undefined)).toThrow(
      'stop: expected to go by loss (what begins with validation. needs validation data), got "validation.loss"',
    );
    expect(() => checkMonitor("stop", "val_loss", {})).toThrow(
      'stop: expected to go by loss or validation.loss, got "val_loss"',
    );
  });

  it("names the metric to be measured, unless that is a loss or one's own", () => {
    const paths = ["loss", "validation.loss", "validation.own.cost", "validation.accuracy"];
    expect(paths.map(metricOf)).toEqual([undefined, undefined, undefined, "accuracy"]);
    const ofHeads = ["loss", "own.cost", "r2"].map((name) => metricOf(`validation.heads.mass.${name}`));
    expect(ofHeads).toEqual([undefined, undefined, "heads.mass.r2"]);
  });

  it("is measured besides what is asked for", () => {
    expect(withMetric(["f1"], "accuracy")).toEqual(["f1", "accuracy"]);
    expect(withMetric(undefined, "accuracy")).toEqual(["accuracy"]);
    expect(withMetric({ kind: ["f1"] }, "heads.kind.accuracy")).toEqual({ kind: ["f1", "accuracy"] });
    expect(withMetric({ kind: ["f1"] }, "heads.mass.r2")).toEqual({ kind: ["f1"], mass: ["r2"] });
  });

  it("is better where its kind says so, or else its mode", () => {
    expect(directionOf("stop", "loss", undefined)).toBe("lower");
    expect(directionOf("stop", "validation.accuracy", measures, "max")).toBe("higher");
    expect(directionOf("stop", "validation.own.cost", measures, "min")).toBe("lower");
    expect(() => directionOf("stop", "validation.own.cost", measures)).toThrow(
      'stop: mode: expected "min" or "max" for validation.own.cost, got none',
    );
    expect(() => directionOf("stop", "validation.accuracy", measures, "min")).toThrow(
      'stop: mode: expected "max", or none, for validation.accuracy, got "min"',
    );
    expect(() => directionOf("stop", "validation.acuracy", measures)).toThrow(
      /validation\.acuracy.*validation\.accuracy/,
    );
  });

  it("is read by its path, and has to be a number", () => {
    const epoch = { loss: 2, validation: { loss: 3, own: { cost: 4 }, confusion: [[1]] } };
    expect(["loss", "validation.loss", "validation.own.cost"].map((path) => readMonitor("stop", epoch, path))).toEqual([
      2, 3, 4,
    ]);
    for (const path of ["validation.confusion", "validation.nothing.there"]) {
      expect(() => readMonitor("stop", epoch, path)).toThrow(
        /^stop: expected the path of a number, as loss, validation\.loss/,
      );
    }
  });
});
