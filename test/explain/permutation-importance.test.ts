import { describe, expect, it } from "vitest";
import { permutationImportance } from "../../src/explain/index.ts";
import { adam, Dataset, Network, parseCsv } from "../../src/index.ts";
import { bitsOf } from "../support/engines.ts";
import { golden, goldenData, goldenNetwork, table } from "../support/explain.ts";

describe("permutation importance", () => {
  it.each(golden.permutationImportance)("agrees with scikit-learn's: $metric of $network", async (one) => {
    const { network: name, metric, repeats } = one;
    const network = await goldenNetwork(name);
    const found = await permutationImportance(network, goldenData(name), { metric, repeats, seed: 3 });
    expect(found.metric).toBe(metric);
    expect(found.baseline).toBeCloseTo(one.baseline, 4);
    expect(found.columns.map(({ column }) => column)).toEqual(["x1", "x2", "x3", "x4"]);
    found.columns.forEach(({ mean, std, values }, i) => {
      expect(values).toHaveLength(repeats);
      // Two means of other permutations differ by a few standard errors, two deviations by a share of them.
      expect(Math.abs(mean - one.mean[i]!)).toBeLessThan(5 * one.std[i]! * Math.sqrt(2 / repeats));
      expect(std / one.std[i]!).toBeCloseTo(1, 0);
    });
  });

  it("permutes the categories of a column together, and keeps to the table's columns", async () => {
    const options = { inputs: ["size", "colour", "noise"], categorical: ["colour", "class"], targets: ["class"], standardize: ["size"] }; // prettier-ignore
    const data = await parseCsv(table, options);
    const layers = [{ units: 8, activation: "tanh" } as const, { units: 2, activation: "softmax" } as const];
    const network = await Network.create({ inputs: 5, layers, loss: "categoricalCrossEntropy", seed: 1 });
    await network.fit(data, { epochs: 100, batchSize: 10, optimizer: adam({ learningRate: 0.01 }) });
    const before = bitsOf(data.inputs);
    const found = await permutationImportance(network, data, { metric: "accuracy", repeats: 20 });
    expect(found.columns.map(({ column }) => column)).toEqual(["size", "colour", "noise"]);
    const [size, colour, noise] = found.columns.map(({ mean }) => mean);
    expect(size).toBeGreaterThan(0.1);
    expect(colour).toBeGreaterThan(0.05);
    expect(Math.abs(noise!)).toBeLessThan(colour! / 2);
    expect(bitsOf(data.inputs)).toEqual(before);

    // In another order of columns, by their names, to the same numbers.
    const other = await parseCsv(table, { ...options, inputs: ["noise", "colour", "size"] });
    expect(await permutationImportance(network, other, { metric: "accuracy", repeats: 20 })).toEqual(found);
  });

  it("of one permuted column is what the metric of these rows says", async () => {
    const network = await goldenNetwork("identity");
    // Of two rows there are two permutations: a column is as it is, or the other way round.
    const [a, b] = [golden.inputs[0]!, golden.inputs[1]!];
    const data = Dataset.from({ inputs: [a, b], targets: [1, -1] });
    const { baseline, columns } = await permutationImportance(network, data, { repeats: 12 });
    for (const [i, { values }] of columns.entries()) {
      const swapped = Dataset.from({ inputs: [a.with(i, b[i]!), b.with(i, a[i]!)], targets: [1, -1] });
      const { loss } = await network.evaluate(swapped);
      expect(new Set(values)).toEqual(new Set([0, loss - baseline]));
    }
  });

  it("weighs rows", async () => {
    const network = await goldenNetwork("softmax");
    const inputs = golden.inputs.slice(0, 3);
    // The last row counts nothing: what is left are two rows, which are as they are, or get the third's number in its stead.
    const data = Dataset.from({ inputs, labels: [0, 1, 2], sampleWeight: [3, 1, 0] });
    const { baseline, columns } = await permutationImportance(network, data, { repeats: 50 });
    expect(baseline).toBeCloseTo((await network.evaluate(data)).loss, 10);
    const deals = [0, 1, 2].flatMap((a) => [0, 1, 2].filter((b) => b !== a).map((b) => [a, b] as const));
    for (const [i, { values }] of columns.entries()) {
      const losses = deals.map(async ([a, b]) => {
        const rows = [inputs[0]!.with(i, inputs[a]![i]!), inputs[1]!.with(i, inputs[b]![i]!)];
        const { loss } = await network.evaluate(Dataset.from({ inputs: rows, labels: [0, 1], classes: 3, sampleWeight: [3, 1] })); // prettier-ignore
        return (loss - baseline).toFixed(5);
      });
      expect(new Set(values.map((value) => value.toFixed(5)))).toEqual(new Set(await Promise.all(losses)));
    }
  });

  it("is the same for the same seed, by default of the loss, five times", async () => {
    const network = await goldenNetwork("sigmoid");
    const data = goldenData("sigmoid");
    const found = await permutationImportance(network, data);
    expect(found).toEqual(await permutationImportance(network, data, { metric: "loss", repeats: 5, seed: 0, better: "lower" })); // prettier-ignore
    expect(found.columns[0]!.values).toHaveLength(5);
    expect(found).not.toEqual(await permutationImportance(network, data, { seed: 1 }));
  });

  it("takes a metric of one's own, of which higher values are better unless it is said", async () => {
    const network = await goldenNetwork("identity");
    const data = goldenData("identity");
    function meanError(outputs: ArrayLike<number>, targets: ArrayLike<number>) {
      let sum = 0;
      for (let i = 0; i < outputs.length; i++) sum += Math.abs(outputs[i]! - targets[i]!);
      return sum / outputs.length;
    }
    const own = await permutationImportance(network, data, { metric: meanError, better: "lower" });
    const named = await permutationImportance(network, data, { metric: "meanAbsoluteError" });
    expect(own.metric).toBe("meanError");
    own.columns.forEach(({ mean }, i) => expect(mean).toBeCloseTo(named.columns[i]!.mean, 5));
    const reversed = await permutationImportance(network, data, { metric: meanError });
    expect(reversed.columns[2]!.mean).toBe(-own.columns[2]!.mean);
  });

  it("stops when its signal says so", async () => {
    const network = await goldenNetwork("sigmoid");
    const abort = new AbortController();
    const work = permutationImportance(network, goldenData("sigmoid"), { repeats: 1e6, signal: abort.signal });
    setTimeout(() => abort.abort(new Error("enough")), 20);
    await expect(work).rejects.toThrow("enough");
  });

  it.each<[string, object, string]>([
    ["an unknown option", { repeat: 3 }, 'got "repeat" (did you mean "repeats"?)'],
    ["no repeats", { repeats: 0 }, "permutationImportance: repeats: expected a whole number, at least 1"],
    ["a seed that is none", { seed: -1 }, "permutationImportance: seed: expected a whole number, at least 0"],
    ["a metric that is no number", { metric: "confusion" }, 'permutationImportance: metric "confusion": expected one number, got an array of 2'], // prettier-ignore
    ["a metric of other outputs", { metric: "topK" }, "expected metrics of a single yes-or-no output"],
    ["a direction that is none", { better: "up" }, "permutationImportance: better: expected direction: one of higher, lower"], // prettier-ignore
    ["null", { seed: null }, "expected a whole number, at least 0, got null"],
  ])("refuses %s", async (_, options, message) => {
    const network = await goldenNetwork("sigmoid");
    await expect(permutationImportance(network, goldenData("sigmoid"), options)).rejects.toThrow(message);
  });

  it("refuses what is no network or no data set", async () => {
    const network = await goldenNetwork("sigmoid");
    await expect(permutationImportance({} as Network, goldenData("sigmoid"))).rejects.toThrow(
      "permutationImportance: expected a network, as Network.create makes one, got an object",
    );
    await expect(permutationImportance(network, [] as never)).rejects.toThrow("expected a Dataset");
  });
});
