import { describe, expect, it } from "vitest";
import { checkDrawOptions } from "../../../src/dataflow/draw/options.ts";
import { planOf } from "../../../src/dataflow/draw/plan.ts";
import {
  arrowColour,
  arrowTip,
  arrowWidth,
  borderOf,
  circleTip,
  columnsOf,
  descriptionOf,
  fillOf,
  inkOf,
  titleOf,
} from "../../../src/dataflow/draw/words.ts";
import type { Circle } from "../../../src/dataflow/graph.ts";
import { variable } from "../../../src/dataflow/label.ts";
import { cosine, logisticRegression, POINT } from "./fixtures.ts";

const graph = logisticRegression();
const options = checkDrawOptions(graph, {});
const plan = planOf(graph, options);
const arrow = (from: string) => plan.arrows.find((one) => one.arrow.from === from)!;
const circle = (role: Circle["role"]): Circle => ({ id: "x", label: variable("x"), role });

describe("the title", () => {
  it("is the one given, or says of what the diagram is", () => {
    expect(titleOf(graph, options)).toBe("Dataflow diagram of l");
    expect(titleOf(graph, checkDrawOptions(graph, { title: "t" }))).toBe("t");
  });
});

describe("the description", () => {
  it("counts circles and arrows and lists values, of 40 circles at most", () => {
    expect(descriptionOf(cosine().circles.slice(0, 2), 1)).toBe("2 circles and 1 arrows from left to right: x, y.");
    expect(descriptionOf(cosine(POINT).circles.slice(0, 1), 0)).toContain("x = 0.7.");
    const many = Array.from({ length: 41 }, (_, i) => ({ ...circle("input"), id: `x${i}` }));
    expect(descriptionOf(many, 0)).toMatch(/x39, …\.$/);
    expect(descriptionOf(many.slice(1), 0)).toMatch(/x40\.$/);
  });
});

describe("tooltips", () => {
  it("of arrows have the derivative's name, its formula and all digits", () => {
    const { partial } = arrow("z").arrow;
    expect(arrowTip(arrow("z"), graph)).toBe(`∂l/∂z = −y/z = ${String(partial).replace("-", "−")}`);
    expect(arrowTip(arrow("y"), graph)).toBe("y → l");
  });

  it("of circles have the value, and the derivative where it is known and not the output's own", () => {
    const x = { ...circle("input"), value: 0.125, derivative: 0.75 };
    expect(circleTip(x, graph)).toBe("x = 0.125\n∂l/∂x = 0.75");
    expect(circleTip(circle("fold"), graph)).toBe("x");
    expect(circleTip(graph.output, graph)).not.toContain("∂");
  });
});

describe("looks", () => {
  it("show signs by colours, and the sweep by one of its own", () => {
    const colours = ([1, -1, 0] as const).map((sign) => arrowColour({ sign, isSwept: false }));
    expect(colours).toEqual(["positive", "negative", "muted"]);
    expect(arrowColour({ sign: 1, isSwept: true })).toBe("backward");
  });

  it("show magnitude and marks by thickness, but not of folds", () => {
    const width = (change: object) => arrowWidth({ ...arrow("z"), strength: 0.5, ...change });
    expect(width({ strength: 1 })).toBeGreaterThan(width({}));
    expect(width({ isStrong: true })).toBeGreaterThan(width({}));
    expect(width({ isFolded: true, strength: 1 })).toBe(width({ isFolded: true, strength: 0 }));
  });

  it("show roles by fill, ink and border", () => {
    expect(fillOf(circle("operation"))).toBe("background");
    expect(fillOf(circle("input"))).toBe("input");
    expect([inkOf(circle("constant")), inkOf(circle("fold")), inkOf(circle("output"))]).toEqual([
      "muted",
      "muted",
      "ink",
    ]);
    const border = (role: Circle["role"], isStrong: boolean) =>
      borderOf({ ...plan.circles[0]!, circle: circle(role), isStrong }) ?? 0;
    expect(border("input", true)).toBeGreaterThan(border("output", false));
    expect(border("output", false)).toBeGreaterThan(border("input", false));
  });
});

describe("columns", () => {
  it("list their circles from the top, from left to right", () => {
    expect(columnsOf(plan)).toEqual([["x_1", "x_2", "x_3"], ["w"], ["s"], ["z", "y"], ["l"]]);
    expect(columnsOf(planOf(cosine(), checkDrawOptions(cosine(), {})))).toEqual([]);
  });
});
