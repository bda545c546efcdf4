import { describe, expect, it } from "vitest";
import { Network } from "../../src/index.ts";

const layers = [{ units: 4, activation: "tanh" } as const, { units: 2, activation: "softmax" } as const];
const options = { inputs: 3, layers, loss: "categoricalCrossEntropy", engine: "float64", seed: 2 } as const;
const inputs = Array.from({ length: 700 }, (_, i) => [Math.sin(i * i), Math.cos(3 * i), Math.sin(7 * i)]);
const targets = inputs.map((_, i) => [i % 2, 1 - (i % 2)]);

describe("the check of a gradient", () => {
  it("finds the engine's own as near as its precision", async () => {
    for (const [engine, most] of [
      ["float64", 1e-12],
      ["strict", 1e-4],
    ] as const) {
      const network = await Network.create({ ...options, engine });
      const check = await network.checkGradients({ inputs, targets }, { perTensor: 5, seed: 3 });
      expect(check.maxRelativeError).toBeLessThan(1e-7);
      expect(check.engineError).toBeLessThan(most);
      expect(await network.checkGradients({ inputs, targets }, { perTensor: 5, seed: 3 })).toEqual(check);
    }
  });

  it("refuses options that it does not have", async () => {
    const network = await Network.create(options);
    const batch = { inputs, targets };
    await expect(network.checkGradients(batch, { perTensors: 3 } as object)).rejects.toThrow(
      'did you mean "perTensor"?',
    );
    await expect(network.checkGradients(batch, { perTensor: 0 })).rejects.toThrow("checkGradients: perTensor: expected a whole number, at least 1"); // prettier-ignore
    await expect(network.checkGradients(batch, { seed: -1 })).rejects.toThrow("checkGradients: seed: expected a whole number, at least 0"); // prettier-ignore
  });
});
