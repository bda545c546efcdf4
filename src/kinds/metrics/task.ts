/** What a network's outputs say: what its loss knows, or, where it does not, what its targets show. */
import type { Floats } from "../../ground/floats.ts";
import { type ActivationDescription, activationOf } from "../activations/index.ts";
import { type LossDescription, lossOf } from "../losses/index.ts";
import type { Task } from "./metric.ts";

/**
 * Outputs in [0, 1] of a loss that is not about classes are a classifier's all the same where each target is 0 or 1: of
 * classes, where of several just one is 1.
 */
export class TaskOf {
  /** Whether targets have a say. */
  readonly isOpen: boolean;
  readonly #units: number;
  #task: Task;

  constructor(loss: LossDescription, activation: ActivationDescription, units: number) {
    const { predicts } = lossOf(loss);
    const [low, high] = activationOf(activation).range;
    this.#units = units;
    this.isOpen = predicts === "numbers" && low >= 0 && high <= 1;
    const sides = units === 1 ? "binary" : "labels";
    const kind = this.isOpen ? (units > 1 ? "classes" : "binary") : predicts === "sides" ? sides : predicts;
    this.#task = { kind, units };
  }

  /** targets: [*, units] */
  add(targets: Floats): void {
    const units = this.#units;
    if (!this.isOpen || this.#task.kind === "numbers") return;
    for (let begin = 0; begin < targets.length; begin += units) {
      let sum = 0;
      for (let i = begin; i < begin + units; i++) {
        if (targets[i] !== 0 && targets[i] !== 1) return void (this.#task = { kind: "numbers", units });
        sum += targets[i];
      }
      if (sum !== 1 && units > 1) this.#task = { kind: "labels", units };
    }
  }

  get task(): Task {
    return this.#task;
  }
}
