import { describe, expect, it } from "vitest";
import { checkCheckpointOptions } from "../../src/training/checkpoint-options.ts";

const check = (given: unknown) => checkCheckpointOptions("fit: checkpoint", given);

describe("when to write a checkpoint", () => {
  it("is after each epoch, unless something else is asked for", () => {
    expect(check({ path: "a" })).toEqual({ path: "a", everyEpochs: 1 });
    expect(check({ path: "a", everySteps: undefined })).toEqual({ path: "a", everyEpochs: 1 });
    expect(check({ path: "a", everySteps: 5 })).toEqual({ path: "a", everySteps: 5 });
    expect(check({ path: "a", everyEpochs: 2, everyMinutes: 0.5 })).toEqual({
      path: "a",
      everyEpochs: 2,
      everyMinutes: 0.5,
    });
    expect(check(undefined)).toBeUndefined();
  });

  it("is counted in whole epochs and steps, and in minutes above 0", () => {
    expect(() => check({ path: "a", everyEpochs: 1.5 })).toThrow(/^fit: checkpoint: everyEpochs: expected .*got 1\.5$/);
    expect(() => check({ path: "a", everySteps: 0 })).toThrow(/^fit: checkpoint: everySteps: expected .*got 0$/);
    expect(() => check({ path: "a", everyMinutes: 0 })).toThrow(/^fit: checkpoint: everyMinutes: expected .*got 0$/);
    expect(() => check({ path: "a", everyEpochs: null })).toThrow(
      /^fit: checkpoint: everyEpochs: expected .*got null$/,
    );
  });

  it("needs a path, and knows no other options", () => {
    expect(() => check({})).toThrow(
      "fit: checkpoint: path: expected the path of a file, or its file: URL, got undefined",
    );
    expect(() => check({ path: "a", everyStep: 1 })).toThrow(/everyStep.*everySteps/);
    expect(() => check(null)).toThrow(/^fit: checkpoint: expected .*got null$/);
  });
});
