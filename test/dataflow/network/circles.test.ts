import { describe, expect, it } from "vitest";
import "../../../src/dataflow/index.ts";
import { fold, lossArrow, lossCircle, meanArrow, slopeArrow, sumCircle, targetFold, unitArrow, unitCircle, weightArrow, weightCircle, weightsArrow, weightsCircle } from "../../../src/dataflow/network/circles.ts"; // prettier-ignore
import { toText } from "../../../src/dataflow/label.ts";
import { Network } from "../../../src/index.ts";
import { titanic } from "./fixtures.ts";

const network = await Network.create({ ...titanic, engine: "float64" });
const trace = network.trace([[0.3, 1], [-0.7, 0]], [[0], [1]]); // prettier-ignore

describe("circles of a network", () => {
  it("have the value and the derivative of the recording, by name", () => {
    expect(unitCircle(trace, 2, 1, 2)).toMatchObject({ id: "x_1^(2)", role: "operation", value: trace.x(2, 1, 2), derivative: trace.dx(2, 1, 2) }); // prettier-ignore
    expect(unitCircle(trace, 1, 1, 1)).toMatchObject({ id: "x_1^(1)", role: "input", value: 0.3 });
    expect(unitCircle(trace, 2, 3, 1)).toEqual({ id: "x_3^(2)", label: unitCircle(trace, 2, 3, 1).label, role: "constant", value: 1 }); // prettier-ignore
    expect(sumCircle(trace, 3, 1, 1)).toMatchObject({ id: "s_1^(3)", derivative: trace.ds(3, 1, 1) });
    expect(weightCircle(trace, 1, 2, 3)).toMatchObject({
      id: "w_(2,3)^(1)",
      role: "parameter",
      value: trace.w(1, 2, 3),
    });
    expect(weightsCircle(trace, 1, 2).value).toEqual([1, 2, 3].map((j) => trace.w(1, 2, j)));
  });

  it("of losses have the share of each sample in the mean", () => {
    expect(lossCircle(trace, undefined)).toMatchObject({ id: "l", value: trace.loss, derivative: 1 });
    expect(lossCircle(trace, 2)).toMatchObject({ id: "l_2", value: trace.sampleLoss(2), derivative: 0.5 });
    expect(meanArrow(trace, 2)).toMatchObject({ from: "l_2", to: "l", partial: 0.5 });
  });

  it("are one where there are too many", () => {
    expect(fold({ first: 3, last: 9 }, 2)).toMatchObject({ id: "x_3..9^(2)", role: "fold" });
    expect(toText(fold({ first: 3, last: 9 }, 2).label)).toBe("x_3^(2) … x_9^(2)");
    expect(targetFold({ first: 3, last: 9 }).id).toBe("y_3..9");
  });
});

describe("arrows of a network", () => {
  it("have the partial derivative of where they go by where they come from", () => {
    expect(weightArrow(trace, 1, 2, 1)).toMatchObject({ from: "x_1^(1)", to: "s_2^(2)", partial: trace.w(1, 2, 1) });
    expect(unitArrow(trace, 1, 2, 1, 2)).toMatchObject({ from: "w_(2,1)^(1)", to: "s_2^(2)", partial: -0.7 });
    expect(weightsArrow(trace, 1, 2, 2)).toMatchObject({ from: "w_2^(1)", to: "s_2^(2)", partial: [-0.7, 0, 1] });
    const x = trace.x(2, 1, 1);
    const slope = slopeArrow(trace, 2, 1, 1, 1);
    expect(slope).toMatchObject({ from: "s_1^(2)", to: "x_1^(2)" });
    expect(slope.partial).toBeCloseTo(x * (1 - x), 12);
    const p = trace.x(3, 1, 1);
    expect(lossArrow(trace, 1, 1)).toMatchObject({ from: "x_1^(3)", to: "l_1" });
    expect(lossArrow(trace, 1, 1).partial).toBeCloseTo(1 / (1 - p), 10);
  });
});
