import { expect, it } from "vitest";
import { Diagram } from "../../src/dataflow/diagram.ts";
import { toDot } from "../../src/dataflow/draw/dot.ts";
import { toMermaid } from "../../src/dataflow/draw/mermaid.ts";
import { toSvg } from "../../src/dataflow/draw/svg.ts";
import { cosine, POINT } from "./draw/fixtures.ts";

const { circles, arrows } = cosine(POINT);
const diagram = new Diagram(circles, arrows);

it("is a graph that is drawn in each language by its own options", () => {
  const options = { title: "t", digits: 2, theme: "dark" } as const;
  expect(diagram.toSvg(options)).toBe(toSvg(diagram, options));
  expect(diagram.toDot(options)).toBe(toDot(diagram, options));
  expect(diagram.toMermaid(options)).toBe(toMermaid(diagram, options));
  expect(diagram.toSvg()).not.toBe(diagram.toSvg(options));
});

it("refuses options that are unknown, in every language", () => {
  for (const draw of [diagram.toSvg, diagram.toDot, diagram.toMermaid]) {
    expect(() => draw.call(diagram, { digit: 2 } as object)).toThrow('(did you mean "digits"?)');
  }
});
