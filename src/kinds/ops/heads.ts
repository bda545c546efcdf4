import { activationOf } from "../activations/index.ts";
import type { Floats } from "../../ground/floats.ts";
import { lossOf } from "../losses/index.ts";
import type { Head, OpKind } from "./op.ts";

/**
 * Each head by its own activation. It is the last op, and the loss of heads is derived by its input, so it goes backward only
 * where it is looked at. That loss is the sum of theirs, each times the head's weight: its twin is below.
 */
export const heads: OpKind = {
  keeps: "both",
  inPlace: true,
  parameterCount: () => 0,
  // A copy of a row of the table of ops; the test of the plan of memory holds that it fits.
  workspaceBytes: () => 128,
  forward({ output: x, input: s, fanOut, heads: list }, rows) {
    for (const head of list!) {
      const { forward, numbers = [] } = activationOf(head.activation);
      eachRow(head, fanOut, rows, (_, part) => forward(part(x), part(s), head.units, 1, numbers));
    }
  },
  backward({ dInput: ds, dOutput: dx, kept, fanOut, heads: list }, rows) {
    for (const head of list!) {
      const { backward, numbers = [] } = activationOf(head.activation);
      eachRow(head, fanOut, rows, (_, part) => backward(part(ds!), part(dx), part(kept), head.units, 1, numbers));
    }
  },
};

/** What the loss of heads is computed from, [rows, units] each. */
export interface Ends {
  readonly x: Floats;
  readonly s: Floats;
  readonly y: Floats;
}

/** The sum of a head's losses over rows, each times what the row weighs. */
export function lossOfHead(
  head: Head,
  { x, s, y }: Ends,
  units: number,
  rows: number,
  weightOf: (row: number) => number,
): number {
  const { value } = lossOf(head.loss);
  let sum = 0;
  eachRow(head, units, rows, (row, part) => {
    sum += weightOf(row) * value(part(x), part(s), part(y), head.units, 1, head.fusedLoss);
  });
  return sum;
}

/** `scale` times the head's weight times the derivatives of that sum by the outputs, every row weighing 1. dx: [rows, units]. */
export function lossGradientOfHead(
  dx: Floats,
  head: Head,
  { x, y }: Pick<Ends, "x" | "y">,
  units: number,
  rows: number,
  scale: number,
): void {
  const { gradient } = lossOf(head.loss);
  eachRow(head, units, rows, (_, part) =>
    gradient(part(dx), part(x), part(y), head.units, 1, scale * head.weight, false),
  );
}

/** The same by the logits. ds: [rows, units]. */
export function gradientOfHead(ds: Floats, head: Head, { x, s, y }: Ends, units: number, rows: number, scale: number) {
  const { gradient } = lossOf(head.loss);
  const { backward, keeps, numbers = [] } = activationOf(head.activation);
  eachRow(head, units, rows, (_, part) => {
    const d = part(ds);
    gradient(d, part(x), part(y), head.units, 1, scale * head.weight, head.fusedLoss);
    if (!head.fusedLoss) backward(d, d, part(keeps === "preActivation" ? s : x), head.units, 1, numbers);
  });
}

/** part: of values [rows, units] the head's, of one row. */
function eachRow(
  { begin, units: own }: Head,
  units: number,
  rows: number,
  each: (row: number, part: (values: Floats) => Floats) => void,
): void {
  for (let row = 0; row < rows; row++) {
    const at = row * units + begin;
    each(row, (values) => values.subarray(at, at + own));
  }
}
