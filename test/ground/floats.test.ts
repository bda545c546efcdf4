import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { columnsOf, isFloat32, isFloats, plainArray, typedArrayName } from "../../src/ground/floats.ts";

const foreign = runInNewContext("[new Float32Array([1, 2]), new Float64Array(1), new Uint8Array(1), [], {}]") as [
  Float32Array,
  ...unknown[],
];

describe("typed arrays", () => {
  it("are known by what they are, whoever made them", () => {
    expect(foreign.map(typedArrayName)).toEqual(["Float32Array", "Float64Array", "Uint8Array", undefined, undefined]);
    expect(foreign.map(isFloats)).toEqual([true, true, false, false, false]);
    expect(foreign.map(isFloat32)).toEqual([true, false, false, false, false]);
    expect(foreign[0]).not.toBeInstanceOf(Float32Array);
  });

  it.each([undefined, null, 1, "Float32Array", new DataView(new ArrayBuffer(8)), new ArrayBuffer(8)])(
    "are not what only seems so: %s",
    (value) => expect(typedArrayName(value)).toBeUndefined(),
  );

  it("cannot be feigned", () => {
    expect(typedArrayName({ [Symbol.toStringTag]: "Float32Array", length: 1 })).toBeUndefined();
    expect(typedArrayName(Object.create(Float32Array.prototype))).toBeUndefined();
    expect(typedArrayName(new Proxy(new Float32Array(1), {}))).toBeUndefined();
  });
});

describe("plainArray", () => {
  it("is the array itself, where it is this realm's own", () => {
    const array = new Float64Array(3);
    expect(plainArray(array)).toBe(array);
  });

  it("is a view of the same numbers, where it is another realm's or says what is not so", () => {
    const view = plainArray(foreign[0]);
    expect(view).toEqual(new Float32Array([1, 2]));
    expect(view.buffer).toBe(foreign[0].buffer);
    class Long extends Float32Array {
      override get length() {
        return 1e9;
      }
    }
    const part = new Long(new Float32Array([1, 2, 3]).buffer, 4, 2);
    expect(plainArray<Float32Array>(part)).toEqual(new Float32Array([2, 3]));
    const odd = Object.defineProperty(new Float32Array(2), "length", { value: 9 });
    expect(plainArray(odd)).toHaveLength(2);
  });
});

describe("columns of rows", () => {
  it("are rows of their own, in the same precision, or the rows themselves", () => {
    const rows = new Float32Array([1, 2, 3, 4, 5, 6]);
    expect(columnsOf(rows, 3, 1, 2)).toEqual(new Float32Array([2, 3, 5, 6]));
    expect(columnsOf(Float64Array.from(rows), 2, 0, 1)).toEqual(new Float64Array([1, 3, 5]));
    expect(columnsOf(rows, 3, 0, 3)).toBe(rows);
  });
});
