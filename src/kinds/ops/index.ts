/** The table of ops: one file a name, and the activations, each an op of its own. */
import { type Activation, type ActivationName, activations } from "../activations/index.ts";
import { dense } from "./dense.ts";
import type { OpKind } from "./op.ts";
import { panels } from "./panels.ts";

export type { OpBuffers, OpKind } from "./op.ts";

const layerOps = {
  panels,
  dense,
} satisfies Record<string, OpKind>;

export type OpName = keyof typeof layerOps | ActivationName;

export const ops = Object.assign(
  { ...layerOps },
  ...Object.entries(activations).map(([name, activation]) => ({ [name]: opOf(activation) })),
) as Readonly<Record<OpName, OpKind>>;

function opOf({ keeps, forward, backward }: Activation): OpKind {
  return {
    keeps: keeps === "preActivation" ? "input" : "output",
    inPlace: true,
    parameterCount: () => 0,
    forward: ({ output: x, input: s, fanOut }, rows) => forward(x, s, fanOut, rows),
    backward: ({ dInput: ds, dOutput: dx, kept, fanOut }, rows) => backward(ds!, dx, kept, fanOut, rows),
  };
}
