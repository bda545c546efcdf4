/** Values, derivatives and paths of random formulas, against two oracles. */
import katex from "katex";
import * as mathjs from "mathjs";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../../src/dataflow/formula/evaluate.ts";
import { type Dataflow, dataflow } from "../../../src/dataflow/formula/formula.ts";
import { toText } from "../../../src/dataflow/label.ts";
import { InvalidInputError } from "../../../src/ground/errors.ts";
import { Random } from "../../../src/ground/random.ts";
import { type RandomFormula, randomFormula } from "../../support/random-formula.ts";

import { type Difference, arrowDifferences, differenceBy, expectNear, valueOf } from "./oracles.ts";

interface Drawn extends RandomFormula {
  readonly graph: Dataflow;
  readonly point: Readonly<Record<string, number>>;
}

/** The points that were thrown back. */
interface Count {
  refused: number;
  steep: number;
}

function drawn(random: Random, count: Count): Drawn {
  for (;;) {
    const formula = randomFormula(random);
    // Some divide by 0, say by (3 + (-3)).
    const plain = orUndefined(() => dataflow(formula.text));
    if (plain === undefined) continue;
    for (let i = 0; i < 3; i++) {
      const point = Object.fromEntries(Object.keys(plain.gradient()).map((name) => [name, random.uniform(-2, 2)]));
      const graph = orUndefined(() => plain.at(point));
      if (graph === undefined) count.refused++;
      else if (isSteep(graph)) count.steep++;
      else return { ...formula, graph, point };
    }
  }
}

function orUndefined(make: () => Dataflow): Dataflow | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}

/** Whether differences between float64 numbers could not tell the derivative. */
function isSteep(graph: Dataflow): boolean {
  const numbers = [...graph.circles, ...graph.arrows].flatMap((of) =>
    "partial" in of ? [of.partial] : "value" in of ? [of.value, of.derivative] : [],
  );
  if (numbers.some((value) => Math.abs(value as number) > 1e3)) return true;
  const isRough = ({ derivative, doubt }: Difference) => !(doubt <= 1e-6 * Math.max(1, Math.abs(derivative)));
  if (arrowDifferences(graph).some(isRough)) return true;
  return Object.keys(graph.gradient()).some((name) => isRough(differenceBy(graph, name)));
}

function realPart(value: unknown): number {
  return typeof value === "number" ? value : (value as { re: number }).re;
}

describe("1,000 random formulas", () => {
  const SEED = 20_240;
  const random = new Random(SEED);
  const count: Count = { refused: 0, steep: 0 };
  const cases = Array.from({ length: 1000 }, () => drawn(random, count));
  const where = ({ text, point }: Drawn, what: string) => `seed ${SEED}, ${text} at ${JSON.stringify(point)}, ${what}`;

  it("are not picked out of many more", () => {
    expect(count.steep).toBeLessThan(300);
    expect(new Set(cases.map(({ text }) => text)).size).toBeGreaterThan(800);
    const arrows = cases.reduce((sum, { graph }) => sum + graph.arrows.length, 0);
    expect(arrows).toBeGreaterThan(5000);
  });

  it("have partials on their arrows that agree with central differences", () => {
    for (const one of cases) {
      for (const [i, { derivative }] of arrowDifferences(one.graph).entries()) {
        const { from, to, partial } = one.graph.arrows[i]!;
        expectNear(partial, derivative, 1e-6, where(one, `${to} by ${from}`));
      }
    }
  });

  it("have derivatives, as sums over paths and by the sweep, that agree with central differences", () => {
    for (const one of cases) {
      const { graph } = one;
      for (const [name, { formula, value: swept }] of Object.entries(graph.gradient())) {
        const { value, sum, sweep } = graph.derivative(name);
        const { derivative } = differenceBy(graph, name);
        expectNear(value, derivative, 1e-6, where(one, `sum over paths by ${name}`));
        expectNear(sweep, value as number, 1e-11, where(one, `sweep by ${name}`));
        expect(swept).toBe(sweep);
        // The formulas of both, evaluated: the numbers above came from the arrows.
        const values = new Map(graph.circles.map((circle) => [circle.formula.expression, circle.value!]));
        expectNear(evaluate(sum.expression, values), value as number, 1e-10, where(one, `formula by ${name}`));
        expectNear(
          evaluate(formula.expression, values),
          value as number,
          1e-10,
          where(one, `swept formula by ${name}`),
        );
      }
    }
  });

  it("have the values and the derivatives that mathjs finds", () => {
    let compared = 0;
    for (const one of cases) {
      if (one.mathjs === undefined) continue;
      const value: unknown = mathjs.evaluate(one.mathjs, { ...one.point });
      expectNear(one.graph.output.value, realPart(value), 1e-10, where(one, "value"));
      for (const name of Object.keys(one.graph.gradient())) {
        const theirs: unknown = mathjs.derivative(one.mathjs, name, { simplify: false }).evaluate({ ...one.point });
        // Their derivative of a power has logarithms in it, which are NaN where ours has none: then there is nothing to say.
        if (Number.isNaN(realPart(theirs))) continue;
        compared++;
        expectNear(one.graph.derivative(name).value, realPart(theirs), 1e-9, where(one, `mathjs by ${name}`));
      }
    }
    expect(compared).toBeGreaterThan(1000);
  });

  it("are printed as text that reads back", () => {
    for (const one of cases) {
      const { graph } = one;
      const formulas = [
        ...graph.arrows.map(({ partialFormula }) => partialFormula),
        ...graph.circles.map(({ formula }) => formula),
        ...Object.values(graph.gradient()).map(({ formula }) => formula),
      ];
      const values = new Map(graph.circles.map((circle) => [circle.formula.expression, circle.value!]));
      for (const formula of formulas) {
        const value = evaluate(formula.expression, values) as number;
        for (const text of [formula.text, toText(formula.label)]) {
          // Bars and ellipses are for people.
          if (/[…|]/.test(text)) continue;
          expectNear(valueOf(text, graph), value, 1e-9, where(one, text));
        }
        expect(() => katex.renderToString(formula.tex, { throwOnError: true }), formula.tex).not.toThrow();
      }
    }
  });
});
