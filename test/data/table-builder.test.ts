/** Rows of cells as typed arrays. From files: formats/csv.test.ts. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { atOnce } from "../../src/ground/pieces.ts";
import { TableBuilder } from "../../src/data/table-builder.ts";

const column = (name: string, categorical = false) => ({
  name,
  categorical,
  derive: undefined,
  standardize: false,
  unknown: undefined,
});

it("gives numbers back, and a place to each category, over any number of blocks", () => {
  const row = fc.tuple(fc.double({ noNaN: true }), fc.constantFrom("b", "a", "é", "c".repeat(20)), fc.integer());
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 50 }), fc.constantFrom(1, 900), (rows, times) => {
      const builder = new TableBuilder("it", [column("x"), column("kind", true)], [column("y")]);
      for (let i = 0; i < times; i++) for (const cells of rows) builder.add(cells);
      const { count, inputs, targets, schema } = atOnce(builder.finish());
      expect(count).toBe(rows.length * times);
      const categories = [...new Set(rows.map(([, kind]) => kind))].sort();
      expect(schema.inputs).toEqual([
        { kind: "number", name: "x" },
        { kind: "category", name: "kind", categories },
      ]);
      const expected = rows.flatMap(([x, kind]) => [x, ...categories.map((name) => Number(name === kind))]);
      for (const at of [0, times - 1]) {
        expect([...inputs.subarray(at * expected.length, (at + 1) * expected.length)]).toEqual(expected);
        expect([...targets.subarray(at * rows.length, (at + 1) * rows.length)]).toEqual(rows.map(([, , y]) => y));
      }
    }),
    { seed: 80, numRuns: 60 },
  );
});
