import { describe, expect, it } from "vitest";
import type { EncodedRows } from "../../src/data/preprocess/conform.ts";
import type { Column } from "../../src/data/schema.ts";
import { ClassFactors, classOf } from "../../src/training/class-factors.ts";
import type { ClassWeight } from "../../src/training/class-weights.ts";

const animals: readonly Column[] = [{ kind: "category", categories: ["cat", "dog", "eel"] }];
const number: readonly Column[] = [{ kind: "number" }];

function factorsOf(
  given: ClassWeight,
  columns: readonly Column[],
  width: number,
  targets: number[],
  weights?: number[],
) {
  const factors = new ClassFactors("fit: classWeight", given, columns, width);
  const rows = { count: targets.length / width, targets: Float32Array.from(targets), targetWidth: width, first: 0 };
  factors.add({ ...rows, weights: weights && Float32Array.from(weights) } as EncodedRows);
  return () => [...factors.result()];
}

describe("what weights by class come to", () => {
  it("balance classes as scikit-learn's compute_class_weight does: n / (classes * n_k)", () => {
    // compute_class_weight("balanced", classes=[0, 1], y=[0, 0, 0, 1]) = [2/3, 2]
    expect(factorsOf("balanced", number, 1, [0, 0, 0, 1])()).toEqual([4 / 6, 2]);
  });

  it("balance the weights of rows, and leave out a class without rows", () => {
    expect(factorsOf("balanced", animals, 3, [1, 0, 0, 0, 0, 1], [3, 1])()).toEqual([4 / 6, 1, 2]);
  });

  it("go by names of categories or by numbers of labels, 1 for the others", () => {
    expect(factorsOf({ dog: 5 }, animals, 3, [1, 0, 0])()).toEqual([1, 5, 1]);
    expect(factorsOf({ 1: 5 }, number, 1, [0])()).toEqual([1, 5]);
  });

  it("name a class that is there, and leave something to learn from", () => {
    expect(factorsOf({ dgo: 5 }, animals, 3, [1, 0, 0])).toThrow(/^fit: classWeight: .*"dgo".*dog/);
    expect(factorsOf({ cat: 0 }, animals, 3, [1, 0, 0])).toThrow(
      "fit: classWeight: expected a class with rows and a weight above 0, got none",
    );
  });

  it("want targets that name one class, and say in which row they do not", () => {
    expect(() => factorsOf("balanced", animals, 3, [1, 0, 0, 1, 1, 0])).toThrow(
      "fit: classWeight, row 2: expected targets that name one class, by 0 and 1, got others",
    );
  });
});

describe("the class of a row", () => {
  it.each([
    [1, [0], 0],
    [1, [1], 1],
    [1, [0.5], -1],
    [1, [NaN], -1],
    [3, [0, 0, 1], 2],
    [3, [0, 0, 0], -1],
    [3, [1, 0, 1], -1],
    [3, [0, 0.5, 0], -1],
  ])("of width %i, %j, is %i", (width, targets, expected) => {
    expect(classOf(Float64Array.from([...targets, ...targets]), width, 1)).toBe(expected);
  });
});
