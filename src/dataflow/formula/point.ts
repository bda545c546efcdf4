/** A formula at a point: values of the inputs are checked, and all numbers of the diagram found. */
import { nearest, refuse, show } from "../../ground/errors.ts";
import { evaluate } from "./evaluate.ts";
import { type Expression, partsOf, type VariableNode } from "./expression.ts";
import { Graph, type Value } from "../graph.ts";
import { formatValue } from "../label.ts";
import { refuseAt } from "./parse.ts";
import { ONLY_LEAVES, type Reading } from "./read.ts";
import type { Numbers, Skeleton } from "./skeleton.ts";

/** Values of the inputs by name: numbers, and for vectors arrays of numbers. */
export type Point = Readonly<Record<string, Value>>;

/** @throws InvalidInputError that names the circle or the value, and points at its place in the formula. */
export function numbersAt(skeleton: Skeleton, given: Point): Numbers & { readonly point: Point } {
  const { reading, edges } = skeleton;
  const point = checkedPoint(reading, given);
  const known = new Map<Expression, Value>(reading.leaves.map((leaf) => [leaf, point[leaf.name]!]));
  const values = reading.circles.map((node) => finiteValue(skeleton, node, known));
  const partials = edges.map(({ from, to, partial }) => {
    const value = evaluate(partial().expression, known);
    if (isFinite(value)) return value;
    return refuseCircle(
      skeleton,
      to,
      `a finite derivative of ${skeleton.id(to)} by ${skeleton.id(from)}`,
      value,
      known,
    );
  });
  return { point, values, partials, derivatives: derivativesAt(skeleton, partials, known) };
}

function finiteValue(skeleton: Skeleton, node: Expression, known: Map<Expression, Value>): Value {
  const value = evaluate(node, known);
  if (isFinite(value)) return value;
  return refuseCircle(skeleton, node, `a finite value of ${skeleton.id(node)}`, value, known);
}

function derivativesAt(skeleton: Skeleton, partials: readonly Value[], known: ReadonlyMap<Expression, Value>): Value[] {
  const { circles } = skeleton.reading;
  const arrows = skeleton.edges.map(({ from, to }, i) => ({
    from: skeleton.id(from),
    to: skeleton.id(to),
    partial: partials[i],
  }));
  const bare = circles.map((node) => ({ id: skeleton.id(node), label: [], role: "operation" as const }));
  const found = new Map(new Graph(bare, arrows).sweep().map(({ circle, derivative }) => [circle.id, derivative]));
  return circles.map((node) => {
    const derivative = found.get(skeleton.id(node))!;
    if (isFinite(derivative)) return derivative;
    return refuseCircle(skeleton, node, `a finite derivative by ${skeleton.id(node)}`, derivative, known);
  });
}

/** Points at the circle, and says what it was computed from. */
function refuseCircle(
  skeleton: Skeleton,
  node: Expression,
  expected: string,
  value: Value,
  known: ReadonlyMap<Expression, Value>,
): never {
  const { text, places } = skeleton.reading;
  const parts = [...new Set(partsOf(node))].filter((part) => !part.isConstant).slice(0, 4);
  const from = parts.map((part) => `${skeleton.id(part)} = ${formatValue(known.get(part)!)}`);
  const got = from.length === 0 ? formatValue(value) : `${formatValue(value)} at ${from.join(", ")}`;
  return refuseAt("dataflow", text, places.get(node)?.start ?? 0, expected, got);
}

function isFinite(value: Value): boolean {
  return typeof value === "number" ? Number.isFinite(value) : Array.from(value).every((x) => Number.isFinite(x));
}

/** A copy, by which nobody can change what was checked. */
function checkedPoint(reading: Reading, given: Point): Point {
  const isRecord = typeof given === "object" && given !== null && !Array.isArray(given) && !ArrayBuffer.isView(given);
  if (!isRecord) refuse("dataflow", "values of the inputs by name, as in { x: 1, y: 2 }", show(given));
  const names = reading.leaves.map(({ name }) => name);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    const hint = nearest(name, names);
    const suggestion = hint === undefined ? "" : ` (did you mean ${show(hint)}?)`;
    refuse("dataflow", `values of the inputs ${names.join(", ") || "(there are none)"}`, show(name) + suggestion);
  }
  const missing = reading.leaves.filter(({ name }) => !Object.hasOwn(given, name) || given[name] === undefined);
  if (missing.length > 0) {
    const got = `none for ${missing.map(({ name }) => name).join(", ")}`;
    refuseLeaf(reading, missing[0]!, "dataflow", `a value for each of ${names.join(", ")}`, got);
  }
  const point = Object.fromEntries(
    reading.leaves.map((leaf) => [leaf.name, checkedValue(reading, leaf, given[leaf.name])]),
  );
  checkWidths(reading, point);
  return point;
}

function refuseLeaf(
  { text, places }: Reading,
  leaf: VariableNode,
  where: string,
  expected: string,
  got: string,
): never {
  return refuseAt(where, text, places.get(leaf)!.start, expected, got);
}

function checkedValue(reading: Reading, leaf: VariableNode, value: unknown): Value {
  const where = `dataflow: value of ${leaf.name}`;
  if (leaf.isVector) {
    const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
    const elements: unknown[] = isList ? Array.from(value as ArrayLike<unknown>) : [];
    if (elements.length === 0) {
      refuseLeaf(reading, leaf, where, "a vector: an array of one or more numbers", show(value));
    }
    const wrong = elements.findIndex((element) => !Number.isFinite(element));
    if (wrong < 0) return elements as number[];
    return refuseLeaf(reading, leaf, where, "finite numbers", `${show(elements[wrong])} at index ${wrong}`);
  }
  if (typeof value === "number" && Number.isFinite(value)) return value;
  const isVector = typeof value === "object" && value !== null;
  return refuseLeaf(reading, leaf, where, "a finite number", show(value) + (isVector ? `; ${ONLY_LEAVES}` : ""));
}

/** What stands in one dot must be equally long. */
function checkWidths({ circles, text, places }: Reading, point: Point): void {
  for (const node of circles) {
    if (node.kind !== "call" || node.name !== "dot") continue;
    const [u, v] = node.of as readonly VariableNode[];
    const [left, right] = [u!, v!].map(({ name }) => (point[name] as ArrayLike<number>).length);
    if (left === right) continue;
    const got = `${u!.name} of ${left} and ${v!.name} of ${right}`;
    refuseAt("dataflow", text, places.get(node)?.start ?? 0, "vectors of the same length in dot", got);
  }
}
