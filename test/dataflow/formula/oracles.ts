/** What diagrams of formulas are held against, and how errors are read. */
import { expect } from "vitest";
import { evaluate } from "../../../src/dataflow/formula/evaluate.ts";
import { type Expression } from "../../../src/dataflow/formula/expression.ts";
import { type Dataflow, dataflow, type Point } from "../../../src/dataflow/formula/formula.ts";
import type { Value } from "../../../src/dataflow/graph.ts";
import { InvalidInputError } from "../../../src/ground/errors.ts";

export interface Difference {
  readonly derivative: number;
  /** How far differences of two sizes are apart; all where there is a kink. */
  readonly doubt: number;
}

/** Central differences of two sizes, put together so that the error is of the fourth order. */
function centralDifference(f: (x: number) => number, x: number): Difference {
  const size = 2e-4 * Math.max(0.1, Math.abs(x));
  const by = (h: number) => (f(x + h) - f(x - h)) / (2 * h);
  const [coarse, fine] = [by(size), by(size / 2)];
  // What the slopes on both sides differ by is halved with the size, but not where x is on a kink.
  const bend = (h: number) => Math.abs(f(x + h) - 2 * f(x) + f(x - h)) / h;
  const isKink = bend(size / 2) > 1e-5 && bend(size / 2) > 0.75 * bend(size);
  return { derivative: fine + (fine - coarse) / 3, doubt: isKink ? Infinity : Math.abs(fine - coarse) };
}

/** Of each arrow: of the circle it points to, as a function of the one it comes from, with all others held fast. */
export function arrowDifferences(graph: Dataflow): Difference[] {
  return graph.arrows.map(({ from, to }) => {
    const [part, whole] = [graph.circle(from).formula.expression, graph.circle(to).formula.expression];
    const parts = new Map<Expression, Value>(
      graph.into(to).map((arrow) => [graph.circle(arrow.from).formula.expression, graph.circle(arrow.from).value!]),
    );
    const f = (x: number) => evaluate(whole, new Map([...parts, [part, x]])) as number;
    return centralDifference(f, parts.get(part) as number);
  });
}

/** Of the output by an input. */
export function differenceBy(graph: Dataflow, name: string): Difference {
  return centralDifference((x) => valueAt(graph, { ...graph.point, [name]: x }), graph.point![name] as number);
}

export function valueAt(graph: Dataflow, point: Point): number {
  const inputs = graph.circles.filter(({ formula }) => formula.expression.kind === "variable");
  const values = new Map<Expression, Value>(inputs.map(({ id, formula }) => [formula.expression, point[id]!]));
  return evaluate(graph.output.formula.expression, values) as number;
}

/** Within `tolerance`, relative for numbers above 1. */
export function expectNear(got: unknown, wanted: number, tolerance: number, where: string): void {
  const error = Math.abs((got as number) - wanted) / Math.max(1, Math.abs(wanted));
  expect(error, `${where}: ${String(got)}, expected ${wanted}`).toBeLessThan(tolerance);
}

/** The value of a formula in which inputs and named circles of a diagram appear. */
export function valueOf(text: string, graph: Dataflow): number {
  const read = dataflow(text);
  const point = Object.fromEntries(Object.keys(read.gradient()).map((name) => [name, graph.circle(name).value!]));
  return valueAt(read, point);
}

/** What is refused, by its message: the last line has the caret. */
export function refusal(formula: string, point?: Point): { message: string; caret: string; line: string } {
  try {
    dataflow(formula, point);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    const [message, line, caret] = (error as Error).message.split("\n");
    return { message: message!, line: line!, caret: caret! };
  }
  throw new Error(`nothing was refused: ${formula}`);
}

/** The rest of the formula from the caret on. */
export function pointedAt(formula: string, point?: Point): string {
  const { line, caret } = refusal(formula, point);
  expect(caret.trim()).toBe("^");
  return [...line].slice(caret.length - 1).join("");
}
