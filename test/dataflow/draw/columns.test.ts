import { describe, expect, it } from "vitest";
import { placeInColumns } from "../../../src/dataflow/draw/columns.ts";
import { checkDrawOptions } from "../../../src/dataflow/draw/options.ts";
import { planOf } from "../../../src/dataflow/draw/plan.ts";
import { sizesOf } from "../../../src/dataflow/draw/sizes.ts";
import { mlp } from "./fixtures.ts";

async function planned(widths: readonly number[]) {
  const graph = await mlp(widths, { output: "softmax" });
  const plan = planOf(graph, checkDrawOptions(graph, {}));
  return { plan, sizes: sizesOf(plan) };
}

describe("columns", async () => {
  const { plan, sizes } = await planned([3, 4, 2]);
  const places = placeInColumns(plan, sizes, { across: 1, down: 1 });
  const at = (id: string) => places.get(id)!;

  it("go from left to right", () => {
    const xs = ["x_1^(1)", "s_1^(2)", "x_1^(2)", "s_1^(3)", "x_1^(3)", "l"].map((id) => at(id).x);
    expect(xs).toEqual(xs.toSorted((a, b) => a - b));
    expect(new Set(xs).size).toBe(xs.length);
    for (const id of ["x_2^(1)", "x_3^(1)", "x_4^(1)"]) expect(at(id).x).toBe(at("x_1^(1)").x);
  });

  it("have rows from the top, sums level with their units", () => {
    const ys = ["x_1^(2)", "x_2^(2)", "x_3^(2)", "x_4^(2)", "x_5^(2)"].map((id) => at(id).y);
    expect(ys).toEqual(ys.toSorted((a, b) => a - b));
    for (let i = 1; i <= 4; i++) expect(at(`s_${i}^(2)`).y).toBe(at(`x_${i}^(2)`).y);
  });

  it("are around one middle line", () => {
    expect((at("x_1^(1)").y + at("x_3^(1)").y) / 2).toBeCloseTo(at("l").y, 6);
    expect((at("s_1^(2)").y + at("s_4^(2)").y) / 2).toBeCloseTo(at("l").y, 6);
  });

  it("have the weights above their sums, and targets below the outputs", () => {
    for (let i = 1; i <= 4; i++) {
      expect(at(`w_${i}^(1)`).y).toBeLessThan(at(`s_${i}^(2)`).y - 50);
      expect(Math.abs(at(`w_${i}^(1)`).x - at(`s_${i}^(2)`).x)).toBeLessThan(60);
    }
    expect(at("y_1").x).toBe(at("x_1^(3)").x);
    expect(at("y_1").y).toBeGreaterThan(at("x_2^(3)").y);
  });

  it("are further apart by as much as gaps are widened", () => {
    const wide = placeInColumns(plan, sizes, { across: 2, down: 1 });
    const border = (id: string, side: number) => (side * sizes.circles.get(id)!.width) / 2;
    const gap = (from: typeof places) =>
      from.get("x_1^(2)")!.x + border("x_1^(2)", -1) - from.get("s_1^(2)")!.x - border("s_1^(2)", 1);
    expect(gap(wide)).toBeGreaterThan(gap(places) + 50);
    const high = placeInColumns(plan, sizes, { across: 1, down: 1.5 });
    expect(high.get("x_2^(1)")!.y - high.get("x_1^(1)")!.y).toBeGreaterThan(at("x_2^(1)").y - at("x_1^(1)").y);
  });
});
