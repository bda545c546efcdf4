import { describe, expect, it } from "vitest";
import { integratedGradients } from "../../src/explain/index.ts";
import { adam, Dataset, type EngineName, Network, parseCsv } from "../../src/index.ts";
import { bitsOf } from "../support/engines.ts";
import { golden, goldenNetwork, table } from "../support/explain.ts";

const engines: EngineName[] = ["strict", "fused", "float32", "float64"];

describe("integrated gradients", () => {
  it.each(engines)("agree with the formula in float64, engine %s", async (engine) => {
    for (const one of golden.integratedGradients) {
      const network = await goldenNetwork(one.network, engine);
      const { baseline, output } = one;
      const found = await integratedGradients(network, one.row, { baseline, output, tolerance: 1e-5 });
      expect(found.isComplete).toBe(true);
      expect(found.value).toBeCloseTo(one.value, 5);
      expect(found.baselineValue).toBeCloseTo(one.baselineValue, 5);
      found.attributions.forEach((attribution, i) => expect(attribution).toBeCloseTo(one.attributions[i]!, 4));
    }
  });

  it.each(engines)("add up to the difference of the outputs within 1e-3, engine %s", async (engine) => {
    for (const activation of ["relu", "tanh", "sigmoid"] as const) {
      const layers = [
        { units: 30, activation },
        { units: 20, activation },
        { units: 3, activation: "softmax" as const },
      ];
      const options = { inputs: 10, layers, loss: "categoricalCrossEntropy" as const, engine };
      for (let seed = 0; seed < 5; seed++) {
        const network = await Network.create({ ...options, seed, initialization: { name: "uniform", limit: 1 } });
        const row = Array.from({ length: 10 }, (_, i) => 4 * Math.sin(i + 10 * seed));
        for (let output = 0; output < 3; output++) {
          const found = await integratedGradients(network, row, { output });
          const difference = network.predict(row)[output]! - network.predict(row.map(() => 0))[output]!;
          const sum = found.attributions.reduce((total, attribution) => total + attribution, 0);
          expect(Math.abs(sum - difference)).toBeLessThan(1e-3);
          expect(found.isComplete).toBe(true);
          expect(found.error).toBeCloseTo(sum - difference, 5);
        }
      }
    }
  });

  it("halve the parts of the way that are off, and say so where that was not enough", async () => {
    const { row, output } = golden.integratedGradients[6]!;
    const network = await goldenNetwork("identity");
    const rough = await integratedGradients(network, row, { output, steps: 8, maxSteps: 8, tolerance: 1e-6 });
    expect(rough).toMatchObject({ isComplete: false, steps: 8 });
    const fine = await integratedGradients(network, row, { output, steps: 8, tolerance: 1e-4 });
    expect(fine.isComplete).toBe(true);
    expect(fine.steps).toBeGreaterThan(8);
    expect(Math.abs(fine.error)).toBeLessThan(1e-4 * Math.max(1, Math.abs(fine.value - fine.baselineValue)));
  });

  it("of outputs far from 0 are right too", async () => {
    const network = await Network.create({ inputs: 2, layers: [{ units: 2, activation: "identity" }], loss: "meanSquaredError" }); // prettier-ignore
    network.setParameters(0, { weights: [[3, -2], [1, 1]], biases: [1e6, -1e4] }); // prettier-ignore
    const { attributions, output, isComplete } = await integratedGradients(network, [1000, 500]);
    expect(output).toBe("y1");
    expect(isComplete).toBe(true);
    expect(attributions[0]).toBeCloseTo(3000, 2);
    expect(attributions[1]).toBeCloseTo(-1000, 2);
  });

  it("are in the user's units, by column of the table, from the mean where the network standardizes", async () => {
    const options = { inputs: ["size", "colour", "noise"], categorical: ["colour", "class"], targets: ["class"], standardize: ["size"] }; // prettier-ignore
    const data = await parseCsv(table, options);
    const layers = [{ units: 8, activation: "tanh" } as const, { units: 2, activation: "softmax" } as const];
    const network = await Network.create({ inputs: 5, layers, loss: "categoricalCrossEntropy", seed: 1 });
    await network.fit(data, { epochs: 100, batchSize: 10, optimizer: adam({ learningRate: 0.01 }) });
    const before = bitsOf(network.parameters);
    const row = data.encode({ size: 70, colour: "blue", noise: 0.1 });
    const found = await integratedGradients(network, row, { output: "class=yes" });
    expect(found.output).toBe("class=yes");
    expect(found.columns.map(({ column }) => column)).toEqual(["size", "colour", "noise"]);
    const { mean } = network.standardization!;
    const same = await integratedGradients(network, row, { output: "class=yes", baseline: [mean[0]!, 0, 0, 0, 0] });
    same.attributions.forEach((value, i) => expect(value).toBeCloseTo(found.attributions[i]!, 6));
    expect(found.columns[1]!.attribution).toBe(found.attributions.slice(1, 4).reduce((a, b) => a + b));
    // A derivative by size, times what it lies above the mean, over a way so short that it is a straight line.
    const near = [mean[0]! + 1e-2, 0, 1, 0, 0];
    const at = [mean[0]!, 0, 1, 0, 0];
    const slope = await integratedGradients(network, near, { output: "class=yes", baseline: at });
    const double = await Network.fromJSON(network.toJSON(), { engine: "float64" });
    const yes = network.preprocessing!.targets[0]!.kind === "category" && network.preprocessing!.targets[0]!.categories.indexOf("yes"); // prettier-ignore
    const difference = double.predict(near)[Number(yes)]! - double.predict(at)[Number(yes)]!;
    expect(slope.attributions[0]! / difference).toBeCloseTo(1, 3);
    expect(bitsOf(network.parameters)).toEqual(before);
  });

  it("are of the largest output unless it is said, and take a data set of one row", async () => {
    const network = await goldenNetwork("softmax");
    const row = golden.inputs[3]!;
    const outputs = [...network.predict(row)];
    const found = await integratedGradients(network, row);
    expect(found.output).toBe(`y${outputs.indexOf(Math.max(...outputs)) + 1}`);
    const data = Dataset.from({ inputs: [row], labels: [0], classes: 3 });
    expect(await integratedGradients(network, data)).toEqual(found);
  });

  it("stop when their signal says so", async () => {
    const network = await goldenNetwork("softmax");
    const signal = AbortSignal.abort(new Error("enough"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const work = integratedGradients(network, golden.inputs[0]!, { steps: 2 ** 20, signal });
    await expect(work).rejects.toThrow("enough");
  });

  it.each<[string, number[] | number[][], object, string]>([
    ["two rows", golden.inputs.slice(0, 2), {}, "integratedGradients: row: expected one row, got 2"],
    ["another width", [1, 2], {}, "integratedGradients: row: expected a row of 4 numbers"],
    ["a baseline of another width", golden.inputs[0]!, { baseline: [1] }, "integratedGradients: baseline: expected"],
    ["an output that is not there", golden.inputs[0]!, { output: 3 }, "integratedGradients: output: expected a whole number, at least 0, at most 2"], // prettier-ignore
    ["an output of another name", golden.inputs[0]!, { output: "y4" }, "expected an output: one of y1, y2, y3"],
    ["no steps", golden.inputs[0]!, { steps: 0 }, "integratedGradients: steps: expected a whole number, at least 1"],
    ["no tolerance", golden.inputs[0]!, { tolerance: 0 }, "integratedGradients: tolerance: expected a finite number, above 0"], // prettier-ignore
    ["no most steps", golden.inputs[0]!, { maxSteps: null }, "integratedGradients: maxSteps: expected a whole number"],
    ["an unknown option", golden.inputs[0]!, { baselines: [0] }, 'got "baselines" (did you mean "baseline"?)'],
  ])("refuse %s", async (_, row, options, message) => {
    const network = await goldenNetwork("softmax");
    await expect(integratedGradients(network, row, options)).rejects.toThrow(message);
  });
});
