/**
 * How the derivatives of activations and losses are written, for people: by the formulas that the kinds state, set with the
 * names of a network's circles, or with their numbers. Of a kind that states none f′(s) and ∂l/∂x are written: only the words
 * are less, the numbers come from the kernels.
 */
import type { Activation } from "../../kinds/activations/index.ts";
import type { Loss } from "../../kinds/losses/index.ts";
import type { Expression } from "../formula/expression.ts";
import { HOLD, write, type Writer } from "../formula/printer.ts";
import { label } from "../formula/writers.ts";
import { readFormula } from "../formula/read.ts";
import type { Label } from "../label.ts";

/** The derivative of an output x by its own sum s. */
export function activationDerivative(name: string, { derivative }: Activation, x: Label, s: Label): Label {
  return derivative === undefined ? [{ text: `${name}′(` }, ...s, { text: ")" }] : put(derivative, { x, s });
}

/** The derivative of an output x by the sum s of another unit, whose own output is z; where units are coupled. */
export function coupledDerivative({ derivativeByOther }: Activation, x: Label, z: Label, s: Label): Label {
  if (derivativeByOther !== undefined) return put(derivativeByOther, { x, z, s });
  return [{ text: "∂" }, ...x, { text: "/∂" }, ...s];
}

/** The derivative of the loss of one sample, whose n outputs have targets, by one output x of target y. */
export function lossDerivative({ derivative }: Loss, x: Label, y: Label, n: number): Label {
  return derivative === undefined ? [{ text: "∂l/∂" }, ...x] : put(withCount(derivative, n), { x, y });
}

/** The same by the sum behind the output, where the last activation is the one that this loss goes with. */
export function lossFromLogits({ derivativeByLogit }: Loss, x: Label, y: Label, n: number): Label | undefined {
  return derivativeByLogit === undefined ? undefined : put(withCount(derivativeByLogit, n), { x, y });
}

/** A number by itself: of one output there is nothing to divide. */
function withCount(formula: string, n: number): string {
  return formula.replaceAll(/\bn\b/g, String(n));
}

const known = new Map<string, Expression>();

/** A formula with labels in place of its variables. */
function put(formula: string, labels: Readonly<Record<string, Label>>): Label {
  const read = known.get(formula) ?? readFormula(formula).circles.at(-1)!;
  known.set(formula, read);
  const writer: Writer<Label> = {
    ...label,
    variable: (name) => labels[name]!,
    // x_1^(2) has a superscript already, so its square needs parentheses.
    power: (base, exponent) => label.power(base.at(-1)?.sup === undefined ? base : label.parentheses(base), exponent),
    layouts: {
      ...label.layouts,
      positive: ({ out }) => ({ out: [{ text: "[" }, ...out, { text: " > 0]" }], hold: HOLD.whole }),
    },
  };
  return write(writer, read, new Map(), Infinity);
}
