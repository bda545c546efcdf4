/** Networks and rows that tests of networks share. */
import { Dataset } from "../../src/data/dataset.ts";
import type { EngineName } from "../../src/engine/create.ts";
import { type NetworkOptions } from "../../src/network/network.ts";
import { sgd } from "../../src/kinds/optimizers/index.ts";
import { Random } from "../../src/ground/random.ts";
import { titanic } from "../support/titanic.ts";

export const wasm = ["strict", "fused"] as const satisfies EngineName[];
export const precise = [...wasm, "float64"] as const satisfies EngineName[];
export const all = [...precise, "float32"] as const satisfies EngineName[];

export const passengers = await titanic();
export const standardized = await titanic({ standardize: ["age"] });

export const line: NetworkOptions = {
  inputs: 1,
  layers: [{ units: 1, activation: "identity" }],
  loss: "meanSquaredError",
  engine: "strict",
};

/** Rows of a smooth function of `width` inputs. */
export function rows(count: number, width = 1, seed = 1, scale = 1): Dataset {
  const random = new Random(seed);
  const inputs = Float32Array.from({ length: count * width }, () => scale * random.uniform(-1, 1));
  const targets = Float32Array.from({ length: count }, (_, i) => Math.sin(2 * inputs[i * width]!));
  return Dataset.from({ inputs, inputWidth: width, targets });
}

export const wide: NetworkOptions = {
  inputs: 4,
  layers: [
    { units: 32, activation: "tanh" },
    { units: 32, activation: "tanh" },
    { units: 1, activation: "identity" },
  ],
  loss: "meanSquaredError",
  seed: 1,
};
export const stepByStep = { optimizer: sgd({ learningRate: 1e-3 }), batchSize: 1 };
