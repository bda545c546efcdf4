import { describe, expect, it } from "vitest";
import { circleName, derivativeName } from "../../src/dataflow/circle-name.ts";
import { derivativeLabel, nameOf } from "../../src/dataflow/draw/names.ts";
import type { Circle } from "../../src/dataflow/graph.ts";
import { type Label, toText } from "../../src/dataflow/label.ts";

const circle = (label: Label, value?: unknown) => ({ label, value }) as Circle;
const loss = circle([{ text: "l" }, { text: " = " }, { text: "=" }, { text: "a + b" }]);

describe("the name of a circle", () => {
  it("ends before =", () => {
    const sum = circle([{ text: "x" }, { text: " = " }, { text: "a + b" }]);
    expect(circleName(sum)).toBe("x");
    expect(toText(nameOf(sum)).trim()).toBe("x");
    expect(circleName(circle([{ text: "a + b" }]))).toBe("a + b");
  });
});

describe("the name of a derivative", () => {
  const x: Label = [{ text: "x", sub: [{ text: "1" }], sup: [{ text: "(2)" }] }];

  it.each<[string, Circle, string]>([
    ["a letter with indices", circle(x, 1), "∂l/∂x_1^(2)"],
    ["a power, in parentheses", circle([{ text: "x", sup: [{ text: "2" }] }], 1), "∂l/∂(x^2)"],
    ["a sum, in parentheses", circle([{ text: "a + b" }], 1), "∂l/∂(a + b)"],
  ])("by %s, is the same as text and as label", (_, by, expected) => {
    expect(derivativeName(loss, by)).toBe(expected);
    expect(toText(derivativeLabel(loss, by))).toBe(expected);
  });

  it("by a vector is a gradient: its values say so, or where it has none its bold letter", () => {
    expect(derivativeName(loss, circle([{ text: "w" }], [1, 2]))).toBe("∇_w l");
    expect(derivativeName(loss, circle([{ text: "w", bold: true }]))).toBe("∇_w l");
    expect(derivativeName(loss, circle([{ text: "w" }]))).toBe("∂l/∂w");
    expect(derivativeLabel(loss, circle([{ text: "w", bold: true }]))[0]).toMatchObject({
      text: "∇",
      sub: [{ text: "w" }],
    });
  });
});
