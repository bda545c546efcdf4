import { expect, it } from "vitest";
import { linesOf, sourceOf } from "../../../src/dataflow/draw/source.ts";
import { toText } from "../../../src/dataflow/label.ts";
import { cosine, dark, light, logisticRegression, POINT } from "./fixtures.ts";

const graph = cosine(POINT);

it("names circles in order, whatever they are called", () => {
  const { names, plan } = sourceOf(graph, {});
  expect([...names.keys()]).toEqual(graph.circles.map(({ id }) => id));
  expect([...names.values()]).toEqual(plan.circles.map((_, i) => `n${i}`));
  // Only of those that are drawn.
  expect(sourceOf(logisticRegression(), { parameters: false }).names.has("w")).toBe(false);
});

it("has the colours of the theme, light unless it is said", () => {
  expect(sourceOf(graph, {}).palette).toEqual(light);
  expect(sourceOf(graph, { theme: "dark" }).palette).toEqual(dark);
});

it("writes a title below if one is given, before the products of paths", () => {
  expect(sourceOf(graph, {}).captions).toEqual([]);
  const { title, captions } = sourceOf(graph, { title: "t", highlight: graph.paths("y")[0]! });
  expect(title).toBe("t");
  expect(captions.length).toBe(2);
  expect(toText(captions[0]!)).toBe("t");
});

it("refuses options that are unknown", () => {
  expect(() => sourceOf(graph, { titel: "t" } as object)).toThrow('(did you mean "title"?)');
});

it("has the lines of a circle in the language's own markup", () => {
  const { plan } = sourceOf(graph, { sweep: true });
  const square = plan.circles.find(({ circle }) => circle.id === "x^2")!;
  const { inside, derivative } = linesOf(square, (text) => `<${toText(text)}>`);
  expect(inside).toEqual(["<x^2>", "<0.49>"]);
  expect(derivative).toMatch(new RegExp(`^\\(${square.step}\\) <∂f/∂\\(x\\^2\\) = `));
  const [bare] = sourceOf(cosine(), {}).plan.circles;
  expect(linesOf(bare!, toText)).toEqual({ inside: ["x"], derivative: undefined });
});
