/** Diagrams of networks that are too large to draw whole. */
import "../../../src/dataflow/index.ts";
import { describe, expect, it } from "vitest";
import { Network } from "../../../src/index.ts";

describe("a trace of a large network", () => {
  it("folds its layers, sums them up, and gives any circle that is asked for", async () => {
    const network = await Network.create({
      inputs: 784,
      layers: [
        { units: 128, activation: "relu" },
        { units: 10, activation: "softmax" },
      ],
      loss: "categoricalCrossEntropy",
    });
    const input = Array.from({ length: 784 }, (_, i) => (i % 7) / 7);
    const trace = network.trace(input, [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    const graph = trace.graph();
    expect(graph.circles.length).toBeLessThan(80);
    expect(graph.circle("x_4..783^(1)").role).toBe("fold");
    expect(graph.circle("x_784^(1)").value).toBe(trace.x(1, 784));
    // Of the outputs the one that the sample is of is never folded.
    const class7 = network.trace(input, [0, 0, 0, 0, 0, 0, 1, 0, 0, 0]).graph();
    expect(class7.circles.filter(({ id }) => /^x_.*\^\(3\)$/.test(id)).map(({ id }) => id)).toEqual([
      "x_1^(3)",
      "x_2^(3)",
      "x_3^(3)",
      "x_4..6^(3)",
      "x_7^(3)",
      "x_8..9^(3)",
      "x_10^(3)",
    ]);
    expect(class7.outOf("x_7^(3)")[0]!.partial).toBeLessThan(-1);
    expect(class7.circle("y_7").value).toBe(1);
    expect(() => trace.graph({ limit: 800 })).toThrow("graph: limit: expected one that leaves at most 10000 arrows");
    const [inputs, hidden, outputs] = trace.summary();
    expect(inputs).toMatchObject({ k: 1, units: 784, activation: undefined, smallest: 0 });
    expect(hidden!.weightGradientNorm).toBeGreaterThan(0);
    expect(outputs!.mean).toBeCloseTo(0.1, 6);
    expect(String(trace)).toContain("x^(2)  128 relu");

    const circle = trace.circle("x_57^(1)");
    expect(circle.outOf).toHaveLength(128);
    expect(circle.outOf[2]).toMatchObject({ to: "s_3^(2)", partial: network.weights[0]![2 * 784 + 56] });
    expect(circle.derivative).toBe(trace.dx(1, 57));
    expect(trace.circle("s_3^(2)").into).toHaveLength(785);
    expect(trace.circle("s_3^(3)").outOf).toHaveLength(10);
    expect(trace.circle("w_(5,785)^(1)").outOf).toMatchObject([{ to: "s_5^(2)", partial: 1 }]);
    expect(trace.circle("w_5^(1)").value).toHaveLength(785);
    expect(trace.circle("l").into).toHaveLength(10);
    expect(trace.circle("y_4")).toMatchObject({ value: 1 });
    for (const name of [
      "w_1^(3)",
      "w_1^(0)",
      "w_129^(1)",
      "w_(1,786)^(1)",
      "s_1^(1)",
      "x_1^(4)",
      "y",
      "y_0",
      "y_11",
      "l_1",
    ]) {
      expect(() => trace.circle(name), name).toThrow(/^(circle|trace): /);
    }
  });
});
