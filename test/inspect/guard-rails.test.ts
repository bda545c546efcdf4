import { afterEach, describe, expect, it, vi } from "vitest";
import { Dataset } from "../../src/data/dataset.ts";
import type { DatasetOptions } from "../../src/data/rows.ts";
import { Random } from "../../src/ground/random.ts";
import { checkDescent, checkRows, type Warning } from "../../src/inspect/guard-rails.ts";
import type { ActivationName } from "../../src/kinds/activations/index.ts";
import type { LossName } from "../../src/kinds/losses/index.ts";
import { adam, sgd } from "../../src/kinds/optimizers/index.ts";
import { networkShape } from "../../src/model/shape.ts";
import { Network, type NetworkOptions } from "../../src/network/network.ts";
import type { FitOptions } from "../../src/training/options.ts";

const random = new Random(7);
const COUNT = 200;
const inputs = Array.from({ length: COUNT }, () => [random.uniform(-1, 1), random.uniform(-1, 1)]);
const sides = inputs.map(([a]) => (a! > 0 ? 1 : 0));

const described = (
  output: ActivationName,
  loss: LossName,
  more: { units?: number; hidden?: ActivationName; inputs?: number } = {},
): NetworkOptions => ({
  inputs: more.inputs ?? 2,
  layers: [
    { units: 10, activation: more.hidden ?? "tanh" },
    { units: more.units ?? 1, activation: output },
  ],
  loss,
  seed: 1,
});
const classifier = described("sigmoid", "binaryCrossEntropy");

/** What is said of a training of two epochs. */
async function warnings(
  network: NetworkOptions | Network,
  rows: Partial<DatasetOptions>,
  more: Partial<FitOptions> = {},
): Promise<Warning[]> {
  const told: Warning[] = [];
  const trained = network instanceof Network ? network : await Network.create(network);
  const data = Dataset.from({ inputs, targets: "labels" in rows ? undefined : sides, ...rows } as DatasetOptions);
  const options: FitOptions = { epochs: 2, optimizer: adam(), onWarning: (warning) => void told.push(warning) };
  await trained.fit(data, { ...options, ...more });
  return told;
}
const codes = (told: Warning[]) => told.map(({ code }) => code);

afterEach(() => vi.restoreAllMocks());

describe("guard rails", () => {
  it("say nothing of a training in which nothing is wrong", async () => {
    expect(await warnings(classifier, {})).toEqual([]);
    expect(
      await warnings(described("identity", "meanSquaredError"), { targets: inputs.map(([a, b]) => a! * b!) }),
    ).toEqual([]);
    const labels = inputs.map(([a, b]) => (a! > 0 ? 1 : 0) + (b! > 0 ? 1 : 0));
    expect(
      await warnings(described("softmax", "categoricalCrossEntropy", { units: 4 }), { labels, classes: 4 }),
    ).toEqual([]);
  });

  it("an output layer that does not fit the loss", async () => {
    const labels = sides;
    const [softmax] = await warnings(described("softmax", "meanSquaredError", { units: 2 }), { labels });
    expect(softmax).toEqual({
      code: "outputLoss",
      message:
        "layer 2: softmax outputs share 1 among them, to which meanSquaredError does not fit: for classes take " +
        "categoricalCrossEntropy as the loss, for numbers identity as the activation",
    });
    const squares = inputs.map(([a]) => 3 * a! * a!);
    const [relu] = await warnings(described("relu", "meanSquaredError"), { targets: squares });
    expect(relu).toMatchObject({
      code: "outputFlat",
      message: expect.stringMatching(/^layer 2: relu outputs .* identity/),
    });
    expect(await warnings(described("leakyRelu", "meanSquaredError"), { targets: squares })).toEqual([]);
    const [reach] = await warnings(described("tanh", "meanSquaredError"), { targets: squares });
    expect(reach!.code).toBe("targetsOutOfReach");
    expect(reach!.message).toMatch(
      /^targets: from [\d.e-]+ to 2\.\d+, where tanh outputs lie between -1 and 1: take identity or /,
    );
    const [numbers] = await warnings(described("identity", "meanSquaredError"), {});
    expect(numbers).toMatchObject({
      code: "classesAsNumbers",
      message: expect.stringContaining("sigmoid with binaryCrossEntropy"),
    });
  });

  it("unscaled inputs, unless the network standardizes them", async () => {
    const unscaled = inputs.map(([a, b]) => [a!, 1000 * b!]);
    const rows = { inputs: unscaled, inputNames: ["age", "income"] };
    const told = await warnings(classifier, rows);
    expect(codes(told)).toContain("unscaledInputs");
    expect(told[0]!.message).toMatch(
      /^inputs: columns deviate by very different amounts, "income" by \d+ and "age" by 0\.\d+: .*standardize: true/,
    );
    expect(await warnings(classifier, { ...rows, standardize: true })).toEqual([]);
  });

  it("but not a few ones among zeros, or pixels that are seldom lit", async () => {
    const rare = inputs.map(([a], i) => [a!, i === 3 ? 1 : 0]);
    expect(await warnings(classifier, { inputs: rare })).toEqual([]);
  });

  it("a constant column, by name", async () => {
    const constant = inputs.map(([a]) => [a!, 7]);
    const [warning] = await warnings(classifier, { inputs: constant, inputNames: ["age", "planet"] });
    expect(warning).toEqual({
      code: "constantInput",
      message: 'inputs: "planet" is the same in all 200 rows: nothing can be learned of it; leave it out',
    });
  });

  it("one class only, and targets that never change", async () => {
    expect(codes(await warnings(classifier, { targets: sides.map(() => 1) }))).toEqual(["oneClass"]);
    const softmax = described("softmax", "categoricalCrossEntropy", { units: 3 });
    const [one] = await warnings(softmax, { labels: sides.map(() => 2), classes: 3 });
    expect(one).toMatchObject({
      code: "oneClass",
      message: expect.stringMatching(/^targets: all 200 rows are of one class/),
    });
    const targets = sides.map((side) => [side, 0]);
    const [constant] = await warnings(described("sigmoid", "binaryCrossEntropy", { units: 2 }), { targets });
    expect(constant).toMatchObject({
      code: "constantTarget",
      message: expect.stringMatching(/^targets: "y2": 0 in all 200 rows/),
    });
    expect(codes(await warnings(described("identity", "meanSquaredError"), { targets: sides.map(() => 3) }))).toEqual([
      "constantTarget",
    ]);
  });

  it("a target that is also an input", async () => {
    const leaking = inputs.map(([a], i) => [a!, sides[i]!]);
    const [warning] = await warnings(classifier, {
      inputs: leaking,
      inputNames: ["age", "boat"],
      targetNames: ["survived"],
    });
    expect(warning).toMatchObject({
      code: "targetAmongInputs",
      message: expect.stringMatching(/^inputs: "boat" is the target "survived": /),
    });
    leaking[150]![1] = 1 - leaking[150]![1]!;
    expect(await warnings(classifier, { inputs: leaking })).toEqual([]);
  });

  it("dead relus, counted", async () => {
    const network = await Network.create(described("sigmoid", "binaryCrossEntropy", { hidden: "relu" }));
    network.biases[0]!.fill(1).fill(-100, 0, 3);
    const [warning] = await warnings(network, {});
    expect(warning).toMatchObject({
      code: "deadUnits",
      message: expect.stringMatching(/^layer 1: 3 of 10 relu units have no slope at any of 128 rows/),
    });
  });

  it("saturated sigmoids and tanhs", async () => {
    for (const hidden of ["sigmoid", "tanh"] as const) {
      const network = await Network.create(described("sigmoid", "binaryCrossEntropy", { hidden }));
      network.biases[0]!.fill(100, 0, 5);
      const [warning] = await warnings(network, {});
      expect(warning).toMatchObject({
        code: "saturatedUnits",
        message: expect.stringContaining(`layer 1: 5 of 10 ${hidden} units`),
      });
    }
    // Not outputs that are sure of themselves.
    const sure = await Network.create(classifier);
    sure.biases[1]!.fill(30);
    expect(codes(await warnings(sure, {}, { optimizer: sgd({ learningRate: 1e-6 }) }))).toEqual([]);
  });

  it("a rate at which the loss diverges", async () => {
    const told = await warnings(
      described("identity", "meanSquaredError"),
      { targets: inputs.map(([a, b]) => a! + 2 * b!) },
      { epochs: 6, optimizer: sgd({ learningRate: 0.9, momentum: 0.9 }), onEpoch: () => true, batchSize: "full" },
    );
    expect(codes(told)).toContain("diverging");
    expect(told.at(-1)!.message).toMatch(/^training: the loss .* a smaller learning rate often helps/);
  });

  it("say nothing twice of a network, and go to the console where nobody else is told", async () => {
    const said = vi.spyOn(console, "warn").mockImplementation(() => {});
    const constant = Dataset.from({ inputs: inputs.map(([a]) => [a!, 7]), targets: sides });
    const network = await Network.create(classifier);
    const options: FitOptions = { epochs: 1, optimizer: adam() };
    await network.fit(constant, options);
    await network.fit(constant, options);
    for await (const { loss } of network.train(constant, options)) expect(loss).toBeGreaterThan(0);
    const message = 'lanegrad: inputs: "x2" is the same in all 200 rows: nothing can be learned of it; leave it out';
    expect(said.mock.calls).toEqual([[message]]);
    const told: Warning[] = [];
    const other = await Network.create({ ...classifier, onWarning: (warning) => told.push(warning) });
    await other.fit(constant, options);
    expect(codes(told)).toEqual(["constantInput"]);
    const read = await Network.fromJSON(other.toJSON(), { onWarning: (warning) => told.push(warning) });
    await read.fit(constant, options);
    expect(codes(told)).toEqual(["constantInput", "constantInput"]);
    expect(said).toHaveBeenCalledTimes(1);
  });

  it("refuse who cannot be told", async () => {
    await expect(Network.create({ ...classifier, onWarning: 1 } as never)).rejects.toThrow(
      "network: onWarning: expected a function, got 1",
    );
    await expect(warnings(classifier, {}, { onWarning: null } as never)).rejects.toThrow(
      "fit: onWarning: expected a function, got null",
    );
  });

  it("look at bounded numbers of rows, and say only what holds in all", () => {
    const count = 200_000;
    const width = 50;
    const values = new Float32Array(count * width).map((_, i) => Math.sin(i * i));
    const shape = networkShape(described("sigmoid", "binaryCrossEntropy", { inputs: width }));
    const targets = new Float32Array(count);
    const rows = { count, inputs: values, targets, inputWidth: width, targetWidth: 1, inputNames: [], targetNames: [] };
    let read = 0;
    const counted = new Proxy(values, {
      get: (target, key) => (read++, Reflect.get(target, key) as unknown),
    });
    expect(codes(checkRows(shape, { ...rows, inputs: counted }, null))).toEqual(["oneClass"]);
    expect(read).toBeLessThan(2 ** 20);
    targets[199_999] = 1;
    expect(checkRows(shape, rows, null)).toEqual([]);
  });

  it("look at few numbers where the training itself reads few, and at all of small tables", () => {
    const shape = networkShape(described("sigmoid", "binaryCrossEntropy", { inputs: 100 }));
    const [count, width] = [640, 100];
    const names = { inputNames: [], targetNames: [] };
    const targets = Float32Array.from({ length: count }, (_, i) => i % 2);
    const readIn = (epochs?: number) => {
      let read = 0;
      const counted = new Proxy(
        new Float32Array(count * width).map((_, i) => Math.sin(i * i)),
        {
          get: (target, key) => (read++, Reflect.get(target, key) as unknown),
        },
      );
      checkRows(shape, { count, inputs: counted, targets, inputWidth: width, targetWidth: 1, ...names }, null, epochs);
      return read;
    };
    // Each number is read against the first of its column.
    expect(readIn(1)).toBeLessThan(2 ** 13);
    expect(readIn()).toBeGreaterThan(10 * readIn(1));
    const small = {
      count: 20,
      inputs: new Float32Array(2000),
      targets: targets.slice(0, 20),
      inputWidth: 100,
      targetWidth: 1,
    };
    expect(codes(checkRows(shape, { ...small, ...names }, null, 1))).toEqual(["constantInput"]);
  });
});

describe("losses that diverge", () => {
  it("have risen five times in a row, or to more than twice the first", () => {
    expect(checkDescent([1])).toEqual([]);
    expect(checkDescent([1, 0.9, 1.9])).toEqual([]);
    expect(codes(checkDescent([1, 2.1]))).toEqual(["diverging"]);
    expect(checkDescent([1, 0.5, 0.6, 0.7, 0.8, 0.9])).toEqual([]);
    expect(codes(checkDescent([1, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]))).toEqual(["diverging"]);
    expect(checkDescent([1, 0.5, 0.501, 0.502, 0.503, 0.504, 0.505])).toEqual([]);
    expect(checkDescent([-2])).toEqual([]);
    expect(checkDescent([-2, -2.3, -1.9])).toEqual([]);
    expect(codes(checkDescent([-2, -1.9, -1.8, -1.7, -1.6, -1.5]))).toEqual(["diverging"]);
  });
});
