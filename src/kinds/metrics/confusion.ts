import { checkOptions, refuse } from "../../ground/errors.ts";
import type { Floats } from "../../ground/floats.ts";
import { classCount, classOf, type Meter, type MetricKind, type Task } from "./metric.ts";

/** Of more classes there is no table: its size is their number squared. */
export const CONFUSION_LIMIT = 1000;

class Table implements Meter {
  readonly rows: number[][];
  readonly #task: Task;

  constructor(task: Task) {
    this.#task = task;
    const classes = classCount(task);
    this.rows = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  }

  add(outputs: Floats, targets: Floats, weights: Floats | undefined, rows: number): void {
    for (let row = 0; row < rows; row++) {
      const to = this.rows[classOf(this.#task, targets, row)]!;
      to[classOf(this.#task, outputs, row)]! += weights ? weights[row]! : 1;
    }
  }
}

/** Weights by target and prediction, [target][prediction], of up to 1,000 classes. */
export const confusion: MetricKind<Table, readonly (readonly number[])[]> = {
  tasks: ["binary", "classes"],
  options(where, given, task) {
    checkOptions(where, given, []);
    if (task.units > CONFUSION_LIMIT) refuse(where, `at most ${CONFUSION_LIMIT} classes`, String(task.units));
    return given;
  },
  Meter: Table,
  value: ({ rows }) => rows,
};
