/** A data set as a source of rows. */
import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.ts";
import { parseCsv } from "../../src/data/formats/csv.ts";
import { InvalidInputError } from "../../src/ground/errors.ts";
import type { RowSource } from "../../src/data/source.ts";

const rows = Array.from({ length: 7 }, (_, i) => [i, -i]);
const dataset = Dataset.from({ inputs: rows, targets: rows.map(([i]) => i!) });

describe("read", () => {
  it("gives the rows asked for, without a copy", async () => {
    const source: RowSource = dataset;
    const block = await source.read(2, 5);
    expect(block.count).toBe(3);
    expect([...block.inputs]).toEqual([2, -2, 3, -3, 4, -4]);
    expect([...block.targets]).toEqual([2, 3, 4]);
    expect(block.inputs.buffer).toBe(dataset.inputs.buffer);
  });

  it("gives fewer, or none, where the rows end before", () => {
    expect(dataset.read(5, 10).count).toBe(2);
    expect(dataset.read(7, 9)).toMatchObject({ count: 0 });
    expect(dataset.read(90, 91).inputs).toHaveLength(0);
  });

  it.each([
    [-1, 2],
    [0.5, 2],
    [3, 2],
    [0, NaN],
    ["0", 2],
  ])("refuses %s to %s", (begin, end) => {
    expect(() => dataset.read(begin as number, end)).toThrow(InvalidInputError);
  });
});

describe("schema", () => {
  it("says what numbers in memory are, by name where they have one", () => {
    expect(dataset.schema).toEqual({ inputs: [{ kind: "number" }, { kind: "number" }], targets: [{ kind: "number" }] });
    const named = Dataset.from({
      inputs: rows,
      targets: rows,
      inputNames: ["up", "down"],
      targetNames: ["a", "b"],
      standardize: ["down"],
    });
    expect(named.schema).toEqual({
      inputs: [
        { kind: "number", name: "up" },
        { kind: "number", name: "down", standardize: true },
      ],
      targets: [
        { kind: "number", name: "a" },
        { kind: "number", name: "b" },
      ],
    });
  });

  it("says which classes labels are of", () => {
    const options = { inputs: [[1], [2]], labels: [0, 1] };
    expect(Dataset.from(options).schema.targets).toEqual([
      { kind: "category", name: "class", categories: ["0", "1"], labels: true },
    ]);
    expect(Dataset.from({ ...options, targetNames: ["no", "yes"] }).schema.targets).toEqual([
      { kind: "category", categories: ["no", "yes"] },
    ]);
  });

  it("says what a table's columns are", async () => {
    const table = await parseCsv("age,sex,alive\n30,female,yes\n40,male,no\n", {
      inputs: ["sex", "age"],
      targets: ["alive"],
      categorical: ["sex", "alive"],
      standardize: true,
    });
    const expected = {
      inputs: [
        { kind: "category", name: "sex", categories: ["female", "male"] },
        { kind: "number", name: "age", standardize: true },
      ],
      targets: [{ kind: "category", name: "alive", categories: ["no", "yes"] }],
    };
    expect(table.schema).toEqual(expected);
    expect(table.select([1]).schema).toEqual(expected);
  });
});
