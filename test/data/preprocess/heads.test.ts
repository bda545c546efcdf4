import { describe, expect, it } from "vitest";
import { areOfHeads, headOf, inOrder } from "../../../src/data/preprocess/heads.ts";
import { Dataset } from "../../../src/data/dataset.ts";
import type { Column } from "../../../src/data/schema.ts";

const heads = [
  { name: "kind", units: 2 },
  { name: "size", units: 3 },
];
const sole = [{ name: undefined, units: 5 }];
const size = ["height", "width", "depth"].map((name): Column => ({ kind: "number", name, head: "size" }));
const kind: Column = { kind: "category", name: "kind", categories: ["a", "b"] };

describe("columns of targets", () => {
  it("are those of the head that they name, or are called as", () => {
    expect([...size, kind].map(headOf)).toEqual(["size", "size", "size", "kind"]);
    expect(headOf({ kind: "number" })).toBeUndefined();
  });

  it("are put in the order of the heads, each head's as they were", () => {
    expect(inOrder("fit", [size[0]!, kind, size[1]!, size[2]!], heads)).toEqual([kind, ...size]);
  });

  it("go by their places where none is of a head", () => {
    const plain: Column[] = [{ kind: "number", name: "kind" }, { kind: "number" }];
    expect(areOfHeads("fit", plain, heads)).toBe(false);
    expect(areOfHeads("fit", plain, sole)).toBe(false);
    expect(inOrder("fit", plain, heads)).toBe(plain);
  });

  it("are refused where they are of other heads, or there are none", () => {
    expect(() => areOfHeads("fit", size, heads)).toThrow(
      "fit: expected targets of the heads kind, size, got those of size",
    );
    expect(() => areOfHeads("fit", size, sole)).toThrow("fit: expected targets without heads, got those of size");
  });
});

describe("a data set for heads", () => {
  const inputs = [[1], [2], [3]];

  it("has its targets side by side, each head's columns by its name", () => {
    const data = Dataset.from({
      inputs,
      heads: {
        kind: { labels: [0, 2, 1] },
        size: { targets: [[1, 2], [3, 4], [5, 6]] }, // prettier-ignore
        colour: { labels: [1, 0, 1], targetNames: ["red", "blue"] },
        mass: { targets: new Float32Array([7, 8, 9]) },
      },
    });
    expect(data.targetNames).toEqual(
      ["kind=0", "kind=1", "kind=2", "size1", "size2", "colour=red", "colour=blue", "mass"], // prettier-ignore
    );
    expect([...data.targets.slice(8, 16)]).toEqual([0, 0, 1, 3, 4, 1, 0, 8]);
    expect(data.schema.targets.map(({ head }) => head)).toEqual(["kind", "size", "size", "colour", "mass"]);
    expect(data.select([2]).schema).toEqual(data.schema);
  });

  it("keeps float32 where all of them have it", () => {
    const single = Dataset.from({ inputs, heads: { a: { labels: [0, 1, 0] }, b: { targets: new Float32Array(3) } } });
    expect(single.targets).toBeInstanceOf(Float32Array);
  });

  it.each([
    [{ heads: {} }, "data set: heads: expected at least one head, got none"],
    [{ heads: null }, "data set: heads: expected an object of options, got null"],
    [{ heads: { a: null } }, 'data set: head "a": expected an object of options, got null'],
    [{ heads: { a: { lables: [0, 1, 0] } } }, /^data set: head "a".*"lables".*"labels"/],
    [{ heads: { a: {} } }, 'head "a": data set: expected either targets or labels, got neither'],
    [{ heads: { a: { labels: [0, 1] } } }, 'head "a": labels: expected 3 rows, as many as inputs, got 2'],
    [{ heads: { a: { labels: [0, 1, 0.5] } } }, /^head "a": labels, row 3: expected a whole number/],
    [{ heads: { a: { targets: [1, 2, NaN] } } }, /^head "a": targets, row 3/],
    [{ heads: { a: { labels: [0, 1, 0] } }, targets: [1, 2, 3] }, "targets: expected none beside heads"],
  ])("is refused where it is none: %j", (given, message) => {
    expect(() => Dataset.from({ inputs, ...given } as never)).toThrow(message);
  });
});
