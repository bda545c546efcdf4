/**
 * Expressions: numbers, names, sums, products with powers, and calls of functions. Equal ones are one object, so a formula
 * with shared parts is a graph, and nothing here walks it as the tree that it stands for, which can be exponentially
 * larger. `Algebra` makes them.
 */
import { isOne, type Rational } from "./rational.ts";

export interface Node {
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

/** What derivatives are made with: simplified sums, products and powers, and calls. */
export interface Calculus {
  number(n: number, d?: number): Expression;
  call(name: string, ...of: Expression[]): Expression;
  plus(...of: Expression[]): Expression;
  minus(a: Expression, b: Expression): Expression;
  negative(of: Expression): Expression;
  times(...of: Expression[]): Expression;
  over(a: Expression, b: Expression): Expression;
  whole(base: Expression, exponent: number): Expression;
  power(base: Expression, exponent: Expression): Expression;
}
