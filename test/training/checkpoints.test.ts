/** Trainings that are gone on with: in the same network, and from a file in another one. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  adam,
  cosine,
  Dataset,
  type FitOptions,
  type History,
  InvalidInputError,
  LanegradError,
  lbfgs,
  Network,
  type NetworkOptions,
  type Optimizer,
  reduceOnPlateau,
  sgd,
} from "../../src/index.ts";
import type { Floats } from "../../src/ground/floats.ts";
import { Random } from "../../src/ground/random.ts";
import { bitsOf } from "../support/engines.ts";

const SEED = 77_031;
const random = new Random(SEED);
const inputs = Array.from({ length: 150 }, () => Array.from({ length: 4 }, () => random.uniform(-3, 5)));
const labels = inputs.map(([a, b]) => (a! > 1.5 ? 0 : b! > 1 ? 1 : 2));
const sampleWeight = inputs.map(() => 1 + random.below(3));
const data = Dataset.from({ inputs, labels, sampleWeight, standardize: true });
const validationData = data.select([...Array(40).keys()]);

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "lanegrad-checkpoint-"))));
afterAll(() => rm(folder, { recursive: true }));

function newNetwork(engine: NetworkOptions["engine"] = "strict"): Promise<Network> {
  const layers = [{ units: 9, activation: "tanh" } as const, { units: 3, activation: "softmax" } as const];
  return Network.create({ inputs: 4, layers, loss: "categoricalCrossEntropy", seed: 2, engine });
}

const optimizers: [string, Optimizer][] = [
  ["sgd", sgd({ learningRate: 0.2 })],
  ["momentum", sgd({ learningRate: 0.1, momentum: 0.9 })],
  ["adam by cosine", adam({ learningRate: cosine({ from: 0.05, steps: 40 }) })],
  ["adam by a plateau", adam({ learningRate: reduceOnPlateau({ from: 0.1, patience: 0, threshold: 0.2, monitor: "validation.loss" }) })], // prettier-ignore
  ["lbfgs", lbfgs({ memory: 3, tolerance: 0 })],
];
const base: FitOptions = {
  epochs: 9,
  batchSize: 16,
  seed: 5,
  optimizer: optimizers[2]![1],
  validationData,
  classWeight: "balanced",
  earlyStopping: { patience: 3, monitor: "validation.accuracy" },
};

/** All that a training comes to but for its clock. */
function outcome(network: Network, { seconds, ...history }: History) {
  expect(seconds).toBeGreaterThan(0);
  return { parameters: bitsOf(network.parameters), ...history };
}

describe.each(["strict", "float64"] as const)("a training in %s", (engine) => {
  it("of a network that drops units out and keeps statistics ends as one that was never left", async () => {
    const create = () =>
      Network.create({
        inputs: 4,
        layers: [
          { units: 9, activation: "tanh" },
          { layer: "batchNorm" },
          { layer: "dropout", rate: 0.2 },
          { units: 3, activation: "softmax" },
        ],
        loss: "categoricalCrossEntropy",
        engine,
      });
    const whole = await create();
    const expected = outcome(whole, await whole.fit(data, base));
    const path = join(folder, "layers.checkpoint");
    const network = await create();
    const leave = {
      onStep: ({ step }: { step: number }) => void (step === 17 && (written = network.checkpoint(path))),
    };
    let written: Promise<void> | undefined;
    await network.fit(data, { ...base, ...leave });
    await written;
    const resumed = await Network.resume(path, { engine });
    expect(outcome(resumed, await resumed.fit(data, { ...base, continue: true }))).toEqual(expected);
    expect(resumed.predict(data)).toEqual(whole.predict(data));
  });

  it.each(optimizers)(
    "that is gone on with in the same network, by %s, ends as one that was never left",
    async (_, optimizer) => {
      const options = { ...base, optimizer, earlyStopping: { patience: 100, restoreBestWeights: false } };
      const whole = await newNetwork(engine);
      const expected = outcome(whole, await whole.fit(data, options));
      const network = await newNetwork(engine);
      await network.fit(data, { ...options, epochs: 3 });
      const enough = new Error("enough");
      const leave = ({ epoch }: { epoch: number }) => {
        if (epoch === 5) throw enough;
      };
      await expect(network.fit(data, { ...options, continue: true, onEpoch: leave })).rejects.toBe(enough);
      expect(outcome(network, await network.fit(data, { ...options, continue: true }))).toEqual(expected);
      // There is nothing left to do.
      expect(outcome(network, await network.fit(data, { ...options, continue: true }))).toEqual(expected);
    },
  );

  it.each(optimizers)(
    `that is left at any moment, by %s, goes on from a file to the same bits (seed ${SEED})`,
    async (name, optimizer) => {
      const options = { ...base, optimizer };
      const whole = await newNetwork(engine);
      const expected = outcome(whole, await whole.fit(data, options));
      const steps = new Random(SEED, "split");
      for (let turn = 0; turn < 3; turn++) {
        const path = join(folder, `${name}.checkpoint`);
        const network = await newNetwork(engine);
        // In the midst of an epoch, from where a step is seen; lbfgs where an iteration has ended.
        const at = 1 + steps.below(40);
        const enough = new AbortController();
        let written: Promise<void> | undefined;
        const write = (isThere: boolean) => {
          if (!isThere || written) return;
          written = network.checkpoint(path);
          void written.finally(() => enough.abort());
        };
        const watch =
          optimizer.name === "lbfgs"
            ? { onEpoch: ({ epoch }: { epoch: number }) => write(epoch === (at % 8) + 1) }
            : { onStep: ({ step }: { step: number }) => write(step >= at) };
        await network.fit(data, { ...options, ...watch, signal: enough.signal }).catch((reason: Error) => reason.name);
        await written;
        const resumed = await Network.resume(path, { engine });
        expect(resumed.standardization).toEqual(whole.standardization);
        expect(outcome(resumed, await resumed.fit(data, { ...options, continue: true }))).toEqual(expected);
      }
    },
  );
});

describe("the option checkpoint", () => {
  it("writes every so many epochs, and the last one", async () => {
    const path = join(folder, "every.checkpoint");
    const network = await newNetwork();
    const options = { epochs: 7, batchSize: 16, optimizer: adam() };
    const seen: number[] = [];
    const onEpoch = async () => {
      const resumed = await Network.resume(path).catch(() => undefined);
      // There is nothing to be done in so few epochs.
      seen.push(resumed ? (await resumed.fit(data, { ...options, epochs: 1, continue: true })).epochs : 0);
    };
    await network.fit(data, { ...options, onEpoch, checkpoint: { path, everyEpochs: 2 } });
    // A file may still be on its way to the disk when the next epoch has ended.
    seen.forEach((epochs, i) => expect([0, 2, 4, 6].filter((written) => written <= i)).toContain(epochs));
    expect(Math.max(...seen)).toBeGreaterThanOrEqual(4);
    const resumed = await Network.resume(path);
    expect((await resumed.fit(data, { ...options, continue: true })).epochs).toBe(7);
    expect(bitsOf(resumed.parameters)).toEqual(bitsOf(network.parameters));
    expect((await readdir(folder)).filter((file) => file.endsWith(".partial"))).toEqual([]);
  });

  it("takes a file: URL, steps and minutes, and refuses all else", async () => {
    const path = join(folder, "steps.checkpoint");
    const network = await newNetwork();
    const checkpoint = { path: pathToFileURL(path), everySteps: 3, everyMinutes: 1e-5 };
    await network.fit(data, { ...base, checkpoint });
    expect((await Network.resume(pathToFileURL(path))).parameters).toEqual(network.parameters);
    const wrong = (given: object) => network.fit(data, { ...base, checkpoint: given as never });
    await expect(wrong({})).rejects.toThrow("fit: checkpoint: path: expected the path of a file, or its file: URL, got undefined"); // prettier-ignore
    await expect(wrong({ path, everyEpoch: 1 })).rejects.toThrow('got "everyEpoch" (did you mean "everyEpochs"?)');
    await expect(wrong({ path, everySteps: 0 })).rejects.toThrow("fit: checkpoint: everySteps: expected a whole number, at least 1"); // prettier-ignore
    await expect(wrong({ path, everyMinutes: 0 })).rejects.toThrow("fit: checkpoint: everyMinutes: expected a finite number, above 0"); // prettier-ignore
    await expect(wrong({ path: "https://example.org/x" })).rejects.toThrow("fit: checkpoint: path: expected");
    await expect(wrong({ path: join(folder, "none", "x") })).rejects.toThrow("expected a file that can be written");
  });
});

describe("network.checkpoint", () => {
  it("may be called at any time, several at a time, while the training goes on", async () => {
    const network = await newNetwork();
    const options: FitOptions = { epochs: 400, batchSize: 16, optimizer: adam(), seed: 5 };
    const fate = { isOver: false };
    const training = network.fit(data, options).finally(() => (fate.isOver = true));
    const paths: string[] = [];
    while (!fate.isOver && paths.length < 12) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (network.state() === null) continue;
      const pair = [0, 1].map((i) => join(folder, `at-any-time-${paths.length + i}`));
      await Promise.all(pair.map((path) => network.checkpoint(path)));
      paths.push(...pair);
    }
    const expected = outcome(network, await training);
    expect(paths.length).toBeGreaterThan(0);
    for (const path of [...paths.slice(0, 2), ...paths.slice(-2)]) {
      const resumed = await Network.resume(path);
      expect(outcome(resumed, await resumed.fit(data, { ...options, continue: true }))).toEqual(expected);
    }
  });

  it("writes what state() says, which is a copy", async () => {
    const network = await newNetwork();
    let state = network.state();
    expect(state).toBeNull();
    await network.fit(data, {
      ...base,
      earlyStopping: { restoreBestWeights: false },
      epochs: 3,
      onEpoch: ({ epoch }) => void (epoch === 2 && (state = network.state())),
    });
    expect(state).toMatchObject({ steps: 20, session: { told: 2, batchSize: 16, seed: 5, classWeight: "balanced" } });
    expect(bitsOf(state!.parameters)).not.toEqual(bitsOf(network.parameters));
    await network.checkpoint(join(folder, "left.checkpoint"));
    network.dispose();
    await expect(network.checkpoint(join(folder, "x"))).rejects.toThrow("one that was disposed");
  });
});

describe("to go on", () => {
  const path = () => join(folder, "refused.checkpoint");

  it("takes a training to go on with", async () => {
    const network = await newNetwork();
    const message = "fit: continue: expected a network with a training to go on with, got one without";
    await expect(network.fit(data, { ...base, continue: true })).rejects.toThrow(message);
    await expect(network.checkpoint(path())).rejects.toThrow("checkpoint: expected a network that is in training, or has been"); // prettier-ignore
    const wild = { ...base, onEpoch: () => network.parameters.fill(NaN) };
    await expect(network.fit(data, wild)).rejects.toThrow("expected a finite loss");
    await expect(network.fit(data, { ...wild, continue: true })).rejects.toThrow(message);
  });

  it.each<[string, Partial<FitOptions>, string]>([
    ["another optimizer", { optimizer: sgd({ learningRate: 0.1 }) }, "the optimizer of the training that goes on, {"],
    ["another rate", { optimizer: adam({ learningRate: 0.3 }) }, "the optimizer of the training that goes on, {"],
    ["another batchSize", { batchSize: 8 }, "the batchSize (times accumulate) of the training that goes on, 16, got 8"],
    ["another seed", { seed: 1 }, "the seed of the training that goes on, 5, got 1"],
    ["no shuffling", { shuffle: false }, "the shuffle of the training that goes on, true, got false"],
    [
      "other class weights",
      { classWeight: { 0: 2 } },
      'the classWeight of the training that goes on, "balanced", got {"0":2}',
    ],
    ["another norm to clip by", { clipNorm: 2 }, "the clipNorm of the training that goes on, null, got 2"],
    ["other values to clip by", { clipValue: 2 }, "the clipValue of the training that goes on, null, got 2"],
    [
      "another penalty",
      { regularization: { l2: 0.1 } },
      'the regularization of the training that goes on, null, got {"l1":0,"l2":0.1,"maxNorm":"Infinity","biases":false}',
    ],
    [
      "an average of weights",
      { averageWeights: {} },
      'the averageWeights of the training that goes on, null, got {"decay":0.99}',
    ],
    [
      "more batches a step",
      { accumulate: 2 },
      "the batchSize (times accumulate) of the training that goes on, 16, got 32",
    ],
    [
      "something else to go by",
      { earlyStopping: { patience: 3 } },
      'the earlyStopping: monitor of the training that goes on, "validation.accuracy", got "validation.loss"',
    ],
  ])("is refused with %s, here and from a file, and leaves what there is", async (_, changes, message) => {
    const network = await newNetwork();
    await network.fit(data, { ...base, epochs: 2 });
    await network.checkpoint(path());
    for (const subject of [network, await Network.resume(path())]) {
      const before = subject.parameters.slice();
      const refused = subject.fit(data, { ...base, ...changes, continue: true });
      await expect(refused).rejects.toThrow(`fit: continue: expected ${message}`);
      await expect(refused).rejects.toBeInstanceOf(InvalidInputError);
      expect(subject.parameters).toEqual(before);
      expect((await subject.fit(data, { ...base, epochs: 3, continue: true })).epochs).toBe(3);
    }
  });

  it("is refused with other rows, however alike, and leaves what there is", async () => {
    const whole = await newNetwork();
    const expected = outcome(whole, await whole.fit(data, base));
    const network = await newNetwork();
    await network.fit(data, { ...base, epochs: 2 });
    await network.checkpoint(path());
    const changed = inputs.map((row, i) => (i === 70 ? row.map((value) => value * 1.001) : row));
    const others: [Dataset, string][] = [
      [data.select([...Array(149).keys()]), "as many rows as the training that goes on, 150, got 149 rows"],
      [
        Dataset.from({ inputs: changed, labels, sampleWeight, standardize: true }),
        "the rows of the training that goes on, got others",
      ],
      [
        Dataset.from({ inputs, labels: labels.toReversed(), sampleWeight, standardize: true }),
        "the rows of the training that goes on, got others",
      ],
      [Dataset.from({ inputs, labels, standardize: true }), "the weights of the training that goes on, got others"],
    ];
    for (const subject of [network, await Network.resume(path())]) {
      for (const [other, message] of others) {
        const options = { ...base, continue: true };
        await expect(subject.fit(other, options)).rejects.toThrow(`fit: continue: expected ${message}`);
      }
      expect(outcome(subject, await subject.fit(data, { ...base, continue: true }))).toEqual(expected);
    }
  });

  it.each<[string, Partial<FitOptions>, Partial<FitOptions>]>([
    ["clipNorm", { clipNorm: 0.5 }, { clipNorm: 0.4 }],
    ["clipValue", { clipValue: 0.1 }, {}],
    ["regularization", { regularization: { l2: 0.1 } }, { regularization: { l2: 0.1, maxNorm: 3 } }],
    ["regularization by layer", { regularization: [{ l1: 0.1 }, null] }, { regularization: [null, { l1: 0.1 }] }],
    ["averageWeights", { averageWeights: { decay: 0.9 } }, { averageWeights: { decay: 0.8 } }],
    ["accumulate", { accumulate: 2 }, { accumulate: 3 }],
  ])("takes the same %s, in the same network and from a file, and no other", async (_, same, other) => {
    const whole = await newNetwork();
    const expected = outcome(whole, await whole.fit(data, { ...base, ...same }));
    const network = await newNetwork();
    await network.fit(data, { ...base, ...same, epochs: 4 });
    await network.checkpoint(path());
    const resumed = await Network.resume(path());
    expect(bitsOf(resumed.parameters)).toEqual(bitsOf(network.parameters));
    for (const subject of [network, resumed]) {
      const refused = subject.fit(data, { ...base, ...other, continue: true });
      await expect(refused).rejects.toThrow("of the training that goes on, ");
      expect(outcome(subject, await subject.fit(data, { ...base, ...same, continue: true }))).toEqual(expected);
    }
  });

  it("goes on from the last epoch, not from the best, whose parameters the network has", async () => {
    // Where more of it is better, an early epoch is the best one.
    const error = (outputs: Floats, targets: Floats) =>
      Array.from(outputs).reduce((sum, x, i) => sum + Math.abs(x - targets[i]!), 0);
    for (const extra of [{}, { averageWeights: { decay: 0.5 } }, { optimizer: lbfgs() }]) {
      const options = {
        ...base,
        metrics: [error],
        earlyStopping: { patience: 100, monitor: "validation.own.error", mode: "max" as const },
        ...extra,
      };
      const whole = await newNetwork();
      const expected = outcome(whole, await whole.fit(data, options));
      const network = await newNetwork();
      const { best, epochs } = await network.fit(data, { ...options, epochs: 5 });
      expect(best!.epoch).toBeLessThan(epochs);
      await network.checkpoint(path());
      const resumed = await Network.resume(path());
      expect(bitsOf(resumed.parameters)).toEqual(bitsOf(network.parameters));
      for (const subject of [network, resumed]) {
        expect(outcome(subject, await subject.fit(data, { ...options, continue: true }))).toEqual(expected);
      }
    }
  });

  it("leaves the layers alone that the training before left alone, until they are thawed", async () => {
    const whole = await newNetwork();
    whole.freeze(0);
    const expected = outcome(whole, await whole.fit(data, base));
    const network = await newNetwork();
    network.freeze(0);
    const still = bitsOf(network.weights[0]!);
    await network.fit(data, { ...base, epochs: 3 });
    await network.checkpoint(path());
    const resumed = await Network.resume(path());
    expect(resumed.frozen).toEqual([0]);
    expect(outcome(resumed, await resumed.fit(data, { ...base, continue: true }))).toEqual(expected);
    expect(bitsOf(resumed.weights[0]!)).toEqual(still);
    const thawed = await Network.resume(path());
    thawed.thaw(0);
    thawed.freeze(1);
    const rest = bitsOf(thawed.weights[1]!);
    await thawed.fit(data, { ...base, continue: true });
    expect(bitsOf(thawed.weights[0]!)).not.toEqual(still);
    expect(bitsOf(thawed.weights[1]!)).toEqual(rest);
  });

  it("goes on from parameters that were set meanwhile", async () => {
    for (const optimizer of [adam({ learningRate: 0.01 }), lbfgs()]) {
      const network = await newNetwork("float64");
      await network.fit(data, { ...base, optimizer, epochs: 2 });
      network.parameters.fill(0);
      const { loss } = await network.fit(data, { ...base, optimizer, epochs: 3, continue: true });
      expect(loss[2]).toBeCloseTo(Math.log(3), 1);
    }
  });

  it("goes on in another precision and at another number of threads", async () => {
    const network = await newNetwork();
    await network.fit(data, { ...base, epochs: 3 });
    await network.checkpoint(path());
    const found = [];
    for (const engine of ["strict", "float64", "float32"] as const) {
      const resumed = await Network.resume(path(), { engine });
      found.push((await resumed.fit(data, { ...base, continue: true })).loss);
    }
    for (const loss of found) for (const [i, value] of loss.entries()) expect(value).toBeCloseTo(found[0]![i]!, 4);
  });
});

describe("Network.resume", () => {
  let bytes: Uint8Array;
  let path: string;
  beforeAll(async () => {
    path = join(folder, "fuzzed.checkpoint");
    const network = await newNetwork();
    await network.fit(data, { ...base, epochs: 2 });
    await network.checkpoint(path);
    bytes = await readFile(path);
  });

  const resumeFrom = async (changed: Uint8Array) => {
    const file = join(folder, "changed.checkpoint");
    await writeFile(file, changed);
    return Network.resume(file);
  };

  it(`refuses a file with any byte changed (seed ${SEED})`, async () => {
    const draw = new Random(SEED, "split");
    for (let turn = 0; turn < 300; turn++) {
      const changed = bytes.slice();
      const at = turn < 16 ? turn : draw.below(bytes.length);
      changed[at]! ^= 1 << draw.below(8);
      const failure = await resumeFrom(changed).catch((reason: unknown) => reason);
      expect(failure, `byte ${at}`).toBeInstanceOf(LanegradError);
      expect((failure as Error).message).toMatch(/^.*changed\.checkpoint: expected .*, got /s);
    }
  });

  it("refuses a file that has been cut off, or is longer", async () => {
    const draw = new Random(SEED, "split");
    const lengths = [
      0,
      1,
      7,
      8,
      9,
      bytes.length - 1,
      bytes.length - 8,
      ...Array.from({ length: 60 }, () => draw.below(bytes.length)),
    ];
    for (const length of lengths) {
      await expect(resumeFrom(bytes.slice(0, length)), String(length)).rejects.toThrow(
        "changed.checkpoint: expected a checkpoint",
      );
    }
    await expect(resumeFrom(Uint8Array.of(...bytes, 0, 0, 0, 0))).rejects.toThrow("expected a checkpoint");
  });

  it("refuses other files, and such as speak of more than they have", async () => {
    const message = "expected a checkpoint, as network.checkpoint or the option checkpoint writes it, got another file";
    const network = await newNetwork();
    await expect(resumeFrom(new TextEncoder().encode(JSON.stringify(network)))).rejects.toThrow(message);
    const withHeader = (header: string) => {
      const text = new TextEncoder().encode(header.padEnd(Math.ceil(header.length / 8) * 8));
      const file = new Uint8Array(8 + text.length);
      new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
      file.set(text, 8);
      return file;
    };
    for (const header of ["{}", "[]", "null", '{"__metadata__":{}}', '{"__metadata__":{"format":"pt"}}']) {
      await expect(resumeFrom(withHeader(header)), header).rejects.toThrow(message);
    }
    const huge = { dtype: "F64", shape: [2 ** 40], data_offsets: [0, 2 ** 43] };
    const checksum = { dtype: "U32", shape: [2], data_offsets: [2 ** 43, 2 ** 43 + 8] };
    const metadata = { format: "lanegrad checkpoint", version: "1", content: "{}" };
    await expect(resumeFrom(withHeader(JSON.stringify({ __metadata__: metadata, huge, checksum })))).rejects.toThrow(
      `expected a checkpoint with ${2 ** 43 + 8} bytes of numbers, got one with 0`,
    );
    const newer = { ...metadata, version: "2" };
    await expect(resumeFrom(withHeader(JSON.stringify({ __metadata__: newer })))).rejects.toThrow("version 1 of a checkpoint"); // prettier-ignore
    await expect(Network.resume(join(folder, "none"))).rejects.toThrow("none: expected a readable file");
    await expect(Network.resume(path, { engin: "strict" } as never)).rejects.toThrow('(did you mean "engine"?)');
  });
});
