import { describe, expect, it } from "vitest";
import { ReferenceEngine } from "../../../src/engine/reference/reference-engine.ts";
import { loadKernels } from "../../../src/engine/wasm/modules.ts";
import { WasmEngine } from "../../../src/engine/wasm/wasm-engine.ts";
import { NO_RULE } from "../../../src/kinds/optimizers/optimizer.ts";
import { networkShape } from "../../../src/model/shape.ts";

const shape = networkShape({
  inputs: 3,
  layers: [
    { units: 5, activation: "tanh" },
    { units: 2, activation: "sigmoid" },
  ],
  loss: "meanSquaredError",
});
/** More than a panel, which is 16. */
const ROWS = 21;
const wasm = new WasmEngine(await loadKernels("strict"), shape);
const oracle = new ReferenceEngine(shape, "float64");
const [given, exact] = [wasm, oracle].map((engine) => {
  engine.parameters.set(Float32Array.from(engine.parameters, (_, i) => Math.sin(3 * i + 1)));
  const samples = engine.prepare(ROWS, NO_RULE, false);
  samples.inputs.set(Float32Array.from({ length: 3 * ROWS }, (_, i) => Math.cos(i * i)));
  samples.targets.set(Float32Array.from({ length: 2 * ROWS }, (_, i) => (i % 3) / 2));
  return samples;
}) as [ReturnType<WasmEngine["prepare"]>, ReturnType<ReferenceEngine["prepare"]>];

function expectNear(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found.length).toBe(expected.length);
  Array.from(expected).forEach((value, i) => expect(found[i]).toBeCloseTo(value, 5));
}

describe("the pass that is looked at", () => {
  it("has every value of every row in order, of several panels", () => {
    const [found, expected] = [wasm.layerValues(given, 0, ROWS), oracle.layerValues(exact, 0, ROWS)];
    found.forEach((layer, k) => {
      expectNear(layer.preActivations, expected[k]!.preActivations);
      expectNear(layer.activations, expected[k]!.activations);
    });
  });

  it("has every derivative, those by the inputs too", () => {
    const [found, expected] = [wasm.record(given, 0, ROWS, ROWS), oracle.record(exact, 0, ROWS, ROWS)];
    expectNear(found.inputDerivatives, expected.inputDerivatives);
    found.layers.forEach((layer, k) => {
      expectNear(layer.activationDerivatives!, expected.layers[k]!.activationDerivatives!);
      expectNear(layer.preActivationDerivatives, expected.layers[k]!.preActivationDerivatives);
    });
  });

  it("runs its kernels one at a time", () => {
    const { op } = shape.layers[0]!;
    const s = Float32Array.from({ length: 5 * ROWS }, (_, i) => Math.sin(i));
    const x = wasm.kernels.forward(op, s, ROWS);
    expectNear(x, s.map(Math.tanh));
    const d = Float32Array.from(s, (_, i) => i % 4);
    expectNear(
      wasm.kernels.backward(op, d, x, ROWS),
      Float32Array.from(d, (value, i) => value * (1 - x[i]! ** 2)),
    );
    const [outputs, targets] = [Float32Array.of(0.5, 1, 2, 0), Float32Array.of(0, 1, 1, 1)];
    // The mean over outputs of (x - y)^2.
    expectNear(wasm.kernels.lossGradient(outputs, targets, 2, 0.25), [0.125, 0, 0.25, -0.25]);
  });
});
