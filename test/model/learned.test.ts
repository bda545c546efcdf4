import { expect, it } from "vitest";
import { copyLearned, copyOf } from "../../src/model/learned.ts";

it("copies parameters and statistics, in their precision, and shares no memory", () => {
  const from = { parameters: Float32Array.of(1, 2), statistics: Float32Array.of(3) };
  const copy = copyOf(from);
  from.parameters.fill(0);
  from.statistics.fill(0);
  expect(copy).toEqual({ parameters: Float32Array.of(1, 2), statistics: Float32Array.of(3) });
  copyLearned(from, copy);
  expect(from).toEqual(copy);
  expect(from.parameters.buffer).not.toBe(copy.parameters.buffer);
});
