/**
 * The circles a teacher would draw. Equal parts are one circle. a + b + c is one circle with three arrows, and a product
 * likewise, but a part of it that is used elsewhere too stays a circle of its own. Numbers belong to the operation they
 * stand in. Unlike in derivatives, nothing is simplified that would hide an operation, or a point where it has no value:
 * x/x stays what it is.
 */
import { type Algebra, type Expression, type Factor, isPower, partsOf, type SumNode, type Term } from "./expression.ts";
import { text, write } from "./notation.ts";
import { isOne, isWhole, MINUS_ONE, ONE, plus, power, type Rational, times, ZERO } from "./rational.ts";

/** Makes sums, products and powers as they are to be drawn. */
export class Drawn {
  readonly #algebra: Algebra;
  /** By all that is in them, in whatever order and parentheses: (a + b) + c is c + (b + a). */
  readonly #alike = new Map<Expression, Expression>();

  constructor(algebra: Algebra) {
    this.#algebra = algebra;
  }

  sum(given: readonly Term[]): Expression {
    const terms = this.#withOneNumber(given.map((term) => this.#withoutMinus(term)));
    const [only, ...others] = terms;
    if (only === undefined) return this.#algebra.number(0);
    if (others.length === 0) return this.product(only.coefficient, [{ base: only.of, exponent: ONE }]);
    const all = terms.flatMap((term) => this.#allTerms(term));
    return this.#once(this.#algebra.sum(all), () => this.#algebra.sum(terms));
  }

  product(given: Rational, all: readonly Factor[]): Expression {
    let coefficient = given;
    const rest = all.filter(({ base, exponent }) => {
      const folded = base.kind === "number" ? power(base.value, exponent) : undefined;
      if (folded !== undefined) coefficient = times(coefficient, folded);
      return folded === undefined;
    });
    const factors = this.#withPowers(rest);
    const [only, ...others] = factors;
    if (only === undefined) return this.#algebra.number(coefficient);
    if (others.length === 0 && isOne(coefficient) && isOne(only.exponent)) return only.base;
    const whole = this.#allFactors(coefficient, factors);
    return this.#once(whole, () => this.#algebra.product(coefficient, factors));
  }

  negative(of: Expression): Expression {
    if (of.kind === "product" && this.#isOpen(of)) return this.product(times(MINUS_ONE, of.coefficient), of.factors);
    return this.product(MINUS_ONE, [{ base: of, exponent: ONE }]);
  }

  power(base: Expression, exponent: Expression): Expression {
    if (exponent.kind !== "number" || (base.kind === "constant" && base.name === "e")) {
      return this.#algebra.power(base, exponent);
    }
    return this.product(ONE, [{ base, exponent: exponent.value }]);
  }

  #once(key: Expression, make: () => Expression): Expression {
    const known = this.#alike.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#alike.set(key, made);
    return made;
  }

  /** Whether it may be taken apart: a power is a circle of its own, and so is what has a name. */
  #isOpen(node: Expression): boolean {
    return !this.#algebra.named.has(node) && !isPower(node);
  }

  /** a + (-b) is a - b, and needs no circle for -b. */
  #withoutMinus({ coefficient, of }: Term): Term {
    if (of.kind !== "product" || !this.#isOpen(of) || of.coefficient.n !== -1) return { coefficient, of };
    const positive = this.product({ n: 1, d: of.coefficient.d }, of.factors);
    return { coefficient: times(MINUS_ONE, coefficient), of: positive };
  }

  /** The numbers among the terms become one, where the first of them stands. */
  #withOneNumber(terms: readonly Term[]): readonly Term[] {
    const first = terms.findIndex(({ of }) => of.kind === "number");
    if (first < 0) return terms;
    const total = terms.reduce(
      (sum, { coefficient, of }) => (of.kind === "number" ? plus(sum, times(coefficient, of.value)) : sum),
      ZERO,
    );
    const one = { coefficient: ONE, of: this.#algebra.number(total) };
    return terms.flatMap((term, i) => (term.of.kind !== "number" ? [term] : i === first && total.n !== 0 ? [one] : []));
  }

  #allTerms({ coefficient, of }: Term): readonly Term[] {
    if (of.kind !== "sum" || !this.#isOpen(of)) return [{ coefficient, of }];
    return of.terms.flatMap((term) =>
      this.#allTerms({ coefficient: times(coefficient, term.coefficient), of: term.of }),
    );
  }

  /** x x is x^2: two of the same, side by side, are a power. */
  #withPowers(factors: readonly Factor[]): readonly Factor[] {
    const powers: Factor[] = [];
    for (const factor of factors) {
      const together = this.#together(powers.at(-1), factor);
      if (together === undefined) powers.push(factor);
      else powers[powers.length - 1] = { base: together, exponent: ONE };
    }
    return powers;
  }

  #together(before: Factor | undefined, factor: Factor): Expression | undefined {
    if (before === undefined || !isOne(before.exponent) || !isOne(factor.exponent)) return undefined;
    const [base, exponent] = baseOf(before.base);
    const [otherBase, otherExponent] = baseOf(factor.base);
    if (base !== otherBase || exponent === undefined || otherExponent === undefined) return undefined;
    return this.#algebra.product(ONE, [{ base, exponent: plus(exponent, otherExponent) }]);
  }

  #allFactors(given: Rational, factors: readonly Factor[]): Expression {
    let coefficient = given;
    const spread = ({ base, exponent }: Factor): readonly Factor[] => {
      if (base.kind !== "product" || !isOne(exponent) || !this.#isOpen(base)) return [{ base, exponent }];
      coefficient = times(coefficient, base.coefficient);
      return base.factors.flatMap(spread);
    };
    const all = factors.flatMap(spread);
    return this.#algebra.product(coefficient, all);
  }
}

/** What is raised, and how often it is a factor; undefined where it is not a factor a number of times, as in 1/x. */
function baseOf(node: Expression): [Expression, Rational | undefined] {
  if (node.kind !== "product" || !isPower(node)) return [node, ONE];
  const { base, exponent } = node.factors[0]!;
  return [base, isWhole(exponent) && exponent.n > 0 ? exponent : undefined];
}

/** An expression and all it is made of, parts first. */
export function inOrder(root: Expression): Expression[] {
  const found = new Set<Expression>();
  const waiting = [root];
  for (let node = waiting.at(-1); node !== undefined; node = waiting.at(-1)) {
    const before = waiting.length;
    if (!found.has(node)) for (const part of partsOf(node).toReversed()) if (!found.has(part)) waiting.push(part);
    if (waiting.length > before) continue;
    found.add(node);
    waiting.pop();
  }
  return [...found];
}

/**
 * What each part of a formula becomes when every sum in a sum, and every product in a product, is taken up by it where
 * nothing else uses it.
 */
export function gathered(algebra: Algebra, root: Expression): ReadonlyMap<Expression, Expression> {
  const order = inOrder(root);
  const uses = new Map<Expression, number>();
  for (const node of order) for (const part of new Set(partsOf(node))) uses.set(part, (uses.get(part) ?? 0) + 1);
  const taken = (part: Expression) => uses.get(part) === 1 && !algebra.named.has(part) && !isPower(part);
  const drawn = new Drawn(algebra);
  const made = new Map<Expression, Expression>();
  for (const node of order) {
    if (node.kind === "call") made.set(node, algebra.call(node.name, ...node.of.map((part) => made.get(part)!)));
    else if (node.kind === "sum") made.set(node, drawn.sum(gatheredTerms(node, made, taken)));
    else if (node.kind === "product") made.set(node, gatheredProduct(drawn, node, made, taken));
    else made.set(node, node);
  }
  return made;
}

/** Each partial of a product has all other factors in it, so together they grow with the square of their number. */
const FACTORS_LIMIT = 64;

type Made = ReadonlyMap<Expression, Expression>;

function gatheredTerms({ terms }: SumNode, made: Made, taken: (part: Expression) => boolean): readonly Term[] {
  return terms.flatMap(({ coefficient, of }): readonly Term[] => {
    const part = made.get(of)!;
    if (part.kind !== "sum" || !taken(of)) return [{ coefficient, of: part }];
    return part.terms.map((term) => ({ coefficient: times(coefficient, term.coefficient), of: term.of }));
  });
}

function gatheredProduct(
  drawn: Drawn,
  node: Extract<Expression, { kind: "product" }>,
  made: Made,
  taken: (part: Expression) => boolean,
): Expression {
  let { coefficient } = node;
  const taking = node.factors.flatMap(({ base, exponent }): readonly Factor[] => {
    const part = made.get(base)!;
    if (part.kind !== "product" || isPower(part) || !isOne(exponent) || !taken(base)) return [{ base: part, exponent }];
    coefficient = times(coefficient, part.coefficient);
    return part.factors;
  });
  if (taking.length <= FACTORS_LIMIT) return drawn.product(coefficient, taking);
  return drawn.product(
    node.coefficient,
    node.factors.map(({ base, exponent }) => ({ base: made.get(base)!, exponent })),
  );
}

/** Longer parts are written by a name. */
const NAME_FROM = 48;

/** Names u_1, u_2... for parts that are too long, or too like another, to be written out wherever they are used. */
export function nameLongParts(
  circles: readonly Expression[],
  names: Map<Expression, string>,
  taken: Set<string>,
): void {
  let count = 0;
  for (const circle of circles) {
    if (circle.kind === "variable" || names.has(circle)) continue;
    // All it is made of is short, or has got a name already, and so this is short too.
    const written = write(text, circle, names, 4 * NAME_FROM);
    if (written.length <= NAME_FROM && !taken.has(written)) {
      taken.add(written);
      continue;
    }
    do count++;
    while (taken.has(`u_${count}`));
    names.set(circle, `u_${count}`);
  }
}
