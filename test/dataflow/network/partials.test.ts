import { describe, expect, it } from "vitest";
import { Partials } from "../../../src/dataflow/network/partials.ts";
import { Network, type NetworkOptions } from "../../../src/index.ts";
import { eachPass } from "../../../src/inspect/passes.ts";
import { Recorder } from "../../../src/inspect/recording.ts";
import { askedOf } from "../../../src/network/network.ts";
import { deep, titanic } from "./fixtures.ts";

async function partialsOf(
  options: NetworkOptions,
  inputs: number[],
  targets: number[],
  change?: (network: Network) => void,
) {
  // prettier-ignore
  const network = await Network.create(options);
  change?.(network);
  const asked = askedOf("test", network);
  const recorder = new Recorder(asked.engine, 1);
  const [x, y] = [Float64Array.from(inputs), Float64Array.from(targets)];
  eachPass(asked, x, y, 1, (samples, _begin, rows) => recorder.add(samples, 0, rows));
  const recording = recorder.finish(false);
  return { partials: new Partials(recording), recording };
}

describe("partial derivatives of activations", () => {
  it("are slopes where each unit goes by its own sum", async () => {
    const { partials, recording } = await partialsOf({ ...titanic, engine: "float64" }, [0.3, 1], [0]);
    const x = recording.layers[0]!.activations[1]!;
    expect(partials.coupled(0, 1)).toEqual({ begin: 1, count: 1 });
    expect(partials.slope(0, 0, 1, 1)).toBeCloseTo(x * (1 - x), 14);
    expect(partials.slope(0, 0, 1, 0)).toBe(0);
  });

  it("of a softmax are x_j ([i = j] - x_i)", async () => {
    const { partials, recording } = await partialsOf({ ...deep, engine: "float64" }, [1, 2, 3], [0, 1, 0]);
    expect(partials.coupled(1, 2)).toEqual({ begin: 0, count: 3 });
    const x = recording.layers[1]!.activations;
    for (const j of [0, 1, 2]) {
      for (const i of [0, 1, 2]) {
        expect(partials.slope(1, 0, j, i)).toBeCloseTo(x[j]! * ((i === j ? 1 : 0) - x[i]!), 14);
      }
    }
  });
});

describe("partial derivatives of a loss", () => {
  it("are those of the equation", async () => {
    const { partials, recording } = await partialsOf({ ...titanic, engine: "float64" }, [0.3, 1], [0]);
    expect(partials.lossPartial(0, 0)).toBeCloseTo(1 / (1 - recording.layers[1]!.activations[0]!), 12);
  });

  it("are finite, and with the slope come to x - y, where floating point has no other number than 1 for the output", async () => {
    const set = (network: Network) => network.setParameters(1, { weights: [[0, 0]], biases: [40] });
    for (const [target, expected] of [
      [0, 1],
      [1, 0],
    ] as const) {
      // prettier-ignore
      const { partials, recording } = await partialsOf({ ...titanic, engine: "strict" }, [0.3, 1], [target], set);
      expect(recording.layers[1]!.activations[0]).toBe(1);
      const [slope, partial] = [partials.slope(1, 0, 0, 0), partials.lossPartial(0, 0)];
      expect(Number.isFinite(partial)).toBe(true);
      expect(slope).toBeGreaterThan(0);
      expect(slope * partial).toBeCloseTo(expected, 5);
    }
  });
});
