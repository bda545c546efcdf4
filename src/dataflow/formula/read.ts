/** From the text of a formula to the circles of its diagram, and everything that is wrong with it. */
import { nearest, show } from "../../ground/errors.ts";
import { Drawn, gathered, inOrder, nameLongParts } from "./circles.ts";
import { Algebra } from "./algebra.ts";
import type { Expression, Factor, VariableNode } from "./expression.ts";
import { constants, functionNames, functions, isFunctionName, standardName } from "./functions.ts";
import { parseFormula, type Place, refuseAt, type Signed, type Statement, type Syntax } from "./parse.ts";
import { MINUS_ONE, ONE } from "./rational.ts";

export interface Reading {
  readonly text: string;
  readonly algebra: Algebra;
  /** The inputs in the order in which they appear, then the operations, each behind what it is made of. */
  readonly circles: readonly Expression[];
  readonly leaves: readonly VariableNode[];
  /** Names that the formula gives to its parts, and those for parts that are too long to be written out each time. */
  readonly names: ReadonlyMap<Expression, string>;
  /** What the formula gives a name to: two names can be of the same. */
  readonly definitions: ReadonlyMap<string, Expression>;
  /** How the output is called: as the formula says, otherwise f. */
  readonly outputName: string;
  /** Where an expression was read first. */
  readonly places: ReadonlyMap<Expression, Place>;
}

/** Why vectors stand where they stand. */
export const ONLY_LEAVES =
  "only leaves can be vectors, in dot or norm: a vector at a circle that is no leaf would need more on its arrows than " +
  "partial derivatives and gradients";

/** @throws InvalidInputError that points at the place. */
export function readFormula(text: string): Reading {
  const reader = new Reader(text);
  const { algebra } = reader;
  const made = gathered(algebra, reader.root);
  const root = made.get(reader.root)!;
  const [names, places] = [new Map<Expression, string>(), new Map<Expression, Place>()];
  for (const [read, node] of made) {
    const [name, place] = [reader.names.get(read), reader.places.get(read)];
    if (name !== undefined && node.kind !== "variable" && !node.isConstant) names.set(node, name);
    if (place !== undefined && !places.has(node)) places.set(node, place);
    checkNumbers(text, node, place ?? reader.places.get(reader.root)!);
  }
  names.delete(root);
  const leaves = [...reader.variables.values()];
  const inner = inOrder(root).filter((node) => node !== root && node.kind !== "variable" && !node.isConstant);
  const circles = [...leaves.filter((leaf) => leaf !== root), ...inner, root];
  const outputName = reader.outputName ?? freeName(reader.taken);
  nameLongParts(inner, names, new Set([...reader.taken, outputName]));
  for (const node of names.keys()) algebra.named.add(node);
  const definitions = new Map(Array.from(reader.definitions, ([name, read]) => [name, made.get(read) ?? read]));
  return { text, algebra, circles, leaves, names, definitions, outputName, places };
}

/** Numbers that were put together can be out of bounds though each of them is not. */
function checkNumbers(text: string, node: Expression, { start }: Place): void {
  const terms = node.kind === "sum" ? node.terms.map(({ coefficient }) => coefficient) : [];
  const numbers = node.kind === "number" ? [node.value] : node.kind === "product" ? [node.coefficient] : terms;
  const wrong = numbers.find(({ n }) => !Number.isFinite(n));
  if (wrong !== undefined) refuseAt("formula", text, start, "numbers that float64 can hold", String(wrong.n));
}

function freeName(taken: ReadonlySet<string>): string {
  const free = ["f", "g", "h", "F", "G", "H"].find((name) => !taken.has(name));
  if (free !== undefined) return free;
  for (let i = 1; ; i++) if (!taken.has(`f_${i}`)) return `f_${i}`;
}

class Reader {
  readonly text: string;
  readonly algebra = new Algebra();
  readonly root: Expression;
  readonly outputName: string | undefined;
  readonly variables = new Map<string, VariableNode>();
  readonly names = new Map<Expression, string>();
  readonly places = new Map<Expression, Place>();
  readonly #drawn = new Drawn(this.algebra);
  readonly definitions = new Map<string, Expression>();
  readonly #vectors = new Set<string>();
  readonly #used = new Set<string>();

  constructor(text: string) {
    this.text = text;
    const statements = parseFormula(text);
    const defined = new Set(statements.flatMap(({ name }) => name ?? []));
    for (const { value } of statements) this.#findVectors(value, defined);
    const [last, definitions] = [statements.at(-1)!, statements.slice(0, -1)];
    for (const statement of definitions) this.#define(statement);
    this.root = this.#read(last.value);
    if (last.name !== undefined) this.#checkName(last);
    this.outputName = last.name ?? this.names.get(this.root);
    const idle = definitions.find(({ name }) => !this.#used.has(name!));
    if (idle !== undefined) this.#refuse(idle.place, `a use of ${idle.name} behind its definition`, "none");
  }

  /** All names that mean something. */
  get taken(): Set<string> {
    return new Set([...this.variables.keys(), ...this.definitions.keys(), ...functionNames, ...Object.keys(constants)]);
  }

  #refuse(place: Place, expected: string, got: string): never {
    return refuseAt("formula", this.text, place.start, expected, got);
  }

  /** Which names are vectors is seen from where they stand, so it has to be known before anything is read. */
  #findVectors(node: Syntax, defined: ReadonlySet<string>): void {
    if (node.type === "call" && takesVectors(node.name)) {
      for (const argument of node.arguments) this.#vectors.add(this.#vectorName(argument, node.name, defined));
    } else for (const part of syntaxParts(node)) this.#findVectors(part, defined);
  }

  #vectorName(node: Syntax, of: string, defined: ReadonlySet<string>): string {
    const isLeaf = node.type === "name" && !defined.has(node.name) && constantName(node.name) === undefined;
    if (isLeaf && !isFunctionName(node.name)) return node.name;
    const got = node.type === "name" ? `${node.name}, which is no input` : "an operation";
    return this.#refuse(node.place, `the name of a vector in ${of}(...)`, `${got}; ${ONLY_LEAVES}`);
  }

  #checkName({ name, place }: Statement): void {
    if (isFunctionName(name!) || constantName(name!) !== undefined) {
      this.#refuse(place, "a name that is free", `${name}, which has a meaning already`);
    }
    if (this.definitions.has(name!)) this.#refuse(place, "one definition of a name", `another of ${name}`);
    if (this.variables.has(name!)) this.#refuse(place, "a name that is defined before it is used", name!);
  }

  #define(statement: Statement): void {
    const value = this.#read(statement.value);
    this.#checkName(statement);
    this.definitions.set(statement.name!, value);
    if (value.isConstant || value.kind === "variable" || this.names.has(value)) return;
    this.names.set(value, statement.name!);
    this.algebra.named.add(value);
  }

  #read(node: Syntax): Expression {
    const value = this.#readers[node.type](node as never);
    if (!this.places.has(value)) this.places.set(value, node.place);
    return value;
  }

  readonly #readers: { readonly [T in Syntax["type"]]: (node: Extract<Syntax, { type: T }>) => Expression } = {
    number: ({ value }) => this.algebra.number(value),
    name: ({ name, place }) => this.#name(name, place),
    call: (node) => this.#call(node),
    negative: ({ of }) => this.#drawn.negative(this.#read(of)),
    root: ({ count, of }) => this.#rooted(this.#read(of), count),
    power: (node) => this.#power(node),
    product: (node) => this.#product(node),
    sum: ({ terms }) =>
      inPairs(
        terms.map((term) => this.#term(term)),
        (some) => this.#drawn.sum(some),
        asTerm,
      ),
  };

  #name(name: string, place: Place): Expression {
    const constant = constantName(name);
    if (constant !== undefined) return this.algebra.constant(constant);
    this.#used.add(name);
    const defined = this.definitions.get(name);
    if (defined !== undefined) return defined;
    if (isFunctionName(name)) this.#refuse(place, `"(" behind ${name}`, "a function without an argument");
    if (this.#vectors.has(name)) this.#refuse(place, "a number", `the vector ${name}; ${ONLY_LEAVES}`);
    return this.#variable(name, false);
  }

  #variable(name: string, isVector: boolean): VariableNode {
    const variable = this.algebra.variable(name, isVector);
    this.variables.set(name, variable);
    return variable;
  }

  #call(node: Extract<Syntax, { type: "call" }>): Expression {
    if (!isFunctionName(node.name)) this.#refuseFunction(node.name, node.namePlace);
    const name = standardName(node.name);
    const count = name === "square" ? 1 : functions[name]!.partials.length;
    if (node.arguments.length !== count) {
      const wanted = count === 1 ? "one argument" : `${count} arguments`;
      this.#refuse(node.place, `${wanted} in ${node.name}(...)`, String(node.arguments.length));
    }
    if (takesVectors(name)) return this.algebra.call(name, ...node.arguments.map((argument) => this.#vector(argument)));
    const of = node.arguments.map((argument) => this.#read(argument));
    return name === "square" ? this.#drawn.power(of[0]!, this.algebra.number(2)) : this.algebra.call(name, ...of);
  }

  #vector(node: Syntax): VariableNode {
    const variable = this.#variable((node as Extract<Syntax, { type: "name" }>).name, true);
    if (!this.places.has(variable)) this.places.set(variable, node.place);
    return variable;
  }

  #refuseFunction(name: string, place: Place): never {
    const isVariable = this.variables.has(name) || this.definitions.has(name) || [...name].length === 1;
    const hint = isVariable ? undefined : nearest(name, functionNames);
    const advice = hint === undefined ? ` (for a product: ${name} * (...))` : ` (did you mean ${show(hint)}?)`;
    return this.#refuse(place, `a function: one of ${functionNames.join(", ")}`, show(name) + advice);
  }

  #rooted(of: Expression, count: number): Expression {
    let node = of;
    for (let i = 0; i < count; i++) node = this.algebra.call("sqrt", node);
    return node;
  }

  #term({ negative, of }: Signed) {
    return { coefficient: negative ? MINUS_ONE : ONE, of: this.#read(of) };
  }

  #power(node: Extract<Syntax, { type: "power" }>): Expression {
    const base = this.#read(node.base);
    // From the right: 2^3^2 is 2^9.
    const [last, ...others] = node.tail
      .map(({ negative, of }) => ({ negative, of: this.#read(of), place: of.place }))
      .toReversed();
    const signed = (negative: boolean, of: Expression) => (negative ? this.#drawn.negative(of) : of);
    const exponent = others.reduce(
      (above, next) => signed(next.negative, this.#raised(next.of, above, next.place)),
      signed(last!.negative, last!.of),
    );
    return this.#raised(base, exponent, node.place);
  }

  #raised(base: Expression, exponent: Expression, place: Place): Expression {
    const isZero = base.kind === "number" && base.value.n === 0;
    if (isZero && exponent.kind === "number" && exponent.value.n < 0)
      this.#refuse(place, "a divisor other than 0", "0");
    return this.#drawn.power(base, exponent);
  }

  #product({ factors }: Extract<Syntax, { type: "product" }>): Expression {
    const read = factors.map(({ by, of }, i): Factor => {
      if (by === "implied" && factors[i - 1]!.by === "over") {
        const got = "a product without a sign behind a division, which can be read in two ways";
        this.#refuse(of.place, "parentheses, as in (a/b) c or a/(b c)", got);
      }
      const base = this.#read(of);
      if (by !== "over") return { base, exponent: ONE };
      if (base.kind === "number" && base.value.n === 0) this.#refuse(of.place, "a divisor other than 0", "0");
      return { base, exponent: MINUS_ONE };
    });
    return inPairs(read, (some) => this.#drawn.product(ONE, some), asFactor);
  }
}

/** More are not taken together at once: what they have in common with others would be searched for too long. */
const TOGETHER = 64;

/** Two by two from the left, so that parts in common with others are found. */
function inPairs<P>(
  parts: readonly P[],
  make: (some: readonly P[]) => Expression,
  again: (of: Expression) => P,
): Expression {
  if (parts.length <= TOGETHER) {
    return make(parts.slice(2).reduce<readonly P[]>((pair, part) => [again(make(pair)), part], parts.slice(0, 2)));
  }
  const rest = Array.from({ length: Math.ceil(parts.length / TOGETHER) }, (_, i) =>
    again(inPairs(parts.slice(i * TOGETHER, (i + 1) * TOGETHER), make, again)),
  );
  return inPairs(rest, make, again);
}

function asTerm(of: Expression) {
  return { coefficient: ONE, of };
}

function asFactor(base: Expression): Factor {
  return { base, exponent: ONE };
}

function takesVectors(name: string): boolean {
  const known = standardName(name);
  return Object.hasOwn(functions, known) && functions[known]!.valueOfVectors !== undefined;
}

function constantName(name: string): string | undefined {
  const known = name === "π" ? "pi" : name;
  return Object.hasOwn(constants, known) ? known : undefined;
}

function syntaxParts(node: Syntax): readonly Syntax[] {
  switch (node.type) {
    case "call":
      return node.arguments;
    case "negative":
    case "root":
      return [node.of];
    case "power":
      return [node.base, ...node.tail.map(({ of }) => of)];
    case "product":
      return node.factors.map(({ of }) => of);
    case "sum":
      return node.terms.map(({ of }) => of);
    default:
      return [];
  }
}
