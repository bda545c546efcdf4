/** The numbers that expressions come to. */
import type { Value } from "../graph.ts";
import { type Expression, partsOf, type ProductNode } from "./expression.ts";
import { constants, functions } from "./functions.ts";
import { type Rational, toNumber } from "./rational.ts";

/**
 * The value of an expression. `values` has those of the variables, and of any other part that is already known or held
 * fast; all that is computed on the way is added.
 */
export function evaluate(root: Expression, values: Map<Expression, Value>): Value {
  const waiting = [root];
  for (let node = waiting.at(-1); node !== undefined; node = waiting.at(-1)) {
    const before = waiting.length;
    if (!values.has(node)) for (const part of partsOf(node)) if (!values.has(part)) waiting.push(part);
    if (waiting.length > before) continue;
    if (!values.has(node)) values.set(node, valueOf(node, values));
    waiting.pop();
  }
  return values.get(root)!;
}

/** From the values of the parts. */
function valueOf(node: Expression, values: ReadonlyMap<Expression, Value>): Value {
  const of = (part: Expression) => values.get(part)!;
  switch (node.kind) {
    case "number":
      return toNumber(node.value);
    case "constant":
      return constants[node.name]!;
    case "variable":
      throw new RangeError(`no value was given for ${node.name}`);
    case "call": {
      const { value, valueOfVectors } = functions[node.name]!;
      const [u, v] = node.of.map(of);
      if (valueOfVectors) return valueOfVectors(u as ArrayLike<number>, v as ArrayLike<number>);
      return value!(u as number, v as number);
    }
    case "sum":
      return node.terms.map((term) => scaled(of(term.of), term.coefficient)).reduce(added);
    case "product":
      return productValue(node, of);
  }
}

function productValue({ coefficient, factors }: ProductNode, of: (part: Expression) => Value): Value {
  let product = coefficient.n;
  let vector: ArrayLike<number> | undefined;
  for (const { base, exponent } of factors) {
    const value = of(base);
    if (typeof value !== "number") vector = value;
    else if (exponent.n < 0) product /= raised(value, -exponent.n / exponent.d);
    else product *= raised(value, exponent.n / exponent.d);
  }
  product /= coefficient.d;
  return vector === undefined ? product : Array.from(vector, (element) => element * product);
}

function raised(base: number, exponent: number): number {
  return exponent === 1 ? base : exponent === 2 ? base * base : base ** exponent;
}

function scaled(value: Value, { n, d }: Rational): Value {
  return typeof value === "number" ? (value * n) / d : Array.from(value, (element) => (element * n) / d);
}

function added(a: Value, b: Value): Value {
  if (typeof a === "number") return a + (b as number);
  return Array.from(a, (element, i) => element + (b as ArrayLike<number>)[i]!);
}
