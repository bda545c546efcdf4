/** Golden values of `lanegrad/explain`, and the networks that they are of. */
import { readFileSync } from "node:fs";
import { Dataset, type EngineName, Network, type NetworkOptions } from "../../src/index.ts";
import { cpuMilliseconds } from "./cpu.ts";

interface Attribution {
  readonly network: string;
  readonly row: number[];
  readonly baseline: number[];
  readonly output: number;
  readonly value: number;
  readonly baselineValue: number;
  readonly attributions: number[];
}

interface Dependence {
  readonly network: string;
  readonly column: number;
  readonly resolution: number;
  readonly percentiles: [number, number];
  readonly grid: number[];
  /** [outputs][grid] */
  readonly average: number[][];
  /** [outputs][rows][grid], of the first rows. */
  readonly individual: number[][][];
}

interface Importance {
  readonly network: string;
  readonly metric: "loss" | "accuracy" | "logLoss" | "rocAuc" | "r2";
  readonly repeats: number;
  readonly baseline: number;
  readonly mean: number[];
  readonly std: number[];
}

interface Golden {
  readonly inputs: number[][];
  readonly networks: Record<
    string,
    {
      readonly loss: NonNullable<NetworkOptions["loss"]>;
      readonly layers: readonly { activation: string; weights: number[][]; biases: number[] }[];
    }
  >;
  readonly targets: Record<string, number[]>;
  readonly integratedGradients: Attribution[];
  readonly partialDependence: Dependence[];
  readonly permutationImportance: Importance[];
  readonly temperature: { network: string; scikitLearn: number; scipy: number; probabilities: number[][] }[];
  readonly platt: {
    readonly network: string;
    readonly slopes: number[];
    readonly intercepts: number[];
    readonly scikitLearn: [number, number][];
    readonly probabilities: number[][];
  }[];
  readonly ensemble: {
    readonly rows: number[][];
    readonly shifts: number[];
    readonly weights: number[];
    readonly mean: number[][];
    readonly std: number[][];
    readonly entropy: number[];
    readonly mutualInformation: number[];
  };
}

export const golden = JSON.parse(readFileSync(new URL("../golden/explain.json", import.meta.url), "utf8")) as Golden;

export async function goldenNetwork(name: string, engine: EngineName = "strict"): Promise<Network> {
  const { loss, layers } = golden.networks[name]!;
  const described = layers.map(({ activation, biases }) => ({ units: biases.length, activation }));
  const network = await Network.create({
    inputs: layers[0]!.weights[0]!.length,
    layers: described as unknown as NetworkOptions["layers"],
    loss,
    engine,
  });
  layers.forEach(({ weights, biases }, k) => network.setParameters(k, { weights, biases }));
  return network;
}

/** The rows that all golden networks know, with the targets of one. */
export function goldenData(name: string): Dataset {
  const targets = golden.targets[name]!;
  return Dataset.from({ inputs: golden.inputs, ...(name === "softmax" ? { labels: targets } : { targets }) });
}

/** The same rows, every third of which counts twice: by its weight, or by being there twice. */
export function twice(name: string): readonly [weighted: Dataset, doubled: Dataset] {
  const targets = golden.targets[name]!;
  const of = (rows: readonly number[], sampleWeight?: number[]) => {
    const inputs = rows.map((row) => golden.inputs[row]!);
    const own = rows.map((row) => targets[row]!);
    const options = { inputs, ...(sampleWeight && { sampleWeight }) };
    return Dataset.from({ ...options, ...(name === "softmax" ? { labels: own } : { targets: own }) });
  };
  const rows = golden.inputs.map((_, row) => row);
  const isDouble = (row: number) => row % 3 === 0;
  return [of(rows, rows.map((row) => (isDouble(row) ? 2 : 1))), of([...rows, ...rows.filter(isDouble)])]; // prettier-ignore
}

/** Rows with a column of numbers, one of categories and another of numbers; the class hangs on the first and the second. */
export const table = `size,colour,noise,class
${Array.from({ length: 90 }, (_, i) => {
  const colour = ["red", "green", "blue"][i % 3]!;
  const size = 50 + 30 * Math.sin(i * i);
  const is = size + (colour === "blue" ? 40 : 0) > 65 !== (i % 13 === 0);
  return `${size},${colour},${Math.cos(7 * i)},${is ? "yes" : "no"}`;
}).join("\n")}`;

/** The most work, in milliseconds of processor time, that was done between two turns of the host. */
export async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = cpuMilliseconds();
  let isOver = false;
  const tick = () => {
    const now = cpuMilliseconds();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setImmediate(tick);
  };
  setImmediate(tick);
  await work();
  isOver = true;
  tick();
  return longest;
}
