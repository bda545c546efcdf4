import { checkNumber, checkOptions, refuse, show } from "../../ground/errors.ts";
import { type ActivationDescription, checkActivation } from "../activations/index.ts";
import { checkLoss, type LossDescription, lossOf } from "../losses/index.ts";
import { nameOf } from "../named.ts";
import type { Head } from "../ops/index.ts";
import { dense, WIDTH } from "./dense.ts";
import type { LayerKind } from "./layer.ts";

/** Some of a network's outputs, with an activation and a loss of their own. */
export interface HeadDescription {
  readonly units: number;
  readonly activation: ActivationDescription;
  readonly loss: LossDescription;
  /** How much its loss counts in the network's, which is the sum of all heads' (Keras's loss_weights): from 0. Default 1. */
  readonly weight?: number;
}

/** Heads by their names, in the order of their outputs. */
export type Heads = Readonly<Record<string, HeadDescription>>;

/** The layer that a description's heads are: dense sums of all of them, then each head's activation. */
export interface HeadsDescription {
  readonly layer: "heads";
  readonly heads: Heads;
}

const WEIGHT = { min: 0, max: 1e6 };

/**
 * A copy, checked, complete and frozen.
 * @throws InvalidInputError naming the head that is wrong.
 */
export function checkHeads(given: unknown): Heads {
  checkOptions("network: heads", given, Object.keys(Object(given)));
  const entries = Object.entries({ ...(given as Heads) });
  if (entries.length === 0) refuse("network: heads", "at least one head", "none");
  // A path such as validation.heads.species.loss would be another's.
  const dotted = entries.find(([name]) => name.includes("."));
  if (dotted !== undefined) refuse("network: heads", "names without dots", show(dotted[0]));
  const checked = Object.fromEntries(entries.map(([name, head]) => [name, checkHead(`head ${show(name)}`, head)]));
  checkNumber("network: units of all heads", unitsOf(checked), WIDTH);
  return Object.freeze(checked);
}

function checkHead(where: string, given: HeadDescription): HeadDescription {
  checkOptions(where, given, ["units", "activation", "loss", "weight"]);
  const { units, activation, loss, weight = 1 } = given;
  return Object.freeze({
    units: checkNumber(`${where}: units`, units, WIDTH),
    activation: checkActivation(where, activation),
    loss: checkLoss(where, loss),
    weight: checkNumber(`${where}: weight`, weight, WEIGHT),
  });
}

/** One behind the other. */
export function headsOf(heads: Heads): Head[] {
  let end = 0;
  return Object.entries(heads).map(([name, head]) =>
    headOf({ weight: 1, ...head }, name, (end += head.units) - head.units),
  );
}

/** Of all outputs where it has no name. */
export function headOf(head: Required<HeadDescription>, name?: string, begin = 0): Head {
  const { activation, loss } = head;
  return { ...head, name, begin, fusedLoss: lossOf(loss).fusesWith === nameOf(activation) };
}

function unitsOf(all: Heads): number {
  return Object.values(all).reduce((sum, { units }) => sum + units, 0);
}

/** weights: w [units of all heads, fanIn], head after head; biases: b [units of all heads]. */
export const heads: LayerKind<HeadsDescription> = {
  check: (_where, given) => given,
  units: ({ heads: list }) => unitsOf(list),
  ops: ({ heads: list }, fanIn) => {
    const units = unitsOf(list);
    return [
      { name: "dense", fanIn, fanOut: units },
      { name: "heads", fanIn: units, fanOut: units, heads: headsOf(list) },
    ];
  },
  tensors: ({ heads: list }, fanIn) => dense.tensors({ units: unitsOf(list), activation: "identity" }, fanIn),
};
