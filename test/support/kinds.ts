/** What a single kind does, asked through a network that does nothing else: so other libraries' tests can be put to it. */
import { Dataset, type EngineName, type FitOptions, type Metric, Network } from "../../src/index.ts";
import type { ActivationDescription } from "../../src/kinds/activations/index.ts";
import type { LossDescription } from "../../src/kinds/losses/index.ts";

type Matrix = readonly (readonly number[])[];

/** One layer whose pre-activations are its inputs. */
async function transparent(
  units: number,
  activation: ActivationDescription,
  loss: LossDescription,
  engine: EngineName,
): Promise<Network> {
  const network = await Network.create({ inputs: units, layers: [{ units, activation }], loss, engine });
  network.parameters.fill(0);
  for (let i = 0; i < units; i++) network.weights[0]![i * units + i] = 1;
  return network;
}

/** The activation's outputs for rows of pre-activations. */
export async function activated(activation: ActivationDescription, s: Matrix, engine: EngineName): Promise<number[]> {
  const network = await transparent(s[0]!.length, activation, "meanSquaredError", engine);
  return [...network.predict(s)];
}

export interface Judged {
  readonly activation: ActivationDescription;
  readonly loss: LossDescription;
  /** Rows before the activation. */
  readonly s: Matrix;
  readonly targets: Matrix;
  readonly sampleWeight?: readonly number[];
}

/** The loss of rows, and what metrics say of them. */
export async function evaluated(judged: Judged, metrics: readonly Metric[], engine: EngineName) {
  const { activation, loss, s, targets, sampleWeight } = judged;
  const network = await transparent(s[0]!.length, activation, loss, engine);
  const rows = Dataset.from({ inputs: s, targets, ...(sampleWeight && { sampleWeight }) });
  return network.evaluate(rows, { metrics });
}

/** The logits that make of a sigmoid just these probabilities. */
export const logitsOf = (p: Matrix): number[][] => p.map((row) => row.map((x) => logit(x)));

const logit = (p: number) => (p === 0 ? -200 : p === 1 ? 200 : Math.log(p / (1 - p)));

/** The logits of which a softmax makes these numbers, divided by their sum. */
export const logarithmsOf = (p: Matrix): number[][] => p.map((row) => row.map((x) => (x === 0 ? -200 : Math.log(x))));

type Options = Omit<FitOptions, "epochs" | "batchSize" | "shuffle">;

/** Where the optimizer leads from `start` by these gradients: the parameters after each of the steps. */
export async function led(start: readonly number[], gradients: Matrix, options: Options, engine: EngineName) {
  const units = start.length;
  const layers = [{ units: 1, activation: "identity" }] as const;
  const network = await Network.create({ inputs: units, layers, loss: "huber", engine });
  network.weights[0]!.set(start);
  // The output is far below its target, where a huber loss is a line: its gradient by the output is -1, by the weights -input.
  const inputs = gradients.map((row) => row.map((g) => -g));
  const rows = Dataset.from({ inputs, targets: gradients.map(() => 1e6) });
  return followed(network, () => [...network.weights[0]!], rows, 1, options);
}

/** How the optimizer goes down the squares of `start`, each number by itself: where it is after each of the steps. */
export async function descended(start: readonly number[], steps: number, options: Options, engine: EngineName) {
  const paths = start.map(async (value) => {
    const layers = [{ units: 1, activation: "identity" }] as const;
    const network = await Network.create({ inputs: 1, layers, loss: "meanSquaredError", engine });
    network.weights[0]![0] = 0;
    network.biases[0]![0] = value;
    const rows = Dataset.from({ inputs: [[0]], targets: [0] });
    return followed(network, () => network.biases[0]![0]!, rows, steps, options);
  });
  const found = await Promise.all(paths);
  return Array.from({ length: steps }, (_, t) => found.map((path) => path[t]!));
}

async function followed<T>(network: Network, now: () => T, rows: Dataset, epochs: number, options: Options) {
  const path: T[] = [];
  await network.fit(rows, { ...options, epochs, batchSize: 1, shuffle: false, onStep: () => void path.push(now()) });
  return [...path.slice(1), now()];
}
