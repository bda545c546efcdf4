/**
 * Expressions: numbers, names, sums, products with powers, and calls of functions. Equal ones are one object, so a formula
 * with shared parts is a graph, and nothing here walks it as the tree that it stands for, which can be exponentially
 * larger.
 *
 * `Algebra` makes them: as they stand (`sum`, `product`, `call`), which is how formulas are drawn, or simplified (`plus`,
 * `times`, `power`), which is how derivatives are written. Simplified are constants, 0 and 1, like terms, like powers and
 * signs; no value changes but by rounding, where there is one.
 */
import { constants, functions } from "./functions.ts";
import type { Value } from "../graph.ts";
import {
  isOne,
  isWhole,
  MINUS_ONE,
  ONE,
  plus,
  power,
  type Rational,
  rational,
  times,
  toNumber,
  ZERO,
} from "./rational.ts";

interface Node {
  /** Greater than that of every part: expressions in order of their indices can be evaluated one after the other. */
  readonly index: number;
  readonly isVector: boolean;
  /** Whether no variable is in it. */
  readonly isConstant: boolean;
}

export interface Term {
  readonly coefficient: Rational;
  readonly of: Expression;
}

export interface Factor {
  readonly base: Expression;
  readonly exponent: Rational;
}

export interface NumberNode extends Node {
  readonly kind: "number";
  readonly value: Rational;
}

/** A number with a name: e, pi. */
export interface ConstantNode extends Node {
  readonly kind: "constant";
  readonly name: string;
}

export interface VariableNode extends Node {
  readonly kind: "variable";
  readonly name: string;
}

export interface SumNode extends Node {
  readonly kind: "sum";
  readonly terms: readonly Term[];
}

/** The coefficient times each base to its exponent: x^2 and 1/x are such products too. */
export interface ProductNode extends Node {
  readonly kind: "product";
  readonly coefficient: Rational;
  readonly factors: readonly Factor[];
}

export interface CallNode extends Node {
  readonly kind: "call";
  readonly name: string;
  readonly of: readonly Expression[];
}

export type Expression = NumberNode | ConstantNode | VariableNode | SumNode | ProductNode | CallNode;

/** The expressions that one is made of. */
export function partsOf(node: Expression): readonly Expression[] {
  if (node.kind === "sum") return node.terms.map(({ of }) => of);
  if (node.kind === "product") return node.factors.map(({ base }) => base);
  return node.kind === "call" ? node.of : [];
}

/** Whether it is a base with an exponent, and nothing else. */
export function isPower(node: Expression): boolean {
  return (
    node.kind === "product" && isOne(node.coefficient) && node.factors.length === 1 && !isOne(node.factors[0]!.exponent)
  );
}

/** Longer sums and products are not opened by those they are in: each layer of a deep formula would copy all above it. */
export const OPEN_LIMIT = 64;

/** Makes expressions, each once. */
export class Algebra {
  /** Parts with names of their own: simplifying leaves them whole, so that the names can stand for them. */
  readonly named = new Set<Expression>();
  readonly #known = new Map<string, Expression>();
  readonly #coefficientsOf = new Map<SumNode, ReadonlyMap<Expression, Rational>>();

  // As they stand.

  number(n: number | Rational, d = 1): NumberNode {
    const value = typeof n === "number" ? rational(n, d) : n;
    const node = { kind: "number", value, isVector: false, isConstant: true } as const;
    return this.#once(`${value.n}/${value.d}`, node) as NumberNode;
  }

  constant(name: string): Expression {
    return this.#once(`constant ${name}`, { kind: "constant", name, isVector: false, isConstant: true });
  }

  variable(name: string, isVector = false): VariableNode {
    return this.#once(`variable ${name}`, { kind: "variable", name, isVector, isConstant: false }) as VariableNode;
  }

  /** The order in which the terms are written is that in which this sum was first made. */
  sum(terms: readonly Term[]): Expression {
    const key = terms.map(({ coefficient: { n, d }, of }) => `${of.index}*${n}/${d}`).sort();
    const parts = terms.map(({ of }) => of);
    return this.#once(`+ ${key.join(" ")}`, { kind: "sum", terms, ...traits(parts) });
  }

  product(coefficient: Rational, factors: readonly Factor[]): Expression {
    const key = factors.map(({ base, exponent: { n, d } }) => `${base.index}^${n}/${d}`).sort();
    const parts = factors.map(({ base }) => base);
    const node = { kind: "product", coefficient, factors, ...traits(parts) } as const;
    return this.#once(`* ${coefficient.n}/${coefficient.d} ${key.join(" ")}`, node);
  }

  call(name: string, ...of: Expression[]): Expression {
    const node = { kind: "call", name, of, ...traits(of), isVector: false } as const;
    return this.#once(`${name}( ${of.map(({ index }) => index).join(" ")}`, node);
  }

  #once(key: string, node: DistributiveOmit<Expression, "index">): Expression {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made: Expression = { ...node, index: this.#known.size };
    this.#known.set(key, made);
    return made;
  }

  // Simplified.

  plus(...of: Expression[]): Expression {
    return this.#simpleSum(of.map((node) => ({ coefficient: ONE, of: node })));
  }

  minus(a: Expression, b: Expression): Expression {
    return this.#simpleSum([
      { coefficient: ONE, of: a },
      { coefficient: MINUS_ONE, of: b },
    ]);
  }

  negative(of: Expression): Expression {
    return this.scaled(MINUS_ONE, of);
  }

  times(...of: Expression[]): Expression {
    return this.#simpleProduct(
      ONE,
      of.map((base) => ({ base, exponent: ONE })),
    );
  }

  over(a: Expression, b: Expression): Expression {
    return this.#simpleProduct(ONE, [
      { base: a, exponent: ONE },
      { base: b, exponent: MINUS_ONE },
    ]);
  }

  scaled(coefficient: Rational, of: Expression): Expression {
    return this.#simpleProduct(coefficient, [{ base: of, exponent: ONE }]);
  }

  whole(base: Expression, exponent: number): Expression {
    return this.#simpleProduct(ONE, [{ base, exponent: rational(exponent) }]);
  }

  power(base: Expression, exponent: Expression): Expression {
    if (exponent.kind === "number") return this.#simpleProduct(ONE, [{ base, exponent: exponent.value }]);
    if (base.kind === "constant" && base.name === "e") return this.call("exp", exponent);
    return this.call("^", base, exponent);
  }

  /** d node / d part, its other parts held fast: however often the part appears, it is one arrow. */
  partial(node: Expression, part: Expression): Expression {
    if (node.kind === "sum") return this.number(this.#coefficients(node).get(part) ?? ZERO);
    const places = partsOf(node).flatMap((of, i) => (of === part ? [i] : []));
    return this.plus(...places.map((i) => this.#partialAt(node, i)));
  }

  /** Of all parts at once: a sum can have thousands. */
  #coefficients(node: SumNode): ReadonlyMap<Expression, Rational> {
    const known = this.#coefficientsOf.get(node);
    if (known !== undefined) return known;
    const found = new Map<Expression, Rational>();
    for (const { coefficient, of } of node.terms) found.set(of, plus(found.get(of) ?? ZERO, coefficient));
    this.#coefficientsOf.set(node, found);
    return found;
  }

  #partialAt(node: Expression, i: number): Expression {
    if (node.kind === "call") return functions[node.name]!.partials[i]!(this, node.of[0]!, node.of[1]!);
    const { coefficient, factors } = node as ProductNode;
    const { base, exponent } = factors[i]!;
    const lowered = { base, exponent: plus(exponent, MINUS_ONE) };
    return this.#simpleProduct(times(coefficient, exponent), factors.with(i, lowered));
  }

  #isOpen(node: Expression, parts: readonly unknown[]): boolean {
    return parts.length <= OPEN_LIMIT && !this.named.has(node);
  }

  #simpleSum(given: readonly Term[]): Expression {
    let constant = ZERO;
    const merged = new Map<Expression, Rational>();
    const take = ({ coefficient, of }: Term): void => {
      if (of.kind === "number") constant = plus(constant, times(coefficient, of.value));
      else if (of.kind === "sum" && this.#isOpen(of, of.terms)) {
        for (const term of of.terms) take({ coefficient: times(coefficient, term.coefficient), of: term.of });
      } else {
        const [own, rest] = this.#withoutCoefficient(of);
        merged.set(rest, plus(merged.get(rest) ?? ZERO, times(coefficient, own)));
      }
    };
    given.forEach(take);
    const terms = Array.from(merged, ([of, coefficient]) => ({ coefficient, of }));
    return this.#smallestSum(terms, constant);
  }

  #smallestSum(all: readonly Term[], constant: Rational): Expression {
    const terms = all.filter(({ coefficient }) => coefficient.n !== 0);
    if (terms.length === 0) return all[0]?.of.isVector ? this.scaled(ZERO, all[0].of) : this.number(constant);
    if (constant.n !== 0) terms.push({ coefficient: ONE, of: this.number(constant) });
    if (terms.length === 1) return this.scaled(terms[0]!.coefficient, terms[0]!.of);
    // A sum reads better from a positive term on.
    const first = terms.findIndex(({ coefficient, of }) => (of.kind === "number" ? of.value : coefficient).n > 0);
    if (first > 0) terms.unshift(...terms.splice(first, 1));
    return this.sum(terms);
  }

  #withoutCoefficient(node: Expression): [Rational, Expression] {
    if (node.kind !== "product" || isOne(node.coefficient) || !this.#isOpen(node, node.factors)) return [ONE, node];
    const [only, ...others] = node.factors;
    if (others.length === 0 && isOne(only!.exponent)) return [node.coefficient, only!.base];
    return [node.coefficient, this.product(ONE, node.factors)];
  }

  #simpleProduct(coefficient: Rational, given: readonly Factor[]): Expression {
    let total = coefficient;
    const merged = new Map<Expression, Rational>();
    const take = ({ base, exponent }: Factor): void => {
      const own = base.kind === "number" ? base.value : base.kind === "product" ? base.coefficient : ONE;
      const folded = power(own, exponent);
      if (folded !== undefined && base.kind === "number") total = times(total, folded);
      else if (folded !== undefined && base.kind === "product" && this.#isOpen(base, base.factors)) {
        total = times(total, folded);
        for (const factor of base.factors) take({ base: factor.base, exponent: times(factor.exponent, exponent) });
      } else merged.set(base, plus(merged.get(base) ?? ZERO, exponent));
    };
    given.forEach(take);
    const factors = Array.from(merged, ([base, exponent]) => ({ base, exponent }));
    const root = factors.findIndex(isPowerOfRoot);
    if (root < 0) return this.#smallestProduct(total, factors);
    const { base, exponent } = factors[root]!;
    const under = (base as CallNode).of[0]!;
    return this.#simpleProduct(total, factors.with(root, { base: under, exponent: times(exponent, rational(1, 2)) }));
  }

  #smallestProduct(coefficient: Rational, all: readonly Factor[]): Expression {
    // The zero vector is no number.
    const factors = all.filter(({ base, exponent }) => exponent.n !== 0 && (coefficient.n !== 0 || base.isVector));
    if (factors.length === 0) return this.number(coefficient);
    factors.sort((a, b) => rank(a.base) - rank(b.base));
    const [only, ...others] = factors;
    if (others.length === 0 && isOne(only!.exponent)) {
      if (isOne(coefficient)) return only!.base;
      if (coefficient.n === -1 && isOne(times(coefficient, coefficient))) return this.#opposite(only!.base);
    }
    return this.product(coefficient, factors);
  }

  /** -(a - b) is b - a. */
  #opposite(of: Expression): Expression {
    if (of.kind !== "sum" || !this.#isOpen(of, of.terms)) return this.product(MINUS_ONE, [{ base: of, exponent: ONE }]);
    return this.#simpleSum(of.terms.map((term) => ({ ...term, coefficient: times(MINUS_ONE, term.coefficient) })));
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function traits(parts: readonly Expression[]): Pick<Node, "isVector" | "isConstant"> {
  return {
    isVector: parts.some(({ isVector }) => isVector),
    isConstant: parts.every(({ isConstant }) => isConstant),
  };
}

/** √u to an even power is a power of u: where √u has a value, u has one. */
function isPowerOfRoot({ base, exponent }: Factor): boolean {
  return base.kind === "call" && base.name === "sqrt" && isWhole(exponent) && exponent.n % 2 === 0 && exponent.n !== 0;
}

/** In products letters stand before functions, these before sums, and vectors last: 2 x sin(y) (1 + z) c. */
function rank(node: Expression): number {
  if (node.isVector) return 4;
  return { number: 0, constant: 0, variable: 1, product: 1, call: 2, sum: 3 }[node.kind];
}

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
