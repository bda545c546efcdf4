import { describe, expect, it } from "vitest";
import { Random } from "../../../src/ground/random.ts";
import { forwardProduct, inputGradientProduct, weightGradientProduct } from "../../../src/kinds/ops/products.ts";

const random = new Random(3);
/** Small whole numbers: every sum is exact, in any order. */
const whole = (count: number) => Float64Array.from({ length: count }, () => random.below(19) - 9);

/** c_ij + the sum over l of a(i, l) b(l, j). */
function sums(
  c: Float64Array,
  [columns, depth]: readonly [number, number],
  a: (i: number, l: number) => number,
  b: (l: number, j: number) => number,
): Float64Array {
  return c.map((start, at) => {
    let sum = start;
    for (let l = 0; l < depth; l++) sum += a(Math.floor(at / columns), l) * b(l, at % columns);
    return sum;
  });
}

// Whole tiles of 2 x 4, what is left to their right, below, both, and none at all.
describe.each([
  [2, 4, 4],
  [4, 3, 8],
  [2, 5, 7],
  [3, 4, 8],
  [5, 7, 9],
  [1, 1, 1],
  [1, 6, 3],
  [6, 1, 13],
])("the products of %i rows, %i inputs and %i outputs", (rows, fanIn, fanOut) => {
  const [s, x, w] = [whole(rows * fanOut), whole(rows * fanIn), whole(fanOut * fanIn)];

  it("add S += X W^T", () => {
    const expected = sums(s, [fanOut, fanIn], (r, j) => x[r * fanIn + j]!, (j, i) => w[i * fanIn + j]!); // prettier-ignore
    const found = s.slice();
    forwardProduct(found, x, w, fanIn, fanOut, rows);
    expect(found).toEqual(expected);
  });

  it("add dX += dS W", () => {
    const expected = sums(x, [fanIn, fanOut], (r, i) => s[r * fanOut + i]!, (i, j) => w[i * fanIn + j]!); // prettier-ignore
    const found = x.slice();
    inputGradientProduct(found, s, w, fanIn, fanOut, rows);
    expect(found).toEqual(expected);
  });

  it("add dW += dS^T X", () => {
    const expected = sums(w, [fanIn, rows], (i, r) => s[r * fanOut + i]!, (r, j) => x[r * fanIn + j]!); // prettier-ignore
    const found = w.slice();
    weightGradientProduct(found, s, x, fanIn, fanOut, rows);
    expect(found).toEqual(expected);
  });
});

it("rounds a cell once, however long its sum", () => {
  // In float32 1 + 2^-24 is 1: added one by one, all of the small ones were lost.
  const count = 1024;
  const x = new Float32Array(count).fill(2 ** -24);
  const sum = new Float32Array([1]);
  forwardProduct(sum, x, new Float32Array(count).fill(1), count, 1, 1);
  expect(sum[0]).toBe(1 + count * 2 ** -24);
});
