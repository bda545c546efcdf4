import { describe, expect, it } from "vitest";
import {
  type CategoryColumn,
  checkSchema,
  type Column,
  placeNames,
  standardizedPlaces,
  widthOf,
} from "../../src/data/schema.ts";
import { InvalidInputError } from "../../src/ground/errors.ts";

const columns: Column[] = [
  { kind: "number", name: "age", standardize: true },
  { kind: "category", name: "sex", categories: ["female", "male"] },
  { kind: "number" },
  { kind: "category", categories: ["no", "yes"] },
];

it("has a place for each number, and for each category", () => {
  expect(widthOf(columns)).toBe(6);
  expect(placeNames(columns, "x")).toEqual(["age", "sex=female", "sex=male", "x4", "no", "yes"]);
  expect(standardizedPlaces(columns)).toEqual([true, false, false, false, false, false]);
});

describe("checkSchema", () => {
  const schema = { inputs: columns, targets: [{ kind: "number", name: "y" }] };

  it("gives a frozen copy of just what a schema has", () => {
    const checked = checkSchema("it", structuredClone({ ...schema, other: 1 }));
    expect(checked).toEqual(schema);
    expect(checked).not.toBe(schema);
    const category = checked.inputs[1] as CategoryColumn;
    for (const part of [checked, checked.inputs, category, category.categories]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it.each<[unknown, string]>([
    [null, "it: expected a schema, got null"],
    [{}, "it, inputs: expected an array of columns, got undefined"],
    [{ ...schema, inputs: [] }, "it, inputs: expected an array of columns"],
    [{ ...schema, targets: [null] }, "it, targets, column 1: expected a column, got null"],
    [{ ...schema, targets: [{ kind: "text" }] }, 'it, targets, column 1, kind: expected "number" or "category"'],
    [{ ...schema, targets: [{ kind: "number", name: 1 }] }, "column 1, name: expected a string, got 1"],
    [{ ...schema, targets: [{ kind: "category", categories: [] }] }, "categories: expected an array of names"],
    [{ ...schema, targets: [{ kind: "category", categories: [1] }] }, "categories: expected names that are strings"],
    [{ ...schema, targets: [{ kind: "category", categories: ["a", "a"] }] }, "expected each name once"],
    [{ ...schema, targets: [{ kind: "category", categories: ["a"], unknown: "zero" }] }, 'unknown: expected "ignore"'],
  ])("refuses %j", (given, message) => {
    expect(() => checkSchema("it", given)).toThrow(InvalidInputError);
    expect(() => checkSchema("it", given)).toThrow(message);
  });
});
