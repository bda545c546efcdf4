/** Labels as text and as TeX, and numbers for people. */
import katex from "katex";
import { describe, expect, it } from "vitest";
import { formatNumber, formatValue, type Label, toTex, toText, upright, variable } from "../../src/dataflow/label.ts";

describe("labels", () => {
  it("are plain text, with parentheses where a script is longer than a character", () => {
    expect(toText(upright("always 1"))).toBe("always 1");
    expect(toText(variable("x"))).toBe("x");
    expect(toText(variable("x", "1", "(2)"))).toBe("x_1^(2)");
    expect(toText(variable("w", "1,2", "(1)"))).toBe("w_(1,2)^(1)");
    expect(toText([{ text: "x", sup: upright("2") }, { text: " y" }])).toBe("x^2 y");
    expect(toText([{ text: "x", sup: upright("(a)(b)") }])).toBe("x^((a)(b))");
    expect(toText([{ text: "x", sup: upright("√") }])).toBe("x^√");
  });

  it("are TeX", () => {
    expect(toTex(variable("x", "1", "(2)"))).toBe("x_{1}^{(2)}");
    expect(toTex([{ text: "w", bold: true, sub: upright("1") }])).toBe("\\mathbf{w}_{1}");
    expect(toTex([{ text: "cos" }, { text: "(" }, ...variable("x"), { text: ")" }])).toBe("\\mathrm{cos}(x)");
    expect(toTex([{ text: "−σ · √" }])).toBe("-\\sigma   \\cdot  \\surd ");
  });

  it("are TeX that can be typeset, whatever characters they have", () => {
    const odd: Label = [{ text: "a_b{c}%d#e&f$g" }, { text: "∂∇σ√…′∞≈×−·", sub: upright("_") }];
    expect(() => katex.renderToString(toTex(odd), { throwOnError: true })).not.toThrow();
  });
});

describe("numbers", () => {
  it.each([
    [0, "0"],
    [-0, "0"],
    [1, "1"],
    [0.5, "0.5"],
    [-1.5, "−1.5"],
    [1 / 3, "0.3333"],
    [123_456, "123500"],
    [0.00123456, "0.001235"],
    [1.5e-7, "1.5e−7"],
    [-1.5e12, "−1.5e12"],
    [NaN, "NaN"],
    [-Infinity, "−∞"],
  ])("%d is %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it("have as many digits as asked for, and powers of ten in TeX", () => {
    expect([1.23456e-5, 1.23456, 123.456].map((value) => formatNumber(value, 2))).toEqual(["1.2e−5", "1.2", "120"]);
    expect(formatNumber(1.23456e-5)).toBe("1.235e−5");
    expect(toTex(upright(formatNumber(-1.23456e-5)))).toBe("-1.235 \\cdot 10^{-5}");
    expect(toTex(upright(formatNumber(2e12)))).toBe("2 \\cdot 10^{12}");
  });

  it("are shown one by one in vectors, the first three", () => {
    expect(formatValue(-2)).toBe("−2");
    expect(formatValue([1, -2])).toBe("[1, −2]");
    expect(formatValue(new Float32Array([1, 2, 3, 4]))).toBe("[1, 2, 3, …]");
  });
});
