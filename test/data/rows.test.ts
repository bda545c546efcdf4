/** Inputs at the door of a network. Data sets: dataset.test.ts. */
import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/ground/errors.ts";
import { checkFinite, checkInputs } from "../../src/data/rows.ts";

describe("checkInputs", () => {
  it.each<[string, unknown, number[]]>([
    ["one row", [1, 2], [1, 2]],
    ["an array of rows", [[1, 2], new Uint8Array([3, 4])], [1, 2, 3, 4]], // prettier-ignore
    ["a flat typed array", new Float32Array([1, 2, 3, 4]), [1, 2, 3, 4]],
    ["one of whole numbers", new Int16Array([1, -2, 3, 4]), [1, -2, 3, 4]],
  ])("takes %s", (_, given, expected) => {
    const { values, count } = checkInputs("it", given, 2, true);
    expect([...values]).toEqual(expected);
    expect(count).toBe(expected.length / 2);
  });

  it("copies no floats", () => {
    const floats = new Float64Array([1, 2]);
    expect(checkInputs("it", floats, 2, false).values).toBe(floats);
  });

  it.each<[unknown, string]>([
    [7, "it: expected rows of 2 numbers, got 7"],
    [[], "it: expected at least one row, got none"],
    [new Float32Array(0), "it: expected at least one row, got none"],
    [new Float32Array(3), "it: expected rows of 2 numbers, got 3 numbers"],
    [[1, 2, 3], "it: expected a row of 2 numbers, or an array of rows, got a row of 3"],
    [[[1, 2], [3]], "it, row 2: expected 2 numbers, got 1"], // prettier-ignore
    [[[1, 2], null], "it, row 2: expected an array of numbers, got null"],
    [[[1, "2"]], 'it, row 1, column 2: expected a finite number, got "2"'],
    [[1, NaN], "it, row 1, column 2: expected a finite number, got NaN"],
    [new Float32Array([1, 2, Infinity, 3]), "it, row 2, column 1: expected a finite number that float32 can hold"],
    [
      new Float64Array([1, 2, 3, 1e39]),
      "it, row 2, column 2: expected a finite number that float32 can hold, got 1e+39",
    ],
    [new BigInt64Array(2), "expected a finite number, got 0n"],
  ])("refuses what is wrong: %#", (given, message) => {
    expect(() => checkInputs("it", given, 2, true)).toThrow(InvalidInputError);
    expect(() => checkInputs("it", given, 2, true)).toThrow(message);
  });

  it("refuses what is beyond the limits of its column", () => {
    const limits = { low: new Float64Array([-1, -10]), high: new Float64Array([1, 10]) };
    expect(checkInputs("it", [1, -10], 2, false, limits).count).toBe(1);
    for (const row of [
      [1.5, 0],
      [0, 11],
      [NaN, 0],
      [-Infinity, 0],
    ]) {
      // prettier-ignore
      expect(() => checkInputs("it", new Float64Array(row), 2, false, limits), String(row)).toThrow(InvalidInputError);
    }
  });
});

it("names rows from where they begin, and columns that have names", () => {
  const values = new Float64Array([1, 2, 3, NaN]);
  expect(() => checkFinite("it", values, 2, { single: false, first: 11, names: ["x1", "age"] })).toThrow(
    'it, row 12, column 2 ("age"): expected a finite number, got NaN',
  );
});
