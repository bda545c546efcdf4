/** Metrics through the door: of a data set, and of a training's validation. */
import { describe, expect, it } from "vitest";
import { Dataset, type Metric, Network, type NetworkOptions, type OwnMetric, sgd } from "../../src/index.ts";

/** Rows whose class is on which side of a line they lie; enough for several passes. */
function points(count: number, targetsOf: (a: number, b: number) => number[]): Dataset {
  const inputs = Array.from({ length: count }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
  return Dataset.from({ inputs, targets: inputs.map(([a, b]) => targetsOf(a!, b!)) });
}

const isAbove = (a: number, b: number) => [a + b > 0.2 ? 1 : 0];

function classifier(changes: Partial<NetworkOptions> = {}) {
  const layers = [{ units: 3, activation: "tanh" } as const, { units: 1, activation: "sigmoid" } as const];
  return Network.create({ inputs: 2, layers, loss: "binaryCrossEntropy", seed: 3, ...changes });
}

/** Rows, and how often it was begun. */
class Seen implements OwnMetric {
  readonly name = "seen";
  begun = 0;
  #rows = 0;
  reset() {
    this.begun++;
    this.#rows = 0;
  }
  add(_outputs: unknown, _targets: unknown, _weights: unknown, rows: number) {
    this.#rows += rows;
  }
  value() {
    return this.#rows;
  }
}

describe("evaluate with metrics", () => {
  it("gives them beside the loss, over all passes", async () => {
    const network = await classifier();
    const data = points(5000, isAbove);
    const plain = await network.evaluate(data);
    const seen = new Seen();
    const found = await network.evaluate(data, { metrics: ["accuracy", "macroF1", "rocAuc", "brierScore", seen] });
    expect(found).toMatchObject({ ...plain, own: { seen: 5000 } });
    const outputs = [...network.predict(data.inputs)];
    const squares = outputs.reduce((sum, output, i) => sum + (output - data.targets[i]!) ** 2, 0);
    expect(found.brierScore).toBeCloseTo(squares / 5000, 6);
    let [wins, pairs] = [0, 0];
    for (let i = 0; i < 500; i++) {
      for (let j = 0; j < 500; j++) {
        if (data.targets[i] !== 1 || data.targets[j] !== 0) continue;
        pairs++;
        wins += outputs[i]! > outputs[j]! ? 1 : outputs[i] === outputs[j] ? 0.5 : 0;
      }
    }
    const few = await network.evaluate(data.select(Array.from({ length: 500 }, (_, i) => i)), { metrics: ["rocAuc"] });
    expect(few.rocAuc).toBeCloseTo(wins / pairs, 10);
  });

  it("gives each of them the outputs of these rows, whatever the one before does with its own", async () => {
    const network = await classifier();
    const data = points(100, isAbove);
    const { accuracy } = await network.evaluate(data, { metrics: ["accuracy"] });
    const spoiler: OwnMetric = {
      name: "spoiler",
      reset() {},
      add(outputs: Float32Array | Float64Array) {
        outputs.fill(7);
        network.predict(Array.from({ length: 100 }, () => [9, 9]));
      },
      value: () => 0,
    };
    let seen: number[] = [];
    const next: OwnMetric = {
      name: "next",
      reset() {},
      add(outputs: Float32Array | Float64Array) {
        seen = [...outputs];
      },
      value: () => 0,
    };
    const found = await network.evaluate(data, { metrics: [spoiler, next, "accuracy"] });
    expect(seen).toEqual([...network.predict(data.inputs)]);
    expect(found.accuracy).toBe(accuracy);
  });

  it("knows classes from numbers, also where the loss does not", async () => {
    const ofSquares = await classifier({ loss: "meanSquaredError" });
    const found = await ofSquares.evaluate(points(100, isAbove), { metrics: ["accuracy", "r2"] });
    expect(found.accuracy).toBeGreaterThanOrEqual(0);
    expect(found.r2).toBeLessThan(1);
    const numbers = points(100, (a, b) => [(a + b + 2) / 4]);
    await expect(ofSquares.evaluate(numbers, { metrics: ["accuracy"] })).rejects.toThrow(
      'evaluate: metrics: expected metrics of numbers: r2, meanAbsoluteError, meanSquaredError, rootMeanSquaredError, explainedVariance, got "accuracy"',
    );
  });

  it.each([
    [{ metric: ["accuracy"] }, 'evaluate: expected options among metrics, got "metric" (did you mean "metrics"?)'],
    [{ metrics: ["acuracy"] }, "evaluate: metrics: expected metric: one of accuracy"],
    [{ metrics: "accuracy" }, 'expected an array of metrics, such as ["accuracy"], got "accuracy"'],
  ])("refuses %j", async (options, message) => {
    const network = await classifier();
    await expect(network.evaluate(points(10, isAbove), options as object)).rejects.toThrow(message);
  });
});

describe("a training with metrics", () => {
  const options = { epochs: 3, optimizer: sgd({ learningRate: 0.5 }) };

  it("tells them of each epoch's validation", async () => {
    const network = await classifier();
    const [train, validation] = [points(200, isAbove), points(100, isAbove)];
    const seen = new Seen();
    const metrics: Metric[] = ["macroF1", { name: "calibration", bins: 2 }, seen];
    const told: unknown[] = [];
    const history = await network.fit(train, {
      ...options,
      validationData: validation,
      metrics,
      onEpoch: (epoch) => void told.push(epoch.validation),
    });
    expect(history.validation.map(({ own }) => own)).toEqual([{ seen: 100 }, { seen: 100 }, { seen: 100 }]);
    expect(seen.begun).toBe(3);
    expect(told).toEqual(history.validation);
    expect(history.validation.at(-1)).toEqual(await network.evaluate(validation, { metrics }));
    expect(history.validation.at(-1)!.calibration).toHaveLength(2);
  });

  it("iterates over them too", async () => {
    const network = await classifier();
    const data = points(50, isAbove);
    for await (const { validation } of network.train(data, { ...options, validationData: data, metrics: ["f1"] })) {
      expect(validation!.f1).toBeGreaterThanOrEqual(0);
    }
  });

  it("is refused, and changes nothing, where there is nothing to judge or no such metric", async () => {
    const network = await classifier();
    const data = points(50, isAbove);
    const before = [...network.parameters];
    await expect(network.fit(data, { ...options, metrics: ["f1"] })).rejects.toThrow(
      "fit: metrics: expected validation data that they are about, got none",
    );
    const wrong = { ...options, validationData: data, metrics: ["f2" as "f1"] };
    await expect(network.fit(data, wrong)).rejects.toThrow("fit: metrics: expected metric: one of");
    await expect(network.train(data, wrong).next()).rejects.toThrow("train: metrics: expected metric: one of");
    expect([...network.parameters]).toEqual(before);
    await network.fit(data, options);
  });
});
