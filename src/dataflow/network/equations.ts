/**
 * How the derivatives of activations and losses are written, for people. What is missing here is written f'(s) and dl/dx:
 * only the words are less, the numbers come from the kernels.
 */
import type { Label } from "../label.ts";

const text = (...parts: (string | Label)[]): Label =>
  parts.flatMap((part) => (typeof part === "string" ? [{ text: part }] : part));

interface ActivationEquations {
  /** The derivative of an output x by its own sum. */
  derivative(x: Label): Label;
  /** The derivative of another unit's output x by this sum, whose own output is xi; where units are coupled. */
  coupled?(x: Label, xi: Label): Label;
}

const activationEquations: Readonly<Record<string, ActivationEquations>> = {
  identity: { derivative: () => text("1") },
  sigmoid: { derivative: (x) => text(x, " (1 − ", x, ")") },
  tanh: { derivative: (x) => text("1 − ", squared(x)) },
  relu: { derivative: (x) => text("[", x, " > 0]") },
  softmax: {
    derivative: (x) => text(x, " (1 − ", x, ")"),
    coupled: (x, xi) => text("−", x, " ", xi),
  },
};

/** x_1^(2) has a superscript already, so its square needs parentheses. */
function squared(x: Label): Label {
  return [{ text: "(" }, ...x, { text: ")", sup: [{ text: "2" }] }];
}

export function activationDerivative(name: string, x: Label, s: Label): Label {
  return activationEquations[name]?.derivative(x) ?? text(`${name}′(`, s, ")");
}

export function coupledDerivative(name: string, x: Label, xi: Label, s: Label): Label {
  return activationEquations[name]?.coupled?.(x, xi) ?? text("∂", x, "/∂", s);
}

/** The derivatives of the loss of one sample whose n outputs have targets y. */
interface LossEquations {
  /** By one output x. */
  derivative(x: Label, y: Label, n: number): Label;
  /** By the sum behind it, where the last activation is the one that this loss goes with. */
  fromLogits?(x: Label, y: Label, n: number): Label;
}

const share = (n: number): string => (n === 1 ? "" : `1/${n} `);

const lossEquations: Readonly<Record<string, LossEquations>> = {
  binaryCrossEntropy: {
    derivative: (x, y, n) =>
      n === 1
        ? text("−", y, "/", x, " + (1 − ", y, ")/(1 − ", x, ")")
        : text(`${share(n)}(−`, y, "/", x, " + (1 − ", y, ")/(1 − ", x, "))"),
    fromLogits: (x, y, n) => (n === 1 ? text(x, " − ", y) : text(`${share(n)}(`, x, " − ", y, ")")),
  },
  categoricalCrossEntropy: {
    derivative: (x, y) => text("−", y, "/", x),
    fromLogits: (x, y) => text(x, " − ", y),
  },
  meanSquaredError: {
    derivative: (x, y, n) => (n === 1 ? text("2 (", x, " − ", y, ")") : text(`2/${n} (`, x, " − ", y, ")")),
  },
};

export function lossDerivative(name: string, x: Label, y: Label, n: number): Label {
  return lossEquations[name]?.derivative(x, y, n) ?? text("∂l/∂", x);
}

export function lossFromLogits(name: string, x: Label, y: Label, n: number): Label | undefined {
  return lossEquations[name]?.fromLogits?.(x, y, n);
}
