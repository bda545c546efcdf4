import { checkNumber, checkOptions } from "../../ground/errors.ts";
import { dropoutNumbers } from "../ops/dropout.ts";
import type { LayerKind } from "./layer.ts";
import { noTensor } from "./layer.ts";

/**
 * In every step of a training each unit is 0 with probability `rate`, otherwise divided by 1 - rate; nothing at any other time
 * (Srivastava et al. 2014; PyTorch's nn.Dropout). Which ones goes by the training's seed.
 */
export interface DropoutDescription {
  readonly layer: "dropout";
  /** From 0 to below 1. Default 0.5. */
  readonly rate?: number;
}

export const dropout: LayerKind<DropoutDescription> = {
  differsInTraining: true,
  drawn: "passed",
  derivatives: ["m/(1 − rate)"],
  check(where, given) {
    checkOptions(where, given, ["layer", "rate"]);
    const { rate = 0.5 } = given;
    return Object.freeze({ layer: "dropout", rate: checkNumber(`${where}: rate`, rate, { min: 0, below: 1 }) });
  },
  units: (_, fanIn) => fanIn,
  ops: ({ rate }, units) => [{ name: "dropout", fanIn: units, fanOut: units, numbers: dropoutNumbers(rate!) }],
  tensors: () => ({ weights: noTensor, biases: noTensor }),
};
