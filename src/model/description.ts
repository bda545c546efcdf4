/**
 * The description of a network: what a user writes, checked and completed. Everything that defines the network but its
 * parameters; it prints back as the line that made it, and is what a saved model carries.
 */
import { type ActivationName, activations } from "../kinds/activations/index.ts";
import { checkNumber, checkOptions, lookUp, refuse, show } from "../ground/errors.ts";
import { type LossName, losses } from "../kinds/losses/index.ts";

export interface LayerDescription {
  /** n_(k+1): how many units. */
  readonly units: number;
  readonly activation: ActivationName;
}

export interface NetworkDescription {
  /** n_1: how many numbers a sample has. */
  readonly inputs: number;
  /** The layers behind the inputs, the last one being the output. */
  readonly layers: readonly LayerDescription[];
  readonly loss: LossName;
}

/** From what other libraries call a kind to its name here, for the error that answers such a name. */
const synonymsOf = (kinds: Readonly<Record<string, { readonly synonyms?: readonly string[] }>>) =>
  Object.fromEntries(
    Object.entries(kinds).flatMap(([name, { synonyms = [] }]) => synonyms.map((word) => [word, name])),
  );

const WIDTH = { integer: true, min: 1, max: 2 ** 20 };
const LAYERS_LIMIT = 1000;

/**
 * A clean copy of a description, frozen: the network goes by it as long as it lives.
 * @throws InvalidInputError naming the part that is wrong.
 */
export function checkDescription(given: NetworkDescription): NetworkDescription {
  const { inputs, layers: list, loss } = given;
  checkNumber("network: inputs", inputs, WIDTH);
  if (!Array.isArray(list)) refuse("network: layers", "an array of layers", show(list));
  const { length } = list;
  if (length === 0) refuse("network: layers", "at least one layer", "none");
  if (length > LAYERS_LIMIT) refuse("network: layers", `at most ${LAYERS_LIMIT} layers`, String(length));
  const layers = Array.from({ length }, (_, i) => checkLayer(list[i] as LayerDescription, i));
  lookUp("network", "loss", loss, losses, synonymsOf(losses));
  checkPairing(layers.at(-1)!, layers.length, loss);
  return Object.freeze({ inputs, layers: Object.freeze(layers), loss });
}

function checkLayer(layer: LayerDescription, index: number): LayerDescription {
  const where = `layer ${index + 1}`;
  checkOptions(where, layer, ["units", "activation"]);
  const { units, activation } = layer;
  lookUp(where, "activation", activation, activations, synonymsOf(activations));
  checkNumber(`${where}: units`, units, WIDTH);
  return Object.freeze({ units, activation });
}

/** Refuses a loss that does not exist, or means nothing, for the outputs of the last layer. */
function checkPairing(last: LayerDescription, number: number, loss: LossName): void {
  const [low, high] = losses[loss].outputs;
  const [lowest, highest] = activations[last.activation].range;
  if (lowest < low || highest > high) {
    const fitting = Object.entries(activations).filter(([, { range }]) => range[0] >= low && range[1] <= high);
    const names = fitting.map(([name]) => name).join(" or ");
    refuse(`layer ${number}`, `outputs from ${low} to ${high} for the loss ${loss} (${names})`, show(last.activation));
  }
  if (activations[last.activation].couples && last.units === 1) {
    const why = "a single one is always 1; use sigmoid";
    refuse(`layer ${number}`, `at least 2 units for a ${last.activation} output (${why})`, "1");
  }
}

/** The description as the line that makes such a network. */
export function describe({ inputs, layers, loss }: NetworkDescription): string {
  const rows = layers.map(({ units, activation }) => `{ units: ${units}, activation: "${activation}" }`);
  return `Network.create({ inputs: ${inputs}, layers: [${rows.join(", ")}], loss: "${loss}" })`;
}
