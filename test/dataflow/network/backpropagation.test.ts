/** Exercise 5 on real steps: derivations that can be read, and come to what the kernels found. */
import "../../../src/dataflow/index.ts";
import { describe, expect, it } from "vitest";
import { Network } from "../../../src/index.ts";
import { titanic, expectChainRule } from "./fixtures.ts";

describe("exercise 5", () => {
  it("explains each derivative: formula, numbers, result", async () => {
    const network = await Network.create({ ...titanic, layers: [titanic.layers[0]!, titanic.layers[1]!] });
    network.setParameters(0, {
      weights: [
        [1, 0],
        [0, -2],
      ],
      biases: [0, 1],
    });
    network.setParameters(1, { weights: [[2, -1]], biases: [0.5] });
    const trace = network.trace([0.5, 1], [1]);
    expect(String(trace.weightGradient(1, 2)).split("\n")).toEqual([
      "∇_(w_2^(1)) l = ∂l/∂x_2^(2) · ∂x_2^(2)/∂s_2^(2) · ∇_(w_2^(1)) s_2^(2)",
      "              = ∂l/∂x_2^(2) · x_2^(2) (1 − x_2^(2)) · x^(1)",
      "              = 0.186 · 0.1966 · [0.5, 1, 1]",
      "              = [0.01829, 0.03658, 0.03658]",
    ]);
    expect(String(trace.inputDerivative(2, 1)).split("\n")).toEqual([
      "∂l/∂x_1^(2) = ∂l/∂x_1^(3) · ∂x_1^(3)/∂s_1^(3) · ∂s_1^(3)/∂x_1^(2)",
      "            = ∂l/∂x_1^(3) · x_1^(3) (1 − x_1^(3)) · w_(1,1)^(2)",
      "            = (−1.229) · 0.1514 · 2",
      "            = −0.3721",
    ]);
    expect(String(trace.outputDerivative(1)).split("\n")).toEqual([
      "∂l/∂x_1^(3) = −y/x_1^(3) + (1 − y)/(1 − x_1^(3))",
      "            = −1/0.814 + (1 − 1)/(1 − 0.814)",
      "            = −1.229",
    ]);
    expect(String(trace.sumDerivative(3, 1)).split("\n").at(-2)).toMatch(/= x_1\^\(3\) − y$/);
    const tex = trace.inputDerivative(2, 1).toTex().replaceAll(/ +/g, " ");
    expect(tex).toContain(
      "\\frac{\\partial l}{\\partial x_{1}^{(2)}} &= \\frac{\\partial l}{\\partial x_{1}^{(3)}} \\cdot ",
    );
    expect(tex).not.toContain("/");
  });

  it("is exercise 4 on a network without a hidden layer", async () => {
    const network = await Network.create({ ...titanic, layers: [titanic.layers[1]!] });
    const trace = network.trace([0.5, 1], [1]);
    const [s, x] = [trace.s(2, 1), trace.x(2, 1)];
    expect(x).toBeCloseTo(1 / (1 + Math.exp(-s)), 6);
    expect([...trace.weightGradient(1, 1).value]).toEqual([0.5, 1, 1].map((input) => Math.fround((x - 1) * input)));
  });

  it("writes sums over a batch, with the samples' shares, as text and as TeX", async () => {
    const network = await Network.create(titanic);
    const trace = network.trace(
      [
        [0.1, 1],
        [0.2, 0],
      ],
      [0, 1],
    );
    expect(
      String(trace.sumDerivative(3, 1, 2))
        .split("\n")
        .at(-2),
    ).toMatch(/= 1\/2 · \(x_1\^\(3\) − y\)$/);
    const gradient = trace.weightGradient(1, 2);
    expect(String(gradient).split("\n")[1]!.trim()).toBe(
      "= Σ_(n = 1)^2 (∂l/∂x_2^(2) · x_2^(2) (1 − x_2^(2)) · x^(1))_n",
    );
    expect(gradient.toTex()).toContain("\\sum _{n = 1}^{2}");
    // The numbers put in come to the result.
    const [numbers, result] = String(gradient)
      .split("\n")
      .slice(-2)
      .map((text) => text.split(" = ")[1]!.replaceAll("−", "-"));
    const sum = [0, 0, 0];
    for (const [, a, b, vector] of numbers!.matchAll(/\(?(-?[\d.e-]+)\)? · \(?(-?[\d.e-]+)\)? · \[([^\]]*)\]/g)) {
      vector!.split(", ").forEach((x, i) => (sum[i]! += Number(a) * Number(b) * Number(x)));
    }
    result!
      .slice(1, -1)
      .split(", ")
      .forEach((value, i) => expect(Number(value)).toBeCloseTo(sum[i]!, 4));
  });

  it("shows an output near 1 by what it lacks", async () => {
    const network = await Network.create({ ...titanic, layers: [titanic.layers[1]!] });
    network.setParameters(0, { weights: [[0, 0]], biases: [20] });
    const trace = network.trace([0, 0], [0]);
    expect(trace.outputDerivative(1).value / Math.exp(20)).toBeCloseTo(1, 5);
    expect(String(trace.outputDerivative(1))).toContain("(1 − 0)/(1 − (1 − 2.061e−9))");
  });

  it("prints the numbers that the kernels take, where an output saturates", async () => {
    const network = await Network.create({ ...titanic, layers: [titanic.layers[1]!] });
    network.setParameters(0, { weights: [[0, 0]], biases: [-200] });
    expect(String(network.trace([0, 0], [1]).outputDerivative(1))).toContain(
      "= −1/1.175e−38 + (1 − 1)/(1 − 1.175e−38)",
    );
    network.setParameters(0, { weights: [[0, 0]], biases: [40] });
    expect(String(network.trace([0, 0], [1]).sumDerivative(2, 1))).toMatch(
      /= \(−1\) · 4\.248e−18\n.*\n.*= 0 \(rounded\)$/,
    );
  });

  it.each(["meanSquaredError", "binaryCrossEntropy", "categoricalCrossEntropy"] as const)(
    "writes for %s what it computes, with coupled units too",
    async (loss) => {
      const network = await Network.create({
        inputs: 2,
        layers: [
          { units: 6, activation: "softmax" },
          { units: 3, activation: "softmax" },
        ],
        loss,
        seed: 5,
      });
      const trace = network.trace([1, 2], [0, 0, 1]);
      for (const explanation of [
        trace.outputDerivative(3),
        trace.sumDerivative(3, 2),
        trace.sumDerivative(2, 4),
        trace.inputDerivative(2, 4),
        trace.weightGradient(1, 4),
      ]) {
        expect(String(explanation)).not.toMatch(/undefined|NaN/);
        expect(String(explanation)).toMatch(/\n +=/);
      }
      expect(String(trace.sumDerivative(2, 4))).toContain("…");
      expectChainRule(trace.graph().sweep());
    },
  );
});
