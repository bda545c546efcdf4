/** What pictures know of an activation: found from what it states, right for kinds that nobody has painted before. */
import { describe, expect, it } from "vitest";
import { curveOf } from "../../../src/dataflow/plane/curve.ts";
import { decisionLines, readUnits } from "../../../src/dataflow/plane/surface.ts";
import { drawPlane } from "../../../src/dataflow/plane/plane.ts";
import { Network } from "../../../src/index.ts";
import {
  activationOf,
  type ActivationDescription,
  type ActivationName,
  activations,
} from "../../../src/kinds/activations/index.ts";
import { added, addKinds } from "../../support/added-kinds.ts";

addKinds();
const all = (Object.keys(activations) as ActivationName[]).map((name) => [name, activationOf(name)] as const);

describe("the curve of an activation", () => {
  it.each(all.filter(([, { falls }]) => !falls))("of %s leads back to the field that a value comes from", (_, kind) => {
    const curve = curveOf(kind);
    for (const field of [-2.5, -0.3, 0, 0.4, 2]) {
      const value = curve.value(field);
      const back = curve.fieldOf(value);
      expect(curve.value(back) === value).toBe(true);
      expect(back).toBeLessThanOrEqual(field);
      if (back > -Infinity) expect(curve.value(back - 1e-6)).toBeLessThan(value);
    }
  });

  it("is what those of mathematics are", () => {
    const [sigmoid, tanh, relu] = [activations.sigmoid, activations.tanh, activations.relu].map(curveOf);
    for (const value of [0.05, 0.5, 0.95])
      expect(sigmoid!.fieldOf(value)).toBeCloseTo(Math.log(value / (1 - value)), 12);
    for (const value of [-0.9, 0, 0.3]) expect(tanh!.fieldOf(value)).toBeCloseTo(Math.atanh(value), 12);
    expect([relu!.fieldOf(1), relu!.fieldOf(1e300), relu!.fieldOf(0)]).toEqual([1, 1e300, -Infinity]);
    expect(sigmoid!.fieldOf(2)).toBe(Infinity);
  });

  it.each<[string, string, string, readonly number[] | undefined]>([
    ["identity", "sum", "passes", undefined],
    ["sigmoid", "sum", "passes", [0, 1]],
    ["tanh", "sum", "passes", [-1, 1]],
    ["relu", "sum", "switchesOn", undefined],
    ["softmax", "logOdds", "passes", [0, 1]],
    ["softplus", "sum", "passes", undefined],
    ["leakyRelu", "sum", "bends", undefined],
    ["elu", "sum", "bends", undefined],
    ["gelu", "value", "passes", undefined],
    ["silu", "value", "passes", undefined],
    ["hardSigmoid", "sum", "passes", [0, 1]],
    ["hardTanh", "sum", "passes", [-1, 1]],
  ])("of %s takes contours from %s, and %s at 0", (name, field, at0, range) => {
    expect(curveOf(Object.fromEntries(all)[name]!)).toMatchObject({ field, at0, range });
  });

  it("takes contours from the values where units depend on each other in a way that nobody knows", () => {
    const { exponential: _, ...kind } = activations.softmax;
    expect(curveOf(kind)).toMatchObject({ field: "value", at0: "passes" });
  });
});

describe("a picture of added kinds", () => {
  const draw = async (activation: ActivationDescription) => {
    const network = await Network.create({
      inputs: 2,
      layers: [
        { units: 2, activation },
        { units: 1, activation: "sigmoid" },
      ],
      loss: "binaryCrossEntropy",
      engine: "float64",
      seed: 3,
    });
    return drawPlane(network, { axes: { x: { range: [-4, 4] }, y: { range: [-4, 4] } } });
  };
  const edgesOf = (svg: string) => [...svg.matchAll(/data-from="([^"]*)"/g)].map(([, value]) => Number(value));

  it("paints a softplus in steps of its own values", async () => {
    const svg = await draw("softplus");
    expect(svg).toContain("where the value is 0.6931 (softplus) or");
    expect(edgesOf(svg)[0]).toBe(0);
    expect(Math.max(...edgesOf(svg))).toBeGreaterThan(1);
  });

  it("says where a leakyRelu bends, and paints what lies below 0", async () => {
    const svg = await draw("leakyRelu");
    expect(svg).toContain("where a leakyRelu unit bends");
    expect(Math.min(...edgesOf(svg))).toBeLessThan(0);
  });

  it("draws the line of one that falls where its sum is 0, and paints its values", async () => {
    for (const activation of ["silu", { name: "gelu", approximate: true }] as const) {
      const network = await Network.create({
        inputs: 2,
        layers: [
          { units: 1, activation },
          { units: 1, activation: "sigmoid" },
        ],
        loss: "binaryCrossEntropy",
        engine: "float64",
      });
      network.setParameters(0, { weights: [[3, 0]], biases: [0] });
      const [unit] = readUnits(network, [[-4, 4], [-4, 4]], [1, 1], 41); // prettier-ignore
      expect(
        unit!.field.every((value, n) => value === network.activations([[-4 + (n % 41) / 5, 0]])[1]!.activations[0]!),
      );
      for (const [u] of decisionLines(unit!, 41).flat()) expect(u).toBeCloseTo(0.5, 2);
      expect(decisionLines(unit!, 41).length).toBe(1);
    }
    const svg = await draw("silu");
    expect(svg).toContain("where the value is 0 (silu) or");
    expect(Math.min(...edgesOf(svg))).toBeLessThan(-0.2);
    expect(Math.min(...edgesOf(svg))).toBeGreaterThan(-0.5);
  });

  it("paints a bounded one in twentieths of its range", async () => {
    expect(edgesOf(await draw(added.activation("hardTanh"))).slice(0, 20)).toEqual(
      Array.from({ length: 20 }, (_, n) => Number((n / 10 - 1).toFixed(1))),
    );
  });
});
