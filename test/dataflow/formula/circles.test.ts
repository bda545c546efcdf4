/** The circles of long formulas: what is found to be alike, and that the work grows as the text does, not as its square. */
import { describe, expect, it } from "vitest";
import { Algebra } from "../../../src/dataflow/formula/algebra.ts";
import type { Expression } from "../../../src/dataflow/formula/expression.ts";
import { gathered } from "../../../src/dataflow/formula/circles.ts";
import { dataflow } from "../../../src/dataflow/formula/formula.ts";
import { readFormula } from "../../../src/dataflow/formula/read.ts";
import { ONE } from "../../../src/dataflow/formula/rational.ts";

const names = (count: number) => Array.from({ length: count }, (_, i) => `x_${i}`);

/** How many parts all expressions have that reading a formula makes: each is a step of work, and takes room. */
function partsMade(text: string): number {
  let parts = 0;
  const { sum, product } = Algebra.prototype;
  Algebra.prototype.sum = function counted(this: Algebra, terms) {
    parts += terms.length;
    return sum.call(this, terms);
  };
  Algebra.prototype.product = function counted(this: Algebra, coefficient, factors) {
    parts += factors.length;
    return product.call(this, coefficient, factors);
  };
  try {
    readFormula(text);
  } finally {
    Object.assign(Algebra.prototype, { sum, product });
  }
  return parts;
}

describe("the work of reading", () => {
  const nested = (count: number, sign: string) =>
    `${"(".repeat(199)}x${Array.from({ length: 199 }, () => ` ${sign} ${Array.from({ length: count }, () => "y").join(sign)})`).join("")}`;

  it.each<[string, (count: number) => string]>([
    ["sums of one name", (count) => Array.from({ length: count }, () => "x").join("+")],
    ["sums of many names", (count) => names(count).join("+")],
    ["differences", (count) => names(count).join("-")],
    ["products of many names", (count) => names(count).join("*")],
    ["quotients", (count) => Array.from({ length: count }, () => "x").join("/")],
    ["sums within each other", (count) => nested(Math.ceil(count / 199), "+")],
    ["products within each other", (count) => nested(Math.ceil(count / 199), "*")],
  ])("of %s grows as their length does", (_, formula) => {
    const [few, many] = [partsMade(formula(1000)), partsMade(formula(8000))];
    expect(many).toBeLessThan(12 * few);
    expect(many).toBeLessThan(300 * 8000);
  });
});

describe("long sums and products", () => {
  it("are one circle with an arrow from each part", () => {
    for (const sign of [" + ", " * "]) {
      const graph = dataflow(names(50).join(sign));
      expect(graph.circles).toHaveLength(51);
      expect(graph.into(graph.output.id)).toHaveLength(50);
    }
    expect(dataflow(names(1000).join(" + ")).circles).toHaveLength(1001);
  });

  it("share what they have in common, in whatever order it is written", () => {
    const graph = dataflow("cos(a + b + c) + sin(c + (b + a)) + a + b");
    expect(graph.circles.filter(({ id }) => /^[abc] \+ [abc] \+ [abc]$/.test(id))).toHaveLength(1);
  });
});

describe("gathered", () => {
  it("takes up the sums of a sum in the order in which they are written, with their signs", () => {
    const algebra = new Algebra();
    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => algebra.variable(name)) as [
      Expression,
      Expression,
      Expression,
      Expression,
    ];
    const minus = { n: -1, d: 1 };
    const inner = algebra.sum([
      { coefficient: ONE, of: b },
      { coefficient: minus, of: c },
    ]);
    const outer = algebra.sum([
      { coefficient: ONE, of: a },
      { coefficient: minus, of: inner },
      { coefficient: ONE, of: d },
    ]);
    const made = gathered(algebra, outer);
    expect(made.get(outer)).toMatchObject({
      kind: "sum",
      terms: [
        { coefficient: ONE, of: a },
        { coefficient: minus, of: b },
        { coefficient: ONE, of: c },
        { coefficient: ONE, of: d },
      ],
    });
    expect(made.has(inner)).toBe(false);
  });
});
