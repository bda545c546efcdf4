import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.ts";
import { Random } from "../../src/ground/random.ts";
import { adam, lbfgs, type Optimizer, sgd } from "../../src/kinds/optimizers/index.ts";
import { Network, type NetworkOptions } from "../../src/network/network.ts";
import { earlyStopping, type EarlyStoppingOptions } from "../../src/training/early-stopping.ts";
import type { Epoch } from "../../src/training/history.ts";
import type { FitOptions } from "../../src/training/options.ts";
import { bitsOf } from "../support/engines.ts";

/** Labels that are noise: what is learned of the training rows says nothing of the others. */
function noise(count: number, seed: number): Dataset {
  const random = new Random(seed);
  const inputs = Array.from({ length: count }, () => Array.from({ length: 4 }, () => random.uniform(-1, 1)));
  return Dataset.from({ inputs, targets: inputs.map(([x]) => (x! + 2 * random.normal() > 0 ? 1 : 0)) });
}

const train = noise(60, 1);
const validationData = noise(60, 2);
const description: NetworkOptions = {
  inputs: 4,
  layers: [
    { units: 32, activation: "tanh" },
    { units: 1, activation: "sigmoid" },
  ],
  loss: "binaryCrossEntropy",
  seed: 3,
  engine: "strict",
};
const options = { epochs: 300, optimizer: adam({ learningRate: 0.02 }), validationData };

/** Fits a fresh network, keeping what each epoch came to and the parameters after it. */
async function fit(more: Partial<FitOptions>) {
  const network = await Network.create(description);
  const seen: { epoch: Epoch; parameters: unknown }[] = [];
  const onEpoch = (epoch: Epoch) => void seen.push({ epoch, parameters: bitsOf(network.parameters) });
  const history = await network.fit(train, { ...options, onEpoch, ...more });
  return { network, history, seen };
}

describe("early stopping", () => {
  it("ends after as many epochs without anything better as it has patience for, and restores the best", async () => {
    const { network, history, seen } = await fit({ earlyStopping: { patience: 7 } });
    const losses = seen.map(({ epoch }) => epoch.validation!.loss);
    const lowest = Math.min(...losses);
    const best = losses.indexOf(lowest) + 1;
    expect(history.stopReason).toBe("earlyStopping");
    expect(history.best).toEqual({ epoch: best, value: lowest, monitor: "validation.loss" });
    expect(history.epochs).toBe(best + 7);
    expect(bitsOf(network.parameters)).toEqual(seen[best - 1]!.parameters);
    expect((await network.evaluate(validationData)).loss).toBe(lowest);
  });

  it("leaves the last parameters where that is asked for", async () => {
    const { network, history, seen } = await fit({ earlyStopping: { patience: 7, restoreBestWeights: false } });
    expect(history.best.epoch).toBe(history.epochs - 7);
    expect(bitsOf(network.parameters)).toEqual(seen.at(-1)!.parameters);
  });

  it.each<[string, Partial<FitOptions>]>([
    ["epochs", { epochs: 60, earlyStopping: { patience: 1000 } }],
    ["callback", { earlyStopping: { patience: 1000 } }],
  ])("restores the best also where the training ends otherwise: %s", async (reason, more) => {
    const network = await Network.create(description);
    const parameters: unknown[] = [];
    const onEpoch = ({ epoch }: Epoch) => {
      parameters.push(bitsOf(network.parameters));
      return reason === "epochs" || epoch < 60;
    };
    const history = await network.fit(train, { ...options, onEpoch, ...more });
    expect(history).toMatchObject({ epochs: 60, stopReason: reason });
    expect(history.best.epoch).toBeLessThan(60);
    expect(bitsOf(network.parameters)).toEqual(parameters[history.best.epoch - 1]);
  });

  it("keeps the last parameters of a training that is aborted or left", async () => {
    const network = await Network.create(description);
    const abort = new AbortController();
    let last: unknown;
    const onEpoch = ({ epoch }: Epoch) => {
      last = bitsOf(network.parameters);
      if (epoch === 60) abort.abort();
    };
    const given = { ...options, earlyStopping: { patience: 1000 } };
    await expect(network.fit(train, { ...given, onEpoch, signal: abort.signal })).rejects.toThrow("abort");
    expect(bitsOf(network.parameters)).toEqual(last);
    for await (const { epoch } of network.train(train, given)) {
      last = bitsOf(network.parameters);
      if (epoch === 60) break;
    }
    expect(bitsOf(network.parameters)).toEqual(last);
  });

  it("works in an iterator, and with lbfgs", async () => {
    for (const optimizer of [adam({ learningRate: 0.02 }), lbfgs()] as Optimizer[]) {
      const network = await Network.create(description);
      const seen: { loss: number; parameters: unknown }[] = [];
      for await (const { validation } of network.train(train, {
        ...options,
        optimizer,
        earlyStopping: { patience: 4 },
      })) {
        seen.push({ loss: validation!.loss, parameters: bitsOf(network.parameters) });
      }
      const lowest = Math.min(...seen.map(({ loss }) => loss));
      const best = seen.findIndex(({ loss }) => loss === lowest);
      expect(seen).toHaveLength(best + 1 + 4);
      expect(bitsOf(network.parameters)).toEqual(seen[best]!.parameters);
    }
  });

  it("goes by the loss of training, as scikit-learn's tol does", async () => {
    const { history } = await fit({ earlyStopping: { monitor: "loss", minDelta: 0.01, patience: 5 } });
    const { loss, stopReason, best } = history;
    expect(stopReason).toBe("earlyStopping");
    expect(best).toEqual({ epoch: loss.indexOf(Math.min(...loss)) + 1, value: Math.min(...loss), monitor: "loss" });
    // What the last five brought is less than 0.01 better than the last that counted.
    let mark = Infinity;
    let waited = 0;
    for (const value of loss) {
      waited = value < mark - 0.01 ? 0 : waited + 1;
      if (waited === 0) mark = value;
    }
    expect(waited).toBe(5);
  });

  it("knows of each metric which value is better, and measures it though nobody asks", async () => {
    const { history } = await fit({ earlyStopping: { monitor: "validation.macroF1", patience: 9 } });
    const values = history.validation.map(({ macroF1 }) => macroF1!);
    expect(history.best).toEqual({
      epoch: values.indexOf(Math.max(...values)) + 1,
      value: Math.max(...values),
      monitor: "validation.macroF1",
    });
    const lower = await fit({ earlyStopping: { monitor: "validation.brierScore", patience: 9 }, metrics: ["rocAuc"] });
    const scores = lower.history.validation.map(({ brierScore }) => brierScore!);
    expect(lower.history.best.value).toBe(Math.min(...scores));
    expect(lower.history.validation[0]!.rocAuc).toBeGreaterThan(0);
  });

  it("goes by a metric of one's own, once told which value is better", async () => {
    const highest = (outputs: Float32Array | Float64Array) => Math.max(...outputs);
    const metrics = [highest];
    const monitor = "validation.own.highest";
    const { history } = await fit({ metrics, epochs: 20, earlyStopping: { monitor, mode: "max" } });
    expect(history.best.value).toBe(Math.max(...history.validation.map(({ own }) => own!["highest"]!)));
    await expect(fit({ metrics, earlyStopping: { monitor } })).rejects.toThrow(
      'fit: earlyStopping: monitor: mode: expected "min" or "max" for validation.own.highest, got none',
    );
  });

  it.each<[EarlyStoppingOptions, string]>([
    [{ monitor: "validation.macroF2" }, '(did you mean "macroF1"?)'],
    [{ monitor: "validation.confusion" }, "fit: earlyStopping: monitor: expected a number of each epoch: one of loss"],
    [{ monitor: "validation.own.mine" }, "fit: earlyStopping: monitor: expected a number of each epoch: one of loss"],
    [{ monitor: "validation.r2", mode: "min" }, 'mode: expected "max", or none, for validation.r2, got "min"'],
  ])("refuses %o before anything changes", async (given, message) => {
    const network = await Network.create(description);
    const before = bitsOf(network.parameters);
    await expect(network.fit(train, { ...options, earlyStopping: given })).rejects.toThrow(message);
    expect(bitsOf(network.parameters)).toEqual(before);
  });

  it("needs validation data for what it is about", async () => {
    const network = await Network.create(description);
    const given = { epochs: 1, optimizer: sgd({ learningRate: 1 }), earlyStopping: {} };
    await expect(network.fit(train, given)).rejects.toThrow(
      "fit: earlyStopping: monitor: expected to go by loss (what begins with validation. needs validation data)",
    );
  });

  it("is plain data", () => {
    const defaults = { monitor: "validation.loss", patience: 10, minDelta: 0, restoreBestWeights: true };
    expect(earlyStopping()).toEqual(defaults);
    expect(structuredClone(earlyStopping({ mode: "max" }))).toEqual({ ...defaults, mode: "max" });
    expect(Object.isFrozen(earlyStopping())).toBe(true);
  });

  it.each<[object, string]>([
    [{ patients: 3 }, 'got "patients" (did you mean "patience"?)'],
    [{ patience: 0 }, "earlyStopping: patience: expected a whole number, at least 1, got 0"],
    [{ minDelta: -1 }, "earlyStopping: minDelta: expected a finite number, at least 0, got -1"],
    [{ restoreBestWeights: 1 }, "earlyStopping: restoreBestWeights: expected true or false, got 1"],
    [{ monitor: null }, 'earlyStopping: monitor: expected a path such as "validation.loss", got null'],
    [{ mode: "up" }, 'earlyStopping: mode: expected "min" or "max", got "up"'],
  ])("refuses %o", (given, message) => {
    expect(() => earlyStopping(given)).toThrow(message);
  });
});
