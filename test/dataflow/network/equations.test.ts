/** How derivatives are written: what the kinds state, against what their slow twins compute. */
import { describe, expect, it } from "vitest";
import { evaluate } from "../../../src/dataflow/formula/evaluate.ts";
import type { Expression } from "../../../src/dataflow/formula/expression.ts";
import { readFormula } from "../../../src/dataflow/formula/read.ts";
import { toText, variable } from "../../../src/dataflow/label.ts";
import {
  activationDerivative,
  coupledDerivative,
  lossDerivative,
  lossFromLogits,
} from "../../../src/dataflow/network/equations.ts";
import "../../../src/dataflow/index.ts";
import { Network } from "../../../src/index.ts";
import {
  activationOf,
  type ActivationDescription,
  type ActivationName,
  activations,
} from "../../../src/kinds/activations/index.ts";
import { type LossDescription, losses, lossOf, type LossName } from "../../../src/kinds/losses/index.ts";
import { added, addKinds } from "../../support/added-kinds.ts";

addKinds();
const givenActivations: ActivationDescription[] = [
  ...(Object.keys(activations) as ActivationName[]),
  { name: "leakyRelu", slope: 0.3 },
  { name: "elu", alpha: 2 },
  { name: "gelu", approximate: true },
];
const givenLosses: LossDescription[] = [
  ...(Object.keys(losses) as LossName[]),
  { name: "binaryCrossEntropy", labelSmoothing: 0.3 },
  { name: "categoricalCrossEntropy", labelSmoothing: 0.1 },
  { name: "focal", gamma: 1.5, alpha: 0.25 },
  { name: "huber", delta: 0.1 },
  { name: "quantile", quantile: 0.9 },
];
const allActivations = givenActivations.map((given) => [JSON.stringify(given), activationOf(given)] as const);
const allLosses = givenLosses.map((given) => [JSON.stringify(given), lossOf(given)] as const);

function valueOf(formula: string, values: Readonly<Record<string, number>>): number {
  const { circles, leaves } = readFormula(formula);
  const known = new Map<Expression, number>(leaves.map((leaf) => [leaf, values[leaf.name]!]));
  return evaluate(circles.at(-1)!, known) as number;
}

const near = (value: number, wanted: number, what: string) =>
  expect(Math.abs(value - wanted), `${what}: ${value} for ${wanted}`).toBeLessThan(
    1e-12 * Math.max(1, Math.abs(wanted)),
  );

describe("what an activation states of its derivative", () => {
  const sums = [-3, -0.7, 0.2, 0.9, 2.5];

  it.each(allActivations.filter(([, { derivative }]) => derivative !== undefined))("is what %s computes", (_, kind) => {
    const x = new Float64Array(sums.length);
    const kept = kind.keeps === "preActivation" ? Float64Array.from(sums) : x;
    kind.forward(x, Float64Array.from(sums), sums.length, 1, kind.numbers ?? []);
    sums.forEach((s, i) => {
      for (const [j, z] of kind.couples ? x.entries() : [[i, x[i]!] as const]) {
        const [dx, ds] = [new Float64Array(sums.length), new Float64Array(sums.length)];
        dx[i] = 1;
        kind.backward(ds, dx, kept, sums.length, 1, kind.numbers ?? []);
        const formula = i === j ? kind.derivative! : kind.derivativeByOther!;
        near(valueOf(formula, { x: x[i]!, s, z }), ds[j]!, `${formula} at ${s}`);
      }
    });
  });

  it.each(allActivations)("has no jump but at the kinks of %s", (_, kind) => {
    const slopeAt = (s: number) => {
      const [x, ds] = [Float64Array.of(s), new Float64Array(1)];
      kind.forward(x, x, 1, 1, kind.numbers ?? []);
      const kept = kind.keeps === "preActivation" ? Float64Array.of(s) : x;
      kind.backward(ds, Float64Array.of(1), kept, 1, 1, kind.numbers ?? []);
      return ds[0]!;
    };
    const { kinks = [] } = kind;
    for (const at of [-1, 0, 1, ...kinks]) {
      const jump = Math.abs(slopeAt(at + 1e-9) - slopeAt(at - 1e-9));
      const curvature = (side: number) => (slopeAt(at + 2e-4 * side) - slopeAt(at + 1e-4 * side)) / (1e-4 * side);
      if (kinks.includes(at)) expect(jump + Math.abs(curvature(1) - curvature(-1))).toBeGreaterThan(0.1);
      else expect(jump).toBeLessThan(1e-6);
    }
  });
});

describe("what a loss states of its derivative", () => {
  it.each(allLosses)("is what %s computes", (_, kind) => {
    const [x, y] = [Float64Array.of(0.2, 0.7, 0.1), Float64Array.of(0, 1, 0)];
    const gradient = (fused: boolean) => {
      const d = new Float64Array(3);
      kind.gradient(d, x, y, 3, 1, 1, fused);
      return d;
    };
    for (let i = 0; i < 3; i++) {
      const values = { x: x[i]!, y: y[i]!, n: 3 };
      if (kind.derivative) near(valueOf(kind.derivative, values), gradient(false)[i]!, kind.derivative);
      if (kind.derivativeByLogit)
        near(valueOf(kind.derivativeByLogit, values), gradient(true)[i]!, kind.derivativeByLogit);
    }
  });
});

describe("a derivative", () => {
  const [x, s, z, y] = [
    variable("x", "1", "(2)"),
    variable("s", "1", "(2)"),
    variable("x", "3", "(2)"),
    variable("y", "1"),
  ];

  it.each<[string, string]>([
    ["identity", "1"],
    ["sigmoid", "x_1^(2) (1 − x_1^(2))"],
    ["tanh", "1 − (x_1^(2))^2"],
    ["relu", "[x_1^(2) > 0]"],
    ["softmax", "x_1^(2) (1 − x_1^(2))"],
    ["leakyRelu", "0.01 + 0.99 [x_1^(2) > 0]"],
    ["softplus", "1 − e^(−x_1^(2))"],
    ["softsign", "(1 − |x_1^(2)|)^2"],
    ["silu", "σ(s_1^(2)) (1 + s_1^(2) − x_1^(2))"],
    ["gelu", "gelu′(s_1^(2))"],
    ["elu", "[x_1^(2) > 0] + (1 − [x_1^(2) > 0]) (x_1^(2) + 1)"],
    ["hardTanh", "hardTanh′(s_1^(2))"],
  ])("of %s is written as %s", (name, text) => {
    expect(toText(activationDerivative(name, activationOf(name as ActivationName), x, s))).toBe(text);
  });

  it.each<[string, number, string]>([
    ["binaryCrossEntropy", 1, "−y_1/x_1^(2) + (1 − y_1)/(1 − x_1^(2))"],
    ["binaryCrossEntropy", 3, "(−y_1/x_1^(2) + (1 − y_1)/(1 − x_1^(2)))/3"],
    ["categoricalCrossEntropy", 3, "−y_1/x_1^(2)"],
    ["meanSquaredError", 1, "2 (x_1^(2) − y_1)"],
    ["meanSquaredError", 3, "2 (x_1^(2) − y_1)/3"],
    ["logCosh", 1, "tanh(x_1^(2) − y_1)"],
    ["meanAbsolute", 2, "sign(x_1^(2) − y_1)/2"],
  ])("of %s with %d outputs is written as %s", (name, n, text) => {
    expect(toText(lossDerivative(lossOf(name as LossName), x, y, n))).toBe(text);
  });

  it("is written by its name where a kind states none", () => {
    const { derivative: _, ...silent } = losses.meanSquaredError;
    expect(toText(coupledDerivative(activations.softmax, x, z, s))).toBe("−x_1^(2) x_3^(2)");
    expect(toText(coupledDerivative(activationOf(added.activation("hardTanh")), x, z, s))).toBe("∂x_1^(2)/∂s_1^(2)");
    expect(toText(lossDerivative(silent, x, y, 1))).toBe("∂l/∂x_1^(2)");
    expect(lossFromLogits(losses.meanSquaredError, x, y, 1)).toBeUndefined();
    expect(toText(lossFromLogits(lossOf("binaryCrossEntropy"), x, y, 2)!)).toBe("(x_1^(2) − y_1)/2");
  });

  it("of an added kind explains itself with the numbers that it has", async () => {
    const network = await Network.create({
      inputs: 1,
      layers: [
        { units: 2, activation: added.activation("softsign") },
        { units: 1, activation: "identity" },
      ],
      loss: added.loss("logCosh"),
      engine: "float64",
    });
    network.setParameters(1, { weights: [[0, 0]], biases: [-2] });
    const trace = network.trace([0.5], [1]);
    expect(String(trace.outputDerivative(1)).split("\n")).toEqual([
      "∂l/∂x_1^(3) = tanh(x_1^(3) − y)",
      "            = tanh((−2) − 1)",
      "            = −0.9951",
    ]);
    expect(String(trace.sumDerivative(2, 1))).toContain("(1 − |x_1^(2)|)^2");
  });
});
