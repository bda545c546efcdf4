import { checkNumber, checkOptions } from "../../ground/errors.ts";
import { type ActivationDescription, activationOf, checkActivation } from "../activations/index.ts";
import { nameOf } from "../named.ts";
import type { LayerKind } from "./layer.ts";

/** Each unit is an activation of a sum of all units before it: x = f(w x + b). */
export interface DenseDescription {
  readonly layer?: "dense";
  /** n_(k+1): how many units. */
  readonly units: number;
  readonly activation: ActivationDescription;
}

/** The most units of a layer, inputs included. */
export const WIDTH = { integer: true, min: 1, max: 2 ** 20 };

/** s = w x + b, then the activation. weights: w [fanOut, fanIn], biases: b [fanOut]. */
export const dense: LayerKind<DenseDescription> = {
  check(where, given) {
    checkOptions(where, given, ["units", "activation", "layer"]);
    const { units, activation } = given;
    const checked = checkActivation(where, activation);
    return Object.freeze({ units: checkNumber(`${where}: units`, units, WIDTH), activation: checked });
  },
  units: ({ units }) => units,
  ops: ({ units, activation }, fanIn) => [
    { name: "dense", fanIn, fanOut: units },
    { name: nameOf(activation), fanIn: units, fanOut: units, numbers: activationOf(activation).numbers ?? [] },
  ],
  tensors: ({ units }, fanIn) => ({ weights: { dimensions: [units, fanIn] }, biases: { dimensions: [units] } }),
  activation: ({ activation }) => activation,
};
