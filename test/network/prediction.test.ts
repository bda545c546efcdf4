/** What a network says of rows, and of what is in it. */
import { describe, expect, it } from "vitest";
import { Dataset } from "../../src/data/dataset.ts";
import type { EngineName } from "../../src/engine/create.ts";
import { InvalidInputError } from "../../src/ground/errors.ts";
import { Network } from "../../src/network/network.ts";
import { bitsOf, largestDifference, normwiseError } from "../support/engines.ts";
import { randomCase } from "../support/random-network.ts";
import { twoHidden } from "../support/titanic.ts";
import { wasm, all, line, rows, wide } from "./fixtures.ts";

describe.each(all)("prediction in %s", (engine) => {
  it("takes rows nested, flat, typed or single", async () => {
    const network = await Network.create({ ...twoHidden, seed: 1, engine });
    const expected = network.predict([[30, 1], [20, 0]]); // prettier-ignore
    expect(expected).toBeInstanceOf(engine === "float64" ? Float64Array : Float32Array);
    expect(expected.length).toBe(2);
    for (const inputs of [
      Float32Array.of(30, 1, 20, 0),
      Float64Array.of(30, 1, 20, 0),
      Int8Array.of(30, 1, 20, 0),
      [Uint8Array.of(30, 1), [20, 0]],
    ]) {
      expect([...network.predict(inputs)]).toEqual([...expected]);
    }
    for (const inputs of [[30, 1], [[30, 1]], Float32Array.of(30, 1)]) {
      expect([...network.predict(inputs)]).toEqual([expected[0]]);
    }
  });

  it("is the same in any number of rows at once, but for the order in which few rows are summed", async () => {
    const network = await Network.create({ ...wide, engine });
    const { inputs } = rows(3000, 4);
    const together = network.predict(inputs);
    for (const at of [0, 15, 16, 1023, 1024, 2999]) {
      const alone = network.predict(inputs.slice(4 * at, 4 * at + 4))[0]!;
      expect(Math.abs(alone - together[at]!), `row ${at}`).toBeLessThanOrEqual(1e-6 * Math.abs(together[at]!));
    }
  });

  it("goes forward into an array", async () => {
    const network = await Network.create({ ...wide, engine });
    const { inputs } = rows(1500, 4);
    for (const outputs of [new Float32Array(1500), new Float64Array(1500)]) {
      expect(network.forward(inputs, outputs)).toBe(outputs);
      expect(
        largestDifference(
          outputs,
          Array.from(network.predict(inputs), outputs instanceof Float32Array ? Math.fround : Number),
        ),
      ).toBe(0);
    }
    expect(network.forward(inputs)).toEqual(network.predict(inputs));
  });

  it("refuses what does not fit", async () => {
    const network = await Network.create({ ...twoHidden, engine });
    const refused = (call: () => unknown, message: string) => {
      expect(call).toThrow(InvalidInputError);
      expect(call).toThrow(message);
    };
    refused(() => network.predict([]), "predict: expected at least one row, got none");
    refused(() => network.predict([[1, 2], [3]]), "predict, row 2: expected 2 numbers, got 1"); // prettier-ignore
    refused(
      () => network.predict([1, 2, 3, 4]),
      "predict: expected a row of 2 numbers, or an array of rows, got a row of 4",
    );
    refused(() => network.predict(new Float32Array(5)), "predict: expected rows of 2 numbers, got 5 numbers");
    refused(() => network.predict([[1, NaN]]), "predict, row 1, column 2: expected a finite number");
    refused(
      () => network.forward([[1, 2]] as never),
      "forward: expected a flat typed array of rows, got an array of 1",
    );
    refused(
      () => network.forward(new Float32Array(4), new Float32Array(3)),
      "forward: outputs: expected a Float32Array or",
    );
    refused(() => network.forward(new Float32Array(4), [0, 0] as never), "Float64Array of 2, got an array of 2");
    if (engine !== "float64")
      refused(() => network.predict([[1e39, 0]]), "a finite number that float32 can hold, got 1e+39");
  });

  it("standardizes its inputs", async () => {
    const network = await Network.create({ ...line, engine });
    network.parameters.set([1, 0]);
    network.standardize({ mean: [10], std: [4] });
    expect([...network.predict([[12], [2]])]).toEqual([0.5, -2]);
    expect(network.standardization).toEqual({ mean: [10], std: [4] });
    const refused = (mean: unknown, std: unknown) => {
      expect(() => network.standardize({ mean, std } as never)).toThrow(InvalidInputError);
      expect(network.standardization).toEqual({ mean: [10], std: [4] });
      expect([...network.predict([[12], [2]])]).toEqual([0.5, -2]);
    };
    refused([1], [0]);
    refused([1], [-1]);
    refused([1, 2], [1, 2]);
    refused([NaN], [1]);
    refused([1], undefined);
    refused([1], [Number.MIN_VALUE]);
    if (engine !== "float64") {
      refused([1e39], [1]);
      refused([0], [1e-39]);
      refused([0], [1e300]);
    }
  });
});

describe("looking inside", () => {
  const drawn = randomCase(31);
  const width = drawn.shape.inputs;
  const data = Dataset.from({
    inputs: drawn.inputs,
    inputWidth: width,
    targets: drawn.targets,
    targetWidth: drawn.shape.outputs,
  });
  const load = async (engine: EngineName) => {
    const network = await Network.create({ ...drawn.description, engine });
    network.parameters.set(drawn.parameters);
    return network;
  };

  it.each(wasm)("gradients of %s are those of float64, whatever the batch is made of", async (engine) => {
    const [network, oracle] = [await load(engine), await load("float64")];
    const expected = oracle.gradients(data);
    const nested = {
      inputs: Array.from({ length: drawn.rows }, (_, i) => data.inputs.slice(i * width, (i + 1) * width)),
      targets: Array.from({ length: drawn.rows }, (_, i) =>
        data.targets.slice(i * drawn.shape.outputs, (i + 1) * drawn.shape.outputs),
      ),
    };
    for (const batch of [data, nested, { inputs: data.inputs, targets: data.targets }]) {
      network.gradients(batch).forEach(({ weights, biases }, k) => {
        expect(normwiseError(weights, expected[k]!.weights), `weights ${k + 1}`).toBeLessThan(1e-5);
        expect(normwiseError(biases, expected[k]!.biases), `biases ${k + 1}`).toBeLessThan(1e-5);
      });
    }
  });

  it("gradients over several passes are of the whole batch's mean", async () => {
    const [network, oracle] = [await Network.create(wide), await Network.create({ ...wide, engine: "float64" })];
    const many = rows(3000, 4);
    const expected = oracle.gradients(many);
    network.gradients(many).forEach(({ weights }, k) => {
      expect(normwiseError(weights, expected[k]!.weights)).toBeLessThan(1e-5);
    });
  });

  it.each(all)("the gradient check passes in %s", async (engine) => {
    const network = await load(engine);
    network.standardize({ mean: new Array(width).fill(0.25), std: new Array(width).fill(2) });
    const before = bitsOf(network.parameters);
    const check = await network.checkGradients(data, { perTensor: 5 });
    expect(check.maxRelativeError).toBeLessThan(1e-7);
    expect(check.engineError).toBeLessThan(engine === "float64" ? 1e-12 : 1e-4);
    expect(check.checked + check.skipped).toBe(5 * 2 * drawn.shape.layers.length);
    expect(bitsOf(network.parameters)).toEqual(before);
    await expect(network.checkGradients(data, { perTensor: 0 })).rejects.toThrow(InvalidInputError);
    await expect(network.checkGradients(data, { sample: 3 } as never)).rejects.toThrow(InvalidInputError);
  });

  it.each(all)("activations in %s show every layer, the inputs as the network takes them first", async (engine) => {
    const network = await Network.create({ ...wide, engine });
    network.standardize({ mean: [0.5, 0, 0, 0], std: [0.25, 1, 1, 1] });
    const { inputs } = rows(1100, 4);
    const layers = network.activations(inputs);
    expect(layers.length).toBe(network.depth);
    expect(layers[0]!.preActivations).toBeUndefined();
    const at = 1099;
    expect(Math.abs(layers[0]!.activations[4 * at]! - (inputs[4 * at]! - 0.5) / 0.25)).toBeLessThan(1e-6);
    layers.slice(1).forEach(({ preActivations, activations }, k) => {
      const { fanIn, fanOut } = { fanIn: network.widths[k]!, fanOut: network.widths[k + 1]! };
      for (let i = 0; i < fanOut; i++) {
        let s = network.biases[k]![i]!;
        for (let j = 0; j < fanIn; j++)
          s += network.weights[k]![i * fanIn + j]! * layers[k]!.activations[at * fanIn + j]!;
        expect(Math.abs(preActivations![at * fanOut + i]! - s)).toBeLessThan(1e-5);
        const x = k < 2 ? Math.tanh(s) : s;
        expect(Math.abs(activations[at * fanOut + i]! - x)).toBeLessThan(1e-5);
      }
    });
    expect(layers.at(-1)!.activations).toEqual(network.predict(inputs));
  });

  it.each(all)("an evaluation in %s is the mean over rows", async (engine) => {
    const network = await Network.create({ ...wide, engine });
    const many = rows(3000, 4);
    const outputs = network.predict(many.inputs);
    const expected = Array.from(many.targets).reduce((sum, y, i) => sum + (outputs[i]! - y) ** 2, 0) / 3000;
    const { loss, ...rest } = await network.evaluate(many);
    expect(Math.abs(loss / expected - 1)).toBeLessThan(1e-5);
    expect(rest).toEqual({ count: 3000 });
  });

  it("an evaluation of a single output with categorical cross-entropy is all right", async () => {
    const layers = [{ units: 1, activation: "sigmoid" as const }];
    const network = await Network.create({ inputs: 1, layers, loss: "categoricalCrossEntropy" });
    const evaluation = await network.evaluate(Dataset.from({ inputs: [[1], [2]], targets: [[1], [1]] }));
    expect(evaluation).toMatchObject({ correct: 2, accuracy: 1 });
  });

  it("refuses rows of another shape, or targets that the loss does not take", async () => {
    const network = await Network.create(twoHidden);
    const batch = (inputs: number[][], targets: number[][]) => ({ inputs, targets });
    expect(() => network.gradients(batch([[1]], [[1]]))).toThrow("gradients: expected 2 inputs a row, got 1");
    expect(() => network.gradients(batch([[1, 2]], [[1, 0]]))).toThrow("gradients: expected 1 targets a row, got 2");
    expect(() => network.gradients(batch([[1, 2]], [[2]]))).toThrow(
      "gradients: targets, row 1: expected numbers from 0 to 1",
    );
    expect(() => network.gradients(batch([[1e39, 2]], [[1]]))).toThrow("float32 can hold");
    expect(() => network.gradients([[1, 2]] as never)).toThrow("gradients: expected an object of options");
    await expect(network.evaluate(rows(3, 3))).rejects.toThrow("evaluate: expected 2 inputs a row, got 3");
    await expect(network.evaluate([[1, 2]] as never)).rejects.toThrow(
      "evaluate: expected a Dataset, as Dataset.from({ inputs, targets }) makes one, got an array of 1",
    );
  });
});
