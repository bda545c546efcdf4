/** Trainings whose learning rate changes: by a schedule, by a function of one's own, by what epochs come to. */
import { describe, expect, it } from "vitest";
import {
  adam,
  adamW,
  cosine,
  Dataset,
  exponential,
  type LearningRate,
  Network,
  oneCycle,
  type Optimizer,
  reduceOnPlateau,
  sgd,
  step,
  type TrainingOptions,
  warmUp,
} from "../../src/index.ts";
import { rateAt } from "../../src/kinds/schedules/schedule.ts";

const inputs = Array.from({ length: 20 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const data = Dataset.from({ inputs, targets: inputs.map(([a, b]) => (a! + b! > 0.2 ? 1 : 0)) });

const newNetwork = (engine: "strict" | "float64" = "strict") =>
  Network.create({
    inputs: 2,
    layers: [
      { units: 3, activation: "tanh" },
      { units: 1, activation: "sigmoid" },
    ],
    loss: "binaryCrossEntropy",
    seed: 3,
    engine,
  });

async function trained(optimizer: Optimizer, options: Partial<TrainingOptions> = {}): Promise<number[]> {
  const network = await newNetwork();
  await network.fit(data, { epochs: 30, batchSize: 8, optimizer, ...options });
  return [...network.parameters];
}

const schedules: [string, LearningRate][] = [
  ["cosine", cosine({ from: 0.5, to: 0.01, steps: 60 })],
  ["warmUp before cosine", warmUp(cosine({ from: 0.5, to: 0.01, steps: 60 }), { steps: 20 })],
  ["oneCycle", oneCycle({ peak: 0.5, steps: 90 })],
  ["step", step({ from: 0.5, every: 7 })],
  ["a function", (t) => 0.5 / (1 + t)],
];

describe("a training by a schedule", () => {
  it.each(schedules)("%s: takes each step by its rate", async (_, learningRate) => {
    for (const engine of ["strict", "float64"] as const) {
      const [network, byHand] = [await newNetwork(engine), await newNetwork(engine)];
      await network.fit(data, { epochs: 40, batchSize: "full", optimizer: sgd({ learningRate }) });
      for (let t = 0; t < 40; t++) {
        const optimizer = sgd({ learningRate: (_t) => rateAt(learningRate, t) });
        await byHand.fit(data, { epochs: 1, batchSize: "full", optimizer });
      }
      expect([...network.parameters]).toEqual([...byHand.parameters]);
    }
  });

  it.each(schedules)("%s: comes to the same bits step by step, and many steps a call", async (_, learningRate) => {
    for (const optimizer of [sgd({ learningRate, momentum: 0.5 }), adam({ learningRate }), adamW({ learningRate })]) {
      const atOnce = await trained(optimizer);
      expect(await trained(optimizer, { onStep: () => undefined })).toEqual(atOnce);
      expect(await trained(optimizer, { batchSize: 8, validationData: data })).toEqual(atOnce);
      expect(await trained({ ...optimizer, learningRate: 0.5 })).not.toEqual(atOnce);
    }
  });

  it("counts steps over the whole training, each once, from 0", async () => {
    const asked: number[] = [];
    const learningRate = (t: number) => {
      asked.push(t);
      return 0.1;
    };
    await trained(sgd({ learningRate }), { epochs: 4 });
    // The first also when memory is prepared.
    expect(asked).toEqual([0, ...Array.from({ length: 12 }, (_, t) => t)]);
  });

  it("takes an optimizer as plain data", async () => {
    const optimizer = adam({ learningRate: warmUp(exponential({ from: 0.1, factor: 0.9 }), { steps: 5 }) });
    expect(await trained(structuredClone(optimizer))).toEqual(await trained(optimizer));
    expect(await trained(JSON.parse(JSON.stringify(optimizer)) as Optimizer)).toEqual(await trained(optimizer));
  });

  it("stands still at a rate of 0", async () => {
    const network = await newNetwork();
    const before = [...network.parameters];
    await network.fit(data, { epochs: 3, optimizer: adam({ learningRate: () => 0 }) });
    expect([...network.parameters]).toEqual(before);
  });
});

describe("a plateau", () => {
  /** Nothing is ever ten times as good as the best: the rate halves after each epoch but the first. */
  const never = { from: 0.5, factor: 0.5, patience: 0, threshold: 0.9 };
  const halving = (t: number) => 0.5 ** Math.max(1, Math.floor(t / 3));

  it.each([
    ["loss", "min"],
    ["validation.loss", undefined],
    ["validation.macroF1", "max"],
    ["validation.macroF1", undefined],
    ["validation.own.half", "min"],
  ] as const)("by %s, %s", async (monitor, mode) => {
    const expected = await trained(sgd({ learningRate: halving }), { epochs: 12 });
    const ofPlateau = sgd({ learningRate: reduceOnPlateau({ ...never, monitor, ...(mode && { mode }) }) });
    const half = () => 0.5;
    const options = { epochs: 12, validationData: data, metrics: ["macroF1" as const, half] };
    expect(await trained(ofPlateau, options)).toEqual(expected);
  });

  it("knows of a metric which value is better, and has it measured", async () => {
    // With a threshold of 0.01 and no patience, the rate falls after each epoch that is not better by a hundredth.
    const rate = { from: 0.5, factor: 0.5, patience: 0, threshold: 0.01, monitor: "validation.accuracy" };
    const network = await newNetwork();
    const optimizer = sgd({ learningRate: reduceOnPlateau(rate) });
    const { learningRate, validation } = await network.fit(data, { epochs: 12, optimizer, validationData: data });
    let [expected, best] = [0.5, -Infinity];
    const rates = validation.map(({ accuracy }) => {
      const now = expected;
      if (accuracy! > best * 1.01) best = accuracy!;
      else expected /= 2;
      return now;
    });
    expect([...learningRate]).toEqual(rates);
    expect(new Set(rates).size).toBeGreaterThan(1);
    const wrong = sgd({ learningRate: reduceOnPlateau({ ...rate, mode: "min" }) });
    await expect((await newNetwork()).fit(data, { epochs: 1, optimizer: wrong, validationData: data })).rejects.toThrow(
      'fit: learningRate: monitor: mode: expected "max", or none, for validation.accuracy, got "min"',
    );
  });

  it("falls where nobody watches, in epochs of one step", async () => {
    const learningRate = reduceOnPlateau(never);
    const expected = await trained(sgd({ learningRate: (t) => 0.5 ** Math.max(1, t) }), { batchSize: "full" });
    expect(await trained(sgd({ learningRate }), { batchSize: "full" })).toEqual(expected);
  });

  it("tells in the training's state what it has seen", async () => {
    const network = await newNetwork();
    const optimizer = sgd({ learningRate: reduceOnPlateau(never) });
    for await (const { epoch, loss } of network.train(data, { epochs: 3, optimizer })) {
      const state = structuredClone(network.state());
      expect(state).toMatchObject({ schedule: { rate: 0.5 ** Math.max(1, epoch), waited: 0 } });
      if (epoch === 1) expect(state).toMatchObject({ schedule: { best: loss } });
    }
  });
});

describe("a rate that cannot be", () => {
  it.each([
    [sgd({ learningRate: () => NaN }), "sgd: learningRate(0): expected a number from 0 to 1e+30, got NaN"],
    [
      sgd({ learningRate: (t) => (t === 7 ? -1 : 0.1) }),
      "sgd: learningRate(7): expected a number from 0 to 1e+30, got -1",
    ],
    [
      adam({ learningRate: cosine({ from: 101, steps: 3 }) }),
      "adam: learningRate(0): expected a number from 0 to 100, got 101",
    ],
    [
      adamW({ learningRate: () => "much" as never }),
      'adamW: learningRate(0): expected a number from 0 to 100, got "much"',
    ],
    [
      sgd({ learningRate: warmUp(reduceOnPlateau({ from: 0.1, monitor: "validation.loss" }), { steps: 3 }) }),
      'fit: learningRate: monitor: expected to go by loss (what begins with validation. needs validation data), got "validation.loss"',
    ],
  ])("is refused", async (optimizer, message) => {
    await expect(trained(optimizer)).rejects.toThrow(message);
  });

  it("is refused where no epoch has what it goes by", async () => {
    const by = (monitor: string) => sgd({ learningRate: reduceOnPlateau({ from: 0.1, monitor }) });
    await expect(trained(by("accuracy"), { validationData: data })).rejects.toThrow("loss or validation.loss, got");
    await expect(trained(by("validation.f2"), { validationData: data })).rejects.toThrow(
      /^fit: learningRate: monitor.*got "f2" \(did you mean/,
    );
  });
});
