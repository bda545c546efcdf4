/**
 * Expressions as people write them: what stands where, and in which parentheses, is decided here, once; a `Writer` puts the
 * pieces together in its own way.
 */
import { functions, type Layout } from "./functions.ts";
import {
  type CallNode,
  type Expression,
  type Factor,
  partsOf,
  type ProductNode,
  type SumNode,
  type Term,
} from "./expression.ts";
import { isOne, ONE, type Rational, times } from "./rational.ts";

/** Parts that are written by name. */
export type Names = ReadonlyMap<Expression, string>;

/** How tightly a piece holds together: what is looser than its place allows gets parentheses. */
export const HOLD = { sum: 1, signed: 2, product: 3, power: 4, whole: 5 };

export interface Piece<T> {
  readonly out: T;
  readonly hold: number;
  /** Digits behind another factor need a sign between. */
  readonly startsWithDigit?: boolean;
  /** Whether it is an ellipsis: next to each other one is enough. */
  readonly isCut?: boolean;
}

export interface Writer<T> {
  join(pieces: readonly T[]): T;
  /** Upright, as it stands. */
  sign(text: "+" | "-" | " + " | " - " | " " | "times" | ", " | "…"): T;
  number(value: number): T;
  constant(name: string): T;
  variable(name: string, isVector: boolean): T;
  parentheses(inner: T): T;
  power(base: T, exponent: Piece<T>): T;
  /** Whether the bar of a fraction holds its parts together. */
  readonly hasBar: boolean;
  fraction(above: T, below: T): T;
  call(name: string, of: T): T;
  readonly layouts: { readonly [L in Layout]?: (...of: Piece<T>[]) => Piece<T> };
}

/** By its name, where it has one. Longer than `limit` characters, or so, it is abbreviated by ellipses in its parts. */
export function write<T>(writer: Writer<T>, root: Expression, names: Names, limit: number): T {
  return new Printer(writer, names, lengths(root, names)).piece(root, limit).out;
}

/** The same by what it is made of, even where it has a name. */
export function writeInside<T>(writer: Writer<T>, root: Expression, names: Names, limit: number): T {
  const known = lengths(root, names);
  return new Printer(writer, names, known).inside(root, known.get(root)! <= limit ? Infinity : limit).out;
}

/** About as many characters as each part takes: found without writing, since that can be beyond all bounds. */
function lengths(root: Expression, names: Names): ReadonlyMap<Expression, number> {
  const known = new Map<Expression, number>();
  const partsToWrite = (node: Expression) => (node !== root && names.has(node) ? [] : partsOf(node));
  const waiting = [root];
  for (let node = waiting.at(-1); node !== undefined; node = waiting.at(-1)) {
    const before = waiting.length;
    for (const part of partsToWrite(node)) if (!known.has(part)) waiting.push(part);
    if (waiting.length > before) continue;
    waiting.pop();
    const own = node === root ? undefined : names.get(node);
    const parts = partsToWrite(node).map((part) => known.get(part)! + 1);
    known.set(
      node,
      parts.reduce((sum, length) => sum + length, own?.length ?? ownLength(node)),
    );
  }
  return known;
}

function ownLength(node: Expression): number {
  if (node.kind === "number") return textOf(node.value).length;
  if (node.kind === "product") return isOne(node.coefficient) ? 0 : textOf(node.coefficient).length;
  if (node.kind === "sum") return 2 * node.terms.length;
  return node.name.length;
}

function textOf({ n, d }: Rational): string {
  return d === 1 ? String(n) : `${n}/${d}`;
}

class Printer<T> {
  readonly #writer: Writer<T>;
  readonly #names: Names;
  readonly #lengths: ReadonlyMap<Expression, number>;

  constructor(writer: Writer<T>, names: Names, lengthsOf: ReadonlyMap<Expression, number>) {
    this.#writer = writer;
    this.#names = names;
    this.#lengths = lengthsOf;
  }

  /** As a part of something: by its name, or not at all where there is no room. */
  piece(node: Expression, room: number): Piece<T> {
    const name = this.#names.get(node);
    if (name !== undefined) return { out: this.#writer.variable(name, node.isVector), hold: HOLD.whole };
    if (this.#lengths.get(node)! <= room) return this.inside(node, Infinity);
    if (room < 8) return this.#cut();
    // One less, so that no nesting is without end.
    return this.inside(node, room - 1);
  }

  /** By what it is made of, even where it has a name. */
  inside(node: Expression, room: number): Piece<T> {
    const writer = this.#writer;
    switch (node.kind) {
      case "number":
        return this.#product({ coefficient: node.value, factors: [] }, room);
      case "constant":
        return { out: writer.constant(node.name), hold: HOLD.whole };
      case "variable":
        return { out: writer.variable(node.name, node.isVector), hold: HOLD.whole };
      case "sum":
        return this.#sum(node, room);
      case "product":
        return this.#product(node, room);
      case "call":
        return this.#call(node, room);
    }
  }

  #call({ name, of }: CallNode, room: number): Piece<T> {
    const rooms = this.#rooms(of, room - name.length);
    const pieces = of.map((part, i) => this.piece(part, rooms[i]!));
    const layout = this.#writer.layouts[functions[name]!.layout!];
    if (layout !== undefined) return layout(...pieces);
    const list = pieces.flatMap(({ out }, i) => (i === 0 ? [out] : [this.#writer.sign(", "), out]));
    return { out: this.#writer.call(name, this.#writer.join(list)), hold: HOLD.whole };
  }

  /** What fits is written whole, the shortest first, and the others share the rest. */
  #rooms(parts: readonly Expression[], room: number): number[] {
    const needs = parts.map((part) => this.#need(part));
    const order = needs.map((_, i) => i).sort((a, b) => needs[a]! - needs[b]!);
    const rooms = Array.from(needs, () => Infinity);
    let left = room;
    for (const [done, i] of order.entries()) {
      const share = Math.max(0, left) / (order.length - done);
      if (needs[i]! > share) rooms[i] = share;
      left -= Math.min(needs[i]!, share);
    }
    return rooms;
  }

  /** How many parts there is room for, from the first on. */
  #fitting(parts: readonly Expression[], room: number): number {
    let left = room;
    const end = parts.findIndex((part) => (left -= Math.min(this.#need(part), 16)) < 0);
    return end < 0 ? parts.length : Math.max(2, end);
  }

  #need(part: Expression): number {
    return (this.#names.get(part)?.length ?? this.#lengths.get(part)!) + 3;
  }

  #sum(node: SumNode, room: number): Piece<T> {
    const count = this.#fitting(partsOf(node), room);
    const rooms = this.#rooms(partsOf(node).slice(0, count), room);
    const terms = node.terms.slice(0, count).map((term, i) => {
      const { isNegative, size } = this.#signed(term);
      const piece = this.#product(size, rooms[i]!);
      return { ...this.#held(piece, isNegative ? HOLD.signed : HOLD.sum), isNegative: isNegative && !piece.isCut };
    });
    if (count < node.terms.length) terms.push({ ...this.#cut(), isNegative: false });
    const shown = terms.filter(({ isCut }, i) => !isCut || !terms[i - 1]?.isCut);
    if (shown.length === 1) return shown[0]!;
    const pieces = shown.flatMap(({ out, isNegative }, i) => {
      if (i === 0) return isNegative ? [this.#writer.sign("-"), out] : [out];
      return [this.#writer.sign(isNegative ? " - " : " + "), out];
    });
    return { out: this.#writer.join(pieces), hold: HOLD.sum };
  }

  #cut(): Piece<T> {
    return { out: this.#writer.sign("…"), hold: HOLD.whole, isCut: true };
  }

  /** A term as its sign, and a product without one. */
  #signed({ coefficient, of }: Term): { isNegative: boolean; size: Pick<ProductNode, "coefficient" | "factors"> } {
    const isProduct = of.kind === "product" && !this.#names.has(of);
    const own = isProduct ? of.coefficient : of.kind === "number" ? of.value : ONE;
    const factors = isProduct ? of.factors : of.kind === "number" ? [] : [{ base: of, exponent: ONE }];
    const total = times(coefficient, own);
    return { isNegative: total.n < 0, size: { coefficient: { n: Math.abs(total.n), d: total.d }, factors } };
  }

  #product({ coefficient, factors: all }: Pick<ProductNode, "coefficient" | "factors">, room: number): Piece<T> {
    if (coefficient.n < 0) {
      const size = this.#product({ coefficient: { n: -coefficient.n, d: coefficient.d }, factors: all }, room);
      return {
        out: this.#writer.join([this.#writer.sign("-"), this.#held(size, HOLD.signed).out]),
        hold: HOLD.signed,
      };
    }
    const factors = all.slice(0, this.#fitting(all.map(baseOf), room));
    const isCut = factors.length < all.length;
    const above = factors.filter(({ exponent }) => exponent.n >= 0);
    const below = factors.filter(({ exponent }) => exponent.n < 0);
    const left = this.#row(coefficient.n, above, room, isCut && above.length > 0);
    if (below.length === 0 && coefficient.d === 1) return left;
    const divisors = below.map(({ base, exponent: { n, d } }) => ({ base, exponent: { n: -n, d } }));
    return this.#fraction(left, this.#row(coefficient.d, divisors, room, isCut && above.length === 0));
  }

  #fraction(above: Piece<T>, below: Piece<T>): Piece<T> {
    const { hasBar, fraction } = this.#writer;
    const out = fraction(
      hasBar ? above.out : this.#held(above, HOLD.product).out,
      hasBar ? below.out : this.#held(below, HOLD.power).out,
    );
    return { out, hold: HOLD.signed, ...(above.startsWithDigit && { startsWithDigit: true }) };
  }

  /** Factors side by side. */
  #row(coefficient: number, factors: readonly Factor[], room: number, isCut: boolean): Piece<T> {
    const rooms = this.#rooms(factors.map(baseOf), room);
    const all = factors.map((factor, i) => this.#power(factor, rooms[i]!));
    if (coefficient !== 1 || all.length === 0) all.unshift(this.#number(coefficient));
    if (isCut) all.push(this.#cut());
    const pieces = all.filter((piece, i) => !piece.isCut || !all[i - 1]?.isCut);
    if (pieces.length === 1) return pieces[0]!;
    const row = pieces.map((piece) => this.#held(piece, piece.startsWithDigit ? HOLD.power : HOLD.product));
    const out = row.flatMap(({ out: own, startsWithDigit }, i) =>
      i === 0 ? [own] : [this.#writer.sign(startsWithDigit ? "times" : " "), own],
    );
    const startsWithDigit = row[0]!.startsWithDigit;
    return { out: this.#writer.join(out), hold: HOLD.product, ...(startsWithDigit && { startsWithDigit }) };
  }

  #number(value: number): Piece<T> {
    return { out: this.#writer.number(value), hold: HOLD.whole, startsWithDigit: true };
  }

  #power({ base, exponent }: Factor, room: number): Piece<T> {
    const piece = this.piece(base, room);
    if (isOne(exponent) || piece.isCut) return piece;
    return powerOf(this.#writer, piece, this.#product({ coefficient: exponent, factors: [] }, room));
  }

  #held(piece: Piece<T>, hold: number): Piece<T> {
    return piece.hold >= hold ? piece : { out: this.#writer.parentheses(piece.out), hold: HOLD.whole };
  }
}

function baseOf({ base }: Factor): Expression {
  return base;
}

export function whole<T>(writer: Pick<Writer<T>, "parentheses">, piece: Piece<T>): T {
  return piece.hold >= HOLD.whole ? piece.out : writer.parentheses(piece.out);
}

export function powerOf<T>(writer: Writer<T>, base: Piece<T>, exponent: Piece<T>): Piece<T> {
  const out = writer.power(whole(writer, base), exponent);
  const startsWithDigit = base.startsWithDigit && base.hold === HOLD.whole;
  return { out, hold: HOLD.power, ...(startsWithDigit && { startsWithDigit }) };
}
