/** The table of activations: one file a name. */
import type { Activation } from "./activation.ts";
import { identity } from "./identity.ts";
import { sigmoid } from "./sigmoid.ts";
import { tanh } from "./tanh.ts";
import { relu } from "./relu.ts";
import { softmax } from "./softmax.ts";

export type { Activation } from "./activation.ts";

export const activations = {
  identity,
  sigmoid,
  tanh,
  relu,
  softmax,
} satisfies Record<string, Activation>;

export type ActivationName = keyof typeof activations;
