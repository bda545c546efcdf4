import { checkNumber, checkOptions, lookUp, synonymsOf } from "../../ground/errors.ts";
import { type ActivationName, activations } from "../activations/index.ts";
import type { LayerKind } from "./layer.ts";

/** Each unit is an activation of a sum of all units before it: x = f(w x + b). */
export interface DenseDescription {
  readonly layer?: "dense";
  /** n_(k+1): how many units. */
  readonly units: number;
  readonly activation: ActivationName;
}

/** The most units of a layer, inputs included. */
export const WIDTH = { integer: true, min: 1, max: 2 ** 20 };

/** s = w x + b, then the activation. weights: w [fanOut, fanIn], biases: b [fanOut]. */
export const dense: LayerKind<DenseDescription> = {
  check(where, given) {
    checkOptions(where, given, ["units", "activation", "layer"]);
    const { units, activation } = given;
    lookUp(where, "activation", activation, activations, synonymsOf(activations));
    checkNumber(`${where}: units`, units, WIDTH);
    return Object.freeze({ units, activation });
  },
  units: ({ units }) => units,
  ops: ({ units, activation }, fanIn) => [
    { name: "dense", fanIn, fanOut: units },
    { name: activation, fanIn: units, fanOut: units },
  ],
  tensors: ({ units }, fanIn) => ({ weights: { dimensions: [units, fanIn] }, biases: { dimensions: [units] } }),
  activation: ({ activation }) => activation,
};
