import { describe, expect, it } from "vitest";
import { partialDependence } from "../../src/explain/index.ts";
import { Dataset, Network, parseCsv } from "../../src/index.ts";
import { golden, goldenData, goldenNetwork, longestBlock, table, twice } from "../support/explain.ts";

const close = (found: ArrayLike<number>, expected: ArrayLike<number>, digits: number) => {
  expect(found).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++) expect(found[i]).toBeCloseTo(expected[i]!, digits);
};

describe("partial dependence", () => {
  it.each(golden.partialDependence)("is scikit-learn's: column $column of $network", async (one) => {
    const network = await goldenNetwork(one.network);
    const data = goldenData(one.network);
    const { column, resolution: grid, percentiles } = one;
    const found = await partialDependence(network, data, column, { grid, percentiles, kind: "individual" });
    expect(found.column).toBe(`x${column + 1}`);
    close(found.grid as number[], one.grid, 10);
    expect(found.curves).toHaveLength(one.average.length);
    found.curves.forEach(({ average, individual }, unit) => {
      close(average, one.average[unit]!, 5);
      expect(individual).toHaveLength(120 * one.grid.length);
      one.individual[unit]!.forEach((curve, row) => {
        close(individual!.subarray(row * curve.length, (row + 1) * curve.length), curve, 5);
      });
    });
    const plain = await partialDependence(network, data, `x${column + 1}`, { grid: one.grid });
    expect(plain.curves.map(({ output }) => output)).toEqual(found.curves.map(({ output }) => output));
    plain.curves.forEach(({ average, individual }, unit) => {
      close(average, found.curves[unit]!.average, 12);
      expect(individual).toBeUndefined();
    });
  });

  it("weighs rows", async () => {
    const network = await goldenNetwork("softmax");
    const [weighted, doubled] = twice("softmax");
    const grid = [-1, 0, 1];
    const [a, b] = [await partialDependence(network, weighted, 0, { grid }), await partialDependence(network, doubled, 0, { grid })]; // prettier-ignore
    a.curves.forEach(({ average }, unit) => close(average, b.curves[unit]!.average, 6));
  });

  it("tries a hundred values between the outer twentieths unless it is said", async () => {
    const network = await goldenNetwork("identity");
    const data = goldenData("identity");
    const found = await partialDependence(network, data, 0);
    expect(found.grid).toHaveLength(100);
    expect(found).toEqual(await partialDependence(network, data, 0, { grid: 100, percentiles: [0.05, 0.95], kind: "average" })); // prettier-ignore
  });

  it("of categories tries each, whole", async () => {
    const options = { inputs: ["size", "colour"], categorical: ["colour", "class"], targets: ["class"], standardize: ["size"] }; // prettier-ignore
    const data = await parseCsv(table, options);
    const layers = [{ units: 2, activation: "softmax" } as const];
    const network = await Network.create({ inputs: 4, layers, loss: "categoricalCrossEntropy", seed: 2 });
    const { grid, curves } = await partialDependence(network, data, "colour", { kind: "individual" });
    expect(grid).toEqual(["blue", "green", "red"]);
    expect(curves.map(({ output }) => output)).toEqual(data.targetNames);
    for (const [g, colour] of ["blue", "green", "red"].entries()) {
      const rows = Array.from({ length: data.count }, (_, row) => {
        const places = ["blue", "green", "red"].map((name) => (name === colour ? 1 : 0));
        return [data.inputs[4 * row]!, ...places];
      });
      const outputs = network.predict(rows);
      curves.forEach(({ average, individual }, unit) => {
        let sum = 0;
        for (let row = 0; row < data.count; row++) {
          sum += outputs[2 * row + unit]!;
          expect(individual![3 * row + g]).toBeCloseTo(outputs[2 * row + unit]!, 6);
        }
        expect(average[g]).toBeCloseTo(sum / data.count, 6);
      });
    }
    const some = await partialDependence(network, data, 1, { grid: ["red", "blue"] });
    expect(some.grid).toEqual(["red", "blue"]);
    expect(some.curves[0]!.average).toEqual(Float64Array.of(curves[0]!.average[2]!, curves[0]!.average[0]!));
    await expect(partialDependence(network, data, "colour", { grid: ["gren"] })).rejects.toThrow(
      'partialDependence: grid: expected a category: one of blue, green, red, got "gren" (did you mean "green"?)',
    );
  });

  it("leaves a column that has one value at it", async () => {
    const network = await goldenNetwork("identity");
    const inputs = golden.inputs.map((row) => row.with(2, 7));
    const { grid } = await partialDependence(network, Dataset.from({ inputs, targets: inputs.map(() => 0) }), 2);
    expect(grid).toEqual([7]);
  });

  it("does not hold its host, and stops when its signal says so", async () => {
    const network = await goldenNetwork("identity");
    const inputs = Float32Array.from({ length: 400_000 }, (_, i) => Math.sin(i * i));
    const data = Dataset.from({ inputs, inputWidth: 4, targets: new Float32Array(100_000) });
    const abort = new AbortController();
    const work = () => partialDependence(network, data, 0, { grid: 20_000, signal: abort.signal });
    setTimeout(() => abort.abort(new Error("enough")), 300);
    expect(await longestBlock(() => expect(work()).rejects.toThrow("enough"))).toBeLessThan(100);
  });

  it.each<[string, string | number, object, string]>([
    [
      "an unknown column",
      "y1",
      {},
      'partialDependence: column: expected a column: one of x1, x2, x3, x4, got "y1" (did',
    ],
    ["a column beyond the last", 4, {}, "partialDependence: column: expected a whole number, at least 0, at most 3"],
    ["a kind that is none", 0, { kind: "both" }, "expected kind: one of average, individual"],
    ["a grid of one", 0, { grid: 1 }, "partialDependence: grid: expected a whole number, at least 2"],
    [
      "an empty grid",
      0,
      { grid: [] },
      "partialDependence: grid: how many values: expected a finite number, at least 1",
    ],
    ["text in a grid of numbers", 0, { grid: ["a"] }, "partialDependence: grid, value 1: expected a finite number"],
    ["numbers that float32 cannot hold", 0, { grid: [1e39] }, "expected a finite number that float32 can hold"],
    ["percentiles the wrong way round", 0, { percentiles: [0.9, 0.1] }, "percentiles, second: expected a finite number, above 0.9, at most 1"], // prettier-ignore
    ["percentiles that are not two", 0, { percentiles: [0.9] }, "percentiles: expected two numbers"],
    ["an unknown option", 0, { grids: 3 }, 'got "grids" (did you mean "grid"?)'],
    ["null", 0, { kind: null }, "expected kind: one of average, individual, got null"],
  ])("refuses %s", async (_, column, options, message) => {
    const network = await goldenNetwork("identity");
    await expect(partialDependence(network, goldenData("identity"), column, options)).rejects.toThrow(message);
  });
});
