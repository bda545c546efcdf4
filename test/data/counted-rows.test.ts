import { describe, expect, it } from "vitest";
import { countedRows } from "../../src/data/counted-rows.ts";
import { Dataset } from "../../src/data/dataset.ts";

const schema = { inputs: [{ kind: "number" }, { kind: "number" }], targets: [{ kind: "number" }] } as const;
const all = { inputs: Float64Array.of(1, 2, 3, 4, 5, 6), targets: Float64Array.of(7, 8, 9) };

/** A source of three rows, whose blocks `change` spoils. */
function source(change: (block: object, begin: number) => unknown = (block) => block, count: unknown = 3) {
  const read = (begin: number, end: number) => {
    const inputs = all.inputs.subarray(2 * begin, 2 * end);
    return change({ count: end - begin, inputs, targets: all.targets.subarray(begin, end) }, begin);
  };
  return { count, schema, read };
}

const weighted = (block: object, weight: number) => ({
  ...block,
  weights: new Float64Array((block as { count: number }).count).fill(weight),
});

describe("rows of a data set", () => {
  it("are read from anywhere, with their weights", async () => {
    const rows = countedRows(
      "fit",
      Dataset.from({
        inputs: [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        targets: [[7], [8], [9]],
        sampleWeight: [1, 2, 3],
      }),
    );
    expect([rows.count, rows.isWeighted()]).toEqual([3, true]);
    const { count, inputs, targets, weights } = await rows.read(1, 3);
    expect([count, [...inputs], [...targets], [...weights!]]).toEqual([2, [3, 4, 5, 6], [8, 9], [2, 3]]);
  });
});

describe("rows of a source", () => {
  it("are read from anywhere", async () => {
    const rows = countedRows("fit", source());
    expect([rows.count, rows.dataset, await rows.isWeighted()]).toEqual([3, undefined, false]);
    const { count, inputs, targets } = await rows.read(1, 3);
    expect([count, [...inputs], [...targets]]).toEqual([2, [3, 4, 5, 6], [8, 9]]);
  });

  it("have to be counted", () => {
    expect(() => countedRows("fit", { ...source(), count: undefined })).toThrow(
      /^fit: count of the source: expected how many rows it has .*, got none$/,
    );
    for (const count of [0, 1.5, "3"]) {
      expect(() => countedRows("fit", source(undefined, count))).toThrow(/^fit: count of the source: expected /);
    }
  });

  it.each([
    [() => null, "expected a block { count, inputs, targets }, got null"],
    [(block: object) => ({ ...block, count: 1 }), "expected 2 rows, got 1"],
    [(block: object) => ({ ...block, inputs: [3, 4, 5, 6] }), /inputs: expected a Float32Array or Float64Array, got /],
    [(block: object) => ({ ...block, targets: new Float64Array(3) }), "targets: expected 2 numbers, got 3"],
  ])("are looked at as they come: %s", async (change, message) => {
    // The first row, which tells of weights, is as it should be.
    const rows = countedRows(
      "fit",
      source((block, begin) => (begin === 0 ? block : change(block))),
    );
    await expect(rows.read(1, 3)).rejects.toThrow(message);
    await expect(rows.read(1, 3)).rejects.toThrow(/^fit: rows 2 to 3 of the source: /);
  });

  it("all have weights, which are weights, or none has", async () => {
    const some = countedRows(
      "fit",
      source((block, begin) => (begin === 0 ? block : weighted(block, 1))),
    );
    await expect(some.read(1, 3)).rejects.toThrow("got some, after rows without");
    const others = countedRows(
      "fit",
      source((block, begin) => (begin === 0 ? weighted(block, 1) : block)),
    );
    await expect(others.read(1, 3)).rejects.toThrow("got none, after rows with some");
    const wrong = countedRows(
      "fit",
      source((block, begin) => weighted(block, begin === 0 ? 1 : -1)),
    );
    await expect(wrong.read(1, 3)).rejects.toThrow(/weights, row 2: expected .*, got -1$/);
  });
});
