import { describe, expect, it, vi } from "vitest";
import { Dataset } from "../../src/data/dataset.ts";
import { Random } from "../../src/ground/random.ts";
import { lbfgs, sgd } from "../../src/kinds/optimizers/index.ts";
import { exponential } from "../../src/kinds/schedules/exponential.ts";
import { Network, type NetworkOptions } from "../../src/network/network.ts";
import type { Epoch, Progress } from "../../src/training/history.ts";
import type { FitOptions } from "../../src/training/options.ts";
import { Clock } from "../../src/training/report.ts";
import { bitsOf } from "../support/engines.ts";

const random = new Random(5);
const inputs = Array.from({ length: 300 }, () => [random.uniform(-1, 1), random.uniform(-1, 1)]);
const data = Dataset.from({ inputs, targets: inputs.map(([a, b]) => Math.sin(a! + 2 * b!)) });
const description: NetworkOptions = {
  inputs: 2,
  layers: [
    { units: 8, activation: "tanh" },
    { units: 1, activation: "identity" },
  ],
  loss: "meanSquaredError",
  seed: 1,
};
const options: FitOptions = { epochs: 6, batchSize: 100, optimizer: sgd({ learningRate: 0.1 }) };
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("a history", () => {
  it("has the learning rate of each epoch's last step, however many are taken in a call", async () => {
    const learningRate = exponential({ from: 0.1, factor: 0.9 });
    for (const more of [{ batchSize: 100 }, { batchSize: "full" }, { batchSize: 100, onStep: () => {} }] as const) {
      const network = await Network.create(description);
      const history = await network.fit(data, { ...options, optimizer: sgd({ learningRate }), ...more });
      const perEpoch = more.batchSize === "full" ? 1 : 3;
      const expected = [1, 2, 3, 4, 5, 6].map((epoch) => 0.1 * 0.9 ** (epoch * perEpoch - 1));
      history.learningRate.forEach((rate, i) => expect(rate).toBeCloseTo(expected[i]!, 12));
      expect(history.learningRate).toHaveLength(6);
    }
    const network = await Network.create(description);
    expect((await network.fit(data, { ...options, optimizer: lbfgs() })).learningRate).toHaveLength(0);
  });

  it("says which epoch was best: by the validation's loss, or by the loss", async () => {
    const network = await Network.create(description);
    const plain = await network.fit(data, options);
    const lowest = Math.min(...plain.loss);
    expect(plain.best).toEqual({ epoch: plain.loss.indexOf(lowest) + 1, value: lowest, monitor: "loss" });
    const validated = await network.fit(data, { ...options, validationData: data });
    const losses = validated.validation.map(({ loss }) => loss);
    const least = Math.min(...losses);
    expect(validated.best).toEqual({ epoch: losses.indexOf(least) + 1, value: least, monitor: "validation.loss" });
  });
});

describe("an epoch", () => {
  it("says its learning rate and how long the others will take", async () => {
    const network = await Network.create(description);
    const seen: Epoch[] = [];
    await network.fit(data, { ...options, onEpoch: (epoch) => void seen.push(epoch) });
    for (const { epoch, seconds, secondsLeft, learningRate } of seen) {
      expect(learningRate).toBe(0.1);
      expect(secondsLeft).toBeCloseTo((seconds / epoch) * (6 - epoch), 9);
    }
    expect(seen.at(-1)!.secondsLeft).toBe(0);
  });
});

describe("progress", () => {
  it("is told at every piece of work where no time need pass, and once at the end", async () => {
    const network = await Network.create(description);
    const told: Progress[] = [];
    const onProgress = (progress: Progress) => void told.push(progress);
    const history = await network.fit(data, { ...options, epochs: 200, onProgress, progressInterval: 0 });
    expect(told.length).toBeGreaterThan(1);
    for (const [i, now] of told.entries()) {
      expect(now).toMatchObject({ epochs: 200, learningRate: 0.1 });
      expect(now.rowsPerSecond).toBeCloseTo((now.share * 200 * 300) / now.seconds, 3);
      if (now.share < 1) expect(now.secondsLeft).toBeCloseTo((now.seconds / now.share) * (1 - now.share), 6);
      if (i > 0) expect(now.share).toBeGreaterThanOrEqual(told[i - 1]!.share);
      expect(now.steps).toBe(Math.round(now.share * 200 * 3));
    }
    expect(told.at(-1)).toMatchObject({ epoch: 200, share: 1, steps: 600, secondsLeft: 0, loss: history.loss.at(-1) });
  });

  it("is told at most as often as is asked for", async () => {
    const network = await Network.create(description);
    const told: number[] = [];
    const onProgress = ({ seconds }: Progress) => void told.push(seconds);
    await network.fit(data, { ...options, epochs: 20_000, onProgress, progressInterval: 20 });
    const gaps = told.slice(1, -1).map((at, i) => at - told[i]!);
    expect(gaps.length).toBeGreaterThan(0);
    expect(Math.min(...gaps)).toBeGreaterThan(0.0199);
    const few: Progress[] = [];
    await network.fit(data, { ...options, onProgress: (now) => void few.push(now), progressInterval: 1e9 });
    expect(few.length).toBeLessThanOrEqual(2);
    expect(few.at(-1)!.share).toBe(1);
  });

  it("changes no bit", async () => {
    const plain = await Network.create(description);
    const told = await Network.create(description);
    await plain.fit(data, options);
    await told.fit(data, { ...options, onProgress: () => {}, progressInterval: 0 });
    expect(bitsOf(told.parameters)).toEqual(bitsOf(plain.parameters));
  });
});

describe("a pause", () => {
  it("takes no step until it is over, and changes no bit", async () => {
    const [plain, paused] = [await Network.create(description), await Network.create(description)];
    const long = { ...options, epochs: 2000 };
    await plain.fit(data, long);
    const training = paused.fit(data, { ...long, onEpoch: ({ epoch }) => void (epoch === 10 && paused.pause()) });
    while (paused.state()?.losses.length !== 10) await wait(1);
    const { steps } = paused.state()!;
    paused.pause();
    await wait(60);
    expect(paused.state()!.steps).toBe(steps);
    expect(paused.predict([0, 0])).toHaveLength(1);
    paused.resume();
    paused.resume();
    const history = await training;
    expect(history.epochs).toBe(2000);
    expect(bitsOf(paused.parameters)).toEqual(bitsOf(plain.parameters));
  });

  it("ends where the training is aborted", async () => {
    const network = await Network.create(description);
    const abort = new AbortController();
    const onEpoch = () => network.pause();
    const training = network.fit(data, { ...options, onEpoch, signal: abort.signal });
    setTimeout(() => abort.abort(new Error("enough")), 30);
    await expect(training).rejects.toThrow("enough");
    expect(network.state()).toBeNull();
    await network.fit(data, options);
  });

  it("needs a training", async () => {
    const network = await Network.create(description);
    expect(() => network.pause()).toThrow("pause: expected a network that is in training, got one that is not");
    expect(() => network.resume()).toThrow("resume: expected a network that is in training, got one that is not");
  });
});

describe("a clock", () => {
  it("stands still in a pause", () => {
    let now = 5000;
    const spy = vi.spyOn(performance, "now").mockImplementation(() => now);
    try {
      const clock = new Clock();
      now += 250;
      clock.pause();
      now += 4000;
      clock.pause();
      expect(clock.seconds).toBe(0.25);
      clock.resume();
      clock.resume();
      expect(clock.seconds).toBe(0.25);
      now += 500;
      expect(clock.seconds).toBe(0.75);
    } finally {
      spy.mockRestore();
    }
  });
});
