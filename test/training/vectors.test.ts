import { describe, expect, it } from "vitest";
import { CapacityError } from "../../src/ground/errors.ts";
import { addScaled, copyPoint, dot, evaluate, largest, newPoint, newVector, norm } from "../../src/training/vectors.ts";

describe("vectors", () => {
  it("have products, lengths and sums", () => {
    const a = Float64Array.of(3, -4);
    expect(dot(a, Float64Array.of(2, 1))).toBe(2);
    expect(norm(a)).toBe(5);
    expect(largest(a)).toBe(4);
    addScaled(a, -0.5, Float64Array.of(2, 4));
    expect([...a]).toEqual([2, -6]);
  });

  it("may have no elements", () => {
    expect([dot(newVector(0), newVector(0)), norm(newVector(0)), largest(newVector(0))]).toEqual([0, 0, 0]);
  });

  it("that find no room are refused as what does not fit", () => {
    expect(() => newVector(2 ** 53 - 1)).toThrow(CapacityError);
    expect(() => newVector(2 ** 53 - 1)).toThrow(/^lbfgs: expected room for 9007199254740991 more numbers, got none$/);
  });
});

describe("points", () => {
  it("are copied by their numbers, not by reference", () => {
    const [from, to] = [newPoint(2), newPoint(2)];
    from.at.set([1, 2]);
    from.gradient.set([3, 4]);
    Object.assign(from, { value: 5, slope: 6, step: 7 });
    copyPoint(to, from);
    from.at.fill(0);
    from.gradient.fill(0);
    expect(to).toEqual({ at: Float64Array.of(1, 2), gradient: Float64Array.of(3, 4), value: 5, slope: 6, step: 7 });
  });

  it("take the value of a function, and of one that yields on its way", () => {
    const point = newPoint(1);
    point.at[0] = 3;
    const square = (at: Float64Array, gradient: Float64Array) => {
      gradient[0] = 2 * at[0]!;
      return at[0]! ** 2;
    };
    expect([...evaluate(square, point)]).toEqual([]);
    expect([point.value, point.gradient[0]]).toEqual([9, 6]);
    const slow = function* (at: Float64Array): Generator<undefined, number> {
      yield undefined;
      yield undefined;
      return at[0]! + 1;
    };
    expect([...evaluate(slow, point)]).toHaveLength(2);
    expect(point.value).toBe(4);
  });
});
