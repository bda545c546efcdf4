/** Rows of a source, through two windows. */
import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.ts";
import type { RowBlock, RowSource } from "../../src/data/source.ts";
import { Random } from "../../src/ground/random.ts";
import { adam, lbfgs, sgd } from "../../src/kinds/optimizers/index.ts";
import { Network, type NetworkOptions } from "../../src/network/network.ts";
import { bitsOf } from "../support/engines.ts";

const random = new Random(8);
const COUNT = 103;
const inputs = Float32Array.from({ length: COUNT * 3 }, () => random.uniform(-1, 3));
const targets = Float32Array.from({ length: COUNT }, (_, i) => (inputs[3 * i]! > inputs[3 * i + 1]! ? 1 : 0));
const sampleWeight = Float64Array.from({ length: COUNT }, (_, i) => 1 + (i % 3));
const data = Dataset.from({ inputs, inputWidth: 3, targets, standardize: true });
const weighed = Dataset.from({ inputs, inputWidth: 3, targets, standardize: true, sampleWeight });

const description: NetworkOptions = {
  inputs: 3,
  layers: [
    { units: 5, activation: "tanh" },
    { units: 1, activation: "sigmoid" },
  ],
  loss: "binaryCrossEntropy",
  seed: 4,
  engine: "strict",
};
const options = { epochs: 3, batchSize: 8, optimizer: adam({ learningRate: 0.01 }), seed: 5 };

/** The same rows, out of sight of whoever might take them for a data set. */
function sourceOf(rows: Dataset, read: (begin: number, end: number) => RowBlock | Promise<RowBlock>): RowSource {
  return { schema: rows.schema, count: rows.count, read };
}

const slowly =
  (rows: Dataset) =>
  async (begin: number, end: number): Promise<RowBlock> => {
    await new Promise((resolve) => setTimeout(resolve, (begin * 7) % 3));
    const { count, inputs: x, targets: y, weights } = rows.read(begin, end);
    // Views of memory that is written over: what was given is not kept.
    const copy = { count, inputs: x.slice(), targets: y.slice(), ...(weights && { weights: weights.slice() }) };
    setTimeout(() => [copy.inputs.fill(NaN), copy.targets.fill(7)]);
    return copy;
  };

async function trained(rows: Dataset | RowSource, more = {}, engine: NetworkOptions["engine"] = "strict") {
  const network = await Network.create({ ...description, engine });
  const history = await network.fit(rows, { ...options, ...more });
  return { network, history };
}

describe("a training on a source", () => {
  it("that fits into a window comes to the bits of one on a data set", async () => {
    for (const rows of [data, weighed]) {
      const expected = await trained(rows);
      const { network, history } = await trained(sourceOf(rows, slowly(rows)));
      expect(bitsOf(network.parameters)).toEqual(bitsOf(expected.network.parameters));
      expect(history.loss).toEqual(expected.history.loss);
      expect(network.standardization).toEqual(expected.network.standardization);
    }
  });

  it.each([
    [8, 8],
    [40, 8],
    [40, 7],
    [102, 50],
    [51, 51],
    [1, 1],
  ])(
    "in windows of %i and batches of %i takes the steps of a loop over the same rows",
    async (windowRows, batchSize) => {
      for (const rows of [data, weighed]) {
        const { network, history } = await trained(sourceOf(rows, slowly(rows)), { windowRows, batchSize, epochs: 2 });
        const other = await Network.create(description);
        other.standardize(network.standardization!);
        const windows = Math.ceil(COUNT / windowRows);
        const shuffling = new Random(options.seed, "shuffling");
        const losses: number[] = [];
        const optimizer = sgd({ learningRate: 0.01 });
        const twin = await trained(sourceOf(rows, slowly(rows)), { windowRows, batchSize, epochs: 2, optimizer });
        for (let epoch = 0; epoch < 2; epoch++) {
          const order = new Random(options.seed, "windows", epoch).shuffle(
            Array.from({ length: windows }, (_, i) => i),
          );
          let [sum, weight] = [0, 0];
          for (const window of order) {
            const begin = window * windowRows;
            const end = Math.min(begin + windowRows, COUNT);
            const places = shuffling.shuffle(Uint32Array.from({ length: end - begin }, (_, i) => begin + i));
            for (let at = 0; at < places.length; at += batchSize) {
              const batch = rows.select(places.subarray(at, at + batchSize));
              const { loss } = await other.evaluate(batch);
              const share = Array.from(batch.weights ?? new Float64Array(batch.count).fill(1)).reduce(
                (a, b) => a + b,
                0,
              );
              sum += loss * share;
              weight += share;
              await other.fit(batch, { epochs: 1, batchSize: "full", optimizer });
            }
          }
          losses.push(sum / weight);
        }
        const nearly = Float64Array.from(twin.network.parameters);
        other.parameters.forEach((value, i) => expect(nearly[i]).toBeCloseTo(value, 5));
        losses.forEach((loss, i) => expect(twin.history.loss[i]).toBeCloseTo(loss, 5));
        expect(history.steps).toBe(twin.history.steps);
      }
    },
  );

  it("in windows is the same each time, however long reading takes, and with two threads", async () => {
    const more = { windowRows: 30 };
    const first = await trained(sourceOf(data, slowly(data)), more);
    const again = await trained(
      sourceOf(data, (begin, end) => data.read(begin, end)),
      more,
    );
    expect(bitsOf(again.network.parameters)).toEqual(bitsOf(first.network.parameters));
    const ofDataset = await trained(data, more);
    expect(bitsOf(ofDataset.network.parameters)).toEqual(bitsOf(first.network.parameters));
  });

  it("holds two windows, whatever there is to read", async () => {
    const count = 400_000;
    const block = (begin: number, end: number) => ({
      count: end - begin,
      inputs: Float32Array.from({ length: 3 * (end - begin) }, (_, i) => Math.sin(begin + i)),
      targets: Float32Array.from({ length: end - begin }, (_, i) => (begin + i) % 2),
    });
    const reads: number[] = [];
    const source: RowSource = {
      schema: Dataset.from({ inputs, inputWidth: 3, targets }).schema,
      count,
      read(begin, end) {
        reads.push(end - begin);
        return block(begin, end);
      },
    };
    const network = await Network.create(description);
    await network.fit(source, { ...options, epochs: 1, batchSize: 500, windowRows: 10_000 });
    // Views of the engine's memory end where it ends.
    expect(network.parameters.buffer.byteLength).toBeLessThan(2 * 10_000 * 6 * 4 + 2 ** 20);
    expect(Math.max(...reads)).toBeLessThanOrEqual(10_000);
    expect(reads.reduce((sum, rows) => sum + rows, 0)).toBe(count + 1);
  });

  it("validates on sources, and evaluates them", async () => {
    const { network, history } = await trained(sourceOf(data, slowly(data)), {
      windowRows: 20,
      validationData: sourceOf(weighed, slowly(weighed)),
      metrics: ["rocAuc"],
    });
    expect(history.validation).toHaveLength(3);
    expect(await network.evaluate(sourceOf(weighed, slowly(weighed)), { metrics: ["rocAuc"] })).toEqual(
      history.validation.at(-1),
    );
    expect(await network.evaluate(weighed, { metrics: ["rocAuc"] })).toEqual(history.validation.at(-1));
  });

  it("goes on from wherever it was left, to the same bits", async () => {
    const more = { windowRows: 30, epochs: 4 };
    const expected = await trained(sourceOf(weighed, slowly(weighed)), more);
    for (let left = 1; left < 5; left++) {
      const controller = new AbortController();
      const network = await Network.create(description);
      let reads = 0;
      const source = sourceOf(weighed, (begin, end) => {
        if (++reads > 9 + 2 * left) controller.abort(new Error("left"));
        return slowly(weighed)(begin, end);
      });
      await expect(network.fit(source, { ...options, ...more, signal: controller.signal })).rejects.toThrow("left");
      const other = sourceOf(weighed, slowly(weighed));
      await expect(network.fit(other, { ...options, ...more, windowRows: 31, continue: true })).rejects.toThrow(
        /as many rows in memory at a time, 30, got 31/,
      );
      const { loss } = await network.fit(other, { ...options, ...more, continue: true });
      expect(bitsOf(network.parameters)).toEqual(bitsOf(expected.network.parameters));
      expect(loss).toEqual(expected.history.loss);
    }
  });

  it("learns names, and takes later sources by them", async () => {
    const named = Dataset.from({ inputs, inputWidth: 3, targets, inputNames: ["a", "b", "c"] });
    const { network } = await trained(sourceOf(named, slowly(named)), { windowRows: 20 });
    const turned = Dataset.from({
      inputs: Float32Array.from({ length: COUNT * 3 }, (_, i) => inputs[3 * Math.floor(i / 3) + 2 - (i % 3)]!),
      inputWidth: 3,
      targets,
      inputNames: ["c", "b", "a"],
    });
    expect(await network.evaluate(sourceOf(turned, slowly(turned)))).toEqual(await network.evaluate(named));
  });
});

describe("a source that fails", () => {
  const block = (begin: number, end: number) => data.read(begin, end);
  const cases: [string, (begin: number, end: number) => unknown, RegExp][] = [
    ["gives nothing", () => undefined, /rows \d+ to \d+ of the source: expected a block .*, got undefined/],
    ["gives fewer rows", (a, b) => block(a, Math.max(a, b - 1)), /of the source: expected \d+ rows, got \d+/],
    ["gives plain arrays", (a, b) => ({ ...block(a, b), inputs: [1] }), /inputs: expected a Float32Array/],
    [
      "gives too few numbers",
      (a, b) => ({ ...block(a, b), targets: new Float32Array(0) }),
      /expected \d+ numbers, got 0/,
    ],
    [
      "gives a number that is none",
      (a, b) => ({ ...block(a, b), inputs: block(a, b).inputs.map((x, i) => (3 * a + i === 250 ? NaN : x)) }),
      /fit: inputs, row 84, column 2.*expected a finite number.*, got NaN/,
    ],
    [
      "gives weights later",
      (a, b) => ({ ...block(a, b), ...(a > 50 && { weights: new Float32Array(b - a).fill(1) }) }),
      /weights for all rows or for none/,
    ],
    [
      "throws",
      (a) => {
        if (a > 50) throw new RangeError("the disk is gone");
        return block(a, a + 20 > COUNT ? COUNT : a + 20);
      },
      /the disk is gone|expected \d+ rows/,
    ],
    ["rejects", (a, b) => (a > 50 ? Promise.reject(new Error("connection lost")) : block(a, b)), /connection lost/],
  ];

  it.each(cases)("and %s leaves the network usable", async (_what, read, message) => {
    const plain = Dataset.from({ inputs, inputWidth: 3, targets });
    const network = await Network.create(description);
    const source = { schema: plain.schema, count: COUNT, read } as RowSource;
    await expect(network.fit(source, { ...options, shuffle: false, windowRows: 20 })).rejects.toThrow(message);
    const { loss } = await network.fit(plain, options);
    expect(loss).toHaveLength(3);
  });

  it("is refused at the door for what it says of itself", async () => {
    const network = await Network.create(description);
    const good = sourceOf(data, block);
    const fit = (source: unknown, more = {}) => network.fit(source as RowSource, { ...options, ...more });
    await expect(fit({ ...good, count: undefined })).rejects.toThrow(/count of the source: expected how many rows/);
    await expect(fit({ ...good, count: 0 })).rejects.toThrow(/count of the source/);
    await expect(fit({ ...good, schema: {} })).rejects.toThrow(/schema of the source/);
    await expect(fit({ ...good, read: 3 })).rejects.toThrow(/expected a Dataset/);
    await expect(fit(good, { windowRows: 20, batchSize: "full" })).rejects.toThrow(/batchSize: expected at most 20/);
    await expect(fit(good, { windowRows: 20, optimizer: lbfgs() })).rejects.toThrow(/windowRows: 103 holds all rows/);
    await expect(fit(good, { windowRows: 0 })).rejects.toThrow(/windowRows/);
    await expect(fit(good, { validationSplit: 0.2 })).rejects.toThrow(/validationSplit: expected a Dataset/);
    expect(await fit(good, { optimizer: lbfgs(), epochs: 2 })).toMatchObject({ epochs: 2 });
  });

  it("is left within a moment where it never answers and the training is aborted", async () => {
    const network = await Network.create(description);
    const controller = new AbortController();
    let asked = 0;
    const source = sourceOf(data, (begin, end) =>
      ++asked > 4 ? new Promise<never>(() => {}) : Dataset.prototype.read.call(data, begin, end),
    );
    const fit = network.fit(source, { ...options, windowRows: 20, signal: controller.signal });
    setTimeout(() => controller.abort(new Error("enough")), 30);
    await expect(fit).rejects.toThrow("enough");
    await network.fit(data, options);
  });
});
