/** Expressions that tests are made of. */
import { Algebra } from "../../../src/dataflow/formula/algebra.ts";
import { evaluate } from "../../../src/dataflow/formula/evaluate.ts";
import type { Expression } from "../../../src/dataflow/formula/expression.ts";
import { Formula } from "../../../src/dataflow/formula/notation.ts";
import type { Value } from "../../../src/dataflow/graph.ts";

export const a = new Algebra();
export const [x, y, z] = ["x", "y", "z"].map((name) => a.variable(name)) as [Expression, Expression, Expression];
export const [c, v] = [a.variable("c", true), a.variable("v", true)];
export const one = a.number(1);
export const two = a.number(2);
export const point = new Map<Expression, Value>([
  [x, 1.5],
  [y, 0.75],
  [z, 2],
  [c, [1, 2]],
  [v, [3, -4]],
]);

export function print(of: Expression): string {
  return new Formula(of, new Map()).text;
}

export function valueOf(of: Expression): Value {
  return evaluate(of, new Map(point));
}
