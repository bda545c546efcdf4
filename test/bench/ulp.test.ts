import { beforeAll, describe, expect, it } from "vitest";
import {
  type FunctionName,
  functionNames,
  functions,
  LIMIT,
  tiers,
  ulpError,
  UlpSweep,
} from "../../bench/ulp-sweep.ts";

const { fround } = Math;
const largest = (2 - 2 ** -23) * 2 ** 127;
const smallest = 2 ** -149;
const smallestNormal = 2 ** -126;

let sweep: UlpSweep;
beforeAll(async () => {
  sweep = await UlpSweep.create();
});

describe("ulpError", () => {
  it.each([
    ["a nearest result has half an ulp at most", 1, 1 + 2 ** -24, 0.5],
    ["ulps are those of the exact value's binade", 1 + 2 ** -23, 1, 1],
    ["just below a power of two they are half as large", 1, 1 - 2 ** -24, 1],
    ["subnormal ulps are all 2^-149", 3 * smallest, smallest, 2],
    ["what underflows is measured in them too", 0, 2 ** -150, 0.5],
    ["Infinity is right where the exact value rounds to it", Infinity, 2 ** 128, 0],
    ["Infinity is one ulp above the largest number", Infinity, largest, 1],
    ["the largest number in place of Infinity is one ulp off", largest, Infinity, 1],
    ["signs are seen", -1, 1, 2 ** 24],
    ["NaN must be NaN", NaN, NaN, 0],
    ["a number in place of NaN is wrong", 0, NaN, Infinity],
    ["NaN in place of a number is wrong", NaN, 0, Infinity],
  ])("%s", (_, y, exact, ulp) => {
    expect(ulpError(y, exact)).toBe(ulp);
  });
});

describe.each(functionNames)("%s", (name) => {
  it(`errs by at most ${LIMIT} ulp on a sample of all float32`, { timeout: 30_000 }, () => {
    for (const findings of sweep.range(name, 0, 2 ** 32, 4001)) {
      expect(findings.count).toBe(Math.ceil(2 ** 32 / 4001));
      expect(findings.ulp).toBeLessThanOrEqual(LIMIT);
    }
  });

  it("errs by no more at subnormal arguments and where results leave the normal range", () => {
    const x = [smallest, 2 * smallest, 2 ** -140, smallestNormal - smallest, smallestNormal, largest].flatMap((v) => [
      v,
      -v,
    ]);
    for (const at of [0.625, 1, 9.01, 16.6, 87.336, 88.02, 88.376, 88.7228, 88.73, 103.27, 103.97, 104, 104.1, 200]) {
      for (const near of neighbours(fround(at))) x.push(near, -near);
    }
    const exact = exactOf(name, x);
    for (const y of sweep.results(name, x)) {
      x.forEach((at, i) => expect(ulpError(y[i]!, exact[i]!), `${name}(${at})`).toBeLessThanOrEqual(LIMIT));
    }
  });
});

describe.each(tiers)("special values, %s", (tier) => {
  it.each([
    ["exp", [0, -0, -Infinity, Infinity, 89, -104], [1, 1, 0, Infinity, Infinity, 0]],
    ["log", [0, -0, 1, Infinity, -1, -smallest, -Infinity], [-Infinity, -Infinity, 0, Infinity, NaN, NaN, NaN]],
    ["tanh", [0, -0, smallest, -smallest, Infinity, -Infinity, 20, -20], [0, -0, smallest, -smallest, 1, -1, 1, -1]],
    ["expm1", [0, Infinity, -Infinity, smallest, 1e-20, 87, 104], [0, -1, -1, -smallest, -fround(1e-20), -1, -1]],
    ["erf", [0, -0, smallest, -smallest, Infinity, -Infinity, 4, -4], [0, -0, smallest, -smallest, 1, -1, 1, -1]],
    ["sigmoid", [0, -0, Infinity, -Infinity, 104, -104], [0.5, 0.5, 1, 0, 1, 0]],
  ] as const)("%s", (name, x, expected) => {
    const y = sweep.results(name, x)[tiers.indexOf(tier)]!;
    expect([...y]).toEqual(expected);
  });

  it.each(functionNames)("%s hands NaN of any sign and payload on", (name) => {
    for (const [first, end] of [
      [0x7f80_0001, 0x7f80_1000],
      [0x7fff_f000, 0x8000_0000],
      [0xff80_0001, 0xff80_1000],
      [0xffff_f000, 0x1_0000_0000],
    ] as const) {
      expect(sweep.range(name, first, end)[tiers.indexOf(tier)]).toMatchObject({ count: end - first, inexact: 0 });
    }
  });
});

/** Some 40 float32 numbers around one. */
function neighbours(x: number): number[] {
  const bits = new Uint32Array(new Float32Array([x]).buffer)[0]!;
  return [...new Float32Array(Uint32Array.from({ length: 41 }, (_, i) => bits - 20 + i).buffer)];
}

function exactOf(name: FunctionName, x: readonly number[]): Float64Array {
  const exact = new Float64Array(x.length);
  functions[name].reference(exact, new Float32Array(x), x.length);
  return exact;
}
