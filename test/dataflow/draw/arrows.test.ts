import { describe, expect, it } from "vitest";
import { arrowGroup, drawArrow, FADED, type Look, shaftPath } from "../../../src/dataflow/draw/arrows.ts";
import { checkDrawOptions } from "../../../src/dataflow/draw/options.ts";
import { planOf } from "../../../src/dataflow/draw/plan.ts";
import { colours } from "../../../src/dataflow/draw/theme.ts";
import { Painter } from "../../../src/dataflow/typeset/theme.ts";
import { light, logisticRegression } from "./fixtures.ts";
import { parseXml } from "./xml.ts";

const look: Look = { sign: 1, isSwept: false, isFolded: false, isFaded: false };
const painter = () => new Painter("light", colours);
const group = (change: Partial<Look>) => parseXml(arrowGroup({ ...look, ...change }, painter(), { "data-from": "a" }));
const dashesOf = (change: Partial<Look>) =>
  parseXml(shaftPath({ ...look, ...change }, 2, "M0 0")).attributes["stroke-dasharray"];

describe("the group of an arrow", () => {
  it("says its sign by class and colour, the rest by classes", () => {
    const { attributes } = group({});
    expect(attributes).toMatchObject({ class: "arrow positive", stroke: light.positive, "data-from": "a" });
    expect(group({ sign: -1 }).attributes).toMatchObject({ class: "arrow negative", fill: light.negative });
    expect(group({ sign: 0 }).attributes["class"]).toBe("arrow");
    expect(group({ isSwept: true }).attributes).toMatchObject({
      class: "arrow positive swept",
      stroke: light.backward,
    });
  });

  it("lets through what is behind it where it is faded or folded", () => {
    expect(group({}).attributes["opacity"]).toBeUndefined();
    expect(group({ isFaded: true }).attributes["opacity"]).toBe(String(FADED));
    expect(Number(group({ isFolded: true }).attributes["opacity"])).toBeGreaterThan(FADED);
  });
});

describe("a shaft", () => {
  it("is dashed where the partial is negative, and dotted to a fold", () => {
    expect(dashesOf({})).toBeUndefined();
    expect(dashesOf({ sign: -1 })).toBeDefined();
    expect(dashesOf({ isFolded: true, sign: -1 })).not.toBe(dashesOf({ sign: -1 }));
  });
});

describe("an arrow", () => {
  const graph = logisticRegression();
  const planned = planOf(graph, checkDrawOptions(graph, {})).arrows.find(({ arrow }) => arrow.from === "z")!;
  const line = [
    { x: 10, y: 50 },
    { x: 60, y: 50 },
    { x: 110, y: 50 },
  ];
  const drawn = (change: object) => {
    const { attributes, children } = parseXml(
      drawArrow({ planned: { ...planned, ...change }, line, label: undefined }, graph, painter()),
    );
    const path = (kind: string) => children.find((child) => child.attributes["class"] === kind)?.attributes["d"];
    const points = (d: string | undefined) =>
      [...(d ?? "").matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
    return { attributes, title: children[0]!.text, shaft: points(path("shaft")), head: points(path("head")) };
  };

  it("goes from its first circle to the tip of its head at the other", () => {
    const { attributes, shaft, head, title } = drawn({});
    expect(attributes).toMatchObject({ "data-from": "z", "data-to": "l" });
    expect(title).toMatch(/^∂l\/∂z = /);
    expect(shaft[0]).toEqual([10, 50]);
    expect(head[0]).toEqual([110, 50]);
  });

  it("has a head on both sides of its line, in which its shaft ends", () => {
    const { shaft, head } = drawn({});
    const [tip, left, right] = head as [number[], number[], number[]];
    expect(left[0]).toBeCloseTo(right[0]!, 6);
    expect((left[1]! + right[1]!) / 2).toBeCloseTo(50, 1);
    const end = shaft.at(-1)![0]!;
    expect(end).toBeGreaterThan(left[0]!);
    expect(end).toBeLessThan(tip[0]!);
    expect(shaft).toHaveLength(3);
  });

  it("points back where the sweep has come along it", () => {
    const { shaft, head } = drawn({ isSwept: true });
    expect(shaft[0]).toEqual([110, 50]);
    expect(head[0]).toEqual([10, 50]);
  });

  it("has no head at a fold", () => {
    expect(drawn({ isFolded: true }).head).toEqual([]);
  });
});
