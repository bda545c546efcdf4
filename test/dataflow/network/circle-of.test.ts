import { describe, expect, it } from "vitest";
import "../../../src/dataflow/index.ts";
import { circleOf } from "../../../src/dataflow/network/circle-of.ts";
import { Network } from "../../../src/index.ts";
import { deep, titanic } from "./fixtures.ts";

const small = await Network.create({ ...titanic, engine: "float64" });
const one = small.trace([0.3, 1], [0]);
const two = small.trace([[0.3, 1], [-0.7, 0]], [[0], [1]]); // prettier-ignore
const large = (await Network.create({ ...deep, engine: "float64" })).trace([1, 2, 3], [0, 1, 0]);

const endsOf = (name: string, trace = one) => {
  const { into, outOf } = circleOf(trace, name, 1);
  return [into.map(({ from }) => from), outOf.map(({ to }) => to)];
};

describe("a circle by its name", () => {
  it.each([
    ["x_1^(1)", [], ["s_1^(2)", "s_2^(2)"]],
    ["x_2^(2)", ["s_2^(2)"], ["s_1^(3)"]],
    ["x_3^(2)", [], ["s_1^(3)"]],
    ["s_2^(2)", ["x_1^(1)", "x_2^(1)", "x_3^(1)"], ["x_2^(2)"]],
    ["w_(2,1)^(1)", [], ["s_2^(2)"]],
    ["w_2^(1)", [], ["s_2^(2)"]],
    ["x_1^(3)", ["s_1^(3)"], ["l"]],
    ["y", [], ["l"]],
    ["l", ["x_1^(3)"], []],
  ])("%s has all its arrows", (name, into, outOf) => {
    expect(endsOf(name)).toEqual([into, outOf]);
  });

  it("of several samples ends at the loss of its own, and these at their mean", () => {
    expect(endsOf("l", two)).toEqual([["l_1", "l_2"], []]);
    expect(endsOf("l_2", two)).toEqual([["x_1^(3)"], ["l"]]);
    expect(circleOf(two, "x_1^(1)", 2).value).toBe(-0.7);
  });

  it("of units that share a sum has an arrow from each of them", () => {
    expect(endsOf("x_2^(3)", large)[0]).toEqual(["s_1^(3)", "s_2^(3)", "s_3^(3)"]);
    expect(endsOf("s_2^(3)", large)[1]).toEqual(["x_1^(3)", "x_2^(3)", "x_3^(3)"]);
  });

  it.each([
    ["x_1", "expected a name such as"],
    ["x_9^(1)", "expected"],
    ["s_1^(1)", "expected"],
    ["y_1", "expected y, the only target"],
    ["l_1", "expected l, the loss of the only sample"],
    [7, "expected a name such as"],
  ])("is refused where there is none: %s", (name, message) => {
    expect(() => circleOf(one, name as string, 1)).toThrow(message);
  });
});
