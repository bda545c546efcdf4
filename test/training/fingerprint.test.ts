import { describe, expect, it } from "vitest";
import type { Samples } from "../../src/engine/engine.ts";
import { atOnce } from "../../src/ground/pieces.ts";
import { fingerprintOf } from "../../src/training/fingerprint.ts";

const samplesOf = (inputs: number[], targets: number[], weights?: number[]) =>
  ({
    capacity: targets.length,
    inputs: Float64Array.from(inputs),
    targets: Float64Array.from(targets),
    weights: weights && Float64Array.from(weights),
  }) as unknown as Samples;
const printOf = (samples: Samples, rows = samples.capacity) => atOnce(fingerprintOf(samples, { rows, size: 2 }));

describe("a fingerprint", () => {
  const given = samplesOf([1, 2, 3, 4], [0, 1]);

  it("tells how many rows there are and how wide they are", () => {
    expect(printOf(given)).toMatchObject({ rows: 2, window: 2, inputs: 2, targets: 1, weights: "none" });
  });

  it("changes with any number and with its place, and with what rows weigh", () => {
    const prints = [
      given,
      samplesOf([1, 2, 3, 5], [0, 1]),
      samplesOf([2, 1, 3, 4], [0, 1]),
      samplesOf([1, 2, 3, 4], [1, 0]),
      samplesOf([1, 2, 3, 4], [0, 1], [1, 1]),
      samplesOf([1, 2, 3, 4], [0, 1], [1, 2]),
    ].map((samples) => JSON.stringify(printOf(samples)));
    expect(new Set(prints).size).toBe(prints.length);
    expect(printOf(samplesOf([1, 2, 3, 4], [0, 1]))).toEqual(printOf(given));
  });

  it("is that of the numbers as float32 has them", () => {
    const [third, single] = [1 / 3, Math.fround(1 / 3)];
    expect(printOf(samplesOf([third, 2, 3, 4], [0, 1]))).toEqual(printOf(samplesOf([single, 2, 3, 4], [0, 1])));
  });

  it("of a window of a source says nothing of its numbers, which pass by", () => {
    expect(printOf(given, 9)).toEqual(printOf(samplesOf([5, 6, 7, 8], [1, 1]), 9));
    expect(printOf(given, 9)).toMatchObject({ rows: 9, window: 2, numbers: "a source's" });
  });
});
