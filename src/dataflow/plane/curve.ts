/**
 * What an activation makes of a sum: all that pictures need to know of a kind, found from what it states of itself.
 *
 * Contours are taken from a field, of which x is a function that never falls: the sum s; for outputs that are to each other
 * as e^s the log odds, which make x as a sigmoid does; and x itself where it falls somewhere, or where units depend on each
 * other in another way.
 */
import type { Activation } from "../../kinds/activations/index.ts";

export interface Curve {
  /** What contours are taken from. */
  readonly field: "sum" | "logOdds" | "value";
  /** Whether the decision of a unit is about its own sum, not about which unit is the largest. */
  readonly isAlone: boolean;
  /** x of the field. */
  value(field: number): number;
  /** Back: the least field that makes so much. */
  fieldOf(value: number): number;
  /** Where values lie, if they are bounded. */
  readonly range: readonly [low: number, high: number] | undefined;
  /** What becomes of a unit where its sum passes 0: x begins to rise, bends, or is just what `value` says. */
  readonly at0: "switchesOn" | "bends" | "passes";
}

export function curveOf(activation: Activation): Curve {
  const field = activation.exponential ? "logOdds" : activation.couples || activation.falls ? "value" : "sum";
  const value = { sum: (s: number) => outputOf(activation, s), logOdds: sigmoid, value: (x: number) => x }[field];
  const isBounded = activation.range.every(Number.isFinite);
  const isAlone = activation.couples !== true;
  const isBent = field === "sum" && activation.kinks?.includes(0) === true;
  return {
    field,
    isAlone,
    value,
    fieldOf: (wanted) => leastWith((at) => value(at) >= wanted),
    range: isBounded ? activation.range : undefined,
    at0: !isBent ? "passes" : value(-1) === value(0) ? "switchesOn" : "bends",
  };
}

function outputOf(activation: Activation, s: number): number {
  const x = Float64Array.of(s);
  activation.forward(x, x, 1, 1, activation.numbers ?? []);
  return x[0]!;
}

function sigmoid(s: number): number {
  return 1 / (1 + Math.exp(-s));
}

/** The least float64 number from which on something holds, by halving; infinite where it holds for all or for none. */
function leastWith(holds: (at: number) => boolean): number {
  let [low, high] = [placeOf(-Number.MAX_VALUE), placeOf(Number.MAX_VALUE)];
  if (holds(numberAt(low))) return -Infinity;
  if (!holds(numberAt(high))) return Infinity;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (holds(numberAt(middle))) high = middle;
    else low = middle;
  }
  // + 0 makes 0 of -0.
  return numberAt(high) + 0;
}

const floats = new Float64Array(1);
const bits = new BigInt64Array(floats.buffer);
const SIGN = -(2n ** 63n);

/** Where a number stands among all float64 numbers in their order. */
function placeOf(number: number): bigint {
  floats[0] = number;
  return bits[0]! >= 0n ? bits[0]! : SIGN - bits[0]!;
}

function numberAt(place: bigint): number {
  bits[0] = place >= 0n ? place : SIGN - place;
  return floats[0]!;
}
