import { describe, expect, it } from "vitest";
import { checkDrawOptions, type DrawOptions } from "../../../src/dataflow/draw/options.ts";
import { planOf } from "../../../src/dataflow/draw/plan.ts";
import { type Arrow, type Circle, Graph, type Value } from "../../../src/dataflow/graph.ts";
import { toText, upright, variable } from "../../../src/dataflow/label.ts";
import { logisticRegression, mlp } from "./fixtures.ts";

const plan = (graph: Graph, options: DrawOptions = {}) => planOf(graph, checkDrawOptions(graph, options));

/** f of inputs x0, x1, ..., an arrow from each. */
function fan(partials: readonly (Value | undefined)[], formula?: string): Graph {
  const circles: Circle[] = partials.map((_, i) => ({ id: `x${i}`, label: variable(`x${i}`), role: "input" }));
  const arrows: Arrow[] = partials.map((partial, i) => ({
    from: `x${i}`,
    to: "f",
    partial,
    ...(formula !== undefined && { formula: upright(formula) }),
  }));
  return new Graph([...circles, { id: "f", label: variable("f"), role: "output" }], arrows);
}

describe("an arrow", () => {
  it("has the sign of its number, and none of a vector or of what is no number", () => {
    const signs = plan(fan([2, -3, 0, NaN, [1, 2], undefined])).arrows.map(({ sign }) => sign);
    expect(signs).toEqual([1, -1, 0, 0, 0, 0]);
  });

  it("is as strong as the root of its magnitude's share of the largest", () => {
    const strengths = plan(fan([4, -1, [0, 0.25], 0, undefined, NaN])).arrows.map(({ strength }) => strength);
    // The largest is not above 8 times the median, 1.
    expect(strengths).toEqual([1, 0.5, 0.25, 0, 0, 0]);
  });

  it("is compared with 8 times the median where one stands out, and with finite ones only", () => {
    const strengths = plan(fan([1, 1, 2, 1e6, Infinity])).arrows.map(({ strength }) => strength);
    [1 / 16, 1 / 16, 2 / 16, 1, 1].forEach((share, i) => expect(strengths[i]).toBeCloseTo(Math.sqrt(share), 12));
  });

  it.each([
    ["values", "0.5", "0.5"],
    ["formulas", "y", "0.5"],
    ["both", "y = 0.5", "0.5"],
    ["none", undefined, undefined],
  ] as const)("says %s: %s", (partials, expected, ofNumber) => {
    const said = (formula: string) => {
      const { text } = plan(fan([0.5], formula), { partials }).arrows[0]!;
      return text && toText(text);
    };
    expect(said("y")).toBe(expected);
    // A formula that is a number needs no other.
    expect(said("0.5")).toBe(ofNumber);
  });

  it("says its formula where there is no number", () => {
    for (const partials of ["values", "both"] as const) {
      expect(toText(plan(fan([undefined], "y"), { partials }).arrows[0]!.text!)).toBe("y");
    }
  });

  it("says nothing where more than 60 go between two columns", async () => {
    const texts = async (units: number) =>
      plan(await mlp([units, 6, 1], { weights: "none", limit: 20 })).arrows.filter(
        ({ arrow, text }) => arrow.to.endsWith("^(2)") && arrow.from.endsWith("^(1)") && text,
      ).length;
    expect(await texts(9)).toBe(60);
    expect(await texts(10)).toBe(0);
  });
});

describe("a plan", () => {
  it("leaves parameters out with their arrows where they are not wanted", () => {
    const graph = logisticRegression();
    expect(plan(graph).circles).toHaveLength(graph.circles.length);
    const { circles, arrows } = plan(graph, { parameters: false });
    expect(circles.some(({ circle }) => circle.role === "parameter")).toBe(false);
    expect(arrows.some(({ arrow }) => arrow.from === "w")).toBe(false);
    expect(arrows).toHaveLength(graph.arrows.length - 1);
  });

  it("rounds values to as many digits as are asked for", () => {
    const value = (digits: number) => toText(plan(logisticRegression(), { digits }).circles[1]!.value!);
    expect([value(1), value(2)]).toEqual(["−1", "−1.2"]);
  });

  it("has columns where every circle has its own", () => {
    expect(plan(logisticRegression()).hasColumns).toBe(true);
    expect(plan(fan([1])).hasColumns).toBe(false);
  });

  it("fades what is off the path that is marked", () => {
    const graph = logisticRegression();
    const { circles, arrows } = plan(graph, { highlight: graph.paths("x_1") });
    expect(circles.filter(({ isFaded }) => !isFaded).map(({ circle }) => circle.id)).toEqual(["x_1", "s", "z", "l"]);
    expect(arrows.filter(({ isStrong }) => isStrong).map(({ arrow }) => arrow.from)).toEqual(["x_1", "s", "z"]);
  });
});
