import { describe, expect, it } from "vitest";
import { ReferenceEngine } from "../../src/engine/reference/reference-engine.ts";
import { type Asked, eachPass, isSingle, newFloats, standardizeInto } from "../../src/inspect/passes.ts";
import { networkShape } from "../../src/model/shape.ts";

const shape = networkShape({ inputs: 2, layers: [{ units: 1, activation: "identity" }], loss: "meanSquaredError" });
const asked = (standardization: Asked["standardization"]): Asked => ({
  engine: new ReferenceEngine(shape, "float64"),
  preprocessing: null,
  standardization,
});

describe("rows on their way through the engine", () => {
  it("come in passes, each row once and in order, with their targets and weights", () => {
    const one = asked(null);
    const count = 2 * one.engine.scratch.capacity + 3;
    const inputs = Float64Array.from({ length: 2 * count }, (_, i) => i);
    const targets = Float64Array.from({ length: count }, (_, i) => -i);
    const weights = Float64Array.from({ length: count }, (_, i) => i % 3);
    const seen: number[][] = [];
    const sizes: number[] = [];
    eachPass(one, inputs, targets, count, (samples, begin, rows) => {
      expect(begin).toBe(seen.length);
      sizes.push(rows);
      for (let row = 0; row < rows; row++) {
        seen.push([...samples.inputs.subarray(2 * row, 2 * row + 2), samples.targets[row]!, samples.weights![row]!]);
      }
    }, weights); // prettier-ignore
    expect(sizes).toEqual([one.engine.scratch.capacity, one.engine.scratch.capacity, 3]);
    expect(seen).toEqual(Array.from({ length: count }, (_, i) => [2 * i, 2 * i + 1, -i, i % 3]));
  });

  it("are standardized, column by column, and otherwise as they are", () => {
    const to = new Float64Array(4);
    standardizeInto(to, [1, 2, 3, 4, 5, 6], 2, { mean: [1, 2], std: [2, 4] }, 2, 6);
    expect([...to]).toEqual([1, 0.5, 2, 1]);
    standardizeInto(to, [1, 2, 3, 4, 5, 6], 2, null, 2, 6);
    expect([...to]).toEqual([3, 4, 5, 6]);
    standardizeInto(to, Float32Array.of(9, 8, 7, 6), 2, null);
    expect([...to]).toEqual([9, 8, 7, 6]);
    const found: number[] = [];
    eachPass(asked({ mean: [1, 2], std: [2, 4] }), [3, 6], undefined, 1, ({ inputs }) => found.push(...inputs.subarray(0, 2))); // prettier-ignore
    expect(found).toEqual([1, 1]);
  });

  it("have arrays in the engine's precision", () => {
    for (const [precision, Kind] of [
      ["float32", Float32Array],
      ["float64", Float64Array],
    ] as const) {
      const engine = new ReferenceEngine(shape, precision);
      expect(isSingle(engine)).toBe(precision === "float32");
      expect(newFloats(engine, 3)).toEqual(new Kind(3));
    }
  });
});
