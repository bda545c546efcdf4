import fc from "fast-check";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Dataset, rowsOf } from "../../src/data/dataset.ts";
import { InvalidInputError } from "../../src/ground/errors.ts";

/** Calls with anything, as a caller without types may. */
const from = (options: unknown) => Dataset.from(options as never);
const xor = {
  inputs: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  targets: [0, 1, 1, 0],
};

describe("Dataset.from", () => {
  it("keeps the largest float32 numbers, whose sum none can hold", () => {
    const inputs = new Float32Array(11).fill(3.4028234663852886e38);
    expect(Dataset.from({ inputs, inputWidth: 1, targets: new Float32Array(11) }).inputs).toBe(inputs);
  });

  it("copies nested arrays to float64, row-major", () => {
    const dataset = Dataset.from({ inputs: [[1, 2, 3], new Float32Array([4, 5, 6])], targets: [[7], [8]] });
    expect(dataset.inputs).toEqual(new Float64Array([1, 2, 3, 4, 5, 6]));
    expect(dataset.targets).toEqual(new Float64Array([7, 8]));
    expect(dataset).toMatchObject({ count: 2, inputWidth: 3, targetWidth: 1 });
    expect(dataset.inputNames).toEqual(["x1", "x2", "x3"]);
    expect(dataset.targetNames).toEqual(["y1"]);
    expect(dataset.standardize).toEqual([false, false, false]);
  });

  it("keeps float typed arrays without a copy", () => {
    const inputs = new Float32Array([1, 2, 3, 4]);
    const targets = new Float64Array([1, 2, 3, 4]);
    const dataset = Dataset.from({ inputs, inputWidth: 2, targets, targetWidth: 2 });
    expect(dataset.inputs).toBe(inputs);
    expect(dataset.targets).toBe(targets);
  });

  it("converts other typed arrays to floats that hold them exactly", () => {
    const dataset = Dataset.from({
      inputs: new Uint8Array([0, 255]),
      inputWidth: 1,
      targets: new Int32Array([2 ** 31 - 1, -7]),
    });
    expect(dataset.inputs).toEqual(new Float32Array([0, 255]));
    expect(dataset.targets).toEqual(new Float64Array([2 ** 31 - 1, -7]));
  });

  it("takes flat arrays with their width, targets of width 1 without", () => {
    const dataset = Dataset.from({ inputs: [1, 2, 3, 4], inputWidth: 2, targets: [5, 6] });
    expect(dataset).toMatchObject({ count: 2, inputWidth: 2, targetWidth: 1 });
  });

  it("makes one-hot targets of labels", () => {
    const dataset = Dataset.from({ inputs: [[1], [2], [3]], labels: new Uint8Array([2, 0, 1]) });
    expect(dataset.targets).toEqual(new Float32Array([0, 0, 1, 1, 0, 0, 0, 1, 0]));
    expect(dataset.targetNames).toEqual(["class=0", "class=1", "class=2"]);
    expect(Dataset.from({ inputs: [[1]], labels: [0], classes: 4 }).targetWidth).toBe(4);
  });

  it("takes names, and columns to standardize by name", () => {
    const names = { inputNames: ["left", "right"], targetNames: ["differ"] };
    const dataset = Dataset.from({ ...xor, ...names, standardize: ["right"] });
    expect(dataset).toMatchObject({ ...names, standardize: [false, true] });
    expect(Dataset.from({ ...xor, standardize: true }).standardize).toEqual([true, true]);
  });

  it("takes an option that is undefined as not given", () => {
    expect(from({ ...xor, labels: undefined, inputWidth: undefined, inputNames: undefined }).count).toBe(4);
  });

  const sparse: number[][] = Object.assign([] as number[][], { 0: [1, 2], 2: [3, 4] });
  const endless = [[1]];
  endless.length = 2 ** 32 - 1;
  it.each<[string, unknown, string]>([
    ["no options", undefined, "data set: expected an object of options, got undefined"],
    ["an unknown option", { ...xor, lables: [1] }, 'did you mean "labels"?'],
    ["neither targets nor labels", { inputs: [[1]] }, "expected either targets or labels, got neither"],
    ["both", { ...xor, labels: [0, 1, 1, 0] }, "expected either targets or labels, got both"],
    ["classes beside targets", { ...xor, classes: 2 }, "classes: expected none beside targets, got 2"],
    ["targetWidth beside labels", { inputs: [[1]], labels: [0], targetWidth: 1 }, "targetWidth: expected none"],
    ["no inputs", { targets: [1] }, "inputs: expected an array of rows or a typed array, got undefined"],
    ["no rows", { inputs: [], targets: [] }, "inputs: expected at least one row, got none"],
    ["rows of no width", { inputs: [[]], targets: [1] }, "inputs, width of row 1: expected a whole number, at least 1"],
    ["a string", { ...xor, inputs: "1,2" }, 'got "1,2"'],
    ["a DataView", { ...xor, inputs: new DataView(new ArrayBuffer(8)) }, "got a DataView of 8"],
    [
      "ragged rows",
      { ...xor, inputs: [[1, 2], [3]], targets: [1, 2] },
      "inputs, row 2: expected 2 numbers, as in row 1, got 1",
    ],
    [
      "a row that is none",
      { inputs: [[1], null], targets: [1, 2] },
      "inputs, row 2: expected an array of numbers, got null",
    ],
    [
      "a sparse array",
      { inputs: sparse, targets: [1, 2, 3] },
      "inputs, row 2: expected an array of numbers, got undefined",
    ],
    ["endless rows", { inputs: endless, targets: [1] }, "inputs, row 2: expected an array"],
    [
      "endless targets",
      { inputs: [[1]], targets: endless },
      "targets: expected 1 rows, as many as inputs, got 4294967295",
    ],
    ["a width that disagrees", { ...xor, inputWidth: 3 }, "inputs, row 1: expected 3 numbers, got 2"],
    ["flat inputs without a width", { ...xor, inputs: new Float32Array(4) }, "inputWidth: expected the width"],
    [
      "a width that does not divide",
      { ...xor, inputs: new Float32Array(5), inputWidth: 2 },
      "a multiple of inputWidth 2 numbers, got 5",
    ],
    [
      "a huge width",
      { ...xor, inputs: new Float32Array(4), inputWidth: 2 ** 40 },
      "inputWidth: expected a whole number, at least 1, at most 1048576",
    ],
    ["counts that differ", { ...xor, targets: [1, 2, 3] }, "targets: expected 4 rows, as many as inputs, got 3"],
    [
      "NaN",
      {
        inputs: [
          [1, 2],
          [3, NaN],
        ],
        targets: [1, 2],
        inputNames: ["a", "b"],
      },
      'inputs, row 2, column "b": expected a finite number, got NaN',
    ],
    [
      "infinity in a typed array",
      { inputs: new Float32Array([1, -Infinity]), inputWidth: 1, targets: [1, 2] },
      'inputs, row 2, column "x1": expected a finite number, got -Infinity',
    ],
    ...[0, 1, 2, 3, 4, 5, 6].map((place): [string, object, string] => {
      const inputs = new Float32Array(7).fill(-3.4e38);
      inputs[place] = NaN;
      return [
        `NaN in place ${place} of a typed array`,
        { inputs, inputWidth: 1, targets: new Float32Array(7) },
        `inputs, row ${place + 1}, column "x1": expected a finite number, got NaN`,
      ];
    }),
    [
      "infinities that cancel",
      { inputs: new Float32Array([0, Infinity, -Infinity, 0, 0, 0]), inputWidth: 1, targets: new Float32Array(6) },
      'inputs, row 2, column "x1": expected a finite number, got Infinity',
    ],
    [
      "a target that is a string",
      { inputs: [[1], [2]], targets: [1, "2"] },
      'targets, row 2, column "y1": expected a finite number, got "2"',
    ],
    ["null", { inputs: [[null]], targets: [1] }, "got null"],
    ["a boolean", { inputs: [[true]], targets: [1] }, "got true"],
    ["a bigint", { inputs: [[1n]], targets: [1] }, "got 1n"],
    ["bigints", { inputs: new BigInt64Array(2), inputWidth: 1, targets: [1, 2] }, "got 0n"],
    ["a label that is not whole", { inputs: [[1], [2]], labels: [0, 0.5] }, "labels, row 2: expected a whole number"],
    [
      "a label out of range",
      { inputs: [[1], [2]], labels: [0, 3], classes: 3 },
      "labels, row 2: expected a whole number, at least 0, at most 2, got 3",
    ],
    ["a negative label", { inputs: [[1]], labels: [-1] }, "at least 0"],
    ["a huge label", { inputs: [[1]], labels: [2 ** 40] }, "labels, row 1: expected"],
    [
      "as many labels as do not fit into memory",
      { inputs: new Float32Array(2000), inputWidth: 1, labels: new Uint8Array(2000), classes: 2 ** 20 },
      "labels: expected numbers that fit into memory",
    ],
    ["too few names", { ...xor, inputNames: ["a"] }, "inputNames: expected 2 names, got 1"],
    ["a name twice", { ...xor, inputNames: ["a", "a"] }, 'inputNames: expected each name once, got "a" twice'],
    ["a name that is none", { ...xor, targetNames: [7] }, "targetNames: expected names that are strings, got 7"],
    ["names that are none", { ...xor, targetNames: "survived" }, "targetNames: expected an array of names"],
    [
      "a column to standardize that is not there",
      { ...xor, inputNames: ["age", "male"], standardize: ["aeg"] },
      'did you mean "age"?',
    ],
    ["standardize that is a number", { ...xor, standardize: 1 }, "standardize: expected an array of names, got 1"],
  ])("refuses %s", (_, options, message) => {
    expect(() => from(options)).toThrow(InvalidInputError);
    expect(() => from(options)).toThrow(message);
  });

  it("answers rubbish with an InvalidInputError or a valid data set", () => {
    const rubbish = fc.anything({
      withBigInt: true,
      withSparseArray: true,
      withTypedArray: true,
      withNullPrototype: true,
    });
    const numbers = fc.array(fc.oneof({ weight: 9, arbitrary: fc.double() }, rubbish), { maxLength: 6 });
    const rows = fc.oneof(fc.array(numbers, { maxLength: 4 }), numbers, fc.float32Array(), rubbish);
    const small = fc.oneof(fc.integer({ min: -1, max: 5 }), rubbish);
    const names = fc.oneof(fc.array(fc.string(), { maxLength: 3 }), rubbish);
    const options = fc.record(
      {
        inputs: rows,
        inputWidth: small,
        targets: rows,
        targetWidth: small,
        labels: fc.oneof(fc.array(small), rubbish),
        classes: small,
        inputNames: names,
        targetNames: names,
        standardize: fc.oneof(fc.boolean(), names),
      },
      { requiredKeys: ["inputs"] },
    );
    fc.assert(
      fc.property(fc.oneof(options, rubbish), (value) => {
        let dataset: Dataset;
        try {
          dataset = from(value);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInputError);
          return;
        }
        expectValid(dataset);
      }),
      { seed: 20, numRuns: 3000 },
    );
  });

  it("gives back the numbers of any valid rows", () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    const matrix = fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
      .chain(([count, width]) =>
        fc.array(fc.array(finite, { minLength: width, maxLength: width }), { minLength: count, maxLength: count }),
      );
    fc.assert(
      fc.property(matrix, (rows) => {
        const dataset = Dataset.from({ inputs: rows, targets: rows });
        expectValid(dataset);
        expect([...dataset.inputs]).toEqual(rows.flat());
        expect(dataset.targets).toEqual(dataset.inputs);
      }),
      { seed: 21 },
    );
  });
});

describe("sampleWeight", () => {
  const weighted = Dataset.from({ ...xor, sampleWeight: [1, 0, 2.5, 1e-12] });

  it("is kept, copied, by whatever is made of the rows", () => {
    const sampleWeight = new Float32Array([1, 0, 2.5, 3]);
    const data = Dataset.from({ ...xor, sampleWeight });
    sampleWeight.fill(7);
    expect(data.weights).toEqual(Float64Array.of(1, 0, 2.5, 3));
    expect(Dataset.from(xor).weights).toBeUndefined();
    expect(weighted.select([2, 0, 2]).weights).toEqual(Float64Array.of(2.5, 1, 2.5));
    const { train, test } = data.split({ test: 0.5, seed: 1 });
    expect([...train.weights!, ...test.weights!].toSorted()).toEqual([0, 1, 2.5, 3]);
    expect(weighted.read(1, 3).weights).toEqual(Float64Array.of(0, 2.5));
    expect(Dataset.from(xor).read(1, 3)).not.toHaveProperty("weights");
  });

  it.each<[unknown, string]>([
    [[1, 2, 3], "sampleWeight: expected 4 rows, as many as inputs, got 3"],
    [[1, -1, 1, 1], "sampleWeight, row 2: expected a finite number, at least 0, at most 1000000000000, got -1"],
    [[1, 1, NaN, 1], "sampleWeight, row 3: expected a finite number, at least 0, at most 1000000000000, got NaN"],
    [[1, 1, 1, 1e13], "sampleWeight, row 4: expected a finite number"],
    [[1, 1, 1, 1e-13], "sampleWeight, row 4: expected 0, or at least 1e-12, got 1e-13"],
    [[0, 0, 0, 0], "data set: sampleWeight: expected at least one row with a weight above 0, got none"],
    ["balanced", 'sampleWeight: expected an array of numbers, got "balanced"'],
    [null, "sampleWeight: expected an array of numbers, got null"],
  ])("is refused as %s", (sampleWeight, message) => {
    expect(() => from({ ...xor, sampleWeight })).toThrow(message);
  });
});

describe("standardization", () => {
  it("is the population mean and deviation of the columns that ask, and 0 and 1 of the others", () => {
    const inputs = [
      [2, 5],
      [4, 6],
      [6, 7],
    ];
    const found = Dataset.from({ inputs, targets: [0, 0, 0], standardize: ["x1"] }).standardization()!;
    expect(found.mean).toEqual(new Float64Array([4, 0]));
    expect(found.std[0]).toBeCloseTo(Math.sqrt(8 / 3), 15);
    expect(found.std[1]).toBe(1);
  });

  it("gives a constant column std 1, whatever rounding makes of its mean", () => {
    const inputs = new Float64Array(1000).fill(0.1);
    const found = Dataset.from({ inputs, inputWidth: 1, targets: inputs, standardize: true }).standardization();
    expect(found).toEqual({ mean: new Float64Array([0.1]), std: new Float64Array([1]) });
  });

  const of = (values: number[]) =>
    Dataset.from({ inputs: values, inputWidth: 1, targets: values, standardize: true }).standardization()!;

  it("takes a column that is constant but for rounding as constant", () => {
    for (const values of [
      [0.7, 0.1 * 7, 0.7],
      [0.3, 0.1 + 0.2, 0.3, 0.1 + 0.2],
      Array.from({ length: 500 }, (_, i) => (i * 1e-3 + 1e6) - i * 1e-3), // prettier-ignore
      Array.from({ length: 500 }, (_, i) => -1e150 * (1 + (i % 2) * Number.EPSILON)),
    ]) {
      expect(of(values).std[0], String(values.slice(0, 3))).toBe(1);
      expect(of(values).mean[0]! / values[0]!).toBeCloseTo(1, 12);
    }
  });

  it("keeps true spreads, however small beside the mean", () => {
    for (const [start, step] of [
      [1.7e9, 60],
      [1.7e9, 1e-3],
      [1.7e12, 1],
      [-1.7e15, 1e4],
      [1, 1e-12],
      [0, 1e-100],
    ] as const) {
      for (const count of [3, 1000, 200_000]) {
        // Alternates, so that the deviation is step / 2, or for three rows its population value.
        const values = Array.from({ length: count }, (_, i) => start + (i % 2) * step);
        const actual = values[1]! - values[0]!;
        const share = Math.floor(count / 2) / count;
        const expected = actual * Math.sqrt(share * (1 - share));
        expect(of(values).std[0]! / expected, `${start} ${step} ${count}`).toBeCloseTo(1, 9);
      }
    }
  });

  it("loses no digits over many rows", () => {
    const values = Array.from({ length: 300_000 }, (_, i) => 1e8 + (i % 3) * 0.1);
    const [a, b, c] = values;
    const mean = (a! - 1e8 + (b! - 1e8) + (c! - 1e8)) / 3;
    const variance = [a, b, c].reduce((sum, value) => sum + (value! - 1e8 - mean) ** 2 / 3, 0);
    expect(Math.abs(of(values).std[0]! / Math.sqrt(variance) - 1)).toBeLessThan(1e-12);
    expect(of(values).mean[0]).toBe(1e8 + mean);
  });

  it("gives the mean of the largest numbers, or refuses it by name, but never NaN", () => {
    expect(of([1.7e308, 1.7e308])).toEqual({ mean: new Float64Array([1.7e308]), std: new Float64Array([1]) });
    for (const values of [
      [1.7e308, -1.7e308],
      [1e155, 0, 0],
    ]) {
      expect(() => of(values)).toThrow('column "x1": expected numbers whose mean and standard deviation are finite');
    }
  });

  it("is undefined where no column asks", () => {
    expect(Dataset.from(xor).standardization()).toBeUndefined();
  });

  it("keeps its digits for a small deviation beside a large mean", () => {
    const inputs = [[1e9 + 1], [1e9 + 2], [1e9 + 3]];
    const { std } = Dataset.from({ inputs, targets: [0, 0, 0], standardize: true }).standardization()!;
    expect(std[0]).toBeCloseTo(Math.sqrt(2 / 3), 12);
  });

  it("refuses numbers whose deviation overflows", () => {
    const dataset = Dataset.from({ inputs: [[1e300], [-1e300]], targets: [0, 1], standardize: true });
    expect(() => dataset.standardization()).toThrow(
      /column "x1": expected numbers whose mean and standard deviation are finite/,
    );
  });
});

describe("select", () => {
  const dataset = Dataset.from({ ...xor, inputs: new Float32Array([0, 0, 0, 1, 1, 0, 1, 1]), inputWidth: 2 });

  it("takes rows in the order asked for, repeated where asked", () => {
    const picked = dataset.select([3, 1, 1]);
    expect(picked.inputs).toEqual(new Float32Array([1, 1, 0, 1, 0, 1]));
    expect(picked.targets).toEqual(new Float64Array([0, 1, 1]));
    expect(picked.count).toBe(3);
    expect(dataset.select(new Uint32Array([2])).inputs).toEqual(new Float32Array([1, 0]));
  });

  it.each([[[]], [[4]], [[-1]], [[0.5]], [["0"]], ["0"], [undefined], [Object.assign([], { length: 3 })]])(
    "refuses %j",
    (indices) => {
      expect(() => dataset.select(indices as never)).toThrow(InvalidInputError);
    },
  );
});

describe("split", () => {
  beforeEach(() => void vi.spyOn(process, "emitWarning").mockImplementation(() => {}));
  afterEach(() => void vi.restoreAllMocks());

  it("warns of classes of a single row, which only one of the parts can have", () => {
    const options = { test: 0.5, seed: 1, stratify: true };
    numbered([0, 0, 1, 1, 2, 0]).split(options);
    expect(process.emitWarning).toHaveBeenCalledOnce();
    expect(process.emitWarning).toHaveBeenCalledWith(
      'lanegrad: split: "class=2": a class of a single row is in one of the parts only',
    );
    numbered([0, 0, 1, 1]).split(options);
    numbered([0, 0, 1, 1, 2, 0]).split({ ...options, stratify: false });
    Dataset.from({ inputs: [[1], [2], [3]], targets: [1, 2, 3] }).split(options);
    expect(process.emitWarning).toHaveBeenCalledOnce();
  });

  const numbered = (labels: number[]) =>
    Dataset.from({ inputs: labels.map((_, row) => [row]), labels, classes: Math.max(...labels) + 1 });

  it("is a partition of the rows in their old order, the same for the same seed", () => {
    const anySplit = fc.record({
      labels: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 60 }),
      test: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
      seed: fc.integer({ min: 0, max: 1000 }),
      stratify: fc.boolean(),
    });
    fc.assert(
      fc.property(anySplit, ({ labels, ...options }) => {
        const size = Math.round(labels.length * options.test);
        fc.pre(size > 0 && size < labels.length);
        const { train, test } = numbered(labels).split(options);
        expect(test.count).toBe(size);
        for (const part of [train, test]) {
          expectValid(part);
          expect([...part.inputs]).toEqual([...part.inputs].sort((a, b) => a - b));
          for (let i = 0; i < part.count; i++) {
            expect(part.targets[i * part.targetWidth + labels[part.inputs[i]!]!]).toBe(1);
          }
        }
        expect([...train.inputs, ...test.inputs].sort((a, b) => a - b)).toEqual(labels.map((_, row) => row));
        expect(numbered(labels).split(options).test.inputs).toEqual(test.inputs);
        if (!options.stratify) return;
        for (const kind of new Set(labels)) {
          const share = (labels.filter((label) => label === kind).length * size) / labels.length;
          const found = [...test.inputs].filter((row) => labels[row] === kind).length;
          expect(Math.abs(found - share)).toBeLessThan(1);
        }
      }),
      { seed: 22, numRuns: 500 },
    );
  });

  it("gives other rows for other seeds, stratified by targets that are all different too", () => {
    const values = Array.from({ length: 100 }, (_, i) => i);
    const dataset = Dataset.from({ inputs: values, inputWidth: 1, targets: values });
    for (const stratify of [false, true]) {
      const [a, b] = [1, 2].map((seed) => dataset.split({ test: 0.2, seed, stratify }).test.inputs);
      expect(a).not.toEqual(b);
      expect(Math.max(...a!)).toBeGreaterThan(50);
    }
  });

  it.each<[unknown, string]>([
    [{ test: 0.1, seed: 1 }, "split: expected rows in both parts, got 4 for train and 0 for test"],
    [{ test: 0.9, seed: 1 }, "got 0 for train and 4 for test"],
    [{ test: 1, seed: 1 }, "split, test: expected a finite number, above 0, below 1, got 1"],
    [{ test: 0.5 }, "split, seed: expected a whole number, at least 0, got undefined"],
    [{ test: 0.5, seed: 1, stratified: true }, 'did you mean "stratify"?'],
    [{ test: 0.5, seed: 1, stratify: 1 }, "split, stratify: expected true or false, got 1"],
    [undefined, "split: expected an object of options"],
  ])("refuses %j", (options, message) => {
    expect(() => Dataset.from(xor).split(options as never)).toThrow(InvalidInputError);
    expect(() => Dataset.from(xor).split(options as never)).toThrow(message);
  });
});

function expectValid(dataset: Dataset): void {
  const { count, inputWidth, targetWidth, inputs, targets } = dataset;
  expect(count).toBeGreaterThan(0);
  expect(inputs.length).toBe(count * inputWidth);
  expect(targets.length).toBe(count * targetWidth);
  expect([...inputs, ...targets].every(Number.isFinite)).toBe(true);
  expect(new Set(dataset.inputNames).size).toBe(inputWidth);
  expect(new Set(dataset.targetNames).size).toBe(targetWidth);
  expect(dataset.standardize.length).toBe(inputWidth);
}

describe("what is not public", () => {
  const Constructor = Dataset as unknown as new (rows?: unknown) => Dataset;
  const rows = { ...Dataset.from(xor) };

  it("is a constructor that takes only rows that agree", () => {
    expect(new Constructor(rows)).toEqual(Dataset.from(xor));
    for (const change of [
      { count: 5 },
      { count: 0 },
      { count: "4" },
      { inputs: [0, 0, 0, 1, 1, 0, 1, 1] },
      { inputs: new Float64Array(7) },
      { targets: new Int8Array(4) },
      { schema: undefined },
      { schema: { ...rows.schema, inputs: [{ kind: "number" }] } },
      { schema: { ...rows.schema, targets: [] } },
      { schema: { ...rows.schema, targets: [{ kind: "text" }] } },
      { schema: { ...rows.schema, targets: [{ kind: "number", name: 1 }] } },
      { schema: { ...rows.schema, targets: [{ kind: "category", name: "y", categories: ["a", "a"] }] } },
    ]) {
      expect(() => new Constructor({ ...rows, ...change }), JSON.stringify(change)).toThrow(InvalidInputError);
    }
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        expect(() => new Constructor(anything)).toThrow(InvalidInputError);
      }),
    );
  });

  it("is no method that a caller could name", () => {
    const names = Object.getOwnPropertyNames(Dataset.prototype).toSorted();
    expect(names).toEqual(["constructor", "read", "select", "split", "standardization"]);
  });
});

describe("data sets that are not what they were", () => {
  it("cannot be changed, nor what describes them", () => {
    const dataset = Dataset.from({ ...xor, inputNames: ["a", "b"], standardize: true });
    for (const change of [
      () => Object.assign(dataset, { count: 1e6 }),
      () => Object.assign(dataset, { inputs: new Float64Array(8) }),
      () => Object.assign(dataset, { other: 1 }),
      () => Object.assign(dataset.inputNames, ["c"]),
      () => Object.assign(dataset.standardize, [false]),
      () => Object.assign(dataset.schema, { inputs: [] }),
      () => Object.assign(dataset.schema.inputs, [{ kind: "number" }]),
      () => Object.assign(dataset.schema.inputs[0]!, { name: "c" }),
    ]) {
      expect(change).toThrow(TypeError);
    }
  });

  it("are refused where somebody else has made them", () => {
    const real = Dataset.from(xor);
    class Liar extends (Dataset as unknown as new (rows: unknown) => object) {
      get count() {
        return 1e6;
      }
    }
    for (const fake of [
      { ...real },
      Object.create(real) as Dataset,
      Object.assign(Object.create(Dataset.prototype) as Dataset, { ...real }),
      new Proxy(real, {}),
    ]) {
      expect(() => rowsOf("fit", fake)).toThrow(
        "fit: expected a Dataset, as Dataset.from({ inputs, targets }) makes one, got an object",
      );
    }
    // What a derived class says of itself does not matter.
    const liar = Object.defineProperty(new Liar({ ...real }), "inputs", { value: new Float64Array(1) });
    expect(rowsOf("fit", liar)).toMatchObject({ count: 4, inputs: real.inputs });
  });

  it("are refused once their buffer has shrunk, grown or gone", () => {
    type Resizable = ArrayBuffer & { resize(byteLength: number): void };
    const Buffer = ArrayBuffer as unknown as new (length: number, options: object) => Resizable;
    for (const change of [
      (buffer: Resizable) => buffer.resize(8),
      (buffer: Resizable) => buffer.resize(64),
      (buffer: Resizable) => structuredClone(buffer, { transfer: [buffer] }),
    ]) {
      const buffer = new Buffer(32, { maxByteLength: 64 });
      const dataset = Dataset.from({ inputs: new Float32Array(buffer), inputWidth: 2, targets: new Float32Array(4) });
      change(buffer);
      for (const use of [
        () => rowsOf("fit", dataset),
        () => dataset.read(0, 4),
        () => dataset.select([0]),
        () => dataset.split({ test: 0.5, seed: 1 }),
        () => dataset.standardization(),
      ]) {
        expect(use).toThrow(/inputs: expected 8 numbers, as there were, got \d+ \(was the buffer resized or sent\?\)/);
      }
    }
  });
});

describe("what is not what it seems", () => {
  it("takes arrays of other realms, and of derived classes, by what they are", () => {
    const [floats, bytes, nested] = runInNewContext(
      "[new Float32Array([1, 2, 3, 4]), new Uint8Array([5, 6]), [[1, 2], new Float64Array([3, 4])]]",
    ) as [Float32Array, Uint8Array, number[][]];
    const dataset = Dataset.from({ inputs: floats, inputWidth: 2, targets: bytes });
    expect(dataset.inputs).toEqual(new Float32Array([1, 2, 3, 4]));
    expect(dataset.inputs.buffer).toBe(floats.buffer);
    expect(dataset.targets).toEqual(new Float32Array([5, 6]));
    expect(Dataset.from({ inputs: nested, labels: bytes }).inputs).toEqual(new Float64Array([1, 2, 3, 4]));
    class Mine extends Float64Array {
      override get length() {
        return 1e9;
      }
    }
    expect(Dataset.from({ inputs: new Mine([1, 2]), inputWidth: 1, targets: [1, 2] }).count).toBe(2);
  });

  it("reads every number, length and option once, so that what was checked is what is kept", () => {
    // A proxy that answers each question right the first time only.
    const once = <T extends object>(target: T): T => {
      const seen = new Set<unknown>();
      return new Proxy(target, {
        get(of, key) {
          const isData = typeof key === "string" && (/^\d+$/.test(key) || !Array.isArray(of)) && key !== "constructor";
          if (isData && seen.has(key)) return NaN;
          seen.add(key);
          return Reflect.get(of, key) as unknown;
        },
      });
    };
    for (let seed = 1; seed <= 50; seed++) {
      const width = 1 + (seed % 3);
      const rows = Array.from({ length: 2 + (seed % 4) }, (_, i) =>
        Array.from({ length: width }, (__, j) => i + j / 8),
      );
      const options = once({
        inputs: rows.map(once),
        targets: rows,
        inputNames: once(Array.from({ length: width }, (_, i) => `c${i}`)),
      });
      const dataset = Dataset.from(options);
      expect([...dataset.inputs], `seed ${seed}`).toEqual(rows.flat());
      expectValid(dataset);
    }
  });

  it("does not ask an array for its iterator, and refuses lengths that are none", () => {
    const names = Object.assign(["a", "b"], { [Symbol.iterator]: () => ["c", "d", "e"].values() });
    expect(Dataset.from({ ...xor, inputNames: names }).inputNames).toEqual(["a", "b"]);
    for (const length of [-1, NaN, Infinity, 2.5, "2", null]) {
      const rows = new Proxy([[1], [2]], { get: (of, key) => (key === "length" ? length : Reflect.get(of, key)) });
      expect(() => from({ inputs: rows, targets: [1, 2] }), String(length)).toThrow(InvalidInputError);
      expect(() => from({ inputs: [[1], [2]], targets: rows }), String(length)).toThrow(InvalidInputError);
      expect(() => from({ inputs: [[1], [2]], labels: rows }), String(length)).toThrow(InvalidInputError);
    }
  });

  it("takes null for no option", () => {
    for (const name of ["inputWidth", "inputNames", "targetWidth", "targetNames", "labels", "classes", "standardize"]) {
      expect(() => from({ ...xor, [name]: null }), name).toThrow(InvalidInputError);
    }
    expect(() => Dataset.from(xor).split({ test: 0.5, seed: 1, stratify: null as never })).toThrow(InvalidInputError);
  });

  it("says what to do with classes by name", () => {
    expect(() => from({ inputs: [[1]], targets: ["yes"] })).toThrow(
      /targets, row 1: expected numbers \(.*labels.*got "yes"/,
    );
    expect(() => from({ inputs: [[1]], labels: ["yes"] })).toThrow(
      /labels, row 1: expected a whole number \(.*categorical/,
    );
  });
});
