import { describe, expect, it } from "vitest";
import { calibrate, type Calibration, withCalibration } from "../../src/explain/index.ts";
import { Dataset, Network, type NetworkOptions } from "../../src/index.ts";
import { golden, goldenData, goldenNetwork, twice } from "../support/explain.ts";

const argmax = (row: readonly number[]) => row.indexOf(Math.max(...row));

function close(found: readonly (readonly number[])[], expected: readonly (readonly number[])[]) {
  expected.forEach((row, r) => row.forEach((value, i) => expect(found[r]![i]).toBeCloseTo(value, 5)));
}

describe("calibration", () => {
  it.each(golden.temperature)("by temperature has the minimum of the cross-entropy: $network", async (one) => {
    const network = await goldenNetwork(one.network);
    const calibrated = await calibrate(network, goldenData(one.network));
    expect(calibrated.calibration).toMatchObject({ method: "temperature" });
    const { temperature } = calibrated.calibration as { temperature: number } & Calibration;
    expect(temperature / one.scipy).toBeCloseTo(1, 5);
    expect(temperature / one.scikitLearn).toBeCloseTo(1, 5);
    close(calibrated.predict(golden.inputs).rows(), one.probabilities);
  });

  it.each(golden.platt)("by Platt's sigmoid has the minimum of his loss: $network", async (one) => {
    const network = await goldenNetwork(one.network);
    const calibrated = await calibrate(network, goldenData(one.network), { method: "platt" });
    const { slopes, intercepts } = calibrated.calibration as { slopes: number[]; intercepts: number[] } & Calibration;
    one.slopes.forEach((slope, i) => {
      expect(slopes[i]).toBeCloseTo(slope, 4);
      expect(intercepts[i]).toBeCloseTo(one.intercepts[i]!, 4);
      expect(slopes[i]).toBeCloseTo(one.scikitLearn[i]![0], 4);
      expect(intercepts[i]).toBeCloseTo(one.scikitLearn[i]![1], 4);
    });
    close(calibrated.predict(golden.inputs).rows(), one.probabilities);
  });

  it.each(["softmax", "sigmoid"])("weighs rows: %s", async (name) => {
    const network = await goldenNetwork(name);
    const [weighted, doubled] = twice(name);
    for (const method of ["temperature", "platt"] as const) {
      const [a, b] = [await calibrate(network, weighted, { method }), await calibrate(network, doubled, { method })];
      const [p, q] = [a.predict(golden.inputs), b.predict(golden.inputs)];
      p.forEach((value, i) => expect(value).toBeCloseTo(q[i]!, 6));
      const [one, two] = [await a.evaluate(weighted), await a.evaluate(doubled)];
      expect(one.loss).toBeCloseTo(two.loss, 6);
      expect(one.accuracy).toBeCloseTo(two.accuracy!, 10);
    }
  });

  it("by temperature changes no class that is predicted, and makes the loss smaller", async () => {
    for (const name of ["softmax", "sigmoid"]) {
      const network = await goldenNetwork(name);
      const calibrated = await calibrate(network, goldenData(name), { method: "temperature" });
      const [before, after] = [network, calibrated].map((one) => one.predict(golden.inputs).rows());
      const classOf = (row: number[]) => (name === "softmax" ? argmax(row) : row[0]! > 0.5);
      expect(after!.map(classOf)).toEqual(before!.map(classOf));
      const metrics = ["logLoss", "calibration"] as const;
      const [plain, mended] = [
        await network.evaluate(goldenData(name), { metrics }),
        await calibrated.evaluate(goldenData(name), { metrics }),
      ];
      expect(mended.loss).toBeLessThan(plain.loss);
      expect(mended.loss).toBeCloseTo(mended.logLoss!, 5);
      expect({ ...mended, loss: 0, logLoss: 0, calibration: 0 }).toEqual({ ...plain, loss: 0, logLoss: 0, calibration: 0 }); // prettier-ignore
      expect(mended.calibration).toHaveLength(10);
    }
  });

  it.each(["temperature", "platt"] as const)("survives JSON, %s", async (method) => {
    const network = await goldenNetwork("softmax");
    const calibrated = await calibrate(network, goldenData("softmax"), { method });
    const again = withCalibration(network, JSON.parse(JSON.stringify(calibrated)) as Calibration);
    expect([...again.predict(golden.inputs)]).toEqual([...calibrated.predict(golden.inputs)]);
    expect(again.calibration).toEqual(structuredClone(calibrated.calibration));
  });

  it("tells probabilities apart that are rounded to 1", async () => {
    const layers = [{ units: 1, activation: "sigmoid" as const }];
    const network = await Network.create({ inputs: 1, layers, loss: "binaryCrossEntropy", engine: "strict" });
    network.setParameters(0, { weights: [[10]], biases: [0] });
    // Logits of 10 to 60, of which every fourth is wrong.
    const inputs = Array.from({ length: 24 }, (_, i) => [(1 + (i % 6)) * (i % 2 ? 1 : -1)]);
    const targets = inputs.map(([x], i) => (x! > 0 !== (i % 4 === 0) ? 1 : 0));
    expect(new Set(network.predict([[3], [6]])).size).toBe(1);
    const calibrated = await calibrate(network, Dataset.from({ inputs, targets }));
    const [three, six] = calibrated.predict([[3], [6]]);
    expect(six! - three!).toBeGreaterThan(0.05);
  });

  it("takes several yes-or-no outputs, each by itself under Platt's", async () => {
    const layers = [{ units: 2, activation: "sigmoid" as const }];
    const network = await Network.create({ inputs: 4, layers, loss: "binaryCrossEntropy", seed: 4 });
    const targets = golden.inputs.map(([a, b], i) => [a! > 0 !== (i % 7 === 0) ? 1 : 0, b! > 1 !== (i % 5 === 0) ? 1 : 0]); // prettier-ignore
    network.setParameters(0, { weights: [[1, 0, 0, 0], [0, 1, 0, 0]], biases: [0, -1] }); // prettier-ignore
    const data = Dataset.from({ inputs: golden.inputs, targets });
    const both = await calibrate(network, data, { method: "platt" });
    const { slopes } = both.calibration as { slopes: number[] } & Calibration;
    const single = await Network.create({ inputs: 4, layers: [{ units: 1, activation: "sigmoid" }], loss: "binaryCrossEntropy" }); // prettier-ignore
    single.setParameters(0, { weights: [[0, 1, 0, 0]], biases: [-1] });
    const second = Dataset.from({ inputs: golden.inputs, targets: targets.map((row) => row[1]!) });
    const own = (await calibrate(single, second, { method: "platt" })).calibration as {
      slopes: number[];
    } & Calibration;
    expect(slopes[1]).toBeCloseTo(own.slopes[0]!, 6);
    const warm = await calibrate(network, data);
    const losses = [network, warm, both].map((one) => one.evaluate(data).then(({ loss }) => loss));
    const [plain, mended] = await Promise.all(losses);
    expect(mended).toBeLessThan(plain!);
  });

  it("refuses what has no temperature, and says why", async () => {
    const layers: NetworkOptions["layers"] = [{ units: 1, activation: "sigmoid" }];
    const network = await Network.create({ inputs: 1, layers, loss: "binaryCrossEntropy" });
    network.setParameters(0, { weights: [[1]], biases: [0] });
    const inputs = [[-2], [-1], [1], [2]];
    await expect(calibrate(network, Dataset.from({ inputs, targets: [0, 0, 1, 1] }))).rejects.toThrow(
      "calibrate: expected rows of which some are predicted wrongly, got none (the best temperature would be 0)",
    );
    await expect(calibrate(network, Dataset.from({ inputs, targets: [1, 1, 0, 0] }))).rejects.toThrow(
      "calibrate: expected outputs that say more of the targets than chance does",
    );
    // Platt's targets are never quite 0 or 1.
    const { calibration } = await calibrate(network, Dataset.from({ inputs, targets: [0, 0, 1, 1] }), { method: "platt" }); // prettier-ignore
    expect(Object.values(calibration).flat().filter(Number).every(Number.isFinite)).toBe(true);
  });

  it("refuses what is no classifier", async () => {
    const network = await goldenNetwork("identity");
    await expect(calibrate(network, goldenData("identity"))).rejects.toThrow(
      "calibrate: expected a classifier, got a network whose outputs are numbers",
    );
  });

  it("stops when its signal says so", async () => {
    const network = await goldenNetwork("sigmoid");
    const signal = AbortSignal.abort(new Error("enough"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(calibrate(network, goldenData("sigmoid"), { signal })).rejects.toThrow("enough");
  });

  it.each<[string, object, string]>([
    ["an unknown method", { method: "plat" }, 'expected method: one of temperature, platt, got "plat" (did you mean "platt"?)'], // prettier-ignore
    ["an unknown option", { methods: "platt" }, 'got "methods" (did you mean "method"?)'],
    ["null", { method: null }, "expected method: one of temperature, platt, got null"],
    ["a signal that is none", { signal: {} }, "calibrate: signal: expected an AbortSignal"],
  ])("refuses %s", async (_, options, message) => {
    const network = await goldenNetwork("sigmoid");
    await expect(calibrate(network, goldenData("sigmoid"), options)).rejects.toThrow(message);
  });

  it.each<[string, unknown, string]>([
    ["null", null, "calibration: expected a calibration, got null"],
    ["no method", { outputs: "sides" }, "calibration: expected method: one of temperature, platt, got undefined"],
    ["no temperature", { method: "temperature", outputs: "sides", temperature: 0 }, "calibration: temperature: expected a finite number, above 0"], // prettier-ignore
    ["other outputs", { method: "platt", outputs: "sides", slopes: [1, 2], intercepts: [0, 0] }, "calibration: slopes: expected an array of 1 numbers, got an array of 2"], // prettier-ignore
    ["what outputs cannot say", { method: "temperature", outputs: "numbers", temperature: 1 }, "expected outputs: one of classes, sides"], // prettier-ignore
    ["more than there is", { method: "temperature", outputs: "sides", temperature: 1, slope: 2 }, 'got "slope"'],
  ])("does not take up %s", async (_, calibration, message) => {
    const network = await goldenNetwork("sigmoid");
    expect(() => withCalibration(network, calibration as Calibration)).toThrow(message);
  });
});
