/** How parameters start. */
import { type ActivationName, activations } from "../activations/index.ts";
import { checkNumber, checkOptions, lookUp } from "../../ground/errors.ts";
import type { Floats } from "../../ground/floats.ts";
import type { Random } from "../../ground/random.ts";

/** How parameters start: `auto` is Glorot's uniform (He's for relu) with biases 0; `uniform` draws biases as well. */
export type Initialization = "auto" | "zeros" | { readonly uniform: number };

/** @throws InvalidInputError for anything else. */
export function checkInitialization(given: Initialization): Initialization {
  if (typeof given === "string") {
    lookUp("network", "initialization", given, { auto: true, zeros: true });
    return given;
  }
  checkOptions("network: initialization", given, ["uniform"]);
  return { uniform: checkNumber("network: initialization, uniform", given.uniform, { above: 0, max: 1e6 }) };
}

/** What counts for the numbers that a layer starts from: its widths, and where its weights and biases lie. */
export interface InitializedLayer {
  readonly fanIn: number;
  readonly fanOut: number;
  readonly activation: ActivationName;
  readonly weights: number;
  readonly biases: number;
}

/**
 * Draws parameters, rounded to float32 in every engine so that all start from the same. Glorot and Bengio (2010): uniform
 * within sqrt(6 / (fanIn + fanOut)); He et al. (2015), for relu: within sqrt(6 / fanIn).
 */
export function initialize(
  parameters: Floats,
  layers: readonly InitializedLayer[],
  initialization: Initialization,
  random: Random,
): void {
  if (initialization === "zeros") return;
  for (const { fanIn, fanOut, activation, weights, biases } of layers) {
    const rule = activations[activation].initialization;
    const drawsBiases = initialization !== "auto";
    const limit = drawsBiases ? initialization.uniform : Math.sqrt(6 / (rule === "he" ? fanIn : fanIn + fanOut));
    const end = drawsBiases ? biases + fanOut : biases;
    for (let i = weights; i < end; i++) parameters[i] = Math.fround(random.uniform(-limit, limit));
  }
}
