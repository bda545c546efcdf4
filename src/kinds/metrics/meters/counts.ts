/** Rows by class, in weights: what they are, what was said of them, and where that agrees. */
import type { Floats } from "../../../ground/floats.ts";
import { classCount, classOf, type Meter, type Task } from "../metric.ts";

export class Counts implements Meter {
  /** [classes] each, or [labels]: rows of the class, rows predicted to be, and rows that are both. */
  readonly actual: Float64Array;
  readonly predicted: Float64Array;
  readonly hits: Float64Array;
  /** Of all rows, and of those that are right in all they say. */
  total = 0;
  right = 0;
  readonly #task: Task;

  constructor(task: Task) {
    this.#task = task;
    const classes = classCount(task);
    this.actual = new Float64Array(classes);
    this.predicted = new Float64Array(classes);
    this.hits = new Float64Array(classes);
  }

  add(outputs: Floats, targets: Floats, weights: Floats | undefined, rows: number): void {
    for (let row = 0; row < rows; row++) {
      const weight = weights ? weights[row]! : 1;
      this.total += weight;
      if (this.#task.kind === "labels") this.#addLabels(outputs, targets, row, weight);
      else this.#addClass(classOf(this.#task, targets, row), classOf(this.#task, outputs, row), weight);
    }
  }

  #addClass(actual: number, predicted: number, weight: number): void {
    this.actual[actual]! += weight;
    this.predicted[predicted]! += weight;
    if (actual !== predicted) return;
    this.hits[actual]! += weight;
    this.right += weight;
  }

  #addLabels(outputs: Floats, targets: Floats, row: number, weight: number): void {
    const { units } = this.#task;
    let isRight = true;
    for (let label = 0; label < units; label++) {
      const actual = targets[row * units + label]! > 0.5;
      const predicted = outputs[row * units + label]! > 0.5;
      if (actual) this.actual[label]! += weight;
      if (predicted) this.predicted[label]! += weight;
      if (actual && predicted) this.hits[label]! += weight;
      isRight &&= actual === predicted;
    }
    if (isRight) this.right += weight;
  }

  /** The classes that targets or predictions have; of labels, all. */
  get present(): number[] {
    const all = [...this.hits.keys()];
    return this.#task.kind === "labels" ? all : all.filter((k) => this.actual[k]! > 0 || this.predicted[k]! > 0);
  }
}
