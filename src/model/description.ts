/**
 * The description of a network: what a user writes, checked and completed. Everything that defines the network but its
 * parameters; it prints back as the line that made it, and is what a saved model carries.
 */
import { type Activation, type ActivationName, activationOf, activations } from "../kinds/activations/index.ts";
import { checkNumber, refuse, show } from "../ground/errors.ts";
import {
  checkHeads,
  checkLayer,
  type HeadDescription,
  type Heads,
  type LayerDescription,
  layerKindOf,
  layerNameOf,
} from "../kinds/layers/index.ts";
import { WIDTH } from "../kinds/layers/dense.ts";
import { checkLoss, type LossDescription, lossOf } from "../kinds/losses/index.ts";
import { nameOf } from "../kinds/named.ts";

export interface NetworkDescription {
  /** n_1: how many numbers a sample has. */
  readonly inputs: number;
  /** The layers behind the inputs, the last one being the output, unless there are heads. */
  readonly layers: readonly LayerDescription[];
  /** What the outputs are judged by, unless there are heads. */
  readonly loss?: LossDescription;
  /**
   * Instead of a loss: outputs by their names, each over the last of the layers, with an activation and a loss of its own. The
   * loss of the network is the sum of theirs, each times its weight.
   */
  readonly heads?: Heads;
}

const LAYERS_LIMIT = 1000;

/**
 * A clean copy of a description, frozen: the network goes by it as long as it lives.
 * @throws InvalidInputError naming the part that is wrong.
 */
export function checkDescription(given: NetworkDescription): NetworkDescription {
  const { inputs, layers: list, loss: givenLoss, heads: givenHeads } = given;
  checkNumber("network: inputs", inputs, WIDTH);
  if (!Array.isArray(list)) refuse("network: layers", "an array of layers", show(list));
  const { length } = list;
  if (length === 0 && givenHeads === undefined) refuse("network: layers", "at least one layer", "none");
  if (length > LAYERS_LIMIT) refuse("network: layers", `at most ${LAYERS_LIMIT} layers`, String(length));
  const layers = Array.from({ length }, (_, i) => checkLayer(`layer ${i + 1}`, list[i]));
  Object.freeze(layers);
  if (givenHeads !== undefined) {
    if (givenLoss !== undefined) refuse("network", "either a loss or heads, which have losses of their own", "both");
    const heads = checkHeads(givenHeads);
    for (const [name, head] of Object.entries(heads)) checkPairing(`head ${show(name)}`, head);
    return Object.freeze({ inputs, layers, heads });
  }
  const loss = checkLoss("network", givenLoss!);
  const where = `layer ${layers.length}`;
  const last = layers.at(-1)!;
  const activation = layerKindOf(last).activation?.(last);
  if (activation === undefined) {
    refuse(where, "the last layer to have an activation, as dense ones do: a loss goes with it", layerNameOf(last));
  }
  const units = layers.reduce((fanIn, layer) => layerKindOf(layer).units(layer, fanIn), inputs);
  checkPairing(where, { activation, loss, units });
  return Object.freeze({ inputs, layers, loss });
}

/** Refuses a loss that does not exist, or means nothing, for the outputs of an activation. */
function checkPairing(where: string, { activation, loss, units }: Omit<HeadDescription, "weight">): void {
  const name = nameOf(activation);
  const [low, high] = lossOf(loss).outputs;
  const fits = ({ range }: Activation) => range[0] >= low && range[1] <= high;
  if (!fits(activationOf(activation))) {
    const fitting = (Object.keys(activations) as ActivationName[]).filter((each) => fits(activationOf(each)));
    const wanted = `outputs from ${low} to ${high} for the loss ${nameOf(loss)} (${fitting.join(" or ")})`;
    refuse(where, wanted, show(name));
  }
  if (activationOf(activation).couples && units === 1) {
    const why = "a single one is always 1; use sigmoid";
    refuse(where, `at least 2 units for a ${name} output (${why})`, "1");
  }
}

/** The description as the line that makes such a network. */
export function describe({ inputs, layers, loss, heads }: NetworkDescription): string {
  return `Network.create(${literal({ inputs, layers, ...(heads ? { heads } : { loss }) })})`;
}

/** Plain data as they are written in a program. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([name, part]) => `${keyOf(name)}: ${literal(part)}`);
  return `{ ${entries.join(", ")} }`;
}

function keyOf(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? name : JSON.stringify(name);
}
