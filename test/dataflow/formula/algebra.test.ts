/** Expressions: equal ones are one, and simplifying changes no value. */
import { describe, expect, it } from "vitest";
import { Algebra } from "../../../src/dataflow/formula/algebra.ts";
import { evaluate } from "../../../src/dataflow/formula/evaluate.ts";
import { type Expression, isPower, partsOf } from "../../../src/dataflow/formula/expression.ts";
import { Formula } from "../../../src/dataflow/formula/notation.ts";
import type { Value } from "../../../src/dataflow/graph.ts";
import { rational } from "../../../src/dataflow/formula/rational.ts";
import { a, x, y, z, c, v, one, two, print } from "./fixtures.ts";

describe("equal expressions", () => {
  it("are one, in whatever order", () => {
    expect(a.plus(x, y)).toBe(a.plus(y, x));
    expect(a.times(x, y, z)).toBe(a.times(a.times(z, y), x));
    expect(a.call("sin", x)).toBe(a.call("sin", x));
    expect(a.number(2, 4)).toBe(a.number(1, 2));
    expect(a.call("^", x, y)).not.toBe(a.call("^", y, x));
    expect(a.plus(x, y)).not.toBe(a.times(x, y));
  });

  it("come after their parts", () => {
    const all = [a.plus(x, a.call("sin", a.times(x, y))), a.power(a.plus(x, one), y)];
    for (const node of all) for (const part of partsOf(node)) expect(part.index).toBeLessThan(node.index);
  });
});

describe("simplifying", () => {
  it.each<[string, () => Expression, string]>([
    ["constants", () => a.plus(one, two, a.times(two, two)), "7"],
    ["fractions", () => a.plus(a.number(1, 3), a.number(1, 6)), "1/2"],
    ["0 in sums", () => a.plus(x, a.number(0)), "x"],
    ["0 in products", () => a.times(a.number(0), x, y), "0"],
    ["1 in products", () => a.times(one, x), "x"],
    ["the power of 0", () => a.whole(x, 0), "1"],
    ["the power of 1", () => a.power(x, one), "x"],
    ["like terms", () => a.plus(a.times(two, x), y, x), "3 x + y"],
    ["like terms that vanish", () => a.minus(a.plus(x, y), x), "y"],
    ["like powers", () => a.times(x, a.whole(x, 2), y), "x^3 y"],
    ["like powers that vanish", () => a.over(a.times(x, y), x), "y"],
    ["powers of powers", () => a.whole(a.whole(x, 2), 3), "x^6"],
    ["roots of squares, which are no letters", () => a.power(a.whole(x, 2), a.number(1, 2)), "(x^2)^(1/2)"],
    ["squares of roots", () => a.whole(a.call("sqrt", x), 2), "x"],
    ["powers of products", () => a.whole(a.times(two, x, y), 2), "4 x^2 y^2"],
    ["signs", () => a.times(a.negative(x), a.call("sin", y), a.negative(z)), "x z sin(y)"],
    ["a sign in front", () => a.times(x, a.negative(a.call("sin", y))), "-x sin(y)"],
    ["the opposite of a difference", () => a.negative(a.minus(x, y)), "y - x"],
    ["a positive term first", () => a.plus(a.negative(x), y), "y - x"],
    ["nothing where there is no positive term", () => a.negative(a.plus(x, y)), "-x - y"],
    ["exponentials", () => a.power(a.constant("e"), x), "e^x"],
    ["sums in products, which are left alone", () => a.times(two, a.plus(x, y)), "2 (x + y)"],
    ["thirds", () => a.times(a.number(1, 3), a.number(3), x), "x"],
    ["numbers that are no fractions", () => a.times(a.number(0.5), x, a.number(0.25)), "0.125 x"],
    ["powers of numbers", () => a.whole(two, -3), "1/8"],
    ["powers of 0, which have no value", () => a.whole(a.number(0), -1), "1/0"],
    ["roots of numbers, which are no fractions", () => a.power(two, a.number(1, 2)), "2^(1/2)"],
    ["vectors behind numbers", () => a.times(v, two, a.call("dot", c, v)), "2 dot(c, v) v"],
    ["no vector to a number", () => a.minus(v, v), "0 v"],
  ])("%s", (_, make, text) => {
    expect(print(make())).toBe(text);
  });

  it("leaves parts with names whole", () => {
    const algebra = new Algebra();
    const [p, q] = [algebra.variable("p"), algebra.variable("q")];
    const [sum, product] = [algebra.plus(p, q), algebra.times(p, q)];
    algebra.named.add(sum).add(product);
    const names = new Map([
      [sum, "s"],
      [product, "t"],
    ]);
    expect(new Formula(algebra.plus(sum, p), names).text).toBe("s + p");
    expect(new Formula(algebra.times(product, p), names).text).toBe("t p");
    expect(new Formula(algebra.negative(sum), names).text).toBe("-s");
    expect(new Formula(sum, names).text).toBe("s");
  });
});

describe("partials", () => {
  it("count all appearances of a part", () => {
    const product = a.product(
      rational(2),
      [x, y, x].map((base) => ({ base, exponent: rational(1) })),
    );
    expect(print(a.partial(product, x))).toBe("4 x y");
    expect(print(a.partial(a.call("^", x, x), x))).toBe("x x^(x - 1) + x^x ln(x)");
    expect(print(a.partial(a.whole(x, -2), x))).toBe("-2/x^3");
    expect(print(a.partial(a.power(x, a.number(1, 3)), x))).toBe("1/(3 x^(2/3))");
  });

  it("hold fast all that is given a value", () => {
    const inner = a.times(x, y);
    expect(evaluate(a.call("sin", inner), new Map<Expression, Value>([[inner, 0]]))).toBe(0);
  });

  it("are powers where there is a base and an exponent only", () => {
    expect(isPower(a.whole(x, 2))).toBe(true);
    expect([x, a.times(two, x), a.times(x, y), a.scaled(rational(2), a.whole(x, 2))].some(isPower)).toBe(false);
  });
});
