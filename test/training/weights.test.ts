/** Sample weights and class weights, through the public doors: what training, evaluation and gradients make of them. */
import { describe, expect, it } from "vitest";
import {
  adam,
  type ClassWeight,
  Dataset,
  type FitOptions,
  type Floats,
  InvalidInputError,
  lbfgs,
  Network,
  type NetworkOptions,
  type Optimizer,
  parseCsv,
  sgd,
} from "../../src/index.ts";
import { Random } from "../../src/ground/random.ts";
import { bitsOf } from "../support/engines.ts";

const SEED = 40_417;
const COUNT = 90;

function newNetwork(engine: NetworkOptions["engine"] = "float64"): Promise<Network> {
  return Network.create({
    inputs: 3,
    layers: [
      { units: 6, activation: "tanh" },
      { units: 3, activation: "softmax" },
    ],
    loss: "categoricalCrossEntropy",
    seed: 4,
    engine,
  });
}

const random = new Random(SEED);
const inputs = Array.from({ length: COUNT }, () => [0, 1, 2].map(() => random.uniform(-1, 1)));
const labels = inputs.map(([a, b]) => (a! > 0.3 ? 0 : b! > 0 ? 1 : 2));
const sampleWeight = inputs.map(() => random.below(4));
const weighted = Dataset.from({ inputs, labels, sampleWeight });
const repeated = weighted.select(sampleWeight.flatMap((weight, row) => new Array<number>(weight).fill(row)));
/** The same rows as often as they weigh, each weighing 1. */
const repeatedRows = Dataset.from({
  inputs: repeated.inputs,
  inputWidth: 3,
  targets: repeated.targets,
  targetWidth: 3,
});

function distance(a: Floats, b: Floats): number {
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
}

const optimizers: [string, Optimizer][] = [
  ["sgd", sgd({ learningRate: 0.3, momentum: 0.5 })],
  ["adam", adam({ learningRate: 0.02 })],
  ["lbfgs", lbfgs({ tolerance: 0 })],
];

describe("sampleWeight", () => {
  it.each(optimizers)(`as whole numbers is rows repeated, by %s (seed ${SEED})`, async (_, optimizer) => {
    const [one, other] = [await newNetwork(), await newNetwork()];
    const options: FitOptions = { epochs: 12, batchSize: "full", optimizer };
    const [history, expected] = [await one.fit(weighted, options), await other.fit(repeatedRows, options)];
    expect(distance(one.parameters, other.parameters)).toBeLessThan(1e-12);
    expect(distance(history.loss, expected.loss)).toBeLessThan(1e-12);
    const metrics = ["macroF1", "rocAuc", "logLoss", "accuracy"] as const;
    const [evaluation, rows] = [
      await one.evaluate(weighted, { metrics }),
      await one.evaluate(repeatedRows, { metrics }),
    ];
    expect(evaluation).toMatchObject({
      count: COUNT,
      weight: rows.count,
      correct: rows.correct,
      confusion: rows.confusion,
    });
    for (const name of ["loss", ...metrics] as const) expect(evaluation[name]).toBeCloseTo(rows[name]!, 12);
    const [gradients, other64] = [one.gradients(weighted), one.gradients(repeatedRows)];
    gradients.forEach(({ weights }, k) => expect(distance(weights, other64[k]!.weights)).toBeLessThan(1e-12));
    expect((await one.checkGradients(weighted)).maxRelativeError).toBeLessThan(1e-7);
  });

  it.each(["strict", "fused", "float32", "float64"] as const)("of 1 gives the bits of none, in %s", async (engine) => {
    const plain = Dataset.from({ inputs, labels });
    const ones = Dataset.from({ inputs, labels, sampleWeight: new Uint8Array(COUNT).fill(1) });
    const results = [];
    for (const data of [plain, ones]) {
      const network = await newNetwork(engine);
      const { loss } = await network.fit(data, { epochs: 5, batchSize: 16, optimizer: adam({ learningRate: 0.01 }) });
      results.push([bitsOf(network.parameters), [...loss], (await network.evaluate(data)).loss]);
    }
    expect(results[1]).toEqual(results[0]);
  });

  it("divides steps and epochs by weight: mini-batches, steps of several passes, steps that are shown", async () => {
    const rows = Array.from({ length: 20 }, () => inputs).flat();
    const many = Dataset.from({
      inputs: rows,
      labels: rows.map((_, i) => labels[i % COUNT]!),
      sampleWeight: rows.map((_, i) => ((i * 7) % 5) / 2),
    });
    for (const batchSize of [32, 1100]) {
      const histories = [];
      for (const shown of [{}, { onStep: () => {} }]) {
        const network = await newNetwork();
        const before = await network.evaluate(many);
        const options = { epochs: 3, batchSize, optimizer: sgd({ learningRate: 1e-9 }), ...shown };
        const { loss } = await network.fit(many, { ...options, epochs: 2 });
        // At such a rate nothing moves: the weighted mean over batches is that over all rows.
        for (const epoch of loss) expect(epoch).toBeCloseTo(before.loss, 7);
        histories.push([...loss]);
      }
      expect(histories[1]).toEqual(histories[0]);
    }
  });

  it("weighs the validation's loss and metrics", async () => {
    const network = await newNetwork();
    const options = { epochs: 1, optimizer: sgd({ learningRate: 0.1 }), metrics: ["balancedAccuracy"] as const };
    const { validation } = await network.fit(repeatedRows, { ...options, validationData: weighted });
    const expected = await network.evaluate(repeatedRows, { metrics: ["balancedAccuracy"] });
    expect(validation[0]!.loss).toBeCloseTo(expected.loss, 12);
    expect(validation[0]!.accuracy).toBeCloseTo(expected.accuracy!, 12);
    expect(validation[0]!.balancedAccuracy).toBeCloseTo(expected.balancedAccuracy!, 12);
  });

  it("is refused where it weighs nothing, and leaves the network as it was", async () => {
    const network = await newNetwork();
    const before = network.parameters.slice();
    const nothing = weighted.select([...sampleWeight.keys()].filter((row) => sampleWeight[row] === 0));
    const options = { epochs: 1, optimizer: sgd({ learningRate: 0.1 }) };
    const message = ": sampleWeight: expected at least one row with a weight above 0, got none";
    await expect(network.fit(nothing, options)).rejects.toThrow(`fit${message}`);
    await expect(network.evaluate(nothing)).rejects.toThrow(`evaluate${message}`);
    expect(() => network.gradients(nothing)).toThrow(`gradients${message}`);
    await expect(network.fit(weighted, { ...options, validationData: nothing })).rejects.toThrow(message);
    expect(network.parameters).toEqual(before);
  });
});

describe("classWeight", () => {
  const options: FitOptions = { epochs: 6, batchSize: 16, optimizer: sgd({ learningRate: 0.2 }) };

  async function trained(data: Dataset, classWeight?: ClassWeight): Promise<Network> {
    const network = await newNetwork();
    await network.fit(data, classWeight === undefined ? options : { ...options, classWeight });
    return network;
  }

  it("multiplies the rows' own weights", async () => {
    const factors = [2, 0.5, 1];
    const product = Dataset.from({
      inputs,
      labels,
      sampleWeight: sampleWeight.map((w, i) => w * factors[labels[i]!]!),
    });
    const network = await trained(weighted, { 0: 2, 1: 0.5 });
    expect(network.parameters).toEqual((await trained(product)).parameters);
  });

  it("balanced is n / (classes * count), weights counted", async () => {
    const sums = [0, 1, 2].map((k) => sampleWeight.reduce((sum, w, i) => sum + (labels[i] === k ? w : 0), 0));
    const total = sums[0]! + sums[1]! + sums[2]!;
    const [a, b, c] = sums.map((sum) => total / (3 * sum));
    const network = await trained(weighted, "balanced");
    expect(network.parameters).toEqual((await trained(weighted, { 0: a!, 1: b!, 2: c! })).parameters);
    expect(network.parameters).not.toEqual((await trained(weighted)).parameters);
  });

  it("goes by the names of categories, and of a single output by 0 and 1", async () => {
    const text = `x,w,kind\n1,1,b\n2,1,a\n3,2,b\n4,1,b\n`;
    const table = await parseCsv(text, { inputs: ["x"], targets: ["kind"], categorical: ["kind"] });
    const layers = [{ units: 2, activation: "softmax" as const }];
    const network = await Network.create({ inputs: 1, layers, loss: "categoricalCrossEntropy" });
    await network.fit(table, { ...options, classWeight: { a: 3 } });
    await expect(network.fit(table, { ...options, classWeight: { A: 3 } })).rejects.toThrow(
      'fit: classWeight: expected class: one of a, b, got "A" (did you mean "a"?)',
    );
    const sides = Dataset.from({ inputs, targets: labels.map((label) => Math.min(label, 1)) });
    const side = await Network.create({
      inputs: 3,
      layers: [{ units: 1, activation: "sigmoid" }],
      loss: "binaryCrossEntropy",
      initialization: "zeros",
      engine: "float64",
    });
    // Of zeros every output is 0.5: where both sides count alike, the bias has no slope.
    await side.fit(sides, {
      epochs: 1,
      batchSize: "full",
      optimizer: sgd({ learningRate: 1 }),
      classWeight: "balanced",
    });
    expect(side.biases[0]![0]).toBeCloseTo(0, 14);
  });

  it.each<[string, unknown, string]>([
    ["a number", 2, 'fit: classWeight: expected "balanced" or an object with a weight for each class, got 2'],
    ["null", null, "fit: classWeight: expected"],
    ["another word", "even", 'fit: classWeight: expected "balanced"'],
    ["a weight below 0", { 0: -1 }, 'fit: classWeight, class "0": expected a finite number, at least 0'],
    ["a class that is not there", { 3: 1 }, "fit: classWeight: expected class: one of 0, 1, 2"],
    [
      "nothing but 0",
      { 0: 0, 1: 0, 2: 0 },
      "fit: classWeight: expected a class with rows and a weight above 0, got none",
    ],
  ])("is refused as %s", async (_, classWeight, message) => {
    const network = await newNetwork();
    const given = { ...options, classWeight: classWeight as ClassWeight };
    const refused = network.fit(weighted, given);
    await expect(refused).rejects.toBeInstanceOf(InvalidInputError);
    await expect(refused).rejects.toThrow(message);
  });

  it("is refused for targets that name no class, the row named", async () => {
    const soft = Dataset.from({ inputs, targets: labels.map((_, i) => (i === 4 ? [0.5, 0.5, 0] : [0, 1, 0])) });
    const network = await newNetwork();
    await expect(network.fit(soft, { ...options, classWeight: "balanced" })).rejects.toThrow(
      "fit: classWeight, row 5: expected targets that name one class, by 0 and 1, got others",
    );
  });
});
