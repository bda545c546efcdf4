/** The table of activations: one file a name. */
import { checkNamed, kindOf, type WithSomeOptions } from "../named.ts";
import type { Activation } from "./activation.ts";
import { identity } from "./identity.ts";
import { sigmoid } from "./sigmoid.ts";
import { tanh } from "./tanh.ts";
import { relu } from "./relu.ts";
import { elu, type EluOptions } from "./elu.ts";
import { gelu, type GeluOptions } from "./gelu.ts";
import { exponential } from "./exponential.ts";
import { hardSigmoid } from "./hardSigmoid.ts";
import { selu } from "./selu.ts";
import { silu } from "./silu.ts";
import { softplus } from "./softplus.ts";
import { leakyRelu, type LeakyReluOptions } from "./leakyRelu.ts";
import { softmax } from "./softmax.ts";

export type { Activation } from "./activation.ts";

export const activations = {
  identity,
  sigmoid,
  tanh,
  relu,
  leakyRelu,
  elu,
  selu,
  gelu,
  silu,
  softplus,
  exponential,
  hardSigmoid,
  softmax,
} satisfies Record<string, Activation | WithSomeOptions<Activation>>;

export type ActivationName = keyof typeof activations;

/** An activation in a description: its name, or an object with the name and options. */
export type ActivationDescription =
  | ActivationName
  | { readonly name: ActivationName }
  | ({ readonly name: "leakyRelu" } & LeakyReluOptions)
  | ({ readonly name: "elu" } & EluOptions)
  | ({ readonly name: "gelu" } & GeluOptions);

/** @throws InvalidInputError for what is no activation, or has an option that it may not have. */
export function checkActivation(where: string, given: ActivationDescription): ActivationDescription {
  return checkNamed(where, "activation", given, activations) as ActivationDescription;
}

/** What an activation is, with the options that its description has. */
export function activationOf(description: ActivationDescription): Activation {
  return kindOf<ActivationName, Activation>(description, activations);
}
