/**
 * Kinds as somebody would add them by CONTRIBUTING.md, put into the tables of this process: whatever asks a kind instead of
 * knowing its name is right for them too. For the engines in plain JavaScript; kernels they have none.
 */
import type { Activation, ActivationName } from "../../src/kinds/activations/index.ts";
import { activations } from "../../src/kinds/activations/index.ts";
import { type OpKind, ops } from "../../src/kinds/ops/index.ts";
import { losses } from "../../src/kinds/losses/index.ts";
import type { Loss, LossName } from "../../src/kinds/losses/index.ts";

export const addedActivations = {
  /** x = s / (1 + |s|). */
  softsign: {
    range: [-1, 1],
    derivative: "(1 - abs(x))^2",
    kinks: [0],
    forward(x, s, units, rows) {
      for (let i = 0; i < rows * units; i++) x[i] = s[i]! / (1 + Math.abs(s[i]!));
    },
    backward(ds, dx, x, units, rows) {
      for (let i = 0; i < rows * units; i++) ds[i] = dx[i]! * (1 - Math.abs(x[i]!)) ** 2;
    },
  },
  /** x = s where |s| < 1, otherwise the nearer of -1 and 1; it says nothing of how it is written. */
  hardTanh: {
    range: [-1, 1],
    kinks: [-1, 1],
    forward(x, s, units, rows) {
      for (let i = 0; i < rows * units; i++) x[i] = Math.min(1, Math.max(-1, s[i]!));
    },
    backward(ds, dx, x, units, rows) {
      for (let i = 0; i < rows * units; i++) ds[i] = Math.abs(x[i]!) < 1 ? dx[i]! : 0;
    },
  },
} satisfies Record<string, Activation>;

const numbers = {
  outputs: [-Infinity, Infinity],
  targets: [-Infinity, Infinity],
  distribution: false,
  predicts: "numbers",
  fusesWith: undefined,
} as const;

export const addedLosses = {
  /** l = mean_i |x_i - y_i|. */
  meanAbsolute: {
    ...numbers,
    derivative: "sign(x - y)/n",
    kinks: [0],
    value(x, _s, y, units, rows) {
      let sum = 0;
      for (let i = 0; i < rows * units; i++) sum += Math.abs(x[i]! - y[i]!);
      return sum / units;
    },
    gradient(d, x, y, units, rows, scale) {
      for (let i = 0; i < rows * units; i++) d[i] = (scale / units) * Math.sign(x[i]! - y[i]!);
    },
  },
  /** l = mean_i ln cosh(x_i - y_i). */
  logCosh: {
    ...numbers,
    derivative: "tanh(x - y)/n",
    value(x, _s, y, units, rows) {
      let sum = 0;
      for (let i = 0; i < rows * units; i++) sum += Math.log(Math.cosh(x[i]! - y[i]!));
      return sum / units;
    },
    gradient(d, x, y, units, rows, scale) {
      for (let i = 0; i < rows * units; i++) d[i] = (scale / units) * Math.tanh(x[i]! - y[i]!);
    },
  },
} satisfies Record<string, Loss>;

/** Their names, as those of the library's own. */
export const added = {
  activation: (name: keyof typeof addedActivations) => name as unknown as ActivationName,
  loss: (name: keyof typeof addedLosses) => name as unknown as LossName,
};

export function addKinds(): void {
  Object.assign(activations, addedActivations);
  for (const [name, { forward, backward }] of Object.entries<Activation>(addedActivations)) {
    const op: OpKind = {
      keeps: "output",
      inPlace: true,
      parameterCount: () => 0,
      forward: ({ output: x, input: s, fanOut }, rows) => forward(x, s, fanOut, rows, []),
      backward: ({ dInput: ds, dOutput: dx, kept, fanOut }, rows) => backward(ds!, dx, kept, fanOut, rows, []),
    };
    Object.assign(ops, { [name]: op });
  }
  Object.assign(losses, addedLosses);
}

export function removeKinds(): void {
  for (const name of Object.keys(addedActivations)) {
    Reflect.deleteProperty(activations, name);
    Reflect.deleteProperty(ops, name);
  }
  for (const name of Object.keys(addedLosses)) Reflect.deleteProperty(losses, name);
}
