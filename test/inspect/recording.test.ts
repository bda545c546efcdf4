import { describe, expect, it } from "vitest";
import { Network } from "../../src/index.ts";
import { Recorder } from "../../src/inspect/recording.ts";
import { eachPass } from "../../src/inspect/passes.ts";
import { askedOf } from "../../src/network/network.ts";

const layers = [{ units: 4, activation: "tanh" } as const, { units: 2, activation: "sigmoid" } as const];
const network = await Network.create({ inputs: 3, layers, loss: "meanSquaredError", engine: "strict", seed: 2 });

function record(count: number) {
  const asked = askedOf("test", network);
  const inputs = Float32Array.from({ length: 3 * count }, (_, i) => Math.sin(i * i));
  const targets = Float32Array.from({ length: 2 * count }, (_, i) => i % 2);
  const recorder = new Recorder(asked.engine, count);
  let parts = 0;
  eachPass(asked, inputs, targets, count, (samples, _begin, rows) => {
    recorder.add(samples, 0, rows);
    parts++;
  });
  return { inputs, targets, parts, recording: recorder.finish(false) };
}

describe("a recording", () => {
  it("of several parts has all rows in order, and what the network says of them", () => {
    const count = askedOf("test", network).engine.scratch.capacity + 5;
    const { inputs, targets, parts, recording } = record(count);
    expect(parts).toBe(2);
    expect(recording.inputs).toEqual(inputs);
    expect(recording.targets).toEqual(targets);
    const values = network.activations(inputs).slice(1);
    recording.layers.forEach(({ preActivations, activations }, k) => {
      expect(preActivations).toEqual(values[k]!.preActivations);
      expect(activations).toEqual(values[k]!.activations);
    });
    expect(recording.parameters).toEqual(network.parameters.slice());
  });

  it("has the mean of its rows' losses, and the gradient of that", () => {
    const count = askedOf("test", network).engine.scratch.capacity + 5;
    const { inputs, targets, recording } = record(count);
    const mean = recording.losses.reduce((sum, loss) => sum + loss, 0) / count;
    expect(recording.loss).toBeCloseTo(mean, 6);
    const rows = (values: Float32Array, width: number) =>
      Array.from({ length: count }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]);
    const gradients = network.gradients({ inputs: rows(inputs, 3), targets: rows(targets, 2) });
    const flat = gradients.flatMap(({ weights, biases }) => [...weights, ...biases]);
    flat.forEach((value, i) => expect(recording.gradients[i]).toBeCloseTo(value, 6));
  });

  it("is a copy that what comes later leaves alone", () => {
    const { recording } = record(3);
    const [loss, inputs] = [recording.loss, recording.inputs.slice()];
    record(2);
    expect(recording.loss).toBe(loss);
    expect(recording.inputs).toEqual(inputs);
    expect(recording.count).toBe(3);
  });

  it("is refused of more rows than can be looked at", () => {
    expect(() => new Recorder(askedOf("test", network).engine, 2 ** 24)).toThrow(/^trace: expected at most \d+ rows/);
  });
});
