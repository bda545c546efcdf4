/** The table of ops: one file a name, and the activations, each an op of its own. */
import { type Activation, type ActivationName, activationOf, activations } from "../activations/index.ts";
import { batchNorm } from "./batchNorm.ts";
import { dense } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { heads } from "./heads.ts";
import { layerNorm } from "./layerNorm.ts";
import type { OpKind } from "./op.ts";
import { panels } from "./panels.ts";
import { scale } from "./scale.ts";

export type { Head, OpBuffers, OpKind, Part } from "./op.ts";

const layerOps = {
  panels,
  dense,
  dropout,
  layerNorm,
  batchNorm,
  heads,
  scale,
} satisfies Record<string, OpKind>;

export type OpName = keyof typeof layerOps | ActivationName;

export const ops = Object.assign(
  { ...layerOps },
  ...(Object.keys(activations) as ActivationName[]).map((name) => ({ [name]: opOf(activationOf(name)) })),
) as Readonly<Record<OpName, OpKind>>;

function opOf({ keeps, forward, backward }: Activation): OpKind {
  return {
    keeps: keeps === "preActivation" ? "input" : "output",
    inPlace: true,
    parameterCount: () => 0,
    forward: ({ output: x, input: s, fanOut, numbers }, rows) => forward(x, s, fanOut, rows, numbers),
    backward: ({ dInput: ds, dOutput: dx, kept, fanOut, numbers }, rows) =>
      backward(ds!, dx, kept, fanOut, rows, numbers),
  };
}
