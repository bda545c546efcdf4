import { describe, expect, it } from "vitest";
import { dataflow } from "../../../src/dataflow/formula/formula.ts";
import { toDot } from "../../../src/dataflow/draw/dot.ts";
import { toMermaid } from "../../../src/dataflow/draw/mermaid.ts";
import type { DrawOptions } from "../../../src/dataflow/draw/options.ts";
import { toSvg } from "../../../src/dataflow/draw/svg.ts";
import { InvalidInputError } from "../../../src/ground/errors.ts";
import { cosine, mlp, POINT } from "./fixtures.ts";

const graph = cosine(POINT);

describe.each([
  ["toSvg", toSvg],
  ["toDot", toDot],
  ["toMermaid", toMermaid],
])("the options of %s", (_name, draw) => {
  it.each([
    [{ colour: "red" }, /options among theme, title, .*got "colour"/],
    [{ themes: "dark" }, /did you mean "theme"/],
    [{ theme: "night" }, /theme: expected a theme: one of light, dark, auto, got "night"/],
    [{ title: 3 }, /title: expected a text of at most 1000 characters, got 3/],
    [{ partials: "all" }, /partials: expected "values" or .*, got "all"/],
    [{ digits: 0 }, /digits: expected a whole number, at least 1/],
    [{ parameters: 1 }, /parameters: expected true or false, got 1/],
    [{ legend: "no" }, /legend: expected true or false/],
    [{ sweep: 0 }, /sweep: expected a whole number, at least 1/],
    [{ sweep: "all" }, /sweep: expected a whole number/],
    [{ highlight: "x" }, /highlight: expected a path of Graph.paths, or an array of them, got "x"/],
    [{ highlight: [undefined] }, /highlight: expected arrows of this graph/],
    [null, /an object of options/],
  ])("refuse %j", (options, message) => {
    const attempt = () => draw(graph, options as DrawOptions);
    expect(attempt).toThrow(InvalidInputError);
    expect(attempt).toThrow(message);
  });

  it("refuse paths of other graphs, and arrows that do not meet", async () => {
    const other = await mlp([2, 2, 1]);
    expect(() => draw(graph, { highlight: other.paths("x_1^(1)") })).toThrow(/got "x_1\^\(1\) -> s_1\^\(2\)"/);
    const [first, second] = [graph.arrows[0]!, graph.arrows.at(-1)!];
    expect(() => draw(graph, { highlight: [first, second] })).toThrow(/an arrow from x\^2 behind one to it/);
  });

  it("take paths of an equal graph", () => {
    const highlight = cosine(POINT).paths("x")[0]!;
    expect(draw(graph, { highlight })).toBe(draw(graph, { highlight: graph.paths("x")[0]! }));
  });

  it("hide parameters", async () => {
    const network = await mlp([2, 2, 1]);
    expect(draw(network, { parameters: false })).not.toBe(draw(network));
    expect(draw(network, { parameters: false })).toBe(draw(await mlp([2, 2, 1], { weights: "none" })));
  });
});

describe("a title", () => {
  it.each(["toSvg", "toDot", "toMermaid"] as const)(
    "may have any character: %s draws those that can be drawn",
    (draw) => {
      const drawn = dataflow("x^2")[draw]({ title: "a\u0001b \uD800c \uFFFEd \u001B[31m e" });
      expect(drawn).toMatch(/a\uFFFDb \uFFFDc \uFFFDd \uFFFD\[31m e/);
      expect(drawn).not.toMatch(/\p{Cs}/u);
      expect(drawn).not.toMatch(/(?!\n)\p{Cc}|\uFFFE/u);
    },
  );
});
