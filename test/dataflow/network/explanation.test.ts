import { describe, expect, it } from "vitest";
import { toText, variable } from "../../../src/dataflow/label.ts";
import { chain, Explanation, factor, line, localName, partialName } from "../../../src/dataflow/network/explanation.ts";
import { sumName, unitName } from "../../../src/dataflow/network/names.ts";

const [x, s] = [unitName(2, 1), sumName(2, 1)];
const name = partialName(s);
const product = line(partialName(x), " · ", localName(x, s));

describe("a derivative that explains itself", () => {
  const explanation = new Explanation(name, [product, line("2 · 0.5"), line("1")], 1);

  it("is text with a line for each step, equals signs below each other", () => {
    expect(String(explanation)).toBe(
      ["∂l/∂s_1^(2) = ∂l/∂x_1^(2) · ∂x_1^(2)/∂s_1^(2)", "            = 2 · 0.5", "            = 1"].join("\n"),
    );
  });

  it("is TeX, aligned, with derivatives as fractions", () => {
    const tex = explanation.toTex();
    expect(tex).toMatch(/^\\begin\{aligned\}\n/);
    expect(tex.match(/\\frac\{\\partial [^/]*?\}\{\\partial /g)).toHaveLength(3);
    expect(tex.match(/&=/g)).toHaveLength(3);
  });
});

describe("a chain", () => {
  const parts = ["a", "b", "c", "d"];

  it("has a sign between its parts, and an ellipsis where there are too many", () => {
    expect(toText(chain(parts, " + ", 4))).toBe("a + b + c + d");
    expect(toText(chain(parts, " + ", 3))).toBe("a + b + … + d");
    expect(toText(chain(["a"], " + ", 3))).toBe("a");
  });
});

describe("a factor", () => {
  it.each([
    ["1 − x", "(1 − x)"],
    ["−2", "(−2)"],
    ["(a + b)", "(a + b)"],
    ["f(a + b)", "f(a + b)"],
    ["(a) + (b)", "((a) + (b))"],
    ["x", "x"],
  ])("%s is %s", (given, expected) => {
    expect(toText(factor(line(given)))).toBe(expected);
  });

  it("may be of several parts", () => {
    expect(toText(factor(line(variable("a"), " − ", variable("b"))))).toBe("(a − b)");
  });
});
