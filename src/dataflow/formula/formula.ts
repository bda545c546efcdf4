/**
 * Dataflow diagrams of formulas: `dataflow("cos(x^2 * y) + x^2 * sqrt(z)")`. Every arrow has its partial derivative as a
 * formula, and at a point as a number; derivatives are sums over paths, and the backward sweep finds the same.
 */
import { type Cost, costOf } from "../cost.ts";
import { Derivative, type DerivativePath } from "./derivative.ts";
import type { Expression } from "./expression.ts";
import { Diagram } from "../diagram.ts";
import type { Value } from "../graph.ts";
import { Formula } from "./notation.ts";
import { numbersAt, type Point } from "./point.ts";
import { readFormula } from "./read.ts";
import { type FormulaArrow, type FormulaCircle, Skeleton } from "./skeleton.ts";

export type { Derivative, DerivativePath, Formula, FormulaArrow, FormulaCircle, Point };

/** A derivative by an input, found by the backward sweep. */
export interface LeafDerivative {
  readonly formula: Formula;
  readonly value: Value | undefined;
}

/**
 * The dataflow diagram of a formula. Equal parts are one circle, and so is a sum or a product of several; numbers belong to
 * the operation they stand in.
 *
 * The formula has + - * / ^, products without a sign (`2 x`), `e`, `pi`, functions (cos, sin, tan, asin, acos, atan, exp, ln,
 * sqrt, sinh, cosh, tanh, sigmoid, relu, step, abs, sign, max, min, square; of vectors dot and norm), and names for all else.
 * The arguments of dot and norm are vectors. Parts can be given names first: `u = x y; cos(u) + u`. At most 100,000
 * characters, with at most 200 parentheses within each other; reading takes time in proportion to the characters.
 *
 * @param point Values of all inputs, if there are to be numbers; `at` adds them later.
 * @throws InvalidInputError that points at the place in the formula.
 */
export function dataflow(formula: string, point?: Point): Dataflow {
  const graph = Dataflow.read(formula);
  return point === undefined ? graph : graph.at(point);
}

export class Dataflow extends Diagram<FormulaCircle, FormulaArrow> {
  readonly #skeleton: Skeleton;
  #adjoints: ReadonlyMap<string, Expression> | undefined;
  /** The values of the inputs, where they are given. */
  readonly point: Point | undefined;

  private constructor(skeleton: Skeleton, point?: Point) {
    const numbers = point === undefined ? undefined : numbersAt(skeleton, point);
    super(...skeleton.withNumbers(numbers));
    this.#skeleton = skeleton;
    this.point = numbers?.point;
  }

  /** What `dataflow` does. */
  static read(formula: string): Dataflow {
    return new Dataflow(new Skeleton(readFormula(formula)));
  }

  /** The formula that this is the diagram of. */
  get formula(): string {
    return this.#skeleton.reading.text;
  }

  /**
   * The same diagram with numbers.
   * @throws InvalidInputError where a value is missing or does not fit, or where some circle or partial has no finite value.
   */
  at(point: Point): Dataflow {
    return new Dataflow(this.#skeleton, point);
  }

  /** By its id, by the name of the output, or by its formula in any notation: `x^2 * y` finds `x^2 y`. */
  override circle(id: string): FormulaCircle {
    return super.circle(this.#skeleton.idOf(id));
  }

  /**
   * The derivative of the output by an input, or by any other circle, as the sum over paths.
   * @throws InvalidInputError for an unknown circle, or where there are more than 10,000 paths, or of more than 2,500,000
   *   arrows in all; `gradient` needs none.
   */
  derivative(by: string): Derivative {
    const circle = this.circle(by);
    const { algebra } = this.#skeleton.reading;
    const paths = this.paths(circle.id).map((arrows): DerivativePath => {
      const factors = arrows.map(({ partialFormula }) => partialFormula);
      const product = this.#formula(algebra.times(...factors.map(({ expression }) => expression)));
      const circles = [circle, ...arrows.map(({ to }) => this.circle(to))];
      return { circles, arrows, factors, product, value: this.product(arrows) };
    });
    const sum = this.#formula(algebra.plus(...paths.map(({ product }) => product.expression)));
    const { names } = this.#skeleton.reading;
    const definitions = this.circles.filter(({ formula }) => names.has(formula.expression));
    return new Derivative(this.output, circle, paths, sum, definitions);
  }

  /** The derivatives by all inputs, by the backward sweep: linear in the size of the diagram, however many paths it has. */
  gradient(): Record<string, LeafDerivative> {
    const adjoints = (this.#adjoints ??= this.#sweepFormulas());
    const entries = this.#skeleton.reading.leaves.map(({ name }): [string, LeafDerivative] => [
      name,
      { formula: this.#formula(adjoints.get(name)!), value: super.circle(name).derivative },
    ]);
    return Object.fromEntries(entries);
  }

  /** The multiplications that all paths to the inputs take, and those of the backward sweep. */
  cost(): Cost {
    return costOf(this);
  }

  #formula(expression: Expression): Formula {
    return new Formula(expression, this.#skeleton.reading.names);
  }

  #sweepFormulas(): ReadonlyMap<string, Expression> {
    const { algebra } = this.#skeleton.reading;
    const adjoints = new Map<string, Expression>([[this.output.id, algebra.number(1)]]);
    for (const { id } of this.circles.toReversed().slice(1)) {
      const terms = this.outOf(id).map(({ to, partialFormula }) =>
        algebra.times(partialFormula.expression, adjoints.get(to)!),
      );
      adjoints.set(id, algebra.plus(...terms));
    }
    return adjoints;
  }
}
