import { expect, it } from "vitest";
import { derivativeLabel, nameOf } from "../../../src/dataflow/draw/names.ts";
import type { Circle } from "../../../src/dataflow/graph.ts";
import { type Label, toText, variable } from "../../../src/dataflow/label.ts";

const circle = (label: Label, value?: unknown) => ({ label, value }) as Circle;
const loss = circle(variable("l"));

it("names a circle by what stands before =, whole", () => {
  const x = variable("x", "1", "(2)");
  expect(nameOf(circle([...x, { text: " = " }, { text: "a" }, { text: "=" }, { text: "b" }]))).toEqual(x);
  expect(nameOf(circle(x))).toEqual(x);
});

it.each<[string, Label, string]>([
  ["a letter", variable("x"), "∂l/∂x"],
  ["a letter of a layer", variable("x", "1", "(2)"), "∂l/∂x_1^(2)"],
  ["a word", [{ text: "age" }], "∂l/∂age"],
  ["a power", variable("x", undefined, "2"), "∂l/∂(x^2)"],
  ["a product", [...variable("x"), { text: " " }, ...variable("y")], "∂l/∂(x y)"],
  ["a function", [{ text: "√" }, ...variable("z")], "∂l/∂(√z)"],
  ["nothing", [], "∂l/∂()"],
])("encloses what is more than a name: %s", (_, label, expected) => {
  expect(toText(derivativeLabel(loss, circle(label, 1)))).toBe(expected);
});

it("encloses what is derived, too", () => {
  expect(toText(derivativeLabel(circle([{ text: "a + b" }]), circle(variable("x"), 1)))).toBe("∂(a + b)/∂x");
});

it("writes a gradient by a vector, whose letter stands below", () => {
  const w: Label = [{ text: "w", bold: true, sub: [{ text: "1" }] }];
  for (const by of [circle(w), circle(w, [1, 2])]) {
    const [nabla, ...rest] = derivativeLabel(loss, by);
    expect(nabla).toEqual({ text: "∇", sub: w });
    expect(toText(rest)).toBe(" l");
  }
});
