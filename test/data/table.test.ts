/** Tables as data sets. Files and their syntax: csv.test.ts. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCsv } from "../../src/data/formats/csv.ts";
import { InvalidInputError } from "../../src/ground/errors.ts";

const age = fc.integer({ min: 0, max: 1200 }).map((tenths) => tenths / 10);
const passenger = fc.record({ age, sex: fc.constantFrom("male", "female", "not told"), survived: fc.boolean() });
const passengers = fc.array(passenger, { minLength: 1, maxLength: 20 });

function tableOf(rows: readonly { age: number; sex: string; survived: boolean }[]) {
  const lines = rows.map((row) => `${row.age},${row.sex},${Number(row.survived)}`);
  return parseCsv(["age,sex,survived", ...lines].join("\n"), {
    inputs: ["sex", "age", "old"],
    targets: ["survived"],
    categorical: ["sex"],
    derive: { old: (row) => Number(row.age) > 60 },
  });
}

describe("encode", () => {
  it("gives the table's own records the rows that the table has", async () => {
    await fc.assert(
      fc.asyncProperty(passengers, async (rows) => {
        const table = await tableOf(rows);
        expect(table.encode(rows)).toEqual(table.inputs);
        expect([...table.encode(rows[0]!)]).toEqual([...table.inputs.subarray(0, table.inputWidth)]);
      }),
    );
  });

  it("takes numbers as text, in any order of columns, with others beside them", async () => {
    await fc.assert(
      fc.asyncProperty(passengers, fc.string(), async (rows, other) => {
        const table = await tableOf(rows);
        const texts = rows.map((row) => ({ other, age: ` ${row.age} `, sex: row.sex }));
        expect(table.encode(texts)).toEqual(table.inputs);
      }),
    );
  });

  it("is the same for parts of the table, which know all of its categories", async () => {
    await fc.assert(
      fc.asyncProperty(passengers, fc.nat(), async (rows, pick) => {
        const table = await tableOf(rows);
        const part = table.select([pick % rows.length]);
        expect(part.encode(rows)).toEqual(table.inputs);
        expect(part).toBeInstanceOf(table.constructor);
      }),
    );
  });

  it("sets one place of each category, and numbers in theirs", async () => {
    await fc.assert(
      fc.asyncProperty(passengers, async (rows) => {
        const table = await tableOf(rows);
        const categories = table.inputNames.filter((name) => name.startsWith("sex="));
        for (const row of rows) {
          const encoded = [...table.encode(row)];
          expect(encoded.slice(0, -2)).toEqual(categories.map((name) => Number(name === `sex=${row.sex}`)));
          expect(encoded.slice(-2)).toEqual([row.age, Number(row.age > 60)]);
        }
      }),
    );
  });

  it("gives rows of finite numbers for anything else, or refuses it", async () => {
    const table = await tableOf([{ age: 30, sex: "male", survived: true }]);
    const anything = fc.oneof(
      fc.anything(),
      fc.record({ age: fc.anything(), sex: fc.anything() }),
      fc.array(fc.record({ age: fc.anything(), sex: fc.constantFrom("male", "Male", "", "__proto__") })),
    );
    fc.assert(
      fc.property(anything, (records) => {
        try {
          const encoded = table.encode(records as never);
          expect(encoded.length).toBe((Array.isArray(records) ? records.length : 1) * table.inputWidth);
          expect(encoded.every(Number.isFinite)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInputError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
