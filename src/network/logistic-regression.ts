/** Logistic regression, where the course starts from: `Network` without hidden layers. */
import type { EngineName } from "../engine/create.ts";
import { checkNumber, checkOptions } from "../ground/errors.ts";
import { Network } from "./network.ts";

/** Logistic regression: the network without hidden layers that it is, starting from zeros. */
export function logisticRegression(options: {
  readonly inputs: number;
  /** 2 classes have one output, the probability of class 1; more have one for each. Default 2. */
  readonly classes?: number;
  readonly engine?: EngineName;
}): Promise<Network> {
  checkOptions("logisticRegression", options, ["inputs", "classes", "engine"]);
  const { inputs, classes = 2, engine = "auto" } = options;
  checkNumber("logisticRegression: classes", classes, { integer: true, min: 2 });
  return Network.create({
    inputs,
    ...(classes === 2
      ? { layers: [{ units: 1, activation: "sigmoid" }], loss: "binaryCrossEntropy" }
      : { layers: [{ units: classes, activation: "softmax" }], loss: "categoricalCrossEntropy" }),
    initialization: "zeros",
    engine,
  });
}
