/** The passengers of known age that one trains with, and the network of the course that learns from them. */
import { fileURLToPath } from "node:url";
import { loadCsv } from "../../src/data/formats/csv.ts";
import type { NetworkDescription } from "../../src/model/description.ts";
import type { TableDataset } from "../../src/data/table.ts";

const file = fileURLToPath(new URL("../../src/cli/titanic/titanic.csv", import.meta.url));

export function titanic({ inputs = ["age", "male"], standardize = [] as string[] } = {}): Promise<TableDataset> {
  return loadCsv(file, {
    inputs,
    targets: ["survived"],
    where: ({ split }) => split === "train",
    derive: {
      male: ({ sex }) => sex === "male",
      "is young male": ({ sex, age }) => sex === "male" && Number.parseFloat(age!) < 5,
    },
    missing: "drop",
    standardize,
  });
}

export const twoHidden: NetworkDescription = {
  inputs: 2,
  layers: [
    { units: 2, activation: "sigmoid" },
    { units: 1, activation: "sigmoid" },
  ],
  loss: "binaryCrossEntropy",
};

/** W^(1), b^(1), W^(2), b^(2) from which the descent is known. */
export const knownStart = [
  {
    weights: [
      [0.5, -0.5],
      [-0.25, 0.75],
    ],
    biases: [0.1, -0.1],
  },
  { weights: [[1, -1]], biases: [0] },
];

/** Full-batch gradient descent with rate 1, ages standardized: the loss before steps 0, 1, 10 and 100, in float64. */
export const knownDescent = [
  [0, 0.656379181126],
  [1, 0.647986630502],
  [10, 0.623904031654],
  [100, 0.526342768588],
] as const;
