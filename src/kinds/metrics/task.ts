/** What a network's outputs say: what its loss knows, or, where it does not, what its targets show. */
import type { Floats } from "../../ground/floats.ts";
import type { Pieces } from "../../ground/pieces.ts";
import { type ActivationDescription, activationOf } from "../activations/index.ts";
import { type LossDescription, lossOf } from "../losses/index.ts";
import type { Task } from "./metric.ts";

/** How many targets are looked at between two pieces. */
const PIECE = 2 ** 16;

/**
 * Outputs in [0, 1] of a loss that is not about classes are a classifier's all the same where each target is 0 or 1: of
 * classes, where of several just one is 1.
 */
export function* taskOf(
  loss: LossDescription,
  activation: ActivationDescription,
  units: number,
  targets: Floats,
): Pieces<Task> {
  const { predicts } = lossOf(loss);
  if (predicts === "classes") return { kind: "classes", units };
  const sides: Task = { kind: units === 1 ? "binary" : "labels", units };
  if (predicts === "sides") return sides;
  const [low, high] = activationOf(activation).range;
  if (low < 0 || high > 1) return { kind: "numbers", units };
  let areClasses = units > 1;
  for (let begin = 0; begin < targets.length; begin += units) {
    if (begin % PIECE < units) yield;
    let sum = 0;
    for (let i = begin; i < begin + units; i++) {
      if (targets[i] !== 0 && targets[i] !== 1) return { kind: "numbers", units };
      sum += targets[i];
    }
    if (sum !== 1) areClasses = false;
  }
  return areClasses ? { kind: "classes", units } : sides;
}
