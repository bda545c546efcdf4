/**
 * The circles a teacher would draw. Equal parts are one circle. a + b + c is one circle with three arrows, and a product
 * likewise, but a part of it that is used elsewhere too stays a circle of its own. Numbers belong to the operation they
 * stand in. Unlike in derivatives, nothing is simplified that would hide an operation, or a point where it has no value:
 * x/x stays what it is.
 */
import { type Algebra, OPEN_LIMIT } from "./algebra.ts";
import {
  type Expression,
  type Factor,
  isPower,
  partsOf,
  type ProductNode,
  type SumNode,
  type Term,
} from "./expression.ts";
import { text } from "./writers.ts";
import { write } from "./printer.ts";
import { isOne, isWhole, MINUS_ONE, ONE, plus, power, type Rational, times, ZERO } from "./rational.ts";

/** Makes sums, products and powers as they are to be drawn. */
export class Drawn {
  readonly #algebra: Algebra;
  /** By all that is in them, in whatever order and parentheses: (a + b) + c is c + (b + a). */
  readonly #alike = new Map<Expression, Expression>();
  /** What each sum and product comes to when those in it are opened: a row of them is made, each of the one before. */
  readonly #termsIn = new Map<Expression, readonly Term[]>();
  readonly #factorsIn = new Map<Expression, Opened>();
  #namedCount = 0;

  constructor(algebra: Algebra) {
    this.#algebra = algebra;
  }

  sum(given: readonly Term[]): Expression {
    this.#forgetNamed();
    const terms = this.#withOneNumber(given.map((term) => this.#withoutMinus(term)));
    const [only, ...others] = terms;
    if (only === undefined) return this.#algebra.number(0);
    if (others.length === 0) return this.product(only.coefficient, [{ base: only.of, exponent: ONE }]);
    return this.#once(this.#algebra.sum(this.#allTerms(terms)), () => this.#algebra.sum(terms));
  }

  product(given: Rational, all: readonly Factor[]): Expression {
    this.#forgetNamed();
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
    return this.#once(this.#algebra.product(whole.coefficient, whole.factors), () =>
      this.#algebra.product(coefficient, factors),
    );
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

  /** What has got a name is no longer opened. */
  #forgetNamed(): void {
    const { size } = this.#algebra.named;
    if (size === this.#namedCount) return;
    this.#namedCount = size;
    this.#termsIn.clear();
    this.#factorsIn.clear();
  }

  #allTerms(terms: readonly Term[]): readonly Term[] {
    return terms.flatMap(({ coefficient, of }): readonly Term[] => {
      const opened = of.kind === "sum" && this.#isOpen(of) ? this.#openedSum(of) : undefined;
      if (opened === undefined || opened.length > OPEN_LIMIT) return [{ coefficient, of }];
      if (isOne(coefficient)) return opened;
      return opened.map((term) => ({ coefficient: times(coefficient, term.coefficient), of: term.of }));
    });
  }

  #openedSum(node: SumNode): readonly Term[] {
    const known = this.#termsIn.get(node);
    if (known !== undefined) return known;
    const opened = this.#allTerms(node.terms);
    this.#termsIn.set(node, opened);
    return opened;
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

  #allFactors(given: Rational, factors: readonly Factor[]): Opened {
    let coefficient = given;
    const all = factors.flatMap(({ base, exponent }): readonly Factor[] => {
      const isOpen = base.kind === "product" && isOne(exponent) && this.#isOpen(base);
      const opened = isOpen ? this.#openedProduct(base) : undefined;
      if (opened === undefined || opened.factors.length > OPEN_LIMIT) return [{ base, exponent }];
      coefficient = times(coefficient, opened.coefficient);
      return opened.factors;
    });
    return { coefficient, factors: all };
  }

  #openedProduct(node: ProductNode): Opened {
    const known = this.#factorsIn.get(node);
    if (known !== undefined) return known;
    const opened = this.#allFactors(node.coefficient, node.factors);
    this.#factorsIn.set(node, opened);
    return opened;
  }
}

type Opened = Pick<ProductNode, "coefficient" | "factors">;

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
 * nothing else uses it. A sum that a sum takes up is nothing by itself.
 */
export function gathered(algebra: Algebra, root: Expression): ReadonlyMap<Expression, Expression> {
  const gathering = new Gathering(algebra, root);
  for (const node of gathering.order) gathering.add(node);
  return gathering.made;
}

class Gathering {
  /** Parts first. */
  readonly order: readonly Expression[];
  readonly made = new Map<Expression, Expression>();
  readonly #algebra: Algebra;
  readonly #drawn: Drawn;
  /** What uses a part, where only one thing does. */
  readonly #userOf = new Map<Expression, Expression | undefined>();

  constructor(algebra: Algebra, root: Expression) {
    this.order = inOrder(root);
    this.#algebra = algebra;
    this.#drawn = new Drawn(algebra);
    for (const node of this.order) {
      for (const part of new Set(partsOf(node))) this.#userOf.set(part, this.#userOf.has(part) ? undefined : node);
    }
  }

  add(node: Expression): void {
    if (node.kind === "sum" && this.#goesIntoSum(node)) return;
    this.made.set(node, this.#make(node));
  }

  #make(node: Expression): Expression {
    if (node.kind === "call") return this.#algebra.call(node.name, ...node.of.map((part) => this.made.get(part)!));
    if (node.kind === "sum") return this.#drawn.sum(this.#terms(node));
    return node.kind === "product" ? this.#product(node) : node;
  }

  #isTaken(part: Expression): boolean {
    return this.#userOf.get(part) !== undefined && !this.#algebra.named.has(part) && !isPower(part);
  }

  #goesIntoSum(node: SumNode): boolean {
    return this.#isTaken(node) && this.#userOf.get(node)!.kind === "sum";
  }

  /** Those of all sums in it at once: from one to the next, a term would be copied as often as sums are around it. */
  #terms(node: SumNode): readonly Term[] {
    const terms: Term[] = [];
    const waiting = node.terms.toReversed();
    const open = (coefficient: Rational, inner: SumNode) => {
      for (const term of inner.terms.toReversed()) {
        waiting.push({ coefficient: times(coefficient, term.coefficient), of: term.of });
      }
    };
    for (let term = waiting.pop(); term !== undefined; term = waiting.pop()) {
      const { coefficient, of } = term;
      const part = this.made.get(of);
      if (part === undefined) open(coefficient, of as SumNode);
      else if (part.kind === "sum" && this.#isTaken(of)) {
        for (const own of part.terms) terms.push({ coefficient: times(coefficient, own.coefficient), of: own.of });
      } else terms.push({ coefficient, of: part });
    }
    return terms;
  }

  #product(node: ProductNode): Expression {
    let { coefficient } = node;
    const taking = node.factors.flatMap(({ base, exponent }): readonly Factor[] => {
      const part = this.made.get(base)!;
      const isTaken = part.kind === "product" && !isPower(part) && isOne(exponent) && this.#isTaken(base);
      if (!isTaken) return [{ base: part, exponent }];
      coefficient = times(coefficient, part.coefficient);
      return part.factors;
    });
    if (taking.length <= FACTORS_LIMIT) return this.#drawn.product(coefficient, taking);
    const whole = node.factors.map(({ base, exponent }) => ({ base: this.made.get(base)!, exponent }));
    return this.#drawn.product(node.coefficient, whole);
  }
}

/** Each partial of a product has all other factors in it, so together they grow with the square of their number. */
const FACTORS_LIMIT = 64;

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
