/**
 * Makes expressions: as they stand (`sum`, `product`, `call`), which is how formulas are drawn, or simplified (`plus`,
 * `times`, `power`), which is how derivatives are written. Simplified are constants, 0 and 1, like terms, like powers and
 * signs; no value changes but by rounding, where there is one.
 */
import {
  type Calculus,
  type CallNode,
  type Expression,
  type Factor,
  type Node,
  type NumberNode,
  partsOf,
  type ProductNode,
  type SumNode,
  type Term,
  type VariableNode,
} from "./expression.ts";
import { functions } from "./functions.ts";
import { isOne, isWhole, MINUS_ONE, ONE, plus, power, type Rational, rational, times, ZERO } from "./rational.ts";

/** Longer sums and products are not opened by those they are in: each layer of a deep formula would copy all above it. */
export const OPEN_LIMIT = 64;

/** Makes expressions, each once. */
export class Algebra implements Calculus {
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
