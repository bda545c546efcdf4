/** Networks that say a class and a number: what goes in, what comes out, and what is refused. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { adam, Dataset, type FitOptions, lbfgs, Network, type NetworkOptions, type Warning } from "../../src/index.ts";
import { permutationImportance, integratedGradients } from "../../src/explain/index.ts";

const options = {
  inputs: 4,
  layers: [
    { units: 8, activation: "tanh" },
    { layer: "dropout", rate: 0.125 },
  ],
  heads: {
    species: { units: 3, activation: "softmax", loss: "categoricalCrossEntropy" },
    mass: { units: 1, activation: "identity", loss: "huber", weight: 0.5 },
  },
  seed: 3,
} satisfies NetworkOptions;

const rows = Array.from({ length: 60 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(7 * i), (i % 10) / 5 - 1]);
const labels = rows.map(([a, b]) => (a! > 0.3 ? 0 : b! > 0 ? 1 : 2));
const masses = rows.map(([a, b, c]) => a! + b! * c!);
const flowers = Dataset.from({ inputs: rows, heads: { species: { labels }, mass: { targets: masses } } });
const training: FitOptions = { epochs: 60, batchSize: 10, optimizer: adam({ learningRate: 0.02 }) };

const folder = await mkdtemp(join(tmpdir(), "lanegrad-heads-"));
afterAll(() => rm(folder, { recursive: true }));

const bytes = (network: Network) => Buffer.from(network.parameters.slice().buffer).toString("hex");

describe("a network with heads", async () => {
  const network = await Network.create(options);
  const history = await network.fit(flowers, { ...training, validationData: flowers });

  it("learns a class and a number", async () => {
    const { loss, count, heads } = await network.evaluate(flowers);
    expect(count).toBe(60);
    expect(heads!.species!.accuracy).toBeGreaterThan(0.9);
    expect(heads!.species!.confusion!.length).toBe(3);
    expect(heads!.mass!.loss).toBeLessThan(0.1);
    expect(heads!.mass).not.toHaveProperty("accuracy");
    expect(loss).toBeCloseTo(heads!.species!.loss + 0.5 * heads!.mass!.loss, 12);
    expect(history.validation.at(-1)!.heads!.species!.loss).toBe(heads!.species!.loss);
    expect(history.best.monitor).toBe("validation.loss");
  });

  it("predicts by heads, and in one array", () => {
    const all = network.predict(rows);
    const { species, mass } = all.heads;
    expect(Object.keys(all.heads)).toEqual(["species", "mass"]);
    expect(all.rows()).toEqual(all.rows().map((_, i) => [...species!.rows()[i]!, ...mass!.rows()[i]!]));
    expect(species!.rows()[7]!.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 6);
    expect(JSON.parse(JSON.stringify(all))).toEqual({ species: species!.rows(), mass: mass!.rows() });
    expect([...network.forward(Float64Array.from(rows.flat()))]).toEqual([...all]);
    expect(network.predict(flowers)).toEqual(all);
  });

  it("has the outputs of both from one layer more, which is a layer as any other", () => {
    expect(network.depth).toBe(4);
    expect(network.widths).toEqual([4, 8, 8, 4]);
    expect(network.weights.map(({ length }) => length)).toEqual([32, 0, 32]);
    expect(network.biases.map(({ length }) => length)).toEqual([8, 0, 4]);
    expect(network.gradients(flowers).map(({ weights }) => weights.length)).toEqual([32, 0, 32]);
    expect(network.activations(rows.slice(0, 2)).at(-1)!.activations).toEqual(network.predict(rows.slice(0, 2)));
    const other = Network.create(options).then((copy) => {
      copy.setParameters(2, { weights: [1, 2, 3, 4].map((w) => Array<number>(8).fill(w)), biases: [1, 2, 3, 4] });
      copy.freeze(2);
      return [...copy.weights[2]!.slice(24), ...copy.biases[2]!, copy.frozen];
    });
    return expect(other).resolves.toEqual([...Array<number>(8).fill(4), 1, 2, 3, 4, [2]]);
  });

  it("can leave its heads alone, in a training that goes on from a file too", async () => {
    const path = join(folder, "frozen.checkpoint");
    const fixed = await Network.create(options);
    fixed.freeze(2);
    const start = fixed.weights[2]!.slice();
    await fixed.fit(flowers, { ...training, epochs: 2 });
    await fixed.checkpoint(path);
    const resumed = await Network.resume(path);
    expect(resumed.frozen).toEqual([2]);
    for (const one of [fixed, resumed]) await one.fit(flowers, { ...training, epochs: 4, continue: true });
    expect(bytes(resumed)).toBe(bytes(fixed));
    expect(resumed.weights[2]).toEqual(start);
    expect(resumed.weights[0]).not.toEqual((await Network.create(options)).weights[0]);
  });

  it("checks its gradients, of rows and of heads", async () => {
    const exact = await Network.create({ ...options, engine: "float64" });
    const batch = { inputs: rows, heads: { species: { labels }, mass: { targets: masses } } };
    expect((await exact.checkGradients(batch)).maxRelativeError).toBeLessThan(1e-7);
    const fresh = await Network.create(options);
    expect((await fresh.checkGradients(batch)).engineError).toBeLessThan(1e-5);
    expect(network.gradients(batch)).toEqual(network.gradients(flowers));
  });

  it("prints as the line that made it, and as a table", async () => {
    expect(String(network)).toBe(
      'Network.create({ inputs: 4, layers: [{ units: 8, activation: "tanh" }, { layer: "dropout", rate: 0.125 }], ' +
        'heads: { species: { units: 3, activation: "softmax", loss: "categoricalCrossEntropy", weight: 1 }, ' +
        'mass: { units: 1, activation: "identity", loss: "huber", weight: 0.5 } } })',
    );
    const lines = network.summary().split("\n");
    expect(lines.find((line) => line.includes("mass"))).toMatch(/^ +mass +1 +identity +9 +loss huber, weight 0.5$/);
    expect(lines.at(-1)).toMatch(/^76 parameters; loss the heads' losses by their weights; engine/);
  });

  it("is saved and read, in one text and in pieces", async () => {
    const path = join(folder, "heads.json");
    await network.save(path);
    for (const copy of [await Network.load(path), await Network.fromJSON(JSON.stringify(network))]) {
      expect(copy.description).toEqual(network.description);
      expect(copy.predict(rows)).toEqual(network.predict(rows));
      expect(JSON.stringify(copy)).toBe(JSON.stringify(network));
    }
  });

  it("goes on from a checkpoint to the same bits", async () => {
    const path = join(folder, "heads.checkpoint");
    const [whole, first] = [await Network.create(options), await Network.create(options)];
    await whole.fit(flowers, { ...training, epochs: 9 });
    await first.fit(flowers, { ...training, epochs: 4, checkpoint: { path, everyEpochs: 1 } });
    const second = await Network.resume(path);
    await second.fit(flowers, { ...training, epochs: 9, continue: true });
    expect(bytes(second)).toBe(bytes(whole));
  });

  it("is trained with lbfgs, weights, and rows of a source alike", async () => {
    const smooth = { ...options, layers: options.layers.slice(0, 1) };
    const trained = await Network.create(smooth);
    const { loss } = await trained.fit(flowers, { epochs: 40, optimizer: lbfgs() });
    expect(loss.at(-1)).toBeLessThan(0.1);
    const [once, twice] = [await Network.create(smooth), await Network.create(smooth)];
    const sampleWeight = rows.map((_, i) => 1 + (i % 3));
    const heads = { species: { labels }, mass: { targets: masses } };
    const weighted = Dataset.from({ inputs: rows, heads, sampleWeight });
    await once.fit(weighted, training);
    await twice.fit({ count: 60, schema: weighted.schema, read: (a, b) => weighted.read(a, b) }, training);
    expect(bytes(twice)).toBe(bytes(once));
  });
});

describe("metrics of heads", async () => {
  const network = await Network.create(options);
  const validated = { ...training, epochs: 3, validationData: flowers };

  it("are asked for by head", async () => {
    const metrics = { species: ["macroF1", "accuracy"], mass: ["r2"] } as const;
    const { heads } = await network.evaluate(flowers, { metrics });
    expect(heads!.species!.macroF1).toBeTypeOf("number");
    expect(heads!.mass!.r2).toBeTypeOf("number");
    expect(heads!.species).not.toHaveProperty("r2");
    const { validation } = await network.fit(flowers, { ...validated, metrics: { mass: ["r2"] } });
    expect(validation.at(-1)!.heads!.mass!.r2).toBeTypeOf("number");
  });

  it.each([
    ["validation.heads.mass.loss", "lower"],
    ["validation.heads.species.macroF1", "higher"],
    ["validation.loss", "lower"],
  ])("stop a training early: %s", async (monitor, better) => {
    const { best, validation } = await network.fit(flowers, { ...validated, earlyStopping: { monitor } });
    expect(best.monitor).toBe(monitor);
    const path = monitor.split(".").slice(1);
    const values = validation.map((one) => path.reduce<unknown>((at, name) => Object(at)[name], one) as number);
    expect(best.value).toBe(better === "lower" ? Math.min(...values) : Math.max(...values));
  });

  it("are refused by name", async () => {
    const evaluated = (metrics: unknown) => network.evaluate(flowers, { metrics: metrics as {} });
    await expect(evaluated(["accuracy"])).rejects.toThrow(
      "evaluate: metrics: expected an object with a list for each head, such as { species: [...] }",
    );
    await expect(evaluated({ specie: ["accuracy"] })).rejects.toThrow(/"specie".*"species"/);
    await expect(evaluated({ mass: ["accuracy"] })).rejects.toThrow(
      /^evaluate: metrics: mass: expected metrics of num/,
    );
    await expect(evaluated({ mass: "r2" })).rejects.toThrow("evaluate: metrics: mass: expected an array of metrics");
    const stopping = { ...validated, earlyStopping: { monitor: "validation.heads.mas.loss" } };
    await expect(network.fit(flowers, stopping)).rejects.toThrow(
      /earlyStopping: monitor.*validation\.heads\.mass\.loss/,
    );
  });
});

describe("targets of heads", async () => {
  const network = await Network.create(options);
  const { loss } = await network.evaluate(flowers);

  it("are found by the names of the heads, in any order", async () => {
    const turned = Dataset.from({
      inputs: rows,
      heads: { mass: { targets: masses }, species: { labels, classes: 3 } },
    });
    expect((await network.evaluate(turned)).loss).toBe(loss);
    const [here, there] = [await Network.create(options), await Network.create(options)];
    await here.fit(flowers, training);
    await there.fit(turned, training);
    expect(bytes(there)).toBe(bytes(here));
    expect(there.preprocessing!.targets.map(({ name }) => name)).toEqual(["species", "mass"]);
    expect((await there.evaluate(flowers)).loss).toBe((await here.evaluate(flowers)).loss);
    expect((await there.evaluate(turned)).loss).toBe((await here.evaluate(turned)).loss);
  });

  it("go by their places where they have no names", async () => {
    const targets = labels.map((label, i) => [0, 1, 2].map((k) => Number(k === label)).concat(masses[i]!));
    expect((await network.evaluate(Dataset.from({ inputs: rows, targets }))).loss).toBe(loss);
  });

  it("are refused where they are those of others", async () => {
    const wrong = (heads: NonNullable<Parameters<typeof Dataset.from>[0]["heads"]>) =>
      network.evaluate(Dataset.from({ inputs: rows, heads }));
    const mass = { targets: masses };
    await expect(wrong({ kind: { labels }, mass })).rejects.toThrow(
      "evaluate: expected targets of the heads species, mass, got those of kind, mass",
    );
    await expect(wrong({ species: { labels } })).rejects.toThrow("got those of species");
    await expect(wrong({ species: { labels: labels.map((k) => k % 2) }, mass })).rejects.toThrow(
      'evaluate: head "species": expected 3 targets a row, got 2 (classes: 3 makes room for those that have no row here)',
    );
    await expect(wrong({ species: { targets: rows.map(() => [1, 1, 0]) }, mass })).rejects.toThrow(
      /^evaluate: head "species": targets, row 1: expected numbers that add up to 1/,
    );
    const plain = await Network.create({ inputs: 4, layers: [{ units: 4, activation: "identity" }], loss: "huber" });
    await expect(plain.evaluate(flowers)).rejects.toThrow(
      "evaluate: expected targets without heads, got those of species, mass",
    );
    await expect(network.checkGradients({ inputs: rows, heads: { species: { labels } } })).rejects.toThrow(
      "got those of species",
    );
  });
});

describe("what heads do not have", async () => {
  const network = await Network.create(options);

  it("is refused with a sentence", async () => {
    const sentence = "expected a network without heads, got one with species, mass";
    await expect(network.fit(flowers, { ...training, classWeight: "balanced" })).rejects.toThrow(
      `fit: classWeight: ${sentence}`,
    );
    await expect(integratedGradients(network, rows[0]!)).rejects.toThrow(`integratedGradients: ${sentence}`);
  });

  it("is less than what they have: importance goes by the loss", async () => {
    const { columns } = await permutationImportance(network, flowers, { repeats: 2 });
    expect(columns.length).toBe(4);
  });

  it("warns by the name of the head", async () => {
    const told: Warning[] = [];
    const flat = {
      ...options,
      heads: { ...options.heads, mass: { ...options.heads.mass, activation: "relu" } },
    } as const;
    const warned = await Network.create({ ...flat, onWarning: (warning) => told.push(warning) });
    await warned.fit(flowers, { ...training, epochs: 1 });
    expect(told.map(({ code, message }) => [code, message.slice(0, 11)])).toEqual([
      ["outputFlat", 'head "mass"'],
      ["targetsOutOfReach", 'head "mass"'],
    ]);
  });
});
