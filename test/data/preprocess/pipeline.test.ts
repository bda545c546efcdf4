/** What is known of columns, as data; what becomes of data sets by it is in conform.test.ts. */
import { describe, expect, it } from "vitest";
import {
  checkPreprocessing,
  learnColumns,
  type Preprocessing,
  standardizationOf,
  withStandardization,
} from "../../../src/data/preprocess/pipeline.ts";
import type { Schema } from "../../../src/data/schema.ts";

const named: Schema = {
  inputs: [
    { kind: "number", name: "age", standardize: true },
    { kind: "category", name: "sex", categories: ["female", "male"] },
  ],
  targets: [{ kind: "number", name: "alive" }],
};
const unnamed: Schema = {
  inputs: [{ kind: "number" }, { kind: "number" }, { kind: "number" }],
  targets: [{ kind: "number" }],
};
const learned: Preprocessing = {
  inputs: [{ kind: "number", name: "age" }, named.inputs[1] as never],
  targets: [{ kind: "number", name: "alive" }],
};

describe("what was saved", () => {
  it("is read once: what is checked is what is used", () => {
    let reads = 0;
    const saved = {
      targets: learned.targets,
      get inputs() {
        return reads++ === 0 ? learned.inputs : [];
      },
    };
    expect(checkPreprocessing("saved", saved, 3, 1)).toEqual(learned);
    expect(reads).toBe(1);
  });
});

describe("learnColumns", () => {
  it("takes the names of the first rows that have some, and keeps them", () => {
    expect(learnColumns(null, unnamed)).toBeNull();
    expect(learnColumns(null, named)).toEqual(learned);
    expect(learnColumns(learned, unnamed)).toEqual(learned);
    const other: Schema = { ...named, targets: [{ kind: "number", name: "dead" }] };
    expect(learnColumns(learned, other)).toEqual(learned);
  });

  it("takes names of inputs and of targets each by itself", () => {
    const first = learnColumns(null, { ...unnamed, targets: named.targets });
    expect(first).toEqual({ inputs: unnamed.inputs, targets: named.targets });
    expect(learnColumns(first, named)).toEqual(learned);
  });

  it("keeps a standardization that was there before the names, unless it is of what are categories", () => {
    const byHand = withStandardization("it", null, { mean: [1, 2, 3], std: [4, 5, 6] }, 1);
    expect(learnColumns(byHand, named)!.inputs).toEqual(byHand.inputs);
    const numbers = { ...named, inputs: ["a", "b", "c"].map((name) => ({ kind: "number", name }) as const) };
    expect(learnColumns(byHand, numbers)!.inputs[1]).toEqual({ kind: "number", name: "b", mean: 2, std: 5 });
  });
});

describe("standardizationOf", () => {
  it("has a place for each category, and is null where nothing is standardized", () => {
    expect(standardizationOf(null)).toBeNull();
    expect(standardizationOf(learned)).toBeNull();
    const standardized = withStandardization("it", learned, { mean: [30, 0, 0], std: [10, 1, 1] }, 1);
    expect(standardized.inputs).toEqual([{ kind: "number", name: "age", mean: 30, std: 10 }, learned.inputs[1]]);
    expect(standardizationOf(standardized)).toEqual({ mean: [30, 0, 0], std: [10, 1, 1] });
  });
});

it("survives structuredClone and JSON", () => {
  const standardized = withStandardization("it", learned, { mean: [30.1, 0, 0], std: [10 / 3, 1, 1] }, 1);
  for (const copy of [structuredClone(standardized), JSON.parse(JSON.stringify(standardized)) as unknown]) {
    expect(checkPreprocessing("it", copy, 3, 1)).toEqual(standardized);
    expect(() => checkPreprocessing("it", copy, 2, 1)).toThrow(
      "it, inputs: expected columns of 2 numbers in all, got 3",
    );
  }
});
