import { describe, expect, it } from "vitest";
import type { Schema } from "../../src/data/schema.ts";
import { inputColumns, outputNames, placeOf } from "../../src/explain/columns.ts";
import type { NetworkShape } from "../../src/model/shape.ts";

const shape = { inputs: 4, outputs: 2 } as NetworkShape;
const schema: Schema = {
  inputs: [
    { kind: "number", name: "age" },
    { kind: "category", name: "port", categories: ["A", "B"] },
    { kind: "number", name: "fare" },
  ],
  targets: [{ kind: "category", name: "class", categories: ["0", "1"] }],
};

describe("columns", () => {
  it("are named x1, x2 and so on where nobody names them", () => {
    expect(inputColumns(null, shape).map(({ name, begin, end }) => [name, begin, end])).toEqual([
      ["x1", 0, 1],
      ["x2", 1, 2],
      ["x3", 2, 3],
      ["x4", 3, 4],
    ]);
    expect(outputNames(null, shape)).toEqual(["y1", "y2"]);
  });

  it("have one place for a number and several for a category", () => {
    expect(inputColumns(null, shape, schema)).toEqual([
      { name: "age", begin: 0, end: 1, categories: undefined },
      { name: "port", begin: 1, end: 3, categories: ["A", "B"] },
      { name: "fare", begin: 3, end: 4, categories: undefined },
    ]);
    expect(outputNames(null, shape, schema)).toEqual(["class=0", "class=1"]);
  });

  it("are called by their categories if these are all that has names", () => {
    const inputs: Schema["inputs"] = [{ kind: "category", categories: ["A", "B"] }];
    expect(inputColumns(null, shape, { ...schema, inputs })[0]!.name).toBe("A/B");
  });

  it("are found by name or by number", () => {
    expect(placeOf("e", "column", ["age", "fare"], "fare")).toBe(1);
    expect(placeOf("e", "column", ["age", "fare"], 0)).toBe(0);
    expect(() => placeOf("e", "column", ["age", "fare"], 2)).toThrow(/^e: expected .*, got 2$/);
    expect(() => placeOf("e", "column", ["age", "fare"], "far")).toThrow(/"far".*fare/);
  });
});
