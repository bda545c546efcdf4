/** Standardization apart from data sets: how it is learned from theirs is in ../dataset.test.ts. */
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { learnStandardization, limitsOf, readStandardization } from "../../../src/data/preprocess/standardize.ts";
import { InvalidInputError } from "../../../src/ground/errors.ts";
import { atOnce } from "../../../src/ground/pieces.ts";
import { Random } from "../../../src/ground/random.ts";

describe("learnStandardization", () => {
  it("comes in pieces, and to the same whatever the width", () => {
    const random = new Random(1, "split");
    const [count, width] = [5000, 12];
    const rows = Float64Array.from({ length: count * width }, () => random.uniform(-1, 1) + 1000);
    const names = Array.from({ length: width }, (_, i) => `c${i}`);
    const work = learnStandardization(
      rows,
      names,
      names.map(() => true),
    );
    let pieces = 0;
    while (!work.next().done) pieces++;
    expect(pieces).toBeGreaterThan(3);
    const whole = atOnce(
      learnStandardization(
        rows,
        names,
        names.map(() => true),
      ),
    );
    for (let j = 0; j < width; j++) {
      const column = Float64Array.from({ length: count }, (_, i) => rows[i * width + j]!);
      const alone = atOnce(learnStandardization(column, ["c"], [true]));
      expect([whole.mean[j], whole.std[j]]).toEqual([alone.mean[0], alone.std[0]]);
    }
  });

  it("leaves the columns alone that do not ask", () => {
    const { mean, std } = atOnce(learnStandardization(new Float64Array([1, 5, 3, 5e300]), ["a", "b"], [true, false]));
    expect([...mean, ...std]).toEqual([2, 0, 1, 1]);
  });
});

describe("limitsOf", () => {
  it("are the numbers that are finite when standardized, and just these", () => {
    const standardization = { mean: [0, 1e3, -5], std: [1e-3, 1, 1e3] };
    for (const [single, max] of [
      [true, 3.4028234663852886e38],
      [false, Number.MAX_VALUE],
    ] as const) {
      const { low, high } = limitsOf(standardization, single);
      expect(limitsOf(standardization, single)).toBe(limitsOf(standardization, single));
      standardization.mean.forEach((mean, j) => {
        const std = standardization.std[j]!;
        for (const limit of [low[j]!, high[j]!]) {
          expect(Number.isFinite(single ? Math.fround(limit) : limit)).toBe(true);
          const at = (limit - mean) / std;
          expect(Number.isFinite(single ? Math.fround(at) : at)).toBe(true);
          expect(Math.max(Math.abs(at), Math.abs(limit)) / max).toBeGreaterThan(1 - 1e-9);
        }
      });
    }
  });
});

describe("readStandardization", () => {
  it("is a frozen copy", () => {
    const given = { mean: [1, 2], std: [3, 4] };
    const read = readStandardization("it", given, 2);
    expect(read).toEqual(given);
    expect(read).not.toBe(given);
    expect([read, read.mean, read.std].every(Object.isFrozen)).toBe(true);
  });

  it("takes typed arrays, of another realm too", () => {
    const given = { mean: Float64Array.of(1, 2), std: runInNewContext("Float32Array.of(3, 4)") };
    expect(readStandardization("it", given as never, 2)).toEqual({ mean: [1, 2], std: [3, 4] });
  });

  it.each<[unknown, string]>([
    [null, "it: standardization: expected an object of options, got null"],
    [{ mean: [1] }, "it: standardization, std: expected an array of 1 numbers, got undefined"],
    [{ mean: [1, 2], std: [1] }, "it: standardization, mean: expected an array of 1 numbers, got an array of 2"],
    [{ mean: [NaN], std: [1] }, "it: standardization, mean of input 1: expected a finite number, got NaN"],
    [{ mean: [0], std: [0] }, "it: standardization, std of input 1: expected a finite number, above 0, got 0"],
    [{ mean: [0], std: [1], deviation: [1] }, 'expected options among mean, std, got "deviation"'],
  ])("refuses %j", (given, message) => {
    expect(() => readStandardization("it", given as never, 1)).toThrow(InvalidInputError);
    expect(() => readStandardization("it", given as never, 1)).toThrow(message);
  });
});
