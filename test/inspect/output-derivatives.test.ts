import { describe, expect, it } from "vitest";
import { type EngineName, Network, type NetworkOptions } from "../../src/index.ts";
import { copyForDerivatives, outputDerivatives } from "../../src/inspect/output-derivatives.ts";
import { activationOf, activations, type ActivationName } from "../../src/kinds/activations/index.ts";
import { askedOf } from "../../src/network/network.ts";

const names = Object.keys(activations) as ActivationName[];
const rows = Float64Array.from({ length: 20 * 3 }, (_, i) => Math.fround(1.5 * Math.sin(i * i + 1)));

/** The derivatives of an output by central differences of what the network predicts. */
function differences(network: Network, output: number): Float64Array {
  const h = 1e-6;
  const units = network.widths.at(-1)!;
  return rows.map((_, at) => {
    const [above, below] = [h, -h].map((change) => network.predict(rows.map((x, i) => (i === at ? x + change : x))));
    const place = Math.floor(at / 3) * units + output;
    return (above![place]! - below![place]!) / (2 * h);
  });
}

async function networkOf(activation: ActivationName, engine: EngineName, loss: NonNullable<NetworkOptions["loss"]>) {
  const layers = [{ units: 5, activation } as const, { units: 3, activation } as const];
  const network = await Network.create({ inputs: 3, layers, loss, engine, seed: 4 });
  for (const biases of network.biases) biases.fill(0.1);
  return network;
}

/** To so many digits behind the point, of what is larger than 1 relatively: an exponential's may be in the thousands. */
function expectNear(found: number, value: number, digits: number): void {
  const unit = Math.max(1, Math.abs(value));
  expect(found / unit).toBeCloseTo(value / unit, digits);
}

describe("derivatives of an output", () => {
  it.each(names)("are those of central differences, of %s", async (activation) => {
    const oracle = await networkOf(activation, "float64", "meanSquaredError");
    for (const [name, digits] of [
      ["float64", 7],
      ["strict", 5],
    ] as const) {
      const network = await networkOf(activation, name, "meanSquaredError");
      network.parameters.forEach((value, i) => (oracle.parameters[i] = value));
      const engine = await copyForDerivatives(askedOf("test", network), network.description);
      for (let output = 0; output < 3; output++) {
        const found = outputDerivatives(engine, name === "strict" ? Float32Array.from(rows) : rows, 20, output);
        network.predict(rows).forEach((value, i) => {
          if (i % 3 === output) expectNear(found.outputs[Math.floor(i / 3)]!, value, digits);
        });
        differences(oracle, output).forEach((value, i) => expectNear(found.derivatives[i]!, value, digits));
      }
      engine.release();
    }
  });

  it("are of the outputs themselves, also where loss and activation are derived together", async () => {
    const network = await networkOf("softmax", "float64", "categoricalCrossEntropy");
    expect(activationOf("softmax").couples).toBe(true);
    const engine = await copyForDerivatives(askedOf("test", network), network.description);
    const { derivatives } = outputDerivatives(engine, rows, 20, 1);
    differences(network, 1).forEach((value, i) => expect(derivatives[i]).toBeCloseTo(value, 7));
  });

  it("are of the parameters of the moment when the copy was made", async () => {
    const network = await networkOf("tanh", "float64", "meanSquaredError");
    const expected = differences(network, 0);
    const engine = await copyForDerivatives(askedOf("test", network), network.description);
    network.parameters.fill(0);
    const { derivatives } = outputDerivatives(engine, rows, 20, 0);
    expected.forEach((value, i) => expect(derivatives[i]).toBeCloseTo(value, 7));
  });
});
