import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../../src/ground/errors.ts";
import { Random } from "../../../src/ground/random.ts";
import { checkInitialization, type Initialization, initialize } from "../../../src/kinds/initializers/index.ts";

const seed = 20;

/** The numbers of one layer, drawn into an arena of the precision. */
async function draw(
  initialization: Initialization | undefined,
  fanIn: number,
  fanOut: number,
  { from = seed, floats = new Float64Array(fanIn * fanOut + fanOut) } = {},
) {
  const tensors = { weights: { dimensions: [fanOut, fanIn] }, biases: { dimensions: [fanOut] } };
  const biases = fanIn * fanOut;
  const layer = { fanIn, fanOut, weights: 0, biases, end: biases + fanOut, tensors };
  floats.fill(7);
  await initialize(floats, [layer], checkInitialization(initialization), new Random(from, "initialization"));
  return { w: floats.slice(0, layer.biases), b: floats.slice(layer.biases), all: floats };
}

function moments(values: Float64Array) {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  const fourth = values.reduce((sum, x) => sum + (x - mean) ** 4, 0) / values.length;
  return { mean, variance, kurtosis: fourth / variance ** 2 };
}

const largest = (values: Float64Array) => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

/** Of a layer with 300 inputs and 200 outputs, by the formulas of the papers. */
const uniform = [
  ["glorotUniform", Math.sqrt(6 / 500)],
  ["heUniform", Math.sqrt(6 / 300)],
  ["lecunUniform", Math.sqrt(3 / 300)],
] as const;
const normal = [
  ["glorotNormal", Math.sqrt(2 / 500)],
  ["heNormal", Math.sqrt(2 / 300)],
  ["lecunNormal", Math.sqrt(1 / 300)],
] as const;

describe(`the distribution of weights (seed ${seed})`, () => {
  it.each(uniform)("of %s is even within %d, biases are 0", async (name, limit) => {
    const { w, b } = await draw(name, 300, 200);
    const { mean, variance, kurtosis } = moments(w);
    expect(largest(w)).toBeLessThanOrEqual(Math.fround(limit));
    expect(largest(w)).toBeGreaterThan(0.999 * limit);
    expect(Math.abs(mean)).toBeLessThan((4 * limit) / Math.sqrt(3 * w.length));
    expect(variance / (limit ** 2 / 3)).toBeCloseTo(1, 1);
    expect(kurtosis).toBeCloseTo(1.8, 1);
    expect(b).toEqual(new Float64Array(200));
  });

  it.each(normal)("of %s is normal with deviation %d, biases are 0", async (name, deviation) => {
    const { w, b } = await draw(name, 300, 200);
    const { mean, variance, kurtosis } = moments(w);
    expect(Math.abs(mean)).toBeLessThan((4 * deviation) / Math.sqrt(w.length));
    expect(variance / deviation ** 2).toBeCloseTo(1, 1);
    expect(kurtosis).toBeCloseTo(3, 0);
    // Of 60,000 numbers, 162 are expected beyond three deviations.
    const beyond = w.filter((x) => Math.abs(x) > 3 * deviation).length;
    expect(beyond).toBeGreaterThan(110);
    expect(beyond).toBeLessThan(215);
    expect(b).toEqual(new Float64Array(200));
  });

  it("of those with a size of their own is that of biases too", async () => {
    const even = (await draw({ name: "uniform", limit: 0.7 }, 30, 1000)).all;
    expect(largest(even)).toBeLessThanOrEqual(Math.fround(0.7));
    expect(moments(even.slice(30_000)).variance / (0.49 / 3)).toBeCloseTo(1, 1);
    const { all, b } = await draw({ name: "normal", deviation: 0.1 }, 30, 1000);
    expect(moments(all).variance / 0.01).toBeCloseTo(1, 1);
    expect(moments(b).variance / 0.01).toBeCloseTo(1, 0);
    const value = Math.fround(0.1);
    expect((await draw({ name: "constant", value: 0.1 }, 3, 2)).all).toEqual(new Float64Array(8).fill(value));
    expect((await draw("zeros", 3, 2)).all).toEqual(new Float64Array(8));
  });

  it("of those that nobody asks for is even within Glorot's limit, or 1 / sqrt(fanIn), biases too", async () => {
    for (const [fanIn, fanOut, limit] of [
      [300, 200, Math.sqrt(6 / 500)],
      [10, 5000, Math.sqrt(1 / 10)],
    ] as const) {
      const { w, b } = await draw(undefined, fanIn, fanOut);
      for (const values of [w, b]) {
        expect(largest(values)).toBeLessThanOrEqual(Math.fround(limit));
        expect(largest(values)).toBeGreaterThan(0.97 * limit);
      }
      expect(moments(w).variance / (limit ** 2 / 3)).toBeCloseTo(1, 1);
    }
  });

  it("of a truncated one ends at two deviations, and has 0.8796 of one", async () => {
    const { all } = await draw({ name: "truncatedNormal", deviation: 0.5 }, 300, 200);
    expect(largest(all)).toBeLessThanOrEqual(1);
    expect(largest(all)).toBeGreaterThan(0.999);
    expect(Math.sqrt(moments(all).variance) / 0.5).toBeCloseTo(0.8796, 2);
  });
});

describe("orthogonal weights", () => {
  it.each([
    [50, 20, 1],
    [20, 50, 1],
    [30, 30, 1.5],
    [1, 7, 1],
    [7, 1, 2],
  ])(
    "of %i inputs and %i outputs have rows, or columns, at right angles and of length %d",
    async (fanIn, fanOut, gain) => {
      const { w, b } = await draw({ name: "orthogonal", gain }, fanIn, fanOut);
      const rows = fanOut <= fanIn;
      const [count, length] = rows ? [fanOut, fanIn] : [fanIn, fanOut];
      const at = (i: number, j: number) => (rows ? w[i * fanIn + j]! : w[j * fanIn + i]!);
      for (let i = 0; i < count; i++) {
        for (let k = 0; k <= i; k++) {
          let product = 0;
          for (let j = 0; j < length; j++) product += at(i, j) * at(k, j);
          expect(product, `${i}, ${k}`).toBeCloseTo(i === k ? gain ** 2 : 0, 5);
        }
      }
      expect(b).toEqual(new Float64Array(fanOut));
    },
  );

  it("lean to no side", async () => {
    const sums = new Float64Array(4);
    for (let from = 0; from < 400; from++) {
      const { w } = await draw("orthogonal", 2, 2, { from });
      w.forEach((x, i) => (sums[i]! += x));
    }
    expect(largest(sums) / 400).toBeLessThan(4 * Math.sqrt(0.5 / 400));
  });
});

describe("what starts a network", () => {
  const everyOne: Initialization[] = [
    "auto",
    ...uniform.map(([name]) => name),
    ...normal.map(([name]) => name),
    "orthogonal",
    { name: "uniform", limit: 0.3 },
    { name: "normal", deviation: 0.3 },
    { name: "truncatedNormal", deviation: 0.3 },
    { name: "constant", value: 0.3 },
  ];

  it.each(everyOne)("is the same for the same seed, rounded to float32: %j", async (initialization) => {
    const { all } = await draw(initialization, 40, 30);
    expect((await draw(initialization, 40, 30)).all).toEqual(all);
    expect(all).toEqual(all.map(Math.fround));
    const isConstant = typeof initialization === "object" && initialization.name === "constant";
    const other = (await draw(initialization, 40, 30, { from: seed + 1 })).all;
    expect(String(other) === String(all)).toBe(isConstant);
  });

  it("survives being copied as data, and is frozen", () => {
    for (const initialization of everyOne) {
      const checked = checkInitialization(initialization);
      expect(Object.isFrozen(checked)).toBe(true);
      expect(checkInitialization(structuredClone(checked) as Initialization)).toEqual(checked);
    }
    expect(checkInitialization(undefined)).toEqual({ name: "auto" });
    expect(checkInitialization("orthogonal")).toEqual({ name: "orthogonal", gain: 1 });
  });

  it("is read once", () => {
    let reads = 0;
    const checked = checkInitialization({
      name: "uniform",
      get limit() {
        return reads++ === 0 ? 0.5 : 1e9;
      },
    });
    expect(checked).toEqual({ name: "uniform", limit: 0.5 });
    expect(reads).toBe(1);
  });

  it.each([
    ["xavier", 'did you mean "glorotUniform"?'],
    ["kaiming_normal", 'did you mean "heNormal"?'],
    ["He", 'did you mean "heUniform"?'],
    [{ name: "ones" }, 'did you mean "constant"?'],
    [null, 'expected a name, or an object such as { name: "uniform", limit: 0.5 }, got null'],
    [7, "expected a name, or an object such as"],
    [{ uniform: 0.7 }, "expected name: one of auto, zeros, constant"],
    ["uniform", "uniform: limit: expected a finite number, above 0, at most 1000000, got undefined"],
    [{ name: "uniform", limit: 0 }, "uniform: limit: expected a finite number, above 0"],
    [{ name: "uniform", limit: null }, "uniform: limit: expected a finite number, above 0, at most 1000000, got null"],
    [{ name: "normal", deviation: Infinity }, "normal: deviation: expected a finite number"],
    [{ name: "truncatedNormal", deviation: -1 }, "truncatedNormal: deviation: expected a finite number, above 0"],
    [{ name: "constant", value: NaN }, "constant: value: expected a finite number"],
    [{ name: "orthogonal", gain: null }, "orthogonal: gain: expected a finite number"],
    [{ name: "heNormal", gain: 1 }, 'network: initialization, heNormal: expected no options, got "gain"'],
    [{ name: "uniform", limits: 1 }, 'did you mean "limit"?'],
  ] as [any, string][])("is refused: %j", (given, message) => {
    expect(() => checkInitialization(given)).toThrow(InvalidInputError);
    expect(() => checkInitialization(given)).toThrow(message);
  });
});
