/** Reading the text of formulas: what it comes to, right or wrong, and that the work grows as the text does. */
import { describe, expect, it } from "vitest";
import { parseFormula } from "../../../src/dataflow/formula/parse.ts";
import { InvalidInputError } from "../../../src/ground/errors.ts";

function refusal(text: string): string {
  try {
    parseFormula(text);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.message;
    throw error;
  }
  throw new Error("expected a refusal, got none");
}

describe("parentheses within each other, 200 deep", () => {
  // Whatever is tried twice in a parenthesis is tried 2^200 times in here: no test would live to see it.
  it.each([
    ["calls that are not closed", `${"cos(".repeat(200)}x`, 'expected ",", ")" or an operator'],
    [
      "calls that are closed once too seldom",
      `${"cos(".repeat(200)}x${")".repeat(199)}`,
      'expected ",", ")" or an operator',
    ],
    [
      "calls that are closed once too often",
      `${"cos(".repeat(200)}x${")".repeat(201)}`,
      "expected an operator or the end",
    ],
    ["calls of what is no function", `${"g(".repeat(200)}x`, 'expected ",", ")" or an operator'],
    ["products with a sign missing", `${"x (".repeat(200)}y`, 'expected ")" or an operator'],
    ["arguments without an end", `${"max(x, ".repeat(200)}y`, 'expected ",", ")" or an operator'],
    ["roots and signs", `${"-√(".repeat(200)}x`, 'expected ")" or an operator'],
    ["powers", `${"x^(".repeat(200)}y`, 'expected ")" or an operator'],
    ["a definition", `u = ${"cos(".repeat(200)}x; u`, 'expected ",", ")" or an operator, got ";"'],
    ["one too many", "(".repeat(201), "expected at most 200 parentheses within each other"],
  ])("of %s are refused", (_, text, message) => {
    expect(refusal(text)).toContain(message);
  });

  it("are read where they are right", () => {
    const text = `${"cos(".repeat(200)}x${")".repeat(200)}`;
    let { value } = parseFormula(text)[0]!;
    let depth = 0;
    for (; value.type === "call"; depth++) value = value.arguments[0]!;
    expect([depth, value]).toEqual([200, { type: "name", name: "x", place: { start: 800, end: 801 } }]);
  });
});

describe("a name before a parenthesis", () => {
  it.each([
    ["cos(x)", "call"],
    ["cos (x)", "call"],
    ["g(x)", "call"],
    ["x (y)", "product"],
    ["x", "name"],
    ["cos", "name"],
  ])("%s is read as a %s", (text, type) => {
    expect(parseFormula(text)[0]!.value.type).toBe(type);
  });
});

describe("100,000 characters", () => {
  it("are the limit", () => {
    expect(parseFormula("x".repeat(100_000))).toHaveLength(1);
    expect(refusal("x".repeat(100_001))).toContain("expected at most 100000 characters, got 100001");
  });

  it.each([
    ["x+", 'expected a number, a name or "("'],
    ["x ", undefined],
    ["√", 'expected a number, a name or "("'],
    ["-", 'expected a number, a name or "("'],
    ["x^", 'expected a number, a name or "("'],
    ["cos(x)", undefined],
    ["u=", "expected an operator or the end"],
    [";", 'expected a number, a name or "("'],
    [")", 'expected a number, a name or "("'],
  ])("of %j are read or refused, and a refusal is short", (part, wanted) => {
    const text = part.repeat(100_000 / part.length);
    if (wanted === undefined) expect(parseFormula(text)).toHaveLength(1);
    else {
      const message = refusal(text);
      expect(message).toContain(wanted);
      expect(message.length).toBeLessThan(400);
    }
  });
});
