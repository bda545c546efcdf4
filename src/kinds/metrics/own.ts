/** Metrics of the user's own: an object that adds up, or a function of all rows. */
import { refuse, show } from "../../ground/errors.ts";
import type { Floats } from "../../ground/floats.ts";
import { Kept } from "./meters/kept.ts";
import type { Entry, Meter, Task } from "./metric.ts";
import type { MetricFunction, OwnMetric } from "./values.ts";

/** @throws InvalidInputError for one without a name of its own or without a method that it needs. */
export function ownEntry(
  where: string,
  metric: OwnMetric | MetricFunction,
  task: Task,
  taken: readonly string[],
): Entry {
  const { name } = metric;
  if (typeof name !== "string" || name === "") {
    refuse(where, "a metric of one's own with a name (a named function, or an object with `name`)", show(name));
  }
  if (taken.includes(name)) refuse(where, "a metric of one's own with a name of its own", show(name));
  return typeof metric === "function" ? ofFunction(where, metric, task) : ofObject(where, metric, task);
}

function ofFunction(where: string, metric: MetricFunction, task: Task): Entry {
  return {
    name: metric.name,
    isOwn: true,
    better: undefined,
    source: Kept,
    start: () => new Kept(task),
    value(meter) {
      const { outputs, targets, weights } = meter as Kept;
      // Copies: whoever sorts them changes nothing for the others.
      return checkValue(where, metric.name, metric(outputs.slice(), targets.slice(), weights.slice()));
    },
  };
}

function ofObject(where: string, metric: OwnMetric, { units }: Task): Entry {
  for (const method of ["reset", "add", "value"] as const) {
    if (typeof metric[method] === "function") continue;
    refuse(`${where}: ${metric.name}`, `a metric with the methods reset, add and value`, `no ${method}`);
  }
  return {
    name: metric.name,
    isOwn: true,
    better: undefined,
    source: metric,
    start() {
      metric.reset();
      return new Adapter(metric, units);
    },
    value: () => checkValue(where, metric.name, metric.value()),
  };
}

/** Hands a user's metric no more than the rows it is to add. */
class Adapter implements Meter {
  readonly #metric: OwnMetric;
  readonly #units: number;

  constructor(metric: OwnMetric, units: number) {
    this.#metric = metric;
    this.#units = units;
  }

  add(outputs: Floats, targets: Floats, weights: Floats | undefined, rows: number): void {
    const length = rows * this.#units;
    const all = weights?.subarray(0, rows) ?? new Float64Array(rows).fill(1);
    // Copies, as above.
    this.#metric.add(outputs.slice(0, length), targets.slice(0, length), all, rows);
  }
}

function checkValue(where: string, name: string, value: unknown): number {
  return typeof value === "number"
    ? value
    : refuse(`${where}: ${name}`, "a metric that comes to a number", show(value));
}
